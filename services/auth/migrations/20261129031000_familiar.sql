-- Where accounts have lately signed in: there they are let through when others of the address have used up its
-- attempts.
CREATE TABLE familiar (
    -- The SHA-256 of the account (as in attempt.subject) and the network of the address.
    place bytea PRIMARY KEY CHECK (octet_length(place) = 32),
    -- When it last signed in from there, to the day.
    seen_at timestamptz NOT NULL
);

-- The purge.
CREATE INDEX familiar_by_seen ON familiar (seen_at);
