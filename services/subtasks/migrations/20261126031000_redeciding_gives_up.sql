-- Deciding again what can't be done ends: after so many beginnings that came to nothing, or at once where it would take
-- too much memory.
ALTER TABLE redecision
    -- Beginnings since it last moved on.
    ADD COLUMN attempts smallint NOT NULL DEFAULT 0,
    -- Why it was given up; what was decided till then stands.
    ADD COLUMN problem text;
