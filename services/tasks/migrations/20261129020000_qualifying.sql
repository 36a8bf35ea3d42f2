-- Which gold images are for the qualification alone: drawn once, when the task is submitted. None of a task that was
-- submitted before, whose images are announced as they were then.
ALTER TABLE image ADD COLUMN qualifies boolean NOT NULL DEFAULT false;
