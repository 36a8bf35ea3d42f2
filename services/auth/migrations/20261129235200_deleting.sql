-- Deleting people: what a user has here is found by their id.

-- An account that was deleted stays, blocked and without roles: so the release before lets nobody in either. Its
-- version is above all others, so nothing that is told of it later counts.
ALTER TABLE account ADD COLUMN deleted_at timestamptz;
-- Whose place it is; none where the release before has written it, until they sign in from there again.
ALTER TABLE familiar ADD COLUMN user_id uuid;
CREATE INDEX familiar_of_user ON familiar (user_id) WHERE user_id IS NOT NULL;
-- All sessions and keys of a user, also those that are over; they take the place of the indexes of those that are not.
CREATE INDEX session_of_user ON session (user_id, id);
DROP INDEX session_by_user;
CREATE INDEX api_key_of_user ON api_key (user_id, id);
DROP INDEX api_key_by_user;
