-- When what was said in an application was erased; 0: it is there.
ALTER TABLE cases ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;
CREATE INDEX cases_kept ON cases (service, service_version, decided) WHERE erased = 0 AND open = 0;

-- Words that are taken out of the search are overwritten.
INSERT INTO cases_text (cases_text, rank) VALUES ('secure-delete', 1);
