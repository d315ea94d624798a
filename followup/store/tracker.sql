-- name: seen(person)^
SELECT * FROM tracker WHERE person = :person;

-- name: put(person, path, signature, digest, read_at, trouble, problems, language, understood, encoding, read_with)!
INSERT INTO tracker VALUES (
    :person, :path, :signature, :digest, :read_at, :trouble, :problems, :language, :understood, :encoding, :read_with
)
ON CONFLICT (person) DO UPDATE SET path = excluded.path, signature = excluded.signature, digest = excluded.digest,
    read_at = excluded.read_at, trouble = excluded.trouble, problems = excluded.problems,
    language = excluded.language, understood = excluded.understood,
    encoding = excluded.encoding, read_with = excluded.read_with;

-- name: forget_signature(person)!
-- An answer may change what follows from the same bytes.
UPDATE tracker SET signature = NULL WHERE person = :person;

-- name: ran(person, step, at, trouble)!
INSERT INTO run VALUES (:person, :step, :at, :trouble)
ON CONFLICT (person, step) DO UPDATE SET at = excluded.at, trouble = excluded.trouble;

-- name: runs(person)
SELECT step, at, trouble FROM run WHERE person = :person;
