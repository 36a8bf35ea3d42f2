-- What users says of an account, by events and at each login. Roles are read from here with each introspection, so that
-- they hold at once for sessions that are open. `session.roles` counts where an account is not known yet: its session
-- began under the release before.
CREATE TABLE account (
    user_id uuid PRIMARY KEY,
    -- Of the user: an older one changes nothing.
    version bigint NOT NULL CHECK (version > 0),
    -- The numbers of labelmesh.type.v1.Role.
    roles smallint[] NOT NULL,
    blocked boolean NOT NULL
);
