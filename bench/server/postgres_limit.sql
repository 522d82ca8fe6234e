-- One person's step as two stored functions. They write the rows that Preceptor writes for it, and read the least
-- that this takes; none of its rules are here.
CREATE OR REPLACE FUNCTION limit_claim(person bigint, project bigint, lane bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    member membership;
    claimed slot;
    shown record;
BEGIN
    SELECT * INTO member FROM membership WHERE project_id = project AND person_id = person FOR UPDATE;
    PERFORM 1 FROM slot WHERE person_id = person AND project_id = project AND state <> 2 AND state <> 3;
    UPDATE slot SET state = 1, person_id = person, lease_token = 'abcdefghijklmnopqrstuvwx',
        lease_expires_at = 9000000000000000
    WHERE id = (SELECT id FROM slot WHERE lane_id = lane AND state = 0
        AND NOT EXISTS (SELECT 1 FROM assignment had WHERE had.person_id = person AND had.task_id = slot.task_id)
        ORDER BY priority DESC, due, task_id, ordinal LIMIT 1 FOR UPDATE OF slot SKIP LOCKED)
    RETURNING * INTO claimed;
    INSERT INTO assignment (person_id, task_id, slot_id, lease_token, state, assigned_at)
    VALUES (person, claimed.task_id, claimed.id, claimed.lease_token, 0, 1);
    UPDATE membership SET handed = handed + 1 WHERE project_id = project AND person_id = person;
    SELECT prompt.messages, task.response_ids INTO shown
    FROM task JOIN prompt ON prompt.id = task.prompt_id WHERE task.id = claimed.task_id;
    RETURN claimed.task_id;
END $$;

CREATE OR REPLACE FUNCTION limit_submit(person bigint, project bigint, judged bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    member membership;
    held assignment;
    its task;
    fresh bigint;
    logged bigint;
BEGIN
    SELECT * INTO its FROM task WHERE id = judged;
    SELECT * INTO member FROM membership WHERE project_id = project AND person_id = person FOR UPDATE;
    PERFORM 1 FROM judgment WHERE person_id = person AND idempotency_key = 'key ' || judged;
    SELECT * INTO held FROM assignment WHERE person_id = person AND task_id = judged;
    UPDATE slot SET state = 2 WHERE id = held.slot_id;
    INSERT INTO judgment (project_id, task_id, kind, slot_id, person_id, payload, seconds_active, counted,
        idempotency_key, guideline_version, rubric_version, created_at, round_id, purpose, gold)
    VALUES (project, judged, its.kind, held.slot_id, person, repeat('x', 100), 3, 1, 'key ' || judged, 1, 1, 1,
        its.round_id, its.purpose, 0)
    RETURNING id INTO fresh;
    UPDATE task SET counted = counted + 1, state = CASE WHEN counted + 1 >= overlap THEN 1 ELSE state END
    WHERE id = judged;
    UPDATE assignment SET state = 1 WHERE person_id = person AND task_id = judged;
    DELETE FROM draft WHERE person_id = person AND task_id = judged;
    INSERT INTO event (kind, project_id, actor_id, subject, at, commitment)
    VALUES ('judgment.submitted', project, person, fresh, 1, repeat('a', 64))
    RETURNING id INTO logged;
    INSERT INTO event_payload (event_id, salt, payload) VALUES (logged, repeat('a', 32), repeat('x', 220));
    UPDATE membership SET judgments = judgments + 1 WHERE project_id = project AND person_id = person;
    RETURN fresh;
END $$;

-- Nobody holds anything when the measuring begins.
UPDATE slot SET state = 2 WHERE state = 1;
