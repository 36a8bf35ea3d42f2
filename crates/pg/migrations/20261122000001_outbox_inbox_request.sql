-- What every service keeps beside its own tables: events to be published, events already applied, requests
-- already carried out. Times are bound parameters; there is no now() here.

-- Events, written in the transaction of the change they tell of. Rows are kept longer than the broker keeps
-- messages, so that a broker that lost its store can be refilled.
CREATE TABLE mesh.outbox (
    position        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id        uuid        NOT NULL,
    subject         text        NOT NULL,
    payload         bytea       NOT NULL,
    -- W3C trace context of the change, as headers.
    trace           jsonb       NOT NULL,
    created_at      timestamptz NOT NULL,
    -- Where the event must not live as long as others: the time after which neither broker nor we keep it.
    expires_at      timestamptz,
    published_at    timestamptz,
    -- The place the broker gave it, by which a lost tail is noticed.
    stream_sequence bigint,
    CHECK ((published_at IS NULL) = (stream_sequence IS NULL))
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.1);

CREATE INDEX outbox_unpublished ON mesh.outbox (position) WHERE published_at IS NULL;
CREATE INDEX outbox_expiring ON mesh.outbox (expires_at) WHERE expires_at IS NOT NULL;

-- The broker's stream as we last saw it. Another creation time means another, empty store: rows between
-- refill_from and refill_to are then published again.
CREATE TABLE mesh.stream (
    name        text        PRIMARY KEY,
    created_at  timestamptz NOT NULL,
    refill_from bigint      NOT NULL DEFAULT 0,
    refill_to   bigint      NOT NULL DEFAULT 0
);

-- Events applied by consumers whose effect has no natural key.
CREATE TABLE mesh.inbox (
    consumer    text        NOT NULL,
    event_id    uuid        NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (consumer, event_id)
);

CREATE INDEX inbox_received_at ON mesh.inbox (received_at);

-- Creates that carried a request_id: what came of them.
CREATE TABLE mesh.request (
    principal   text        NOT NULL,
    method      text        NOT NULL,
    request_id  text        NOT NULL,
    fingerprint bytea       NOT NULL,
    resource_id uuid        NOT NULL,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (principal, method, request_id)
);

CREATE INDEX request_created_at ON mesh.request (created_at);
