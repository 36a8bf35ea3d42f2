-- Deciding a completed task again by another method: the last time it was asked for, and how far it has come.
CREATE TABLE redecision (
    task_id       uuid PRIMARY KEY REFERENCES task,
    method        text NOT NULL,
    requested_at  timestamptz NOT NULL,
    -- How many images have votes; known once these are read.
    images        bigint NOT NULL DEFAULT 0,
    -- The last image attended to, in the order of ids: where a worker goes on.
    behind        uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    done          bigint NOT NULL DEFAULT 0,
    changed       bigint NOT NULL DEFAULT 0,
    finished_at   timestamptz,
    -- Until when a replica is at it; past where none is.
    claimed_until timestamptz NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX redecision_unfinished ON redecision (requested_at) WHERE finished_at IS NULL;
