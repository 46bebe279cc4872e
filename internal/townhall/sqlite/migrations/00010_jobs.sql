-- Vacancies, and who offered or closed them.
CREATE TABLE jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id     TEXT NOT NULL UNIQUE,
    data   TEXT NOT NULL
);
CREATE TABLE job_events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    job    TEXT NOT NULL,
    clerk  TEXT NOT NULL,
    what   TEXT NOT NULL,
    at     INTEGER NOT NULL
);
CREATE INDEX job_events_job ON job_events (job);
