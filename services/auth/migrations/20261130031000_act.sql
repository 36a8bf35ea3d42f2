-- The audit record: what people did, told by each service with the change itself. Acts are added and never changed;
-- only the personal part of those about a deleted user is erased.
CREATE TABLE act (
    -- The id of the event, which grows with the time of the act.
    act_id     uuid        PRIMARY KEY,
    acted_at   timestamptz NOT NULL,
    -- A user, a service, or nobody who had signed in.
    actor      text        NOT NULL,
    actor_id   uuid,
    method     text        NOT NULL,
    -- The last part of the method.
    call       text        NOT NULL GENERATED ALWAYS AS (split_part(method, '/', 2)) STORED,
    subject_id uuid,
    -- Of whom the changes tell something personal.
    about_id   uuid,
    -- From where; erased with the actor.
    address    text,
    request_id text        NOT NULL,
    -- An array of {field, before, after}; null where it was erased.
    changes    jsonb
);

CREATE INDEX act_actor ON act (actor_id, act_id) WHERE actor_id IS NOT NULL;
CREATE INDEX act_subject ON act (subject_id, act_id) WHERE subject_id IS NOT NULL;
CREATE INDEX act_about ON act (about_id, act_id) WHERE about_id IS NOT NULL;
CREATE INDEX act_call ON act (call, act_id);

-- Holds for the owner of the table, too.
CREATE FUNCTION act_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.act_id, NEW.acted_at, NEW.actor, NEW.actor_id, NEW.method, NEW.subject_id, NEW.about_id, NEW.request_id)
               IS NOT DISTINCT FROM
               (OLD.act_id, OLD.acted_at, OLD.actor, OLD.actor_id, OLD.method, OLD.subject_id, OLD.about_id, OLD.request_id)
            AND (NEW.address IS NULL OR NEW.address = OLD.address)
            AND (NEW.changes IS NULL OR NEW.changes = OLD.changes)
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'acts stay as they are' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER act_stays BEFORE UPDATE OR DELETE ON act FOR EACH ROW EXECUTE FUNCTION act_stays();
CREATE TRIGGER act_table_stays BEFORE TRUNCATE ON act FOR EACH STATEMENT EXECUTE FUNCTION act_stays();
