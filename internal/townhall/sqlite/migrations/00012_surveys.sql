-- Answers to surveys are only counted. Nothing here says which counts came with the same answer, and no table has rows in the order in which they came.
CREATE TABLE survey_days (
    survey  TEXT NOT NULL,
    version TEXT NOT NULL,
    day     TEXT NOT NULL,
    n       INTEGER NOT NULL,
    PRIMARY KEY (survey, version, day)
) WITHOUT ROWID;
CREATE TABLE survey_channels (
    survey  TEXT NOT NULL,
    version TEXT NOT NULL,
    channel TEXT NOT NULL,
    n       INTEGER NOT NULL,
    PRIMARY KEY (survey, version, channel)
) WITHOUT ROWID;

-- Answers that did not pass the check: how many.
CREATE TABLE survey_refused (
    survey  TEXT NOT NULL,
    version TEXT NOT NULL,
    n       INTEGER NOT NULL,
    PRIMARY KEY (survey, version)
) WITHOUT ROWID;

-- sum, small and high are of numbers that can be any.
CREATE TABLE survey_questions (
    survey   TEXT NOT NULL,
    version  TEXT NOT NULL,
    question TEXT NOT NULL,
    answered INTEGER NOT NULL,
    omitted  INTEGER NOT NULL,
    sum      REAL NOT NULL DEFAULT 0,
    small    REAL,
    high     REAL,
    PRIMARY KEY (survey, version, question)
) WITHOUT ROWID;
CREATE TABLE survey_values (
    survey   TEXT NOT NULL,
    version  TEXT NOT NULL,
    question TEXT NOT NULL,
    value    TEXT NOT NULL,
    n        INTEGER NOT NULL,
    PRIMARY KEY (survey, version, question, value)
) WITHOUT ROWID;

-- What was written in own words, alone. The key is random, so that the order of the rows says nothing.
CREATE TABLE survey_texts (
    key      TEXT PRIMARY KEY,
    survey   TEXT NOT NULL,
    version  TEXT NOT NULL,
    question TEXT NOT NULL,
    text     TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE survey_events (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    survey TEXT NOT NULL,
    clerk  TEXT NOT NULL,
    what   TEXT NOT NULL,
    at     INTEGER NOT NULL
);

-- An envelope that was counted: of it only id and digest are left, so that it is known when it comes again.
ALTER TABLE envelopes ADD COLUMN counted INTEGER NOT NULL DEFAULT 0;
