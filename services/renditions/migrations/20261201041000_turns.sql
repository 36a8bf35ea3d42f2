-- Turns between clients: of the jobs of one client and one kind, which are a line, so many are in the queue of the
-- workers, and the others wait here. Rows that are there satisfy the new rules, so they are not read.

ALTER TABLE job
    -- Who has asked for it first, while it has not ended: whose line it is in. None has what was queued before there
    -- were lines, and what the workers have in their queue of a client who was deleted.
    ADD COLUMN owner_id uuid,
    DROP CONSTRAINT job_state_check,
    -- Of a job that waits, queued_at is when it was asked for.
    ADD CONSTRAINT job_state_check CHECK (state IN ('waiting', 'open', 'done', 'failed')) NOT VALID,
    DROP CONSTRAINT job_check1,
    ADD CONSTRAINT job_ended_check CHECK ((state IN ('waiting', 'open')) = (ended_at IS NULL)) NOT VALID,
    ADD CONSTRAINT job_waiting_check CHECK (state <> 'waiting' OR owner_id IS NOT NULL) NOT VALID;

-- How much of a line is in the queue, and who is next.
CREATE INDEX job_line ON job (state, owner_id, kind, queued_at, key) WHERE owner_id IS NOT NULL;
-- How much waits of a kind, and since when.
CREATE INDEX job_waiting ON job (kind, queued_at) WHERE state = 'waiting';
