-- The second factor of accounts that want one: time-based codes (RFC 6238). The release before does not ask for them.
CREATE TABLE second_factor (
    user_id uuid PRIMARY KEY,
    -- 20 bytes, sealed for the context "second factor" and the user.
    sealed_secret bytea NOT NULL,
    enrolled_at timestamptz NOT NULL,
    -- Codes are asked for from here on; before that nobody has shown that they have the secret.
    confirmed_at timestamptz,
    -- The last step of 30 seconds whose code was taken: it and those before are not taken again, by any replica.
    last_step bigint NOT NULL DEFAULT 0
);

-- Codes for who has lost the device, each good once: 10 random bytes need no slow hash.
CREATE TABLE recovery_code (
    user_id uuid NOT NULL REFERENCES second_factor ON DELETE CASCADE,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    PRIMARY KEY (user_id, digest)
);
