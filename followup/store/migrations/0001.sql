-- The first store. Times are UTC text of one width, so that they compare as text; every key begins with the person.

CREATE TABLE tracker (
    person INTEGER NOT NULL PRIMARY KEY,
    path TEXT NOT NULL,
    signature TEXT,
    digest TEXT,
    read_at TEXT NOT NULL,
    trouble TEXT,
    problems TEXT NOT NULL
);

CREATE TABLE application (
    person INTEGER NOT NULL,
    id INTEGER NOT NULL,
    company TEXT NOT NULL,
    role TEXT NOT NULL,
    line INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    stage TEXT NOT NULL,
    status_text TEXT NOT NULL,
    contact_name TEXT,
    contact_email TEXT,
    applied_on TEXT,
    interview_on TEXT,
    outcome_on TEXT,
    outcome_on_from TEXT,
    row_id TEXT,
    fingerprint TEXT NOT NULL,
    present INTEGER NOT NULL,
    first_seen TEXT NOT NULL,
    PRIMARY KEY (person, id)
);
-- A rescan asks for these alone, of every row.
CREATE INDEX application_by_presence ON application (person, present, id, fingerprint);

CREATE TABLE fact (
    person INTEGER NOT NULL,
    application INTEGER NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (person, application, field),
    FOREIGN KEY (person, application) REFERENCES application (person, id)
);

-- One letter of a kind for an application, ever: promise P2 stands on this key.
CREATE TABLE letter (
    person INTEGER NOT NULL,
    id INTEGER NOT NULL,
    application INTEGER NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    revision INTEGER NOT NULL,
    recipient TEXT,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    edited INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    message BLOB NOT NULL,
    digest TEXT NOT NULL,
    date_line TEXT,
    not_before TEXT NOT NULL,
    at_once INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    approved_at TEXT,
    sent_at TEXT,
    reason TEXT,
    attempts INTEGER NOT NULL,
    try_after TEXT,
    PRIMARY KEY (person, id),
    UNIQUE (person, application, kind),
    FOREIGN KEY (person, application) REFERENCES application (person, id)
);
CREATE INDEX letter_by_state ON letter (person, state, id);

CREATE TABLE nudge (
    person INTEGER NOT NULL,
    id INTEGER NOT NULL,
    application INTEGER NOT NULL,
    series INTEGER NOT NULL,
    event TEXT NOT NULL,
    tip TEXT NOT NULL,
    template TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT,
    conditions TEXT NOT NULL,
    delivered_at TEXT,
    PRIMARY KEY (person, id),
    FOREIGN KEY (person, application) REFERENCES application (person, id)
);
CREATE INDEX nudge_by_state ON nudge (person, state, due_at);

-- A rejection that came while a series ran stands in it by name.
CREATE TABLE joined (
    person INTEGER NOT NULL,
    series INTEGER NOT NULL,
    application INTEGER NOT NULL,
    PRIMARY KEY (person, series, application)
);

CREATE TABLE question (
    person INTEGER NOT NULL,
    id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    text TEXT NOT NULL,
    about TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    answer TEXT,
    answered_at TEXT,
    PRIMARY KEY (person, id),
    UNIQUE (person, key)
);

-- When each step ran last.
CREATE TABLE run (
    person INTEGER NOT NULL,
    step TEXT NOT NULL,
    at TEXT NOT NULL,
    trouble TEXT,
    PRIMARY KEY (person, step)
);

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
);
CREATE INDEX log_by_application ON log (person, application, id);
CREATE TRIGGER log_is_append_only_update BEFORE UPDATE ON log
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_is_append_only_delete BEFORE DELETE ON log
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
