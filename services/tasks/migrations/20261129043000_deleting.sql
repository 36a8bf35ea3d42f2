-- Deleting tasks, and the bytes of images that nobody has any more.
--
-- The release before shows a deleted task as a cancelled or completed one, and adds images without looking at
-- unused_content: no object is removed before images.unused_for has passed (a day), and by then it should be gone.

-- A deleted task is its row alone, without its texts: for events that come late, and for whoever deletes it again.
ALTER TABLE task ADD COLUMN deleted_at timestamptz;
-- Whether nothing of it is left to remove.
ALTER TABLE task ADD COLUMN removed boolean NOT NULL DEFAULT false;
CREATE INDEX task_removing ON task (id) WHERE deleted_at IS NOT NULL AND NOT removed;
CREATE INDEX task_removed ON task (deleted_at) WHERE removed;
-- Lists, the newest first, and how many tasks a client has.
CREATE INDEX task_kept ON task (owner_id, id) WHERE deleted_at IS NULL;

-- Which images have the same bytes, over all tasks: their object is removed with the last of them.
CREATE INDEX image_content ON image (sha256);
-- Bytes of which the last image may be gone. An object is removed in three committed steps, so that neither a crash nor
-- an upload of the same bytes at the same moment leaves an image without its object.
CREATE TABLE unused_content (
    sha256 bytea       PRIMARY KEY CHECK (octet_length(sha256) = 32),
    -- waits: may be unused, and is looked at when it has been so for a while; whoever adds an image with these bytes
    -- takes the row away. going: is unused, and the object is being removed. gone: the object was removed; whoever adds
    -- an image with these bytes writes them again.
    state  text        NOT NULL CHECK (state IN ('waits', 'going', 'gone')),
    -- Since when it is in this state.
    since  timestamptz NOT NULL
);
CREATE INDEX unused_content_since ON unused_content (state, since);
