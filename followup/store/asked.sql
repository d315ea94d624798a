-- name: key()^
SELECT key FROM secret;

-- name: make_key(key)!
INSERT INTO secret VALUES (:key);

-- name: latest()^
SELECT coalesce(max(id), 0) AS id FROM asked;

-- name: of(address)
SELECT id, letter, at FROM asked WHERE address = :address;

-- name: keep(address, letter, at)!
-- A letter that sets out once more is a new ask in place of the one before.
INSERT OR REPLACE INTO asked (address, letter, at) VALUES (:address, :letter, :at);

-- name: drop(letter)!
DELETE FROM asked WHERE letter = :letter;

-- name: follow(folder, tracker)!
INSERT OR REPLACE INTO follower VALUES (:folder, :tracker);

-- name: followers(tracker)
SELECT folder FROM follower WHERE tracker = :tracker ORDER BY folder;
