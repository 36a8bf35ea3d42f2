-- Whether all of a task's images have arrived: found out once, so that not every import counts them.
ALTER TABLE task ADD COLUMN arrived boolean NOT NULL DEFAULT false;
-- All images of a task, the open ones first; takes the place of the index of the open ones alone.
CREATE INDEX subtask_of_task ON subtask (task_id, closed);
DROP INDEX subtask_open;
