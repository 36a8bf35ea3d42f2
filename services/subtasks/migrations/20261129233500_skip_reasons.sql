-- Why an operator skipped an image; null where no reason was given. A skip ends its lease, so expires_at is when.
ALTER TABLE assignment ADD COLUMN skip_reason text
    CHECK (skip_reason IN ('unclear', 'no_label_fits', 'several_labels_fit', 'not_known', 'offensive'));

-- A task's skips in the order in which they came.
CREATE INDEX assignment_skips ON assignment (task_id, expires_at, subtask_id, operator_id) WHERE state = 'skipped';
