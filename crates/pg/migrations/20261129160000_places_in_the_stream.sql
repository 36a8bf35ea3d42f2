-- A stream that was emptied by hand is noticed by what lies just before its beginning. What was in it is published
-- again, under names that the broker does not know from the first time.
ALTER TABLE mesh.stream
    ADD COLUMN purges    integer NOT NULL DEFAULT 0,
    ADD COLUMN purged_to bigint  NOT NULL DEFAULT 0;
CREATE INDEX outbox_stream_sequence ON mesh.outbox (stream_sequence) WHERE stream_sequence IS NOT NULL;
