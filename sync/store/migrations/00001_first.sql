CREATE TABLE meta (
  key   TEXT NOT NULL UNIQUE,
  value TEXT NOT NULL
);

-- Sealed applications. n is the order in which they came.
CREATE TABLE envelopes (
  n       INTEGER PRIMARY KEY,
  id      TEXT NOT NULL UNIQUE,
  key     TEXT NOT NULL,
  data    BLOB NOT NULL,
  digest  TEXT NOT NULL,
  state   TEXT NOT NULL CHECK (state IN ('held', 'ready', 'sent', 'quarantine')),
  outcome TEXT NOT NULL DEFAULT '' CHECK (state = 'held' OR outcome <> ''),
  tries   INTEGER NOT NULL DEFAULT 0,
  reason  TEXT NOT NULL DEFAULT '',
  at      INTEGER NOT NULL
);
CREATE INDEX envelopes_state ON envelopes (state, tries, n);

CREATE TABLE payments (
  n        INTEGER PRIMARY KEY,
  id       TEXT NOT NULL UNIQUE,
  envelope TEXT NOT NULL,
  state    TEXT NOT NULL,
  body     TEXT NOT NULL
);
CREATE INDEX payments_state ON payments (state);

-- What happened to payments, for people who have to understand one.
CREATE TABLE events (
  n       INTEGER PRIMARY KEY,
  payment TEXT NOT NULL,
  kind    TEXT NOT NULL,
  state   TEXT NOT NULL,
  effect  TEXT NOT NULL,
  code    TEXT NOT NULL,
  at      INTEGER NOT NULL
);
CREATE INDEX events_payment ON events (payment);

CREATE TABLE receipts (
  n     INTEGER PRIMARY KEY,
  id    TEXT NOT NULL UNIQUE,
  token TEXT NOT NULL,
  epoch TEXT NOT NULL,
  at    INTEGER NOT NULL
);
CREATE INDEX receipts_at ON receipts (epoch, at);

-- The town hall's published facts. generation: the last complete beginning-anew in which the fact was named.
CREATE TABLE records (
  n          INTEGER PRIMARY KEY,
  collection TEXT NOT NULL,
  id         TEXT NOT NULL,
  seq        INTEGER NOT NULL,
  data       BLOB NOT NULL,
  generation INTEGER NOT NULL,
  UNIQUE (collection, id)
);
