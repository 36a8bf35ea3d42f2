-- API keys. Of the secret that a program holds only the SHA-256 is here, as of a session's token.
CREATE TABLE api_key (
    id uuid PRIMARY KEY,
    secret_digest bytea NOT NULL UNIQUE CHECK (octet_length(secret_digest) = 32),
    user_id uuid NOT NULL,
    -- What it is for, in its owner's words.
    name text NOT NULL,
    -- The numbers of labelmesh.type.v1.Role that it was made for. It has those that the account has too.
    roles smallint[] NOT NULL CHECK (cardinality(roles) > 0),
    created_at timestamptz NOT NULL,
    -- When it ends by itself.
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    -- When it was last used, to some minutes.
    used_at timestamptz,
    revoked_at timestamptz
);

CREATE INDEX api_key_by_user ON api_key (user_id, id) WHERE revoked_at IS NULL;
-- The purge.
CREATE INDEX api_key_by_expiry ON api_key (expires_at);
CREATE INDEX api_key_by_revocation ON api_key (revoked_at) WHERE revoked_at IS NOT NULL;
