-- On how many gold images the confidence of a decision rests; 0 is on what is usual among crowds. Null where the rule
-- does not learn, and where the release before has decided: it writes none.
ALTER TABLE decision ADD COLUMN gold_images integer;
ALTER TABLE former_decision ADD COLUMN gold_images integer;

-- Tasks that ask for more than votes can show would never be sure of a label.
UPDATE task SET confidence = 0.95 WHERE confidence > 0.95;
