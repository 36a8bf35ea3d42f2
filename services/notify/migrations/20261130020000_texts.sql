-- People may be told by text messages, at a number that they have confirmed. The release before does not look here.

CREATE TABLE phone (
    user_id         uuid        PRIMARY KEY,
    -- To which they are sent, and since when it is known to be theirs.
    number          text,
    confirmed_at    timestamptz,
    -- What is to take its place once the code that was texted there is shown: sealed, good until a time, and no longer
    -- after so many wrong ones.
    pending_number  text,
    sealed_code     bytea,
    code_expires_at timestamptz,
    tries           integer     NOT NULL DEFAULT 0,
    CHECK ((number IS NULL) = (confirmed_at IS NULL)),
    CHECK ((pending_number IS NULL) = (sealed_code IS NULL) AND (sealed_code IS NULL) = (code_expires_at IS NULL))
);

-- What a user is told by text messages, too. What has no row is not.
CREATE TABLE texted (
    user_id uuid NOT NULL,
    -- As `notification.kind`.
    kind    text NOT NULL,
    PRIMARY KEY (user_id, kind)
);

-- A text message on its way; as `delivery`.
CREATE TABLE text_delivery (
    -- Also given to the gateway, so that a second copy can be recognised.
    delivery_id     uuid        PRIMARY KEY,
    user_id         uuid        NOT NULL,
    notification_id uuid        UNIQUE REFERENCES notification ON DELETE CASCADE,
    -- Where it tells of no notification: number and words, sealed, until it was sent or given up.
    sealed          bytea,
    -- When it is of no use any more.
    expires_at      timestamptz NOT NULL,
    state           text        NOT NULL CHECK (state IN ('pending', 'sent', 'failed', 'dropped')),
    due_at          timestamptz NOT NULL,
    claims          integer     NOT NULL DEFAULT 0,
    failures        integer     NOT NULL DEFAULT 0,
    last_error      text,
    created_at      timestamptz NOT NULL,
    settled_at      timestamptz,
    trace           jsonb       NOT NULL
);
CREATE INDEX text_delivery_due ON text_delivery (due_at) WHERE state = 'pending';
CREATE INDEX text_delivery_of_user ON text_delivery (user_id, delivery_id);
ALTER TABLE text_delivery
    SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);

-- How often something was texted or asked for since a time: by digests of numbers, users and networks.
CREATE TABLE text_count (
    subject text        PRIMARY KEY,
    since   timestamptz NOT NULL,
    count   integer     NOT NULL
);
CREATE INDEX text_count_since ON text_count (since);
