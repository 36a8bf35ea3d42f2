-- Accounts are not closed any more: beyond what one network may try the next attempt has to wait, a little longer each
-- time. What is closed is an account in a network ("place:" and the digest that familiar has too). The release before
-- goes on closing accounts by the same rows, for a window, as it did.
ALTER TABLE attempt ADD COLUMN open_at timestamptz;
COMMENT ON COLUMN attempt.subject IS
    '"account:" and the SHA-256 of the address that was given, known or not; "place:" and the SHA-256 of that and the '
    'network; or "network:" and the network.';
COMMENT ON COLUMN attempt.since IS
    'When the window began: with the first failure. Of an account: until when its failures have been forgotten, a few '
    'each window.';
COMMENT ON COLUMN attempt.open_at IS 'Of an account: until when the next attempt has to wait.';
