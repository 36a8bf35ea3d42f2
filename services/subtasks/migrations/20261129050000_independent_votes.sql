-- Votes that come from one source network, where a task takes one of them for an image.

-- The release before writes none and takes as many votes from a network as come.
ALTER TABLE task ADD COLUMN one_vote_per_network boolean NOT NULL DEFAULT false;
-- A code of the network from which the image was leased or last voted for: of no use without a key, another in each
-- task, and kept only where the task asks for it.
ALTER TABLE assignment ADD COLUMN network bigint;
