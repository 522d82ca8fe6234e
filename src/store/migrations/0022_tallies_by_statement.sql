-- On PostgreSQL once for each statement, however many rows it inserts or changes: a row of the tally that is changed again and
-- again in one transaction leaves as many dead versions behind, and each change looks through all of them. For the same
-- reason there are more parts: a transaction may add thousands of tasks, each by itself. SQLite changes rows in place.
--postgresql
DROP TRIGGER prompt_counted ON prompt;
DROP TRIGGER response_counted ON response;
DROP TRIGGER task_counted ON task;
DROP TRIGGER task_recounted ON task;
DROP FUNCTION preceptor_count_prompt();
DROP FUNCTION preceptor_count_response();
DROP FUNCTION preceptor_count_task();
DROP FUNCTION preceptor_tally(bigint, bigint, int, int, int, int, int);
CREATE FUNCTION preceptor_count_prompts() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO tally (project_id, part, prompts)
    SELECT project_id, min(id) % 64, count(*) FROM fresh GROUP BY project_id ORDER BY project_id
    ON CONFLICT (project_id, part) DO UPDATE SET prompts = tally.prompts + excluded.prompts;
    RETURN NULL;
END $body$;
CREATE FUNCTION preceptor_count_responses() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO tally (project_id, part, responses)
    SELECT project_id, min(id) % 64, count(*) FROM fresh GROUP BY project_id ORDER BY project_id
    ON CONFLICT (project_id, part) DO UPDATE SET responses = tally.responses + excluded.responses;
    RETURN NULL;
END $body$;
CREATE FUNCTION preceptor_count_tasks() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO tally (project_id, part, tasks_open, tasks_done, golds)
    SELECT project_id, min(id) % 64, count(*) FILTER (WHERE state = 0 AND gold_response_id IS NULL),
        count(*) FILTER (WHERE state = 1), count(*) FILTER (WHERE state = 0 AND gold_response_id IS NOT NULL)
    FROM fresh GROUP BY project_id ORDER BY project_id
    ON CONFLICT (project_id, part) DO UPDATE SET tasks_open = tally.tasks_open + excluded.tasks_open,
        tasks_done = tally.tasks_done + excluded.tasks_done, golds = tally.golds + excluded.golds;
    RETURN NULL;
END $body$;
CREATE FUNCTION preceptor_recount_tasks() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO tally (project_id, part, tasks_open, tasks_done, golds)
    SELECT project_id, part, open, done, golds
    FROM (SELECT project_id, min(id) % 64 AS part, sum(more * (state = 0 AND gold_response_id IS NULL)::int) AS open,
            sum(more * (state = 1)::int) AS done,
            sum(more * (state = 0 AND gold_response_id IS NOT NULL)::int) AS golds
        FROM (SELECT id, project_id, state, gold_response_id, 1 AS more FROM fresh
            UNION ALL SELECT id, project_id, state, gold_response_id, -1 FROM stale) AS versions
        GROUP BY project_id) AS change
    WHERE open <> 0 OR done <> 0 OR golds <> 0 ORDER BY project_id
    ON CONFLICT (project_id, part) DO UPDATE SET tasks_open = tally.tasks_open + excluded.tasks_open,
        tasks_done = tally.tasks_done + excluded.tasks_done, golds = tally.golds + excluded.golds;
    RETURN NULL;
END $body$;
CREATE TRIGGER prompt_counted AFTER INSERT ON prompt REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION preceptor_count_prompts();
CREATE TRIGGER response_counted AFTER INSERT ON response REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION preceptor_count_responses();
CREATE TRIGGER task_counted AFTER INSERT ON task REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION preceptor_count_tasks();
CREATE TRIGGER task_recounted AFTER UPDATE ON task REFERENCING OLD TABLE AS stale NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION preceptor_recount_tasks();
--both
