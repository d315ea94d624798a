-- name: everything(person)
-- All that is known, to compare a reading with.
SELECT * FROM application WHERE person = :person ORDER BY id;

-- name: fingerprints(person)
-- The cheap half of it: most rows of a rescan are found equal by this alone.
SELECT id, fingerprint
FROM application WHERE person = :person AND present = 1 ORDER BY id;

-- name: gone(person)
-- Those whose row is not in the sheet; it may come back.
SELECT * FROM application WHERE person = :person AND present = 0 ORDER BY id;

-- name: one(person, id)^
SELECT * FROM application WHERE person = :person AND id = :id;

-- name: last_id(person)^
SELECT coalesce(max(id), 0) AS id FROM application WHERE person = :person;

-- name: put(person, id, company, role, line, outcome, stage, status_text, contact_name, contact_email, applied_on, interview_on, outcome_on, outcome_on_from, row_id, fingerprint, first_seen, language, cells, skeleton)!
-- What the tracker says now; the first sight stays.
INSERT INTO application VALUES (
    :person, :id, :company, :role, :line, :outcome, :stage, :status_text, :contact_name, :contact_email,
    :applied_on, :interview_on, :outcome_on, :outcome_on_from, :row_id, :fingerprint, 1, :first_seen, :language, :cells, :skeleton
)
ON CONFLICT (person, id) DO UPDATE SET
    company = excluded.company, role = excluded.role, line = excluded.line, outcome = excluded.outcome,
    stage = excluded.stage, status_text = excluded.status_text, contact_name = excluded.contact_name,
    contact_email = excluded.contact_email, applied_on = excluded.applied_on, interview_on = excluded.interview_on,
    outcome_on = excluded.outcome_on, outcome_on_from = excluded.outcome_on_from, row_id = excluded.row_id,
    fingerprint = excluded.fingerprint, present = 1, language = excluded.language,
    cells = excluded.cells, skeleton = excluded.skeleton;

-- name: vanish(person, id)!
-- Its row is gone; it may come back.
UPDATE application SET present = 0 WHERE person = :person AND id = :id;

-- name: counts(person)
SELECT outcome, count(*) AS number FROM application WHERE person = :person AND present = 1 GROUP BY outcome;

-- name: portion(person, outcome, wanted, number, beyond)
-- So many rows of the sheet, the latest line first: of this outcome, or of all; that hold what is wanted.
SELECT * FROM application
WHERE person = :person AND present = 1 AND (:outcome = '' OR outcome = :outcome)
    AND (:wanted = '' OR contains(company || ' ' || role, :wanted))
ORDER BY id DESC LIMIT :number OFFSET :beyond;

-- name: interviews(person)^
SELECT count(*) AS number FROM application WHERE person = :person AND present = 1 AND stage = 'interview';

-- name: told(person)^
-- How many rows of the sheet tell each of what a column may be missing for.
SELECT
    count(*) AS company,
    count(nullif(role, '')) AS role,
    count(nullif(status_text, '')) AS status,
    count(contact_email) AS contact
FROM application WHERE person = :person AND present = 1;

-- name: standing(person)^
-- The facts that nudges speak of.
SELECT
    coalesce(sum(CASE WHEN outcome = 'open' THEN 1 ELSE 0 END), 0) AS open_applications,
    coalesce(sum(CASE WHEN stage = 'interview' THEN 1 ELSE 0 END), 0) AS interviews,
    coalesce(sum(CASE WHEN outcome = 'accepted' THEN 1 ELSE 0 END), 0) AS accepted,
    max(applied_on) AS last_applied_on
FROM application WHERE person = :person AND present = 1;

-- name: fact(person, application, field, value, at)!
-- What the person says wins over the sheet.
INSERT INTO fact VALUES (:person, :application, :field, :value, :at)
ON CONFLICT (person, application, field) DO UPDATE SET value = excluded.value, at = excluded.at;

-- name: drop_fact(person, application, field)!
-- The sheet's cell has changed since.
DELETE FROM fact WHERE person = :person AND application = :application AND field = :field;

-- name: facts(person, application)
SELECT field, value FROM fact WHERE person = :person AND application = :application;
