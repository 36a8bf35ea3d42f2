-- Some events tell something personal of two people: who did something, from where, and of whom it tells. They are
-- taken back with either. The release before leaves none of those.
ALTER TABLE mesh.outbox ADD COLUMN also_about uuid;
CREATE INDEX outbox_also_about ON mesh.outbox (also_about, position) WHERE also_about IS NOT NULL;
