-- What people see of an image's name, where that is not the name itself: composed, and without what has no width. Two
-- names that look the same are one. Images of before, and those that the release before adds, have none: their names
-- are compared as they are.
ALTER TABLE image ADD COLUMN name_seen text COLLATE "C";
CREATE UNIQUE INDEX image_seen ON image (task_id, (coalesce(name_seen, name) COLLATE "C"));
