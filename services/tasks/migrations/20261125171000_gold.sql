-- Images whose label is known ("gold"), mixed in to see how well operators label. Releases before know of none.
ALTER TABLE task ADD COLUMN gold_share double precision NOT NULL DEFAULT 0.1 CHECK (gold_share > 0 AND gold_share <= 0.5);
ALTER TABLE task ADD COLUMN gold_accuracy double precision NOT NULL DEFAULT 0.7
    CHECK (gold_accuracy > 0 AND gold_accuracy < 1);
ALTER TABLE task ADD COLUMN qualification integer NOT NULL DEFAULT 0 CHECK (qualification >= 0);

ALTER TABLE image ADD COLUMN gold_label text;
-- How many of a draft's images are gold, without looking at the others.
CREATE INDEX image_gold ON image (task_id) WHERE gold_label IS NOT NULL;
