-- Reports of defects. A report may have been merged into another one, named by its number.
ALTER TABLE cases ADD COLUMN main TEXT NOT NULL DEFAULT '';
CREATE INDEX cases_main ON cases (main) WHERE main <> '';

CREATE TABLE reports (
    case_id     INTEGER PRIMARY KEY REFERENCES cases (id),
    category    TEXT NOT NULL,
    urgent      INTEGER NOT NULL,
    shown       INTEGER NOT NULL,
    public_id   TEXT UNIQUE,
    data        TEXT NOT NULL,
    publication TEXT NOT NULL
);
CREATE INDEX reports_category ON reports (category);

-- Photos stand beside their cases: case and photos come in one transaction, and every backup has both.
CREATE TABLE photos (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    field   TEXT NOT NULL,
    digest  TEXT NOT NULL,
    width   INTEGER NOT NULL,
    height  INTEGER NOT NULL,
    size    INTEGER NOT NULL,
    data    BLOB NOT NULL,
    UNIQUE (case_id, digest)
);

-- Who said of a published report: that is mine too. One per key that answers are sealed to.
CREATE TABLE supports (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id   INTEGER NOT NULL REFERENCES cases (id),
    recipient TEXT NOT NULL,
    address   TEXT NOT NULL,
    lang      TEXT NOT NULL,
    number    TEXT NOT NULL,
    at        INTEGER NOT NULL,
    UNIQUE (case_id, recipient)
);

-- A case answers its own citizen and everybody who supports it: one answer an address.
CREATE TABLE answers_each (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    address TEXT NOT NULL,
    data    BLOB NOT NULL,
    UNIQUE (case_id, address)
);
INSERT INTO answers_each (seq, case_id, address, data) SELECT seq, case_id, address, data FROM answers;
DROP TABLE answers;
ALTER TABLE answers_each RENAME TO answers;
CREATE INDEX answers_address ON answers (address);
