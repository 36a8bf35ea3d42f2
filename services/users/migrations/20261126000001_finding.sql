-- How administrators find people: by how an address or a name begins, in any case. The index on the address is that of
-- its uniqueness. Collation "C" lets an index answer for beginnings; "pg_c_utf8" folds letters of all scripts, whatever
-- the server's locale is.
CREATE INDEX users_name ON users ((lower(name COLLATE "pg_c_utf8")) COLLATE "C");
CREATE INDEX users_surname ON users ((lower(surname COLLATE "pg_c_utf8")) COLLATE "C");
