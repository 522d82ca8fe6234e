-- Erasing a person: the row keeps its number, judgments become tombstones, the log keeps its commitments.
ALTER TABLE person ADD COLUMN erased_at bigint NOT NULL DEFAULT 0;

CREATE TABLE tombstone (
    snapshot_id bigint NOT NULL REFERENCES snapshot (id),
    person_id bigint NOT NULL REFERENCES person (id),
    judgments bigint NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (snapshot_id, person_id)
);

-- Who looked at whose data is listed without a walk through the whole log.
CREATE INDEX event_people_read ON event (id) WHERE kind = 'people.read';

-- A judgment changes in one way only: it becomes a tombstone once its person is erased.
--sqlite
DROP TRIGGER judgment_stays;
CREATE TRIGGER judgment_stays BEFORE UPDATE ON judgment
WHEN NEW.payload <> '{"erased":true}' OR NEW.idempotency_key <> '' OR NEW.id <> OLD.id
  OR NEW.project_id <> OLD.project_id OR NEW.task_id <> OLD.task_id OR NEW.kind <> OLD.kind
  OR NEW.slot_id IS NOT OLD.slot_id OR NEW.person_id <> OLD.person_id OR NEW.seconds_active <> OLD.seconds_active
  OR NEW.counted <> OLD.counted OR NEW.gold_right IS NOT OLD.gold_right
  OR NEW.supersedes_id IS NOT OLD.supersedes_id OR NEW.round_id IS NOT OLD.round_id
  OR NEW.purpose <> OLD.purpose OR NEW.gold <> OLD.gold OR NEW.guideline_version <> OLD.guideline_version
  OR NEW.rubric_version <> OLD.rubric_version OR NEW.created_at <> OLD.created_at
  OR NOT EXISTS (SELECT 1 FROM person WHERE id = OLD.person_id AND erased_at <> 0)
BEGIN SELECT RAISE(ABORT, 'a judgment is immutable'); END;
--postgresql
CREATE FUNCTION preceptor_judgment_stays() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.payload = '{"erased":true}' AND NEW.idempotency_key = ''
       AND to_jsonb(NEW) - 'payload' - 'idempotency_key' = to_jsonb(OLD) - 'payload' - 'idempotency_key'
       AND EXISTS (SELECT 1 FROM person WHERE id = OLD.person_id AND erased_at <> 0) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a judgment is immutable' USING ERRCODE = 'integrity_constraint_violation';
END $body$;
DROP TRIGGER judgment_stays ON judgment;
CREATE TRIGGER judgment_stays BEFORE UPDATE OR DELETE ON judgment
FOR EACH ROW EXECUTE FUNCTION preceptor_judgment_stays();
--both
