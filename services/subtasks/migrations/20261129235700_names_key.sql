-- Which of the configured keys makes a task's pseudonyms, the ids by which operators know its images, and the codes of
-- networks: the id of the key. It is the first one that is configured when the task is heard of, and stays: so a task's
-- names stay as they are when the key is replaced. The release before does not write it; the service does so later.
ALTER TABLE task ADD COLUMN names_key text;

CREATE INDEX task_without_names_key ON task (task_id) WHERE names_key IS NULL;
-- Whether a key can be taken out.
CREATE INDEX task_by_names_key ON task (names_key);
