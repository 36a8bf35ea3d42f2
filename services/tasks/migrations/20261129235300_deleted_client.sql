-- Clients who were deleted: a worker removes their tasks, and what is asked for in their name a moment later creates
-- nothing. The release before does not look.
CREATE TABLE deleted_client (
    owner_id   uuid        PRIMARY KEY,
    deleted_at timestamptz NOT NULL,
    -- Whether nothing of theirs is left.
    removed    boolean     NOT NULL DEFAULT false
);
CREATE INDEX deleted_client_removing ON deleted_client (owner_id) WHERE NOT removed;
CREATE INDEX deleted_client_since ON deleted_client (deleted_at) WHERE removed;
-- What is left of a client's deleted tasks.
CREATE INDEX task_removing_of_owner ON task (owner_id) WHERE deleted_at IS NOT NULL AND NOT removed;
