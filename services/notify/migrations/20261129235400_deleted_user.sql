-- Users who were deleted: what is heard about them later is told to nobody. The release before does not look.
CREATE TABLE deleted_user (
    user_id    uuid        PRIMARY KEY,
    deleted_at timestamptz NOT NULL
);
CREATE INDEX deleted_user_since ON deleted_user (deleted_at);
