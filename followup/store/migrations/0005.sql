-- What a row holds as written, apart from what was understood of it: tells an edit from a better reading.
ALTER TABLE application ADD COLUMN cells TEXT NOT NULL DEFAULT '';
ALTER TABLE application ADD COLUMN skeleton TEXT NOT NULL DEFAULT '';
