-- Drafts that were put away at this device, closed with a key that only their slip has. "waits": the town hall does not have it yet. "drop": it was
-- continued or thrown away here, and the town hall has to hear of it; nothing of the draft is left.
CREATE TABLE drafts (
  address TEXT PRIMARY KEY,
  grip    TEXT NOT NULL,
  token   TEXT NOT NULL,
  data    BLOB NOT NULL,
  state   TEXT NOT NULL,
  tries   INTEGER NOT NULL DEFAULT 0,
  at      INTEGER NOT NULL
);
