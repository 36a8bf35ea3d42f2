-- Mails that others ask for, to an address of theirs: what one says is here alone, sealed, until it was sent or given
-- up. The release before passes over them.
ALTER TABLE delivery ALTER COLUMN notification_id DROP NOT NULL;
-- The address and what is said.
ALTER TABLE delivery ADD COLUMN sealed bytea;
-- Whom it concerns, and when it is of no use any more.
ALTER TABLE delivery ADD COLUMN user_id uuid;
ALTER TABLE delivery ADD COLUMN expires_at timestamptz;
ALTER TABLE delivery ADD CONSTRAINT delivery_says_something
    CHECK (notification_id IS NOT NULL OR (user_id IS NOT NULL AND expires_at IS NOT NULL));
