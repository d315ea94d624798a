-- Each index of a letter costs pages at every commit while letters go: one by state, and one by time, do for all.
DROP INDEX letter_by_sending;
DROP INDEX letter_by_state;
CREATE INDEX letter_by_state ON letter (person, state, id, kind);

-- What went is listed latest first, page by page; letters that went in one moment keep their order.
DROP INDEX letter_by_time;
CREATE INDEX letter_by_time ON letter (person, sent_at, id);

-- How the tracker was understood, as JSON: its encoding, and which column is what.
ALTER TABLE tracker ADD COLUMN understood TEXT;

CREATE INDEX application_by_outcome ON application (person, present, outcome, id);
CREATE INDEX application_by_stage ON application (person, present, stage);
