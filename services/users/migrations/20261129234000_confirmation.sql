-- Addresses count when their owners have confirmed them. Those of the users there are count as they are, and so do
-- those of users whom the release before makes: it knows nothing of this.
ALTER TABLE users ADD COLUMN must_confirm boolean NOT NULL DEFAULT false;
ALTER TABLE users ADD COLUMN confirmed_at timestamptz;

-- What was mailed to an address, to be confirmed by it: for each user the newest.
CREATE TABLE confirmation (
    -- The id of the mail, too.
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
    email        text COLLATE "C" NOT NULL,
    -- The SHA-256 of the token.
    token_digest bytea NOT NULL UNIQUE CHECK (octet_length(token_digest) = 32),
    -- The token itself, sealed, until notify has taken the mail over.
    sealed_token bytea,
    -- When it is handed over to notify, or tried again.
    due_at       timestamptz,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL CHECK (expires_at > created_at),
    CHECK ((sealed_token IS NULL) = (due_at IS NULL))
);
CREATE INDEX confirmation_due ON confirmation (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX confirmation_expiry ON confirmation (expires_at);

-- How often something was mailed to addresses that were to be confirmed.
CREATE TABLE mailed (
    -- "address:" and the SHA-256 of it, "user:" and the id, or "network:" and the network.
    subject text PRIMARY KEY,
    -- When the window began.
    since   timestamptz NOT NULL,
    count   integer NOT NULL CHECK (count > 0)
);
CREATE INDEX mailed_since ON mailed (since);
