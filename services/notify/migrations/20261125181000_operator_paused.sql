-- Operators are told when they are paused in a task. Kinds are the code's to know: a release adds some, and the one
-- before may run beside it.
ALTER TABLE notification DROP CONSTRAINT notification_kind_check;
-- The task, where it is about one and that can't be told from what it is about.
ALTER TABLE notification ADD COLUMN task_id uuid;
