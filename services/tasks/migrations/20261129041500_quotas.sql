-- How much a client has, so that it can be bounded.
--
-- The release before does not count what it adds while it runs beside this one: a client then has a little more than is
-- told.

-- How many images and bytes a client has, in pieces for the reason that image_count has them. A piece may be below
-- nothing: what was counted on several is taken from one.
CREATE TABLE client_usage (
    owner_id uuid     NOT NULL,
    piece    smallint NOT NULL CHECK (piece BETWEEN 0 AND 15),
    images   bigint   NOT NULL,
    bytes    bigint   NOT NULL,
    PRIMARY KEY (owner_id, piece)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);

INSERT INTO client_usage (owner_id, piece, images, bytes)
    SELECT task.owner_id, 0, count(*), sum(image.size_bytes)
    FROM image JOIN task ON task.id = image.task_id
    GROUP BY task.owner_id;

-- How many open tasks a client has.
CREATE INDEX task_open ON task (owner_id) WHERE state = 'open';
