-- name: everything(person)
SELECT nudge.*, application.company, application.role
FROM nudge JOIN application ON application.person = nudge.person AND application.id = nudge.application
WHERE nudge.person = :person ORDER BY nudge.due_at, nudge.id;

-- name: in_state(person, state)
SELECT nudge.*, application.company, application.role
FROM nudge JOIN application ON application.person = nudge.person AND application.id = nudge.application
WHERE nudge.person = :person AND nudge.state = :state ORDER BY nudge.due_at, nudge.id;

-- name: portion(person, state, number, beyond)
-- So many in this state by their time, from the place `beyond` on.
SELECT nudge.*, application.company, application.role
FROM nudge JOIN application ON application.person = nudge.person AND application.id = nudge.application
WHERE nudge.person = :person AND nudge.state = :state
ORDER BY nudge.due_at, nudge.id LIMIT :number OFFSET :beyond;

-- name: counts(person)
SELECT state, count(*) AS number FROM nudge WHERE person = :person GROUP BY state;

-- name: one(person, id)^
SELECT nudge.*, application.company, application.role
FROM nudge JOIN application ON application.person = nudge.person AND application.id = nudge.application
WHERE nudge.person = :person AND nudge.id = :id;

-- name: last_id(person)^
SELECT coalesce(max(id), 0) AS id FROM nudge WHERE person = :person;

-- name: add(person, id, application, event, tip, template, due_at, subject, conditions)!
INSERT INTO nudge VALUES (
    :person, :id, :application, :application, :event, :tip, :template, 'planned', :due_at, :subject, NULL, :conditions, NULL
);

-- name: move(person, id, before, after, due_at, body, subject, delivered_at)!
-- One step of the table of moves; 0 rows where another process was first.
UPDATE nudge SET state = :after, due_at = coalesce(:due_at, due_at), body = coalesce(:body, body),
    subject = coalesce(:subject, subject), delivered_at = coalesce(:delivered_at, delivered_at)
WHERE person = :person AND id = :id AND state = :before;

-- name: put_off(person, id, delivered_at)!
-- It has not come after all, and the time of an earlier coming counts again.
UPDATE nudge SET state = 'planned', delivered_at = :delivered_at
WHERE person = :person AND id = :id AND state IN ('planned', 'delivering');

-- name: recent_templates(person, since)
-- What was read lately, so that nothing is said twice.
SELECT DISTINCT template FROM nudge WHERE person = :person AND delivered_at >= :since;

-- name: last_delivered(person)^
SELECT max(delivered_at) AS at FROM nudge WHERE person = :person;

-- name: join_series(person, series, application)!
INSERT INTO joined VALUES (:person, :series, :application) ON CONFLICT (person, series, application) DO NOTHING;

-- name: joined(person, series)
SELECT application FROM joined WHERE person = :person AND series = :series ORDER BY application;

-- name: leave_series(person, series, application)!
DELETE FROM joined WHERE person = :person AND series = :series AND application = :application;

-- name: retitle(person, id, subject)!
UPDATE nudge SET subject = :subject WHERE person = :person AND id = :id AND state IN ('planned', 'snoozed');

-- name: pass_on(person, id, application, subject)!
UPDATE nudge SET application = :application, subject = :subject
WHERE person = :person AND id = :id AND state IN ('planned', 'snoozed');
