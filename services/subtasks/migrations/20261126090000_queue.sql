-- The task in whose queue an image stands; none where it has no free place. A column of its own, because no other index has
-- it: by the task and the open images alone the planner may read them all and sort them, which looks cheap while the
-- statistics are of a time when everything was closed. A change that leaves the image in its place touches no index.
ALTER TABLE subtask ADD COLUMN queue uuid
    GENERATED ALWAYS AS (CASE WHEN NOT closed AND votes + leases < wanted THEN task_id END) STORED;
DROP INDEX subtask_queue;
CREATE INDEX subtask_queue ON subtask (queue, lane, pos) WHERE queue IS NOT NULL;
