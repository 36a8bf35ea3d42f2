-- What users are told is posted to addresses of theirs as well.

CREATE TABLE webhook (
    webhook_id       uuid        PRIMARY KEY,
    owner_id         uuid        NOT NULL,
    url              text        NOT NULL,
    -- What it is told of, by the names of `notification.kind`; empty means everything.
    kinds            text[]      NOT NULL,
    -- enabled; paused (it took nothing for a day); disabled (by its owner, or it is gone).
    state            text        NOT NULL CHECK (state IN ('enabled', 'paused', 'disabled')),
    -- Sealed: what deliveries are signed with, and what they were signed with before, for a while.
    secret           bytea       NOT NULL,
    old_secret       bytea,
    old_secret_until timestamptz,
    created_at       timestamptz NOT NULL,
    -- Since when every attempt failed.
    failing_since    timestamptz,
    -- How many attempts in a row showed that the endpoint itself is ill, and until when it is let alone for that.
    failures         integer     NOT NULL DEFAULT 0,
    rests_until      timestamptz NOT NULL,
    CHECK ((old_secret IS NULL) = (old_secret_until IS NULL))
);

-- A user's list, the newest first.
CREATE INDEX webhook_of_owner ON webhook (owner_id, created_at DESC, webhook_id DESC);

CREATE TABLE webhook_delivery (
    -- Also the webhook-id, so that a second copy can be recognised.
    delivery_id     uuid        PRIMARY KEY,
    webhook_id      uuid        NOT NULL REFERENCES webhook ON DELETE CASCADE,
    -- What it tells of; a test tells of nothing.
    notification_id uuid        REFERENCES notification ON DELETE CASCADE,
    type            text        NOT NULL,
    -- The body as it is sent, each time the same bytes.
    payload         text        NOT NULL,
    -- pending, then delivered or failed; delivering it again makes it pending once more.
    state           text        NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    -- When it may be tried. Claiming it moves this to the end of the claim.
    due_at          timestamptz NOT NULL,
    -- Until when somebody is at it.
    claimed_until   timestamptz,
    -- How often it was claimed. Whoever settles a claim names its number: a claim that ran out settles nothing.
    claims          integer     NOT NULL DEFAULT 0,
    -- How many attempts have failed since `wanted_at`.
    failures        integer     NOT NULL DEFAULT 0,
    created_at      timestamptz NOT NULL,
    -- Since when it is to be delivered: later than `created_at` where it is delivered again.
    wanted_at       timestamptz NOT NULL,
    -- The trace in which it was asked for (W3C trace context).
    trace           jsonb       NOT NULL,
    UNIQUE (webhook_id, notification_id)
);

-- The queue, each webhook's by itself.
CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook_id, due_at) WHERE state = 'pending';
-- Who is at it.
CREATE INDEX webhook_delivery_claimed ON webhook_delivery (webhook_id, claimed_until)
    WHERE state = 'pending' AND claimed_until IS NOT NULL;
-- A webhook's list, the newest first.
CREATE INDEX webhook_delivery_list ON webhook_delivery (webhook_id, created_at DESC, delivery_id DESC);
-- Deliveries go with what they tell of.
CREATE INDEX webhook_delivery_of_notification ON webhook_delivery (notification_id) WHERE notification_id IS NOT NULL;
-- What is old goes.
CREATE INDEX webhook_delivery_since ON webhook_delivery (created_at);

ALTER TABLE webhook_delivery
    SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);

-- What became of each attempt.
CREATE TABLE webhook_attempt (
    delivery_id uuid        NOT NULL REFERENCES webhook_delivery ON DELETE CASCADE,
    -- The number of the claim.
    number      integer     NOT NULL,
    started_at  timestamptz NOT NULL,
    duration_ms integer     NOT NULL,
    -- The status of the answer, where there was one.
    status      integer,
    error       text,
    -- The first bytes of the answer's body.
    answer      text        NOT NULL,
    PRIMARY KEY (delivery_id, number)
);
