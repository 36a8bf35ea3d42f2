-- Some events tell something personal: from where somebody signed in, or what a client has written. They say of whom,
-- so that they can be taken back when that person is deleted. The release before says it of none, and purges its rows
-- after eight days like all others.
ALTER TABLE mesh.outbox ADD COLUMN about uuid;
CREATE INDEX outbox_about ON mesh.outbox (about, position) WHERE about IS NOT NULL;
