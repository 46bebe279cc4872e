-- A terminal's transaction counts for one case.
CREATE INDEX cases_evidence ON cases (payment ->> '$.evidence.terminal_id', payment ->> '$.evidence.trace') WHERE payment <> '';

