-- name: add(person, at, who, application, subject, what, why, digest)!
INSERT INTO log
SELECT :person, coalesce(max(id), 0) + 1, :at, :who, :application, :subject, :what, :why, :digest
FROM log WHERE person = :person;

-- name: of_application(person, application)
SELECT * FROM log INDEXED BY log_by_application WHERE person = :person AND application = :application ORDER BY id;

-- name: latest(person, number)
SELECT * FROM log WHERE person = :person ORDER BY id DESC LIMIT :number;

-- name: about(person, application, subject)
-- The story of one letter or nudge.
SELECT * FROM log INDEXED BY log_by_application
WHERE person = :person AND application = :application AND subject = :subject ORDER BY id;

-- name: last_about(person, application, subject)^
SELECT coalesce(max(id), 0) AS id FROM log INDEXED BY log_by_application
WHERE person = :person AND application = :application AND subject = :subject;

-- name: last_id(person)^
SELECT coalesce(max(id), 0) AS id FROM log WHERE person = :person;

-- name: last_at(person)^
-- Of the last entries: a clock that went back must not hide behind what was written since; but what was written before
-- the person said that the clock is right counts no more.
SELECT max(at) AS at FROM log
WHERE person = :person AND id > (SELECT max(id) - 5000 FROM log WHERE person = :person)
    AND id > (
        SELECT coalesce(max(said.id), 0) FROM log AS said
        JOIN question ON question.person = said.person AND said.subject = 'Q' || question.id
        WHERE said.person = :person AND said.application IS NULL AND said.what = 'answered'
            AND question.kind = 'clock' AND question.answer = 'yes'
    );
