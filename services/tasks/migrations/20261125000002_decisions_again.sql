-- A decision may be replaced by a later one, which has a higher version. Copies that earlier releases keep have none (0),
-- so that whatever comes later replaces them.
ALTER TABLE decision ADD COLUMN version bigint NOT NULL DEFAULT 0;
-- What is worth adjudicating.
CREATE INDEX decision_contested ON decision (task_id) WHERE contested;
