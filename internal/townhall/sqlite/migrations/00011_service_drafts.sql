-- Services that somebody writes in the town hall: every state that was saved is a row, the newest is the draft. A number is never given twice, so that
-- a page that was open for long cannot take a later draft for the one it showed.
CREATE TABLE service_drafts (
    revision INTEGER PRIMARY KEY AUTOINCREMENT,
    service  TEXT NOT NULL,
    title    TEXT NOT NULL,
    base     TEXT NOT NULL,
    at       INTEGER NOT NULL,
    who      TEXT NOT NULL,
    what     TEXT NOT NULL,
    file     TEXT NOT NULL,
    wrong    INTEGER NOT NULL,
    digest   TEXT NOT NULL,
    packed   BLOB NOT NULL
);
CREATE INDEX service_drafts_service ON service_drafts (service, revision);
