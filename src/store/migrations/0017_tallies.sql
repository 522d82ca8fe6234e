-- How much a project holds, counted as it comes: counting ten million rows when somebody looks takes a second. In sixteen
-- parts, so that writers on PostgreSQL seldom wait for each other.
CREATE TABLE tally (
    project_id bigint NOT NULL REFERENCES project (id),
    part bigint NOT NULL,
    prompts bigint NOT NULL DEFAULT 0,
    responses bigint NOT NULL DEFAULT 0,
    tasks_open bigint NOT NULL DEFAULT 0,
    tasks_done bigint NOT NULL DEFAULT 0,
    golds bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (project_id, part)
);
INSERT INTO tally (project_id, part, prompts, responses, tasks_open, tasks_done, golds)
SELECT id, 0,
    (SELECT count(*) FROM prompt WHERE project_id = project.id),
    (SELECT count(*) FROM response WHERE project_id = project.id),
    (SELECT count(*) FROM task WHERE project_id = project.id AND state = 0 AND gold_response_id IS NULL),
    (SELECT count(*) FROM task WHERE project_id = project.id AND state = 1),
    (SELECT count(*) FROM task WHERE project_id = project.id AND state = 0 AND gold_response_id IS NOT NULL)
FROM project;
--sqlite
CREATE TRIGGER prompt_counted AFTER INSERT ON prompt BEGIN
    INSERT INTO tally (project_id, part, prompts) VALUES (NEW.project_id, NEW.id % 16, 1)
    ON CONFLICT (project_id, part) DO UPDATE SET prompts = prompts + 1;
END;
CREATE TRIGGER response_counted AFTER INSERT ON response BEGIN
    INSERT INTO tally (project_id, part, responses) VALUES (NEW.project_id, NEW.id % 16, 1)
    ON CONFLICT (project_id, part) DO UPDATE SET responses = responses + 1;
END;
CREATE TRIGGER task_counted AFTER INSERT ON task BEGIN
    INSERT INTO tally (project_id, part, tasks_open, tasks_done, golds) VALUES (NEW.project_id, NEW.id % 16,
        NEW.state = 0 AND NEW.gold_response_id IS NULL, NEW.state = 1,
        NEW.state = 0 AND NEW.gold_response_id IS NOT NULL)
    ON CONFLICT (project_id, part) DO UPDATE SET tasks_open = tasks_open + excluded.tasks_open,
        tasks_done = tasks_done + excluded.tasks_done, golds = golds + excluded.golds;
END;
CREATE TRIGGER task_recounted AFTER UPDATE OF state ON task WHEN OLD.state <> NEW.state BEGIN
    INSERT INTO tally (project_id, part, tasks_open, tasks_done, golds) VALUES (NEW.project_id, NEW.id % 16,
        (NEW.state = 0 AND NEW.gold_response_id IS NULL) - (OLD.state = 0 AND OLD.gold_response_id IS NULL),
        (NEW.state = 1) - (OLD.state = 1),
        (NEW.state = 0 AND NEW.gold_response_id IS NOT NULL) - (OLD.state = 0 AND OLD.gold_response_id IS NOT NULL))
    ON CONFLICT (project_id, part) DO UPDATE SET tasks_open = tasks_open + excluded.tasks_open,
        tasks_done = tasks_done + excluded.tasks_done, golds = golds + excluded.golds;
END;
--postgresql
CREATE FUNCTION preceptor_tally(project bigint, id bigint, more_prompts int, more_responses int, more_open int,
    more_done int, more_golds int) RETURNS void LANGUAGE sql AS $body$
INSERT INTO tally (project_id, part, prompts, responses, tasks_open, tasks_done, golds)
VALUES (project, id % 16, more_prompts, more_responses, more_open, more_done, more_golds)
ON CONFLICT (project_id, part) DO UPDATE SET prompts = tally.prompts + excluded.prompts,
    responses = tally.responses + excluded.responses, tasks_open = tally.tasks_open + excluded.tasks_open,
    tasks_done = tally.tasks_done + excluded.tasks_done, golds = tally.golds + excluded.golds
$body$;
CREATE FUNCTION preceptor_count_prompt() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM preceptor_tally(NEW.project_id, NEW.id, 1, 0, 0, 0, 0);
    RETURN NULL;
END $body$;
CREATE FUNCTION preceptor_count_response() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM preceptor_tally(NEW.project_id, NEW.id, 0, 1, 0, 0, 0);
    RETURN NULL;
END $body$;
CREATE FUNCTION preceptor_count_task() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    before bigint := CASE WHEN TG_OP = 'INSERT' THEN -1 ELSE OLD.state END;
    gold boolean := NEW.gold_response_id IS NOT NULL;
BEGIN
    PERFORM preceptor_tally(NEW.project_id, NEW.id, 0, 0,
        (NEW.state = 0 AND NOT gold)::int - (before = 0 AND NOT gold)::int,
        (NEW.state = 1)::int - (before = 1)::int,
        (NEW.state = 0 AND gold)::int - (before = 0 AND gold)::int);
    RETURN NULL;
END $body$;
CREATE TRIGGER prompt_counted AFTER INSERT ON prompt FOR EACH ROW EXECUTE FUNCTION preceptor_count_prompt();
CREATE TRIGGER response_counted AFTER INSERT ON response FOR EACH ROW EXECUTE FUNCTION preceptor_count_response();
CREATE TRIGGER task_counted AFTER INSERT ON task FOR EACH ROW EXECUTE FUNCTION preceptor_count_task();
CREATE TRIGGER task_recounted AFTER UPDATE OF state ON task FOR EACH ROW WHEN (OLD.state <> NEW.state)
EXECUTE FUNCTION preceptor_count_task();
--both
