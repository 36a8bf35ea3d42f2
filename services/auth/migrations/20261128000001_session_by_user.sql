-- What the first migration says of this index was a plan: users can't be deleted yet, and nothing ends all sessions of
-- a user. Applied migrations are never edited, so the truth stands here.
COMMENT ON INDEX session_by_user IS 'The live sessions of a user, for ending all of them at once; nothing does so yet.';
