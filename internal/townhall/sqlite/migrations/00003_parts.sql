-- Sealed files of an envelope, as they came; their number in it counts from 0. They are in this file, and so in every backup of it: a device
-- forgets what a backup has. They go when a backup has the opened files.
CREATE TABLE parts (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    envelope TEXT NOT NULL REFERENCES envelopes (id),
    number   INTEGER NOT NULL,
    sha256   TEXT NOT NULL,
    data     BLOB NOT NULL,
    UNIQUE (envelope, number)
);
CREATE INDEX parts_sha256 ON parts (sha256);
