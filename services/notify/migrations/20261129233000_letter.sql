-- What is said in parts, from which mails are laid out as text and as HTML. The release before writes and reads the
-- text alone.
ALTER TABLE notification ADD COLUMN letter jsonb;
