-- Votes until a label is right with this probability; 0 is the fixed rule, which is all that earlier releases know.
ALTER TABLE task ADD COLUMN confidence double precision NOT NULL DEFAULT 0
    CHECK (confidence = 0 OR confidence > 0.5 AND confidence < 1);
