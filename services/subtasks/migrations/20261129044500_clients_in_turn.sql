-- The turns of operators go round clients, and round the tasks of each. The release before goes round tasks alone, by
-- operator.turn, which is kept for it.

-- The client whose turn it was last.
ALTER TABLE operator ADD COLUMN client uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000';
-- The task of each client that an operator looked at last.
CREATE TABLE client_turn (
    operator_id uuid NOT NULL,
    owner_id    uuid NOT NULL,
    turn        uuid NOT NULL,
    PRIMARY KEY (operator_id, owner_id)
) WITH (fillfactor = 50, autovacuum_vacuum_cost_delay = 0);
-- The clients with open tasks, one after the other, and the open tasks of each.
CREATE INDEX task_open_of_client ON task (owner_id, task_id) WHERE state = 'open';

-- Which clients were served lately: deciding tasks again goes round them.
CREATE INDEX redecision_finished ON redecision (finished_at) WHERE finished_at IS NOT NULL;
