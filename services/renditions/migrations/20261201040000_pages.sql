-- Pictures of web pages: their jobs have no source. Rows that are there satisfy the new rules, so they are not read.
ALTER TABLE job ALTER COLUMN source_sha256 DROP NOT NULL;
ALTER TABLE job DROP CONSTRAINT job_kind_check;
ALTER TABLE job
    ADD CONSTRAINT job_kind_check
        CHECK (kind IN ('resize', 'crop', 'optimize', 'portrait', 'screenshot', 'lead_image')) NOT VALID,
    ADD CONSTRAINT job_has_a_source_or_a_page
        CHECK ((kind IN ('screenshot', 'lead_image')) = (source_sha256 IS NULL)) NOT VALID;
