-- Whether operators get an object of their own in place of the file that was uploaded: what can be seen of it, upright,
-- without positions, comments and whatever else a file may carry. Images of before keep theirs.
ALTER TABLE image ADD COLUMN has_rendition boolean NOT NULL DEFAULT false;
