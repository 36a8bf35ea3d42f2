-- Administrators can block a user. The release before does not know it and lets a blocked user in.
ALTER TABLE users ADD COLUMN blocked_at timestamptz;
