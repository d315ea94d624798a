-- A letter that the person asked for although its row did not say rejected: it needs no rejection to stand.
ALTER TABLE letter ADD COLUMN by_name INTEGER NOT NULL DEFAULT 0;
