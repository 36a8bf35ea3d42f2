-- What an operator has done in a task, for the operator. A vote writes one more entry; it locks nothing for it.
CREATE INDEX assignment_done ON assignment (operator_id, task_id) WHERE state IN ('voted', 'surplus', 'skipped');
