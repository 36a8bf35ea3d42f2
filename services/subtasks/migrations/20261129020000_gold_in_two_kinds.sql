-- Gold for the qualification apart from gold for control, and what operators were handed.

-- A place on the ring says for what an image is: below 0 for the qualification; from 0 for control. Tasks that are
-- there get as many for the qualification as a new task would. The release before hands out both kinds as one.
UPDATE subtask SET gold_pos = CASE
        WHEN drawn.rank <= least(drawn.asked + (drawn.asked + 1) / 2, greatest(drawn.asked, drawn.gold * 3 / 4))
        THEN gold_pos | (-9223372036854775807 - 1) ELSE gold_pos & 4611686018427387903 END
FROM (SELECT s.subtask_id, t.qualification AS asked, count(*) OVER (PARTITION BY s.task_id) AS gold,
             row_number() OVER (PARTITION BY s.task_id ORDER BY s.gold_pos) AS rank
      FROM subtask s JOIN task t USING (task_id) WHERE s.gold_pos IS NOT NULL) drawn
WHERE subtask.subtask_id = drawn.subtask_id;

-- Whether an image was handed out for show: what the operator says of it decides nothing.
ALTER TABLE assignment ADD COLUMN trial boolean NOT NULL DEFAULT false;

ALTER TABLE standing
    -- How many images of the task were in the operator's hands, and how many of them the operator skipped; counted from
    -- here on.
    ADD COLUMN seen     integer NOT NULL DEFAULT 0,
    ADD COLUMN skips    integer NOT NULL DEFAULT 0,
    -- How many of those seen before the qualification were ordinary ones.
    ADD COLUMN ordinary integer NOT NULL DEFAULT 0;
