-- Every version of a service that was ever published. Rows are never deleted: applications name versions, also years later.
CREATE TABLE services (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    service TEXT NOT NULL,
    version TEXT NOT NULL,
    title   TEXT NOT NULL,
    digest  TEXT NOT NULL,
    packed  BLOB NOT NULL,
    at      INTEGER NOT NULL,
    who     TEXT NOT NULL,
    signer  TEXT NOT NULL,
    UNIQUE (service, version)
);

-- The last word about each service. version '': it was withdrawn.
CREATE TABLE service_offers (
    service TEXT PRIMARY KEY,
    version TEXT NOT NULL,
    since   INTEGER NOT NULL,
    serial  INTEGER NOT NULL,
    epoch   TEXT NOT NULL
);

-- Who decided what.
CREATE TABLE service_events (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    who     TEXT NOT NULL,
    kind    TEXT NOT NULL,
    service TEXT NOT NULL,
    version TEXT NOT NULL
);

-- Whose signature counts.
CREATE TABLE publishers (
    name  TEXT PRIMARY KEY,
    kid   TEXT NOT NULL UNIQUE,
    key   TEXT NOT NULL,
    added INTEGER NOT NULL
);

-- What devices found wrong with services: places in files, and how often.
CREATE TABLE service_faults (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    kind    TEXT NOT NULL,
    service TEXT NOT NULL,
    version TEXT NOT NULL,
    file    TEXT NOT NULL,
    line    INTEGER NOT NULL,
    key     TEXT NOT NULL,
    reason  TEXT NOT NULL,
    device  TEXT NOT NULL,
    count   INTEGER NOT NULL,
    last    INTEGER NOT NULL,
    UNIQUE (kind, service, version, file, line, key, reason, device)
);
CREATE INDEX service_faults_last ON service_faults (last);

-- Messages that were counted: each counts once.
CREATE TABLE fault_messages (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL
);
CREATE INDEX fault_messages_at ON fault_messages (at);

-- Who may decide what is offered.
ALTER TABLE users ADD COLUMN publishes INTEGER NOT NULL DEFAULT 0;
