-- name: keep(person, hash, asked_at, never)!
INSERT INTO forgotten VALUES (:person, :hash, :asked_at, :never)
ON CONFLICT (person, hash) DO UPDATE SET asked_at = coalesce(excluded.asked_at, forgotten.asked_at),
    never = CASE WHEN excluded.never > forgotten.never THEN excluded.never ELSE forgotten.never END;

-- name: of(person, hash)^
SELECT asked_at, never FROM forgotten WHERE person = :person AND hash = :hash;

-- name: key(person)^
SELECT key FROM secret WHERE person = :person;

-- name: make_key(person, key)!
INSERT INTO secret VALUES (:person, :key) ON CONFLICT (person) DO NOTHING;

-- name: blank_application(person, id)!
-- The fingerprint stays: the row, should it stand in the sheet still, is no new one.
UPDATE application SET company = '(forgotten)', role = '', status_text = '', contact_name = NULL, contact_email = NULL,
    row_id = NULL
WHERE person = :person AND id = :id;

-- name: blank_letters(person, application, nothing)!
UPDATE letter SET recipient = NULL, subject = '', body = '', message = :nothing, reason = NULL
WHERE person = :person AND application = :application;

-- name: blank_nudges(person, application)!
-- Nudges about it, and those that named it beside another.
UPDATE nudge SET subject = CASE WHEN application = :application THEN '' ELSE subject END, body = NULL
WHERE person = :person AND (
    application = :application
    OR series IN (SELECT series FROM joined WHERE person = :person AND application = :application)
);

-- name: blank_troubles(person)!
-- What stood in the way may name a company; it is told again where it still does.
UPDATE run SET trouble = NULL WHERE person = :person;

-- name: blank_samples(person)!
-- The columns of the tracker were shown with samples of their cells, and problems may name a company.
UPDATE tracker SET understood = NULL, problems = '[]' WHERE person = :person;

-- name: drop_facts(person, application)!
DELETE FROM fact WHERE person = :person AND application = :application;

-- name: drop_journal(person, application)!
DELETE FROM journal WHERE person = :person AND application = :application;

-- name: drop_never(person, address)!
DELETE FROM never WHERE person = :person AND address = :address;

-- name: drop_refused(person, address)!
DELETE FROM refused WHERE person = :person AND address = :address;
