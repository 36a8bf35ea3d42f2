-- Handing out images and gathering votes.
-- Locks are taken in one order everywhere: operator, subtask (by id), assignment. Time is a bound parameter, never now().

-- What this service knows of a task. Fixed when it is submitted; only the state moves, and only forward
-- (open, finishing, completed, cancelled), so that events may come in any order. A row may be a tombstone: of a task
-- that ended before it was heard of, with nothing but its state.
CREATE TABLE task (
    task_id      uuid PRIMARY KEY,
    version      bigint NOT NULL,
    owner_id     uuid NOT NULL,
    state        text NOT NULL CHECK (state IN ('open', 'finishing', 'completed', 'cancelled')),
    title        text NOT NULL DEFAULT '',
    instructions text NOT NULL DEFAULT '',
    labels       text[] NOT NULL DEFAULT '{}',
    redundancy   smallint NOT NULL DEFAULT 0,
    max_votes    smallint NOT NULL DEFAULT 0,
    -- Whether open images are left that a worker has to close.
    closing      boolean NOT NULL DEFAULT false,
    CHECK (state IN ('completed', 'cancelled') OR (redundancy >= 1 AND max_votes >= redundancy))
);
-- The tasks that a lease may be served from, in the order in which they take turns.
CREATE INDEX task_open ON task (task_id) WHERE state = 'open';
CREATE INDEX task_closing ON task (task_id) WHERE closing;

-- Gives every place in the queue, so that a row moved to the end of its lane is behind all others.
CREATE SEQUENCE queue_pos;

-- An image to be labeled, with the image's id.
CREATE TABLE subtask (
    subtask_id uuid PRIMARY KEY,
    task_id    uuid NOT NULL REFERENCES task,
    -- Votes asked for at present: the redundancy, and one more for each tie.
    wanted     smallint NOT NULL,
    -- Rows of assignment that are voted, leased, skipped; a vote that came after the decision is surplus and in none.
    votes      smallint NOT NULL DEFAULT 0,
    leases     smallint NOT NULL DEFAULT 0,
    skips      integer NOT NULL DEFAULT 0,
    closed     boolean NOT NULL DEFAULT false,
    -- 0: has been in somebody's hands, or wants an extra vote; served first. 1: fresh.
    lane       smallint NOT NULL DEFAULT 1 CHECK (lane IN (0, 1)),
    pos        bigint NOT NULL DEFAULT nextval('queue_pos'),
    -- Counts the events about it.
    version    bigint NOT NULL DEFAULT 0,
    blob_key   text NOT NULL,
    media_type text NOT NULL,
    CONSTRAINT subtask_counts CHECK (votes >= 0 AND leases >= 0 AND skips >= 0),
    CONSTRAINT subtask_never_overbooked CHECK (closed OR votes + leases <= wanted)
-- Every lease and vote leaves a dead row and a dead index entry, which the head of the queue would have to step over:
-- 900,000 of them cost 0.2 s once. So vacuum comes early and works without pauses.
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0,
        autovacuum_analyze_scale_factor = 0.02);
-- The queue.
CREATE INDEX subtask_queue ON subtask (task_id, lane, pos) WHERE NOT closed AND votes + leases < wanted;
-- What is left to close when a task is ended.
CREATE INDEX subtask_open ON subtask (task_id) WHERE NOT closed;

-- Lease, vote and skip in one: a row for ever for each image and operator, so that nobody votes twice.
CREATE TABLE assignment (
    subtask_id  uuid NOT NULL REFERENCES subtask,
    operator_id uuid NOT NULL,
    task_id     uuid NOT NULL,
    -- leased: in the operator's hands; lapsed: was, and may come again; skipped: never comes again;
    -- voted: counts; surplus: kept, but came after the image was closed.
    state       text NOT NULL CHECK (state IN ('leased', 'lapsed', 'skipped', 'voted', 'surplus')),
    -- The end of the last lease.
    expires_at  timestamptz NOT NULL,
    label       text,
    -- The vote's place among the image's votes; a revision goes to the end.
    ordinal     smallint,
    -- When it was given at first, and when last revised.
    given_at    timestamptz,
    voted_at    timestamptz,
    PRIMARY KEY (subtask_id, operator_id),
    CONSTRAINT assignment_vote_is_whole CHECK (
        (state IN ('voted', 'surplus')) = (label IS NOT NULL AND ordinal IS NOT NULL AND given_at IS NOT NULL
            AND voted_at IS NOT NULL)
    )
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX assignment_due ON assignment (expires_at) WHERE state = 'leased';
CREATE INDEX assignment_held ON assignment (operator_id) WHERE state = 'leased';
-- A task's votes in the order in which they were given.
CREATE INDEX assignment_votes ON assignment (task_id, given_at, subtask_id, operator_id)
    WHERE state IN ('voted', 'surplus');

-- A subtask's final label; no label where it was closed without votes.
CREATE TABLE decision (
    subtask_id uuid PRIMARY KEY REFERENCES subtask,
    label      text,
    confidence double precision NOT NULL,
    rule       text NOT NULL,
    cause      text NOT NULL CHECK (cause IN ('votes_complete', 'tied_at_maximum', 'finished_early')),
    -- The labels that nothing set apart; empty unless contested.
    tied       text[] NOT NULL,
    -- Every label with votes, [{"label": ..., "votes": ...}], the most first.
    counts     jsonb NOT NULL,
    decided_at timestamptz NOT NULL
);

-- An operator who has leased: locked by every lease call, so that two calls of one person never fill up twice.
CREATE TABLE operator (
    operator_id uuid PRIMARY KEY,
    -- The task looked at last; the next call begins after it.
    turn        uuid NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_cost_delay = 0);

-- How far an operator has come in each lane of a task: a hint for speed, never the truth.
CREATE TABLE place (
    operator_id uuid NOT NULL,
    task_id     uuid NOT NULL,
    again_pos   bigint NOT NULL,
    fresh_pos   bigint NOT NULL,
    -- Whether the pass under way, or the last one before a rest, began at the head and found nothing at all.
    in_vain     boolean NOT NULL,
    -- Until when the task is left out for this operator.
    rest_until  timestamptz,
    PRIMARY KEY (operator_id, task_id)
) WITH (fillfactor = 50, autovacuum_vacuum_cost_delay = 0);
