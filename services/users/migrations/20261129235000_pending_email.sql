-- A change of address counts when the new one is confirmed. The release before changes addresses at once.
ALTER TABLE users ADD COLUMN pending_email text COLLATE "C" CHECK (pending_email = lower(pending_email));
-- The address that is to be told that another one is to take its place.
ALTER TABLE confirmation ADD COLUMN told_email text COLLATE "C";
