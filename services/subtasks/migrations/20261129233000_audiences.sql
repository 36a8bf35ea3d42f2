-- Who is handed the images of a task, and who is in which group: copies of what `tasks` and `users` tell, so that a
-- lease asks nobody.
--
-- While the release before runs beside this one, it hands images of restricted tasks to everybody; it makes none.

-- The audience of a task that was told last, maybe before the task itself.
CREATE TABLE audience (
    task_id     uuid PRIMARY KEY,
    version     bigint NOT NULL,
    is_open     boolean NOT NULL,
    groups      uuid[] NOT NULL,
    operators   uuid[] NOT NULL,
    -- Until when leases of who may label no more are looked for: lease calls that are under way may have read what was
    -- before. None where nothing has changed lately.
    sweep_until timestamptz
);
CREATE INDEX audience_sweeping ON audience (task_id) WHERE sweep_until IS NOT NULL;

-- Whether the task is not open to everybody.
ALTER TABLE task ADD COLUMN restricted boolean NOT NULL DEFAULT false;
-- The clients with tasks that are open to everybody, one after the other, and those tasks of each. The release before
-- goes round `task_open_of_client`.
CREATE INDEX task_open_to_all ON task (owner_id, task_id) WHERE state = 'open' AND NOT restricted;
CREATE INDEX task_restricted ON task (task_id) WHERE state = 'open' AND restricted;

-- The open tasks that are not open to everybody, by whom they are open to: a group or an operator.
CREATE TABLE admitted (
    key      uuid NOT NULL,
    owner_id uuid NOT NULL,
    task_id  uuid NOT NULL,
    PRIMARY KEY (key, owner_id, task_id)
);
CREATE INDEX admitted_of_task ON admitted (task_id);

-- Members of groups. Who is none any more stays as a row, for what comes late.
CREATE TABLE member (
    group_id  uuid NOT NULL,
    user_id   uuid NOT NULL,
    -- The client who owns the group: it opens their tasks alone.
    owner_id  uuid NOT NULL,
    version   bigint NOT NULL,
    is_member boolean NOT NULL,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX member_of_user ON member (user_id) WHERE is_member;
