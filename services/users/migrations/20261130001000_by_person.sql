-- All that a person has here is found by their id, also what is over: groups that were deleted and memberships that
-- have ended. These indexes take the place of those of what is not over.
CREATE INDEX operator_group_by_owner ON operator_group (owner_id, id);
DROP INDEX operator_group_of_owner;
CREATE INDEX group_member_by_user ON group_member (user_id, group_id);
DROP INDEX group_member_of_user;
