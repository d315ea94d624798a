-- name: keep(person, hash, asked_at, never)!
INSERT INTO forgotten VALUES (:person, :hash, :asked_at, :never)
ON CONFLICT (person, hash) DO UPDATE SET asked_at = coalesce(excluded.asked_at, forgotten.asked_at),
    never = CASE WHEN excluded.never > forgotten.never THEN excluded.never ELSE forgotten.never END;

-- name: of(person, hash)^
SELECT asked_at, never FROM forgotten WHERE person = :person AND hash = :hash;

-- name: key(person)^
SELECT key FROM secret WHERE person = :person;

-- name: make_key(person, key)!
INSERT INTO secret VALUES (:person, :key) ON CONFLICT (person) DO NOTHING;

-- name: drop_never(person, address)!
DELETE FROM never WHERE person = :person AND address = :address;

-- name: drop_refused(person, address)!
DELETE FROM refused WHERE person = :person AND address = :address;
