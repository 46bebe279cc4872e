-- The office that a case belongs to: a row of the tenant's table of offices, as the service's rule for it says.
ALTER TABLE cases ADD COLUMN office TEXT NOT NULL DEFAULT '';
CREATE INDEX cases_office ON cases (office, open);
