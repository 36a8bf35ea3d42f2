-- Tasks, their images, and copies of what was decided about them. Times are bound parameters; there is no now() here.

CREATE TABLE task (
    id           uuid        PRIMARY KEY,
    owner_id     uuid        NOT NULL,
    title        text        NOT NULL,
    instructions text        NOT NULL,
    labels       text[]      NOT NULL,
    redundancy   integer     NOT NULL,
    max_votes    integer     NOT NULL,
    -- Grows with every change; what live streams and events are told apart by.
    version      bigint      NOT NULL,
    state        text        NOT NULL CHECK (state IN ('draft', 'open', 'completed', 'cancelled')),
    created_at   timestamptz NOT NULL,
    -- From the submission on: when, and how many images there are for good. Before, image_count counts.
    submitted_at timestamptz,
    images       bigint,
    -- An early finish was asked for.
    finishing    boolean     NOT NULL DEFAULT false,
    decided      bigint      NOT NULL DEFAULT 0,
    contested    bigint      NOT NULL DEFAULT 0,
    undecided    bigint      NOT NULL DEFAULT 0,
    starved      bigint      NOT NULL DEFAULT 0,
    ended_at     timestamptz,
    CHECK (max_votes >= redundancy AND redundancy > 0),
    CHECK (cardinality(labels) >= 2),
    CHECK ((submitted_at IS NULL) = (images IS NULL)),
    CHECK (images > 0),
    CHECK (state NOT IN ('open', 'completed') OR submitted_at IS NOT NULL),
    CHECK (state <> 'draft' OR submitted_at IS NULL),
    CHECK ((state IN ('completed', 'cancelled')) = (ended_at IS NOT NULL)),
    CHECK (contested <= decided AND decided + undecided <= coalesce(images, 0)),
    CHECK (state <> 'completed' OR decided + undecided = images)
-- One row takes an update for each batch of decisions of its task: room for them on the page, and vacuumed early.
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);

-- Lists, the newest first: ids are UUIDv7.
CREATE INDEX task_owner ON task (owner_id, id);

CREATE TABLE image (
    id          uuid        PRIMARY KEY,
    task_id     uuid        NOT NULL REFERENCES task (id),
    -- The order of upload, over all tasks.
    pos         bigint      GENERATED ALWAYS AS IDENTITY,
    name        text        NOT NULL,
    media_type  text        NOT NULL,
    size_bytes  bigint      NOT NULL CHECK (size_bytes > 0),
    -- Of the file; its bytes are the object images/<sha256 in hexadecimal>.
    sha256      bytea       NOT NULL CHECK (octet_length(sha256) = 32),
    width       integer     NOT NULL CHECK (width > 0),
    height      integer     NOT NULL CHECK (height > 0),
    uploaded_at timestamptz NOT NULL,
    -- Within a task the same bytes are one image, and a name means one image.
    UNIQUE (task_id, sha256),
    UNIQUE (task_id, name),
    UNIQUE (task_id, pos)
-- Rows are written once and then only read: visibility for index-only scans comes from vacuum after inserts.
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05);

-- How many images a draft has, in pieces: uploads in parallel each count on one piece and rarely wait for each other,
-- and neither a submission nor a look at a draft has to count a million rows. Exact, for it is written with the image.
CREATE TABLE image_count (
    task_id uuid     NOT NULL REFERENCES task (id),
    piece   smallint NOT NULL CHECK (piece BETWEEN 0 AND 15),
    images  bigint   NOT NULL,
    PRIMARY KEY (task_id, piece)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);

-- How far the images of a submitted task have been told to the others; gone when all have been.
CREATE TABLE announcement (
    task_id   uuid   PRIMARY KEY REFERENCES task (id),
    after_pos bigint NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 100);

-- Copies of decisions. An image has one, for ever: the first to arrive.
CREATE TABLE decision (
    image_id   uuid             PRIMARY KEY REFERENCES image (id),
    task_id    uuid             NOT NULL REFERENCES task (id),
    -- NULL where the image was closed without any vote.
    label      text,
    confidence double precision NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    rule       text             NOT NULL,
    contested  boolean          NOT NULL,
    -- [{"label": ..., "votes": ...}], the most first.
    votes      jsonb            NOT NULL,
    decided_at timestamptz      NOT NULL,
    CHECK (label IS NOT NULL OR NOT contested)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05);

-- Images that were reported starved and are not decided.
CREATE TABLE starved (
    image_id uuid PRIMARY KEY REFERENCES image (id),
    task_id  uuid NOT NULL REFERENCES task (id)
);
