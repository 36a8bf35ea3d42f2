-- Sources, the pictures that are made of them, and who has asked for which. Times are bound parameters; there is no
-- now() here.

-- A file that a client has uploaded. Its bytes are the object sources/<sha256 in hexadecimal>, shared by all clients.
CREATE TABLE source (
    owner_id    uuid        NOT NULL,
    sha256      bytea       NOT NULL CHECK (octet_length(sha256) = 32),
    media_type  text        NOT NULL,
    size_bytes  bigint      NOT NULL CHECK (size_bytes > 0),
    width       integer     NOT NULL CHECK (width > 0),
    height      integer     NOT NULL CHECK (height > 0),
    uploaded_at timestamptz NOT NULL,
    -- When it was uploaded or used last.
    used_at     timestamptz NOT NULL,
    PRIMARY KEY (owner_id, sha256)
);

CREATE INDEX source_content ON source (sha256);
CREATE INDEX source_used ON source (used_at);

-- Pictures that are made once, whoever asks for them: the objects transformations/<key in hexadecimal>/<number from 0>.
CREATE TABLE job (
    -- The SHA-256 of what is made of what, and of how it is made.
    key           bytea       PRIMARY KEY CHECK (octet_length(key) = 32),
    kind          text        NOT NULL CHECK (kind IN ('resize', 'crop', 'optimize', 'portrait')),
    source_sha256 bytea       NOT NULL CHECK (octet_length(source_sha256) = 32),
    spec          jsonb       NOT NULL,
    -- How often it was queued: a job that has failed is queued again when somebody asks for it again.
    run           integer     NOT NULL CHECK (run > 0),
    state         text        NOT NULL CHECK (state IN ('open', 'done', 'failed')),
    renditions    jsonb,
    queued_at     timestamptz NOT NULL,
    ended_at      timestamptz,
    CHECK ((state = 'done') = (renditions IS NOT NULL)),
    CHECK ((state = 'open') = (ended_at IS NULL))
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);

CREATE INDEX job_open ON job (kind, queued_at) WHERE state = 'open';
CREATE INDEX job_ended ON job (ended_at) WHERE state <> 'open';

-- That somebody has asked for a picture.
CREATE TABLE transformation (
    id              uuid        PRIMARY KEY,
    owner_id        uuid        NOT NULL,
    -- Of those that were asked for together: which, and where in the request it stood.
    batch_id        uuid,
    place           integer,
    key             bytea       NOT NULL REFERENCES job (key),
    -- Grows with every change; what live streams are told apart by.
    version         bigint      NOT NULL,
    state           text        NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    failure_reason  text,
    failure_message text,
    created_at      timestamptz NOT NULL,
    started_at      timestamptz,
    ended_at        timestamptz,
    UNIQUE (batch_id, place),
    CHECK ((batch_id IS NULL) = (place IS NULL)),
    CHECK ((state IN ('succeeded', 'failed', 'cancelled')) = (ended_at IS NOT NULL)),
    CHECK ((state = 'failed') = (failure_reason IS NOT NULL)),
    CHECK ((state = 'failed') = (failure_message IS NOT NULL)),
    CHECK (state <> 'running' OR started_at IS NOT NULL)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);

-- Lists, the newest first: ids are UUIDv7.
CREATE INDEX transformation_owner ON transformation (owner_id, id);
CREATE INDEX transformation_batch ON transformation (batch_id, id);
CREATE INDEX transformation_key ON transformation (key);
CREATE INDEX transformation_open ON transformation (owner_id) WHERE ended_at IS NULL;
CREATE INDEX transformation_ended ON transformation (ended_at) WHERE ended_at IS NOT NULL;
