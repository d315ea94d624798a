-- When a letter last set out, to the mail server or in the person's own hands; when it may have gone, though nobody knows;
-- and how many asks were known of when it was approved (their memory lies beside all stores, see asked.py).
ALTER TABLE letter ADD COLUMN begun_at TEXT;
ALTER TABLE letter ADD COLUMN may_have_gone_at TEXT;
ALTER TABLE letter ADD COLUMN asks_known INTEGER;
UPDATE letter SET begun_at = coalesce(sent_at, (
    SELECT max(at) FROM log
    WHERE log.person = letter.person AND log.application = letter.application AND log.subject = 'L' || letter.id
        AND log.what IN ('sending', 'handed_over')
));
UPDATE letter SET may_have_gone_at = begun_at
WHERE sent_at IS NULL AND EXISTS (
    SELECT 1 FROM log
    WHERE log.person = letter.person AND log.application = letter.application AND log.subject = 'L' || letter.id
        AND log.what = 'in_doubt'
);
