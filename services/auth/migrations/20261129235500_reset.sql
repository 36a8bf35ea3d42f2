-- Passwords that were forgotten are replaced by what is mailed. The release before knows nothing of it.

-- What was asked for and is not looked at yet: within moments the row is gone, whether anybody has the address or not.
CREATE TABLE reset_request (
    id       uuid PRIMARY KEY,
    email    text NOT NULL,
    asked_at timestamptz NOT NULL,
    -- When it is looked at, or looked at again.
    due_at   timestamptz NOT NULL
);
CREATE INDEX reset_request_due ON reset_request (due_at);

-- What was mailed: for each user the newest.
CREATE TABLE password_reset (
    -- That of the request, and of the mail.
    id               uuid PRIMARY KEY,
    user_id          uuid NOT NULL UNIQUE,
    -- The SHA-256 of the address to which it was mailed: it has to be the user's when it is used, too.
    email_digest     bytea NOT NULL CHECK (octet_length(email_digest) = 32),
    -- Which of the user's passwords it replaces.
    password_version bigint NOT NULL,
    -- The SHA-256 of the token.
    token_digest     bytea NOT NULL UNIQUE CHECK (octet_length(token_digest) = 32),
    -- Address and token, sealed, until notify has taken the mail over.
    sealed           bytea,
    -- When it is handed over to notify, or tried again.
    due_at           timestamptz,
    expires_at       timestamptz NOT NULL,
    CHECK ((sealed IS NULL) = (due_at IS NULL))
);
CREATE INDEX password_reset_due ON password_reset (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX password_reset_expiry ON password_reset (expires_at);
