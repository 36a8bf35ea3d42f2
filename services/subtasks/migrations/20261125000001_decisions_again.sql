-- An image may be decided again. The decision that stands is in `decision`; those that it has replaced move to `former_decision`.

-- What the policy asks for beside the votes; 0 is the fixed rule, which is all that earlier releases know.
ALTER TABLE task ADD COLUMN confidence double precision NOT NULL DEFAULT 0
    CHECK (confidence = 0 OR confidence > 0.5 AND confidence < 1);

-- Causes are the code's to know: a release adds some, and the one before may run beside it.
ALTER TABLE decision DROP CONSTRAINT decision_cause_check;
ALTER TABLE decision
    -- The version of the subtask with the event that told of it. Earlier releases write none: theirs was the first.
    ADD COLUMN version bigint NOT NULL DEFAULT 1,
    -- The snapshot of reliabilities it was made with, where there was one.
    ADD COLUMN snapshot integer,
    -- Who decided and what they had to say, where it was a person.
    ADD COLUMN decided_by uuid,
    ADD COLUMN comment text NOT NULL DEFAULT '';

CREATE TABLE former_decision (
    subtask_id uuid NOT NULL REFERENCES subtask,
    version    bigint NOT NULL,
    label      text,
    confidence double precision NOT NULL,
    rule       text NOT NULL,
    cause      text NOT NULL,
    tied       text[] NOT NULL,
    counts     jsonb NOT NULL,
    decided_at timestamptz NOT NULL,
    snapshot   integer,
    decided_by uuid,
    comment    text NOT NULL,
    PRIMARY KEY (subtask_id, version)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05);
