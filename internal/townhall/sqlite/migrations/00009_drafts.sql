-- Drafts that people put away to continue them elsewhere, closed with a key that only their slip has. One that was thrown away stays as an empty
-- row until its end: a device that brings it late does not bring it back.
CREATE TABLE drafts (
    address TEXT PRIMARY KEY,
    grip    TEXT NOT NULL,
    who     TEXT NOT NULL,
    data    BLOB NOT NULL,
    until   INTEGER NOT NULL
);
CREATE INDEX drafts_until ON drafts (until);
CREATE INDEX drafts_who ON drafts (who) WHERE who <> '';
