-- What a row holds as written, apart from what was understood of it: tells an edit from a better reading.
ALTER TABLE application ADD COLUMN cells TEXT NOT NULL DEFAULT '';
ALTER TABLE application ADD COLUMN skeleton TEXT NOT NULL DEFAULT '';

-- What the tracker was read with: its encoding, and a digest of all settings, words and answers.
ALTER TABLE tracker ADD COLUMN encoding TEXT;
ALTER TABLE tracker ADD COLUMN read_with TEXT;
