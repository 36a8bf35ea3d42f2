-- Whether an image takes one vote alone from a source network; the release before does not ask.
ALTER TABLE task ADD COLUMN one_vote_per_network boolean NOT NULL DEFAULT false;
