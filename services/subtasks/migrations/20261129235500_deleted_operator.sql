-- When an operator was deleted: nothing is handed to them any more. The row stays for that. The release before does not
-- look.
ALTER TABLE operator ADD COLUMN deleted_at timestamptz;
