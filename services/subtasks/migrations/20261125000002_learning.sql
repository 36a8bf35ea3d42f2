-- What is learned of a task's operators while it is labeled, where its policy names a confidence.

-- The newest snapshot of its operators' reliabilities; 0 is none. Written by whoever learns, only read by votes.
ALTER TABLE task ADD COLUMN snapshot integer NOT NULL DEFAULT 0;
-- The tasks for which is learned.
CREATE INDEX task_learning ON task (task_id) WHERE state = 'open' AND confidence > 0;

-- How far learning has come.
CREATE TABLE model (
    task_id       uuid PRIMARY KEY REFERENCES task,
    -- How many votes there were at the last time.
    votes         bigint NOT NULL DEFAULT 0,
    -- When the newest of them was given, and how many were given at that moment, with those known by then.
    learned_to    timestamptz,
    edge          bigint NOT NULL DEFAULT 0,
    -- Until when a replica is learning; past where none is.
    claimed_until timestamptz NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_cost_delay = 0);

-- Reliabilities as they were at one moment, for ever: a decision names the one it was made with.
CREATE TABLE snapshot (
    task_id    uuid NOT NULL REFERENCES task,
    version    integer NOT NULL,
    -- From how many votes.
    votes      bigint NOT NULL,
    content    bytea NOT NULL,
    learned_at timestamptz NOT NULL,
    PRIMARY KEY (task_id, version)
);
