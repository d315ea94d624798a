-- name: put(person, application, at, text)!
INSERT INTO journal VALUES (:person, :application, :at, :text)
ON CONFLICT (person, application) DO UPDATE SET at = excluded.at, text = excluded.text;

-- name: one(person, application)^
SELECT text FROM journal WHERE person = :person AND application = :application;

-- name: everything(person)
-- The latest first.
SELECT journal.application, journal.at, journal.text, application.company, application.role
FROM journal
JOIN application ON application.person = journal.person AND application.id = journal.application
WHERE journal.person = :person ORDER BY journal.at DESC, journal.application DESC;
