-- What was judged, logged, versioned or promoted is never changed or removed by anybody who goes through the database.
--sqlite
CREATE TRIGGER judgment_stays BEFORE UPDATE ON judgment BEGIN SELECT RAISE(ABORT, 'a judgment is immutable'); END;
CREATE TRIGGER judgment_kept BEFORE DELETE ON judgment BEGIN SELECT RAISE(ABORT, 'a judgment is immutable'); END;
CREATE TRIGGER guideline_stays BEFORE UPDATE ON guideline BEGIN SELECT RAISE(ABORT, 'a guideline version is immutable'); END;
CREATE TRIGGER guideline_kept BEFORE DELETE ON guideline BEGIN SELECT RAISE(ABORT, 'a guideline version is immutable'); END;
CREATE TRIGGER rubric_stays BEFORE UPDATE ON rubric BEGIN SELECT RAISE(ABORT, 'a rubric version is immutable'); END;
CREATE TRIGGER rubric_kept BEFORE DELETE ON rubric BEGIN SELECT RAISE(ABORT, 'a rubric version is immutable'); END;
CREATE TRIGGER promotion_stays BEFORE UPDATE ON promotion BEGIN SELECT RAISE(ABORT, 'a promotion is immutable'); END;
CREATE TRIGGER promotion_kept BEFORE DELETE ON promotion BEGIN SELECT RAISE(ABORT, 'a promotion is immutable'); END;
CREATE TRIGGER root_stays BEFORE UPDATE ON event_root BEGIN SELECT RAISE(ABORT, 'a root is immutable'); END;
CREATE TRIGGER root_kept BEFORE DELETE ON event_root BEGIN SELECT RAISE(ABORT, 'a root is immutable'); END;
CREATE TRIGGER event_kept BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'an event is immutable'); END;
-- A position is given once; nothing else of an event ever changes.
CREATE TRIGGER event_stays BEFORE UPDATE ON event
WHEN OLD.position IS NOT NULL OR NEW.id <> OLD.id OR NEW.kind <> OLD.kind OR NEW.project_id IS NOT OLD.project_id
  OR NEW.actor_id IS NOT OLD.actor_id OR NEW.subject <> OLD.subject OR NEW.at <> OLD.at
  OR NEW.commitment <> OLD.commitment
BEGIN SELECT RAISE(ABORT, 'an event is immutable'); END;
--postgresql
CREATE FUNCTION preceptor_stays() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'a row of % is immutable', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $body$;
CREATE TRIGGER judgment_stays BEFORE UPDATE OR DELETE ON judgment FOR EACH ROW EXECUTE FUNCTION preceptor_stays();
CREATE TRIGGER guideline_stays BEFORE UPDATE OR DELETE ON guideline FOR EACH ROW EXECUTE FUNCTION preceptor_stays();
CREATE TRIGGER rubric_stays BEFORE UPDATE OR DELETE ON rubric FOR EACH ROW EXECUTE FUNCTION preceptor_stays();
CREATE TRIGGER promotion_stays BEFORE UPDATE OR DELETE ON promotion FOR EACH ROW EXECUTE FUNCTION preceptor_stays();
CREATE TRIGGER root_stays BEFORE UPDATE OR DELETE ON event_root FOR EACH ROW EXECUTE FUNCTION preceptor_stays();
CREATE TRIGGER event_kept BEFORE DELETE ON event FOR EACH ROW EXECUTE FUNCTION preceptor_stays();
-- A position is given once; nothing else of an event ever changes.
CREATE TRIGGER event_stays BEFORE UPDATE ON event FOR EACH ROW
WHEN (OLD.position IS NOT NULL OR NEW.id <> OLD.id OR NEW.kind <> OLD.kind
  OR NEW.project_id IS DISTINCT FROM OLD.project_id OR NEW.actor_id IS DISTINCT FROM OLD.actor_id
  OR NEW.subject <> OLD.subject OR NEW.at <> OLD.at OR NEW.commitment <> OLD.commitment)
EXECUTE FUNCTION preceptor_stays();
--both
