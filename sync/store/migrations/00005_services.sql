-- Services that the town hall published and this device took: those that are offered (current) and, for visits that began with them, some of their
-- former versions. serial is the town hall's last word about the version.
CREATE TABLE services (
  n       INTEGER PRIMARY KEY,
  id      TEXT NOT NULL,
  version TEXT NOT NULL,
  serial  INTEGER NOT NULL,
  token   TEXT NOT NULL,
  packed  BLOB NOT NULL,
  current INTEGER NOT NULL,
  UNIQUE (id, version)
);

-- What is wrong with services, and how often it was found; told: how often the town hall has heard of it. Never anything a citizen said.
CREATE TABLE faults (
  n       INTEGER PRIMARY KEY,
  kind    TEXT NOT NULL,
  service TEXT NOT NULL,
  version TEXT NOT NULL,
  file    TEXT NOT NULL,
  line    INTEGER NOT NULL,
  key     TEXT NOT NULL,
  reason  TEXT NOT NULL,
  count   INTEGER NOT NULL,
  told    INTEGER NOT NULL DEFAULT 0,
  at      INTEGER NOT NULL,
  UNIQUE (kind, service, version, file, line, key, reason)
);
