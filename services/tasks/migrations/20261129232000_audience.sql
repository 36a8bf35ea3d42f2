-- Who is handed a task's images: everybody, as it was, or the members of groups and operators who are named.
--
-- The release before knows of no audience. What it creates is open to everybody.
ALTER TABLE task
    ADD COLUMN audience_open      boolean NOT NULL DEFAULT true,
    ADD COLUMN audience_groups    uuid[]  NOT NULL DEFAULT '{}',
    ADD COLUMN audience_operators uuid[]  NOT NULL DEFAULT '{}',
    -- Counts the changes of the audience; 0 where the release before has created the task.
    ADD COLUMN audience_version   bigint  NOT NULL DEFAULT 0,
    ADD CONSTRAINT task_open_names_nobody CHECK (
        NOT audience_open OR cardinality(audience_groups) = 0 AND cardinality(audience_operators) = 0);

-- What a client has said of the audience of new tasks.
CREATE TABLE client_audience (
    owner_id  uuid    PRIMARY KEY,
    is_open   boolean NOT NULL,
    groups    uuid[]  NOT NULL,
    operators uuid[]  NOT NULL
);

-- Since when there are audiences: the tasks of accounts that are older are open to everybody unless their owners say
-- otherwise. When an account was made its id tells, to the millisecond.
CREATE TABLE audience_since (at timestamptz NOT NULL);
INSERT INTO audience_since VALUES (date_trunc('milliseconds', now()));
