-- name: everything(person)
SELECT * FROM question WHERE person = :person ORDER BY id;

-- name: answered(person, number)
-- The latest answers of the person's; what is moot has an empty one.
SELECT * FROM question WHERE person = :person AND answer <> '' ORDER BY answered_at DESC, id DESC LIMIT :number;

-- name: one(person, id)^
SELECT * FROM question WHERE person = :person AND id = :id;

-- name: ask(person, kind, key, text, about, asked_at)!
-- Each thing is asked once.
INSERT INTO question
SELECT :person, coalesce(max(id), 0) + 1, :kind, :key, :text, :about, :asked_at, NULL, NULL
FROM question WHERE person = :person
HAVING NOT EXISTS (SELECT 1 FROM question WHERE person = :person AND key = :key);

-- name: reopen(person, key, text, about)!
-- What was moot is open again.
UPDATE question SET answer = NULL, answered_at = NULL, text = :text, about = :about
WHERE person = :person AND key = :key AND answer = '';

-- name: take_back(person, id)!
UPDATE question SET answer = NULL, answered_at = NULL WHERE person = :person AND id = :id;

-- name: forget(person, id, key, text, about, answer)!
UPDATE question SET key = :key, text = :text, about = :about, answer = :answer WHERE person = :person AND id = :id;

-- name: answer(person, id, answer, answered_at)!
UPDATE question SET answer = :answer, answered_at = :answered_at WHERE person = :person AND id = :id;
