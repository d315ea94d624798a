-- name: everything(person)
SELECT letter.*, application.company, application.role
FROM letter JOIN application ON application.person = letter.person AND application.id = letter.application
WHERE letter.person = :person ORDER BY letter.id;

-- name: gone(person, number, beyond)
-- What went to employers, the latest first, from the place `beyond` on.
SELECT letter.*, application.company, application.role
FROM letter JOIN application ON application.person = letter.person AND application.id = letter.application
WHERE letter.person = :person AND letter.sent_at IS NOT NULL
ORDER BY letter.sent_at DESC, letter.id DESC LIMIT :number OFFSET :beyond;

-- name: in_state(person, state)
SELECT letter.*, application.company, application.role
FROM letter JOIN application ON application.person = letter.person AND application.id = letter.application
WHERE letter.person = :person AND letter.state = :state ORDER BY letter.id;

-- name: portion(person, state, number, beyond)
-- So many in this state, the newest first, from the place `beyond` on.
SELECT letter.*, application.company, application.role
FROM letter JOIN application ON application.person = letter.person AND application.id = letter.application
WHERE letter.person = :person AND letter.state = :state
ORDER BY letter.id DESC LIMIT :number OFFSET :beyond;

-- name: draft_before(person, id)^
-- The draft that stands after this one where the newest comes first.
SELECT letter.*, application.company, application.role
FROM letter JOIN application ON application.person = letter.person AND application.id = letter.application
WHERE letter.person = :person AND letter.state = 'draft' AND letter.id < :id ORDER BY letter.id DESC LIMIT 1;

-- name: next_to_go(person, number, beyond)
-- So many of the approved, the first to go first, from the place `beyond` on.
SELECT letter.*, application.company, application.role
FROM letter JOIN application ON application.person = letter.person AND application.id = letter.application
WHERE letter.person = :person AND letter.state = 'approved'
ORDER BY CASE WHEN letter.try_after > letter.not_before THEN letter.try_after ELSE letter.not_before END, letter.id
LIMIT :number OFFSET :beyond;

-- name: written_about(person)
-- The applications that have a letter.
SELECT DISTINCT application FROM letter WHERE person = :person;

-- name: of_application(person, application)
-- The plus keeps SQLite from walking through all letters in the order of their ids.
SELECT letter.*, application.company, application.role
FROM letter JOIN application ON application.person = letter.person AND application.id = letter.application
WHERE letter.person = :person AND letter.application = :application ORDER BY +letter.id;

-- name: one(person, id)^
SELECT letter.*, application.company, application.role
FROM letter JOIN application ON application.person = letter.person AND application.id = letter.application
WHERE letter.person = :person AND letter.id = :id;

-- name: written_to(person, in_ascii, readable)
-- What may have reached this address, in either spelling, or is about to, the latest first.
SELECT letter.*, application.company, application.role
FROM letter JOIN application ON application.person = letter.person AND application.id = letter.application
WHERE letter.person = :person AND lower(letter.recipient) IN (:in_ascii, :readable)
    AND (
        letter.state IN ('approved', 'handed_over', 'sending', 'sent', 'in_doubt', 'answered', 'bounced')
        OR letter.may_have_gone_at IS NOT NULL
    )
ORDER BY coalesce(letter.sent_at, '') DESC, letter.id DESC;

-- name: same_text(person, application, company, body)^
-- How often this very text went to the same company for another application.
SELECT count(*) AS number
FROM letter JOIN application ON application.person = letter.person AND application.id = letter.application
WHERE letter.person = :person AND letter.application <> :application AND application.company = :company
    AND letter.state IN ('sending', 'sent', 'in_doubt', 'answered', 'bounced') AND letter.body = :body;

-- name: unfollowed(person, since)
-- Feedback requests that went since then, of which no follow-up was ever drafted.
SELECT letter.*, application.company, application.role
FROM letter JOIN application ON application.person = letter.person AND application.id = letter.application
WHERE letter.person = :person AND letter.kind = 'feedback-request' AND letter.state = 'sent'
    AND letter.sent_at >= :since AND application.outcome = 'rejected' AND application.present = 1
    AND NOT EXISTS (
        SELECT 1 FROM letter AS later
        WHERE later.person = letter.person AND later.application = letter.application AND later.kind = 'follow-up'
    )
ORDER BY letter.id;

-- name: asked_and_answered(person)^
-- How many employers were asked, and how many of them answered.
SELECT count(*) AS asked, coalesce(sum(CASE WHEN state = 'answered' THEN 1 ELSE 0 END), 0) AS answered
FROM letter
WHERE person = :person AND kind = 'feedback-request' AND state IN ('sent', 'in_doubt', 'answered', 'bounced');

-- name: sent_since(person, since)^
-- How many letters went since then, and when the last one did.
SELECT count(*) AS number, max(sent_at) AS latest FROM letter WHERE person = :person AND sent_at >= :since;

-- name: message(person, id)^
-- The bytes as they were approved, without the Date line; and that line once it is stamped.
SELECT message, date_line FROM letter WHERE person = :person AND id = :id;

-- name: last_id(person)^
SELECT coalesce(max(id), 0) AS id FROM letter WHERE person = :person;

-- name: counts(person)
SELECT state, count(*) AS number FROM letter WHERE person = :person GROUP BY state;

-- name: add(person, id, application, kind, recipient, subject, body, message_id, message, digest, not_before, created_at, by_name)!
INSERT INTO letter VALUES (
    :person, :id, :application, :kind, 'draft', 1, :recipient, :subject, :body, 0, :message_id, :message, :digest,
    NULL, :not_before, 0, :created_at, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, :by_name
);

-- name: rewrite(person, id, revision, recipient, subject, body, edited, message, digest)!
-- A draft's new text, in place; refused (0 rows) where the draft has moved or changed meanwhile.
UPDATE letter SET recipient = :recipient, subject = :subject, body = :body, edited = :edited, message = :message,
    digest = :digest, revision = revision + 1
WHERE person = :person AND id = :id AND revision = :revision AND state = 'draft';

-- name: approve(person, id, digest, not_before, at_once, approved_at, asks_known)!
-- The yes, bound to the digest that was shown.
UPDATE letter SET state = 'approved', not_before = :not_before, at_once = :at_once, approved_at = :approved_at,
    asks_known = :asks_known, reason = NULL, attempts = 0, try_after = NULL, date_line = NULL
WHERE person = :person AND id = :id AND state = 'draft' AND digest = :digest;

-- name: hasten(person, id, digest, now)!
UPDATE letter SET not_before = :now, at_once = 1, approved_at = :now, try_after = NULL
WHERE person = :person AND id = :id AND state = 'approved' AND digest = :digest;

-- name: begin(person, id, approved_at, date_line, begun_at)^
-- The intent to send by this very yes; no row where it is taken back or given anew, or mail is paused. The Date of the
-- first attempt is that of every later one.
UPDATE letter SET state = 'sending', reason = NULL, date_line = coalesce(date_line, :date_line),
    begun_at = :begun_at
WHERE person = :person AND id = :id AND state = 'approved' AND approved_at = :approved_at
    AND NOT EXISTS (SELECT 1 FROM pause WHERE pause.person = letter.person)
RETURNING message, date_line;

-- name: put_off(person, id, approved_at, attempts, try_after, reason)!
-- It stays approved by this very yes and is tried again later. Its days run on from `not_before`.
UPDATE letter SET attempts = :attempts, try_after = :try_after, reason = :reason
WHERE person = :person AND id = :id AND state = 'approved' AND approved_at = :approved_at;

-- name: ask_by_name(person, id)!
-- The person wants this letter whatever its row says.
UPDATE letter SET by_name = 1 WHERE person = :person AND id = :id;

-- name: remark(person, id, state, reason)!
-- What the reader of a draft should know, or why a letter on its way is not to be tried again.
UPDATE letter SET reason = :reason WHERE person = :person AND id = :id AND state = :state;

-- name: begun(person, in_ascii, readable, begun_at)
-- The letters that set out to this address, in either spelling, at this moment.
SELECT message_id FROM letter
WHERE person = :person AND lower(recipient) IN (:in_ascii, :readable) AND begun_at = :begun_at;

-- name: move(person, id, before, approved_at, after, reason, sent_at, now)!
-- One step of the table of moves; 0 rows where another process was first, or another yes was given.
UPDATE letter SET state = :after, reason = :reason, sent_at = coalesce(:sent_at, sent_at),
    at_once = CASE WHEN :after = 'draft' THEN 0 ELSE at_once END,
    begun_at = CASE WHEN :after = 'handed_over' THEN :now ELSE begun_at END,
    may_have_gone_at = CASE WHEN :after = 'in_doubt' THEN begun_at ELSE may_have_gone_at END,
    by_name = CASE WHEN :after = 'withdrawn' THEN 0 ELSE by_name END
WHERE person = :person AND id = :id AND state = :before AND approved_at IS :approved_at;
