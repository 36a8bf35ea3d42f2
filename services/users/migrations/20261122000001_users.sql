-- People. Their passwords' hashes are kept apart, so that reading a user never reads a secret.
CREATE TABLE users (
    id uuid PRIMARY KEY,
    -- In lower case. Collation "C": unique means the same bytes, whatever the server's locale is.
    email text COLLATE "C" NOT NULL UNIQUE CHECK (email = lower(email)),
    name text NOT NULL,
    surname text NOT NULL,
    -- The numbers of labelmesh.type.v1.Role, ascending, each once.
    roles smallint[] NOT NULL CHECK (cardinality(roles) > 0 AND 0 < ALL (roles)),
    -- Counts the changes of this row; travels with every event about the user.
    version bigint NOT NULL CHECK (version > 0),
    created_at timestamptz NOT NULL
);

-- Whether there is an administrator is asked at each start.
CREATE INDEX users_administrators ON users (id) WHERE roles @> '{3}';

CREATE TABLE credential (
    user_id uuid PRIMARY KEY REFERENCES users (id),
    -- bcrypt, in the modular crypt format.
    password_hash text NOT NULL,
    -- 1 is the password that the user was created with.
    version bigint NOT NULL CHECK (version > 0),
    set_at timestamptz NOT NULL
);
