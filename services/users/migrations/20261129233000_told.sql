-- Whether who has an invited address was told of it; those from before were not, and are not told any more. The release
-- before invites without telling.
ALTER TABLE group_invitation ADD COLUMN told boolean NOT NULL DEFAULT true;
ALTER TABLE group_invitation ALTER COLUMN told SET DEFAULT false;
CREATE INDEX group_invitation_to_tell ON group_invitation (email) WHERE email IS NOT NULL AND NOT told;
