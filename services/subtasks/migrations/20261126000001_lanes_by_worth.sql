-- Further lanes of the queue, for images whose next vote tells less.
--
-- The release before looks into lanes 0 and 1 alone: while it runs beside this one, images in the others are handed out by
-- this one only. Who goes back to it for good moves them: UPDATE subtask SET lane = 0 WHERE lane > 1 AND NOT closed.

-- 0: has been in somebody's hands, or wants an extra vote that tells much; served first. 1: fresh. 2 to 4: want an extra
-- vote that tells less and less. Rows that there are need not be looked through: they fit.
ALTER TABLE subtask
    DROP CONSTRAINT subtask_lane_check,
    ADD CONSTRAINT subtask_lane_is_served CHECK (lane BETWEEN 0 AND 4) NOT VALID;

-- How far an operator has come in each lane, in the order of the lanes; nothing is the head of all. The release before
-- keeps its own two hints, which this one neither reads nor writes.
ALTER TABLE place
    ADD COLUMN passed bigint[] NOT NULL DEFAULT '{}',
    ALTER COLUMN again_pos SET DEFAULT 0,
    ALTER COLUMN fresh_pos SET DEFAULT 0;
