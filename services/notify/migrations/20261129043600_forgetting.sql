-- What people were told of a task goes with the task.
CREATE INDEX notification_of_task ON notification (task_id) WHERE task_id IS NOT NULL;

-- Tasks that were deleted: what is heard of them later is told to nobody. The release before does not look.
CREATE TABLE deleted_task (
    task_id    uuid        PRIMARY KEY,
    deleted_at timestamptz NOT NULL
);
CREATE INDEX deleted_task_since ON deleted_task (deleted_at);
