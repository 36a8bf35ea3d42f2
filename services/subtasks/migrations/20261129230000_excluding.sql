-- Operators who are excluded from a task for good: paused, and none of their votes counts.
--
-- The release before knows of pauses alone. It hands nothing to who is excluded, since they are paused as well; where
-- it would resume them the check refuses that.
ALTER TABLE standing
    ADD COLUMN excluded_at   timestamptz,
    -- Whether a worker has votes of theirs to make surplus.
    ADD COLUMN setting_aside boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT standing_excluded_is_paused CHECK (excluded_at IS NULL OR paused_at IS NOT NULL);
CREATE INDEX standing_setting_aside ON standing (task_id, operator_id) WHERE setting_aside;

-- Votes were set aside since: the same method may come to something else.
ALTER TABLE redecision ADD COLUMN outdated boolean NOT NULL DEFAULT false;
