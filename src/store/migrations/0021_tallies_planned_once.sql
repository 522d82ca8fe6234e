-- In plpgsql the statement keeps its plan; in sql it was planned again for each row.
--postgresql
CREATE OR REPLACE FUNCTION preceptor_tally(project bigint, id bigint, more_prompts int, more_responses int,
    more_open int, more_done int, more_golds int) RETURNS void LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO tally (project_id, part, prompts, responses, tasks_open, tasks_done, golds)
    VALUES (project, id % 16, more_prompts, more_responses, more_open, more_done, more_golds)
    ON CONFLICT (project_id, part) DO UPDATE SET prompts = tally.prompts + excluded.prompts,
        responses = tally.responses + excluded.responses, tasks_open = tally.tasks_open + excluded.tasks_open,
        tasks_done = tally.tasks_done + excluded.tasks_done, golds = tally.golds + excluded.golds;
END $body$;
--both
