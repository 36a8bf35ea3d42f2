-- What an operator gave back, so that gold among it comes again as any image does.
CREATE INDEX assignment_given_back ON assignment (operator_id, task_id) WHERE state = 'lapsed';
