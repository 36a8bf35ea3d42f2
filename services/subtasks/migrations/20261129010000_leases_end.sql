-- A lease ends, however often it is prolonged: it is counted from when the image came into the operator's hands.

-- Since when the operator has had the image, given back and leased again in between included. None where the release
-- before has leased it: then it is counted from the first time that it is prolonged.
ALTER TABLE assignment ADD COLUMN held_since timestamptz;
-- What is held of a task at present, what is held longest first.
CREATE INDEX assignment_held_of_task ON assignment (task_id, held_since) WHERE state = 'leased';

-- Leases that ran out: each costs its operator a place for a while. Rows are written, counted and forgotten, never
-- changed. The release before writes none.
CREATE TABLE lapse (
    operator_id uuid NOT NULL,
    -- When the lease ran out, which may be a moment before it was taken back.
    lapsed_at   timestamptz NOT NULL,
    subtask_id  uuid NOT NULL,
    PRIMARY KEY (operator_id, lapsed_at, subtask_id)
) WITH (autovacuum_vacuum_cost_delay = 0);
CREATE INDEX lapse_old ON lapse (lapsed_at);
