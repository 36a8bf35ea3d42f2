-- Decoys: images that are decided and are handed out again beside gold, so that it says nothing that many people had an
-- image. They lie on a ring of their own, and their labels are those that were voted for.
--
-- The release before takes them for images that were closed while they were held, and shows them to nobody.
ALTER TABLE subtask
    DROP CONSTRAINT subtask_gold_is_whole,
    ADD CONSTRAINT subtask_gold_has_a_place CHECK (gold_label IS NULL OR gold_pos IS NOT NULL) NOT VALID;
