-- Sessions of users who signed in. Of the token that the client holds only the SHA-256 is here: 32 random bytes need
-- no slow hash, and whoever reads this table can't sign in with it.
CREATE TABLE session (
    id uuid PRIMARY KEY,
    token_digest bytea NOT NULL UNIQUE CHECK (octet_length(token_digest) = 32),
    user_id uuid NOT NULL,
    -- The numbers of labelmesh.type.v1.Role that the user had when the session began.
    roles smallint[] NOT NULL,
    started_at timestamptz NOT NULL,
    -- When it ends by itself.
    expires_at timestamptz NOT NULL CHECK (expires_at > started_at),
    -- When it was ended before that.
    ended_at timestamptz
);

-- All sessions of a user are ended at once when the user is deleted.
CREATE INDEX session_by_user ON session (user_id) WHERE ended_at IS NULL;
-- The purge.
CREATE INDEX session_by_expiry ON session (expires_at);
CREATE INDEX session_by_end ON session (ended_at) WHERE ended_at IS NOT NULL;

-- Failed attempts to sign in, counted for an account and for an address in a window that begins with the first.
-- An attempt counts from the moment it begins, so that many at once can't slip through.
CREATE TABLE attempt (
    -- "account:" and the SHA-256 of the address that was given, known or not; or "address:" and the network.
    subject text PRIMARY KEY,
    since timestamptz NOT NULL,
    failures integer NOT NULL
);

CREATE INDEX attempt_by_since ON attempt (since);

-- The keys that sign internal tokens.
CREATE TABLE signing_key (
    -- The JWK thumbprint of the public key (RFC 7638).
    kid text PRIMARY KEY,
    -- The Ed25519 seed, sealed for the context "signing_key" and the kid.
    sealed_seed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    -- It is published from its creation and signs from here until the next key does.
    signs_from timestamptz NOT NULL UNIQUE
);
