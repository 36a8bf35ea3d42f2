-- All that a person has here is found by their id, for themselves.

-- Where an operator stands in tasks.
CREATE INDEX standing_of_operator ON standing (operator_id, task_id);
-- The labels that somebody has set.
CREATE INDEX decision_by_person ON decision (decided_by, subtask_id) WHERE decided_by IS NOT NULL;
CREATE INDEX former_decision_by_person ON former_decision (decided_by, subtask_id, version)
    WHERE decided_by IS NOT NULL;
