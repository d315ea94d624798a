-- name: wait(person, until, attempts)!
INSERT INTO patience VALUES (:person, :until, :attempts)
ON CONFLICT (person) DO UPDATE SET until = excluded.until, attempts = excluded.attempts;

-- name: go_on(person, now)!
DELETE FROM patience WHERE person = :person AND until <= :now;

-- name: patience(person)^
SELECT until, attempts FROM patience WHERE person = :person;

-- name: refuse(person, address, at)!
INSERT INTO refused VALUES (:person, :address, :at) ON CONFLICT (person, address) DO UPDATE SET at = excluded.at;

-- name: refused(person, address)^
SELECT at FROM refused WHERE person = :person AND address = :address;
