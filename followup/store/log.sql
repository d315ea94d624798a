-- name: add(person, at, who, application, subject, what, why, digest)!
INSERT INTO log
SELECT :person, coalesce(max(id), 0) + 1, :at, :who, :application, :subject, :what, :why, :digest
FROM log WHERE person = :person;

-- name: of_application(person, application)
SELECT * FROM log WHERE person = :person AND application = :application ORDER BY id;

-- name: latest(person, number)
SELECT * FROM log WHERE person = :person ORDER BY id DESC LIMIT :number;

-- name: last_at(person)^
SELECT max(at) AS at FROM log WHERE person = :person;
