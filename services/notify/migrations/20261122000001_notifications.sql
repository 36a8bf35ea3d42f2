-- What users were told, and by which media.

CREATE TABLE notification (
    notification_id uuid PRIMARY KEY,
    user_id         uuid NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('logged_in', 'task_completed')),
    -- The session or the task. With the kind this is the natural key that makes a second copy of an event harmless.
    about           uuid NOT NULL,
    subject         text NOT NULL,
    body            text NOT NULL,
    -- When it happened, which is before it was written down here.
    created_at      timestamptz NOT NULL,
    UNIQUE (kind, about)
);

-- A user's list, the newest first.
CREATE INDEX notification_list ON notification (user_id, created_at DESC, notification_id DESC);

-- A mail on its way. An effect outside the database can't be part of a transaction, so what is to be sent is written
-- down together with the notification, and sent from here at least once.
CREATE TABLE delivery (
    -- Also the Message-ID, so that a second copy of a mail can be recognised.
    delivery_id     uuid PRIMARY KEY,
    notification_id uuid NOT NULL UNIQUE REFERENCES notification ON DELETE CASCADE,
    -- pending, then one of: sent (the mail server took it), failed (refused for good, or for too long),
    -- dropped (the user no longer exists).
    state           text NOT NULL CHECK (state IN ('pending', 'sent', 'failed', 'dropped')),
    -- When it may be tried. Claiming it moves this to the end of the claim, so whoever dies while sending loses it
    -- to the others then.
    due_at          timestamptz NOT NULL,
    -- How often it was claimed. Whoever settles a claim names its number: a claim that ran out settles nothing.
    claims          integer NOT NULL DEFAULT 0,
    -- How often the mail server put it off.
    failures        integer NOT NULL DEFAULT 0,
    -- Why the last attempt did not succeed.
    last_error      text,
    created_at      timestamptz NOT NULL,
    -- When it left the state pending.
    settled_at      timestamptz
);

-- The queue. It stays as small as the backlog.
CREATE INDEX delivery_due ON delivery (due_at) WHERE state = 'pending';

-- Every row is updated at least twice and soon after it was made: clean up early.
ALTER TABLE delivery SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
