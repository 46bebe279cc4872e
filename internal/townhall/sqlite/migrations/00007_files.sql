-- Documents stand where photos do: they come in the same way, and are kept as long.
ALTER TABLE photos ADD COLUMN type TEXT NOT NULL DEFAULT 'image/jpeg';
ALTER TABLE photos ADD COLUMN pages INTEGER NOT NULL DEFAULT 0;
ALTER TABLE photos ADD COLUMN name TEXT NOT NULL DEFAULT '';
