-- A sign-in is told of when it comes from a place or a program that its user has not signed in from before. The release
-- before tells of each and does not look here.

-- One row a user: locked while a sign-in is judged, so that two at once are not both new.
CREATE TABLE sign_in (
    user_id uuid        PRIMARY KEY,
    -- When the last mail about a sign-in was due, or is: the next is due an hour later at the earliest.
    told_at timestamptz
);

-- The places (networks) and programs of which a user was told. `origin` is a hash that holds for this user alone: where
-- somebody was is not kept here.
CREATE TABLE sign_in_origin (
    user_id uuid        NOT NULL REFERENCES sign_in ON DELETE CASCADE,
    origin  uuid        NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, origin)
);
