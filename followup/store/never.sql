-- name: add(person, address, at)!
INSERT INTO never VALUES (:person, :address, :at) ON CONFLICT (person, address) DO NOTHING;

-- name: everything(person)
SELECT address FROM never WHERE person = :person ORDER BY address;

-- name: stands(person, address)^
SELECT count(*) AS number FROM never WHERE person = :person AND address = :address;
