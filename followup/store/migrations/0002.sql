-- The language of letters and nudges: what the tracker says of one application, and what it speaks as a whole.
ALTER TABLE application ADD COLUMN language TEXT;
ALTER TABLE tracker ADD COLUMN language TEXT;

-- What employers wrote, in their own words.
CREATE TABLE journal (
    person INTEGER NOT NULL,
    application INTEGER NOT NULL,
    at TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (person, application),
    FOREIGN KEY (person, application) REFERENCES application (person, id)
);

-- Addresses that are never written to, in small letters.
CREATE TABLE never (
    person INTEGER NOT NULL,
    address TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (person, address)
);

CREATE INDEX letter_by_recipient ON letter (person, lower(recipient));
CREATE INDEX letter_by_sending ON letter (person, kind, state, sent_at);
