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
