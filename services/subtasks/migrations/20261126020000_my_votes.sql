-- An operator's votes in a task in the order in which they were given. What was done is counted from the same index, which
-- takes the place of the one before it: a vote writes no entry more.
CREATE INDEX assignment_mine ON assignment (operator_id, task_id, given_at, subtask_id)
    WHERE state IN ('voted', 'surplus', 'skipped');
DROP INDEX assignment_done;
