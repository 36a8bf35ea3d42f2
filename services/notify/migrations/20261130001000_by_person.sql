-- The mails that others have asked for are found by whom they concern: for themselves, and when they are deleted.
CREATE INDEX delivery_of_user ON delivery (user_id, delivery_id) WHERE user_id IS NOT NULL;
