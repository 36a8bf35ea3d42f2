-- Users who were deleted. Their rows are gone, so that an address can be signed up with again; that they were stays,
-- for whoever deletes them again and for what was under way. The release before asks nobody here.
CREATE TABLE deleted_user (
    user_id    uuid        PRIMARY KEY,
    -- The last one, above those of all other events about the user.
    version    bigint      NOT NULL CHECK (version > 0),
    deleted_at timestamptz NOT NULL,
    -- Whether nothing of theirs is left to remove: groups, memberships, what they asked for.
    removed    boolean     NOT NULL DEFAULT false
);
CREATE INDEX deleted_user_removing ON deleted_user (user_id) WHERE NOT removed;
