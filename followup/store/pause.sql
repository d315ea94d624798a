-- name: hold(person, since, why)!
INSERT INTO pause VALUES (:person, :since, :why) ON CONFLICT (person) DO UPDATE SET why = excluded.why;

-- name: lift(person)!
DELETE FROM pause WHERE person = :person;

-- name: why(person)^
SELECT why FROM pause WHERE person = :person;

-- name: settle(person, machine, inode)!
INSERT INTO home VALUES (:person, :machine, :inode)
ON CONFLICT (person) DO UPDATE SET machine = excluded.machine, inode = excluded.inode;

-- name: settle_first(person, machine, inode)!
INSERT INTO home VALUES (:person, :machine, :inode) ON CONFLICT (person) DO NOTHING;

-- name: home(person)^
SELECT machine, inode FROM home WHERE person = :person;
