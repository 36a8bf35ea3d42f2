-- What people see of their sessions. The release before writes neither address nor agent, and does not end sessions
-- that nobody uses: to it every session is used when it begins.
ALTER TABLE session
    -- The address from which the user signed in.
    ADD COLUMN address text,
    -- The program's or device's own words.
    ADD COLUMN user_agent text,
    -- When the session was last used, to some minutes.
    ADD COLUMN used_at timestamptz NOT NULL DEFAULT now();

CREATE INDEX session_by_use ON session (used_at);
COMMENT ON INDEX session_by_user IS 'The open sessions of a user: listed, and ended all at once.';
