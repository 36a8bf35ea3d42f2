-- Gold: images whose label is known, mixed in among those that operators are handed, and what operators' answers on
-- them came to.

ALTER TABLE task
    -- Of the images that an operator is handed, how many are gold; 0 while no gold image is known.
    ADD COLUMN gold_share    double precision NOT NULL DEFAULT 0,
    ADD COLUMN gold_accuracy double precision NOT NULL DEFAULT 0.7,
    ADD COLUMN qualification smallint NOT NULL DEFAULT 0;

-- A gold image is closed from the start, so that it is in no queue and decides nothing; answers on it are surplus.
ALTER TABLE subtask
    ADD COLUMN gold_label text,
    -- Its place on the ring of the task's gold images, by chance. Every operator goes round from a place of their own.
    ADD COLUMN gold_pos bigint,
    ADD CONSTRAINT subtask_gold_is_whole CHECK ((gold_label IS NULL) = (gold_pos IS NULL)) NOT VALID;
CREATE INDEX subtask_gold ON subtask (task_id, gold_pos) WHERE gold_pos IS NOT NULL;

-- How far an operator has come on the ring; none before the first.
ALTER TABLE place ADD COLUMN gold_pos bigint;

-- What an operator's answers on a task's gold images came to. Written by the operator's own calls alone.
CREATE TABLE standing (
    task_id        uuid NOT NULL,
    operator_id    uuid NOT NULL,
    right_answers  integer NOT NULL DEFAULT 0,
    wrong_answers  integer NOT NULL DEFAULT 0,
    -- As they were when the operator was resumed last: judged is what came since.
    forgiven_right integer NOT NULL DEFAULT 0,
    forgiven_wrong integer NOT NULL DEFAULT 0,
    -- Since when nothing is handed out, and how often it came to that.
    paused_at      timestamptz,
    pauses         integer NOT NULL DEFAULT 0,
    PRIMARY KEY (task_id, operator_id)
) WITH (fillfactor = 70, autovacuum_vacuum_cost_delay = 0);
