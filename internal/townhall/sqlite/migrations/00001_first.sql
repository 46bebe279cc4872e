CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);

-- What devices brought, as it came. Rows are never deleted.
CREATE TABLE envelopes (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,
    device     TEXT NOT NULL,
    device_key TEXT NOT NULL,
    key        TEXT NOT NULL,
    body       TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('new', 'done', 'quarantine')),
    reason     TEXT NOT NULL DEFAULT '',
    at         INTEGER NOT NULL
);
CREATE INDEX envelopes_state ON envelopes (state) WHERE state <> 'done';

CREATE TABLE cases (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    number          TEXT NOT NULL UNIQUE,
    envelope        TEXT NOT NULL UNIQUE,
    service         TEXT NOT NULL,
    service_version TEXT NOT NULL,
    title           TEXT NOT NULL,
    tenant          TEXT NOT NULL,
    channel         TEXT NOT NULL,
    device          TEXT NOT NULL,
    lang            TEXT NOT NULL,
    state           TEXT NOT NULL,
    open            INTEGER NOT NULL,
    fee             INTEGER NOT NULL,
    way             TEXT NOT NULL,
    paid            INTEGER NOT NULL,
    payment         TEXT NOT NULL,
    received        INTEGER NOT NULL,
    due             INTEGER NOT NULL,
    decided         INTEGER NOT NULL,
    clerk           TEXT NOT NULL,
    recipient       TEXT NOT NULL,
    address         TEXT NOT NULL,
    token           TEXT NOT NULL,
    warnings        TEXT NOT NULL,
    questions       TEXT NOT NULL,
    refund          TEXT NOT NULL,
    refund_open     INTEGER NOT NULL,
    refund_at       INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    application     TEXT NOT NULL
);
CREATE INDEX cases_open ON cases (open, due);
CREATE INDEX cases_address ON cases (address) WHERE address <> '';
CREATE INDEX cases_refund ON cases (refund_open, refund_at) WHERE refund <> '';
CREATE VIRTUAL TABLE cases_text USING fts5 (words, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');

CREATE TABLE events (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    at      INTEGER NOT NULL,
    who     TEXT NOT NULL,
    kind    TEXT NOT NULL,
    state   TEXT NOT NULL,
    text    TEXT NOT NULL
);
CREATE INDEX events_case ON events (case_id);

-- Which envelope had its effect on which case: each works once.
CREATE TABLE causes (
    envelope TEXT PRIMARY KEY,
    case_id  INTEGER NOT NULL REFERENCES cases (id)
);

CREATE TABLE papers (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    name    TEXT NOT NULL,
    title   TEXT NOT NULL,
    type    TEXT NOT NULL,
    data    BLOB NOT NULL
);
CREATE INDEX papers_case ON papers (case_id);

-- What was sealed for the holders of slips: the newest answer of each case.
CREATE TABLE answers (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id INTEGER NOT NULL UNIQUE REFERENCES cases (id),
    address TEXT NOT NULL,
    data    BLOB NOT NULL
);
CREATE INDEX answers_address ON answers (address);

CREATE TABLE ledger (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    case_number TEXT NOT NULL,
    kind        TEXT NOT NULL,
    way         TEXT NOT NULL,
    amount      INTEGER NOT NULL CHECK (amount >= 0),
    payment     TEXT NOT NULL,
    who         TEXT NOT NULL,
    at          INTEGER NOT NULL
);
CREATE UNIQUE INDEX ledger_payment ON ledger (kind, payment) WHERE payment <> '';
CREATE INDEX ledger_case ON ledger (case_number);
CREATE INDEX ledger_at ON ledger (at);

-- Published facts. A change is a new row: sequence numbers follow the order of commits, because one writer writes at a time.
CREATE TABLE records (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    scope      TEXT NOT NULL,
    collection TEXT NOT NULL,
    id         TEXT NOT NULL,
    deleted    INTEGER NOT NULL,
    data       TEXT NOT NULL,
    UNIQUE (scope, collection, id)
);
CREATE INDEX records_scope ON records (scope, seq);

CREATE TABLE devices (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    tenant      TEXT NOT NULL,
    scope       TEXT NOT NULL,
    fingerprint TEXT NOT NULL UNIQUE,
    key         TEXT NOT NULL,
    enrolled    INTEGER NOT NULL,
    revoked     INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE codes (
    hash    TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    tenant  TEXT NOT NULL,
    scope   TEXT NOT NULL,
    expires INTEGER NOT NULL,
    used    INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE users (
    login    TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    password TEXT NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0,
    created  INTEGER NOT NULL
);

