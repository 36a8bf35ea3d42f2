-- All images of a task, the open ones first. By an expression, so that only who means this index finds it: one of the column
-- itself also answers whether any image is closed, and the planner reads all open images of all tasks by it, for the few it
-- has the ids of, while the statistics are of a time when everything was closed.
CREATE INDEX subtask_open_first ON subtask (task_id, (closed::integer));
DROP INDEX subtask_of_task;
