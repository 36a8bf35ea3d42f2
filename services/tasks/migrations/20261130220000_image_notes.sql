-- What is wrong with an image's file though its pixels are all there, so that programs that train on it may stop.
-- Images of before, and those that the release before adds, have none.
ALTER TABLE image ADD COLUMN notes text[] NOT NULL DEFAULT '{}' CHECK (notes <@ '{malformed,no_end}'::text[]);
