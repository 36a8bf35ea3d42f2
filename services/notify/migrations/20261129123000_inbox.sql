-- What was read, how often a user's list changed, and what they do not want to be told.

-- The release before neither marks nor counts.
ALTER TABLE notification ADD COLUMN read_at timestamptz;
-- Whether it is in the list; what is not was told by other ways alone.
ALTER TABLE notification ADD COLUMN listed boolean NOT NULL DEFAULT true;
CREATE INDEX notification_unread ON notification (user_id) WHERE read_at IS NULL AND listed;

-- Grows with every change of a user's list, for whoever watches it.
CREATE TABLE inbox (
    user_id uuid   PRIMARY KEY,
    version bigint NOT NULL
);

-- What a user is not told of, and by which way. What has no row is told.
CREATE TABLE muted (
    user_id uuid NOT NULL,
    -- As `notification.kind`.
    kind    text NOT NULL,
    -- in_app, email or webhook.
    channel text NOT NULL,
    PRIMARY KEY (user_id, kind, channel)
);
