-- Mail to employers is held, since when and why; no row: it goes.
CREATE TABLE pause (
    person INTEGER NOT NULL,
    since TEXT NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (person)
);

-- Where letters are sent from: a store with another machine or inode was copied or restored.
CREATE TABLE home (
    person INTEGER NOT NULL,
    machine TEXT NOT NULL,
    inode INTEGER NOT NULL,
    PRIMARY KEY (person)
);

-- The mail server asked for patience: no letter is tried before then.
CREATE TABLE patience (
    person INTEGER NOT NULL,
    until TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    PRIMARY KEY (person)
);

-- Addresses that a mail server refused for good, in small letters.
CREATE TABLE refused (
    person INTEGER NOT NULL,
    address TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (person, address)
);

CREATE INDEX letter_by_time ON letter (person, sent_at);

-- What is left of a forgotten employer: a keyed hash of each address, when it was asked, and whether never to write there.
CREATE TABLE forgotten (
    person INTEGER NOT NULL,
    hash TEXT NOT NULL,
    asked_at TEXT,
    never INTEGER NOT NULL,
    PRIMARY KEY (person, hash)
);

CREATE TABLE secret (
    person INTEGER NOT NULL,
    key BLOB NOT NULL,
    PRIMARY KEY (person)
);
