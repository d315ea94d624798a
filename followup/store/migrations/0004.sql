-- Each index of a letter costs pages at every commit while letters go: one by state, and one by time, do for all.
DROP INDEX letter_by_sending;
DROP INDEX letter_by_state;
CREATE INDEX letter_by_state ON letter (person, state, id, kind);

-- What went is listed latest first, page by page; letters that went in one moment keep their order.
DROP INDEX letter_by_time;
CREATE INDEX letter_by_time ON letter (person, sent_at, id) WHERE sent_at IS NOT NULL;

-- For the same reason the log is kept in the order of its key, without an index for that beside it.
DROP TRIGGER log_is_append_only_update;
DROP TRIGGER log_is_append_only_delete;
ALTER TABLE log RENAME TO log_until_now;
CREATE TABLE log (
    person INTEGER NOT NULL,
    id INTEGER NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    application INTEGER,
    subject TEXT NOT NULL,
    what TEXT NOT NULL,
    why TEXT,
    digest TEXT,
    PRIMARY KEY (person, id)
) WITHOUT ROWID;
INSERT INTO log SELECT * FROM log_until_now;
DROP TABLE log_until_now;
CREATE INDEX log_by_application ON log (person, application, id);
CREATE TRIGGER log_is_append_only_update BEFORE UPDATE ON log
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_is_append_only_delete BEFORE DELETE ON log
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

-- How the tracker was understood, as JSON: its encoding, and which column is what.
ALTER TABLE tracker ADD COLUMN understood TEXT;

CREATE INDEX application_by_outcome ON application (person, present, outcome, id);
CREATE INDEX application_by_stage ON application (person, present, stage);
