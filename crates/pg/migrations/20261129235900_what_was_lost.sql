-- Which places of the stream a refill is about: those below one and above another. What lies between is still there.
ALTER TABLE mesh.stream
    ADD COLUMN lost_below bigint NOT NULL DEFAULT 0,
    ADD COLUMN lost_above bigint NOT NULL DEFAULT -1;
