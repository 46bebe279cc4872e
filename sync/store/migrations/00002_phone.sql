-- Sealed files that belong to an envelope and travel beside it. They go with it.
CREATE TABLE parts (
  n        INTEGER PRIMARY KEY,
  id       TEXT NOT NULL UNIQUE,
  envelope TEXT NOT NULL,
  data     BLOB NOT NULL
);
CREATE INDEX parts_envelope ON parts (envelope);

CREATE TRIGGER envelopes_parts AFTER DELETE ON envelopes
BEGIN
  DELETE FROM parts WHERE envelope = OLD.id;
END;

-- What a person's own device remembers, closed with the locker's key. n is the order in which it came first.
CREATE TABLE entries (
  n     INTEGER PRIMARY KEY,
  shelf TEXT NOT NULL,
  id    TEXT NOT NULL,
  data  BLOB NOT NULL,
  at    INTEGER NOT NULL,
  UNIQUE (shelf, id)
);
