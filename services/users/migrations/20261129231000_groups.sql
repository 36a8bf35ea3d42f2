-- Groups of operators, who is in them, and the invitations by which one comes in. No table refers to users: whoever is
-- deleted leaves rows behind that name nobody, and their memberships end in the same transaction.
CREATE TABLE operator_group (
    id         uuid PRIMARY KEY,
    -- The client who owns it.
    owner_id   uuid NOT NULL,
    name       text NOT NULL,
    created_at timestamptz NOT NULL,
    -- A group that was deleted stays as a row without a name.
    deleted_at timestamptz
);
CREATE INDEX operator_group_of_owner ON operator_group (owner_id, id) WHERE deleted_at IS NULL;

CREATE TABLE group_member (
    group_id   uuid NOT NULL REFERENCES operator_group,
    user_id    uuid NOT NULL,
    -- left: may come again by any way; removed: not by a code.
    state      text NOT NULL CHECK (state IN ('member', 'left', 'removed')),
    -- Counts the changes of this row; travels with every event about it.
    version    bigint NOT NULL CHECK (version > 0),
    -- The address that was invited; empty where they came another way.
    invited_as text NOT NULL DEFAULT '',
    -- Since when the state is this.
    since      timestamptz NOT NULL,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_member_of_user ON group_member (user_id, group_id) WHERE state = 'member';

-- Invitations that can still be accepted: to an address, or by a code of which a digest is kept.
CREATE TABLE group_invitation (
    id         uuid PRIMARY KEY,
    group_id   uuid NOT NULL REFERENCES operator_group,
    email      text COLLATE "C",
    code_hash  bytea UNIQUE CHECK (octet_length(code_hash) = 32),
    uses_left  integer NOT NULL CHECK (uses_left > 0),
    expires_at timestamptz NOT NULL,
    CHECK ((email IS NULL) <> (code_hash IS NULL))
);
CREATE UNIQUE INDEX group_invitation_email ON group_invitation (email, group_id) WHERE email IS NOT NULL;
CREATE INDEX group_invitation_of_group ON group_invitation (group_id, id);
