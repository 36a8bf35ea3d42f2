-- How many images a task has, so that one that has not arrived yet can be told from one that there is not. Not known of
-- tasks that the release before has heard of.
ALTER TABLE task ADD COLUMN images bigint;
