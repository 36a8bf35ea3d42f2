-- A task that was deleted is a tombstone, and what there is of it is removed in batches. The release before hears
-- nothing of deletions; it sees such a task as cancelled.
ALTER TABLE task
    ADD COLUMN deleted boolean NOT NULL DEFAULT false,
    -- Whether nothing of it is left.
    ADD COLUMN removed boolean NOT NULL DEFAULT false;
CREATE INDEX task_removing ON task (task_id) WHERE deleted AND NOT removed;
-- Where operators stand in a task.
CREATE INDEX place_of_task ON place (task_id);
