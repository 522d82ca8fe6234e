-- Lanes: tasks of one project that suit the same people. A slot that anybody may take carries the lane of its task.
CREATE TABLE lane (
    id {id},
    project_id bigint NOT NULL REFERENCES project (id),
    kind bigint NOT NULL,
    language text NOT NULL,
    domain text NOT NULL,
    hazard text NOT NULL,
    UNIQUE (project_id, kind, language, domain, hazard)
);
INSERT INTO lane (project_id, kind, language, domain, hazard)
SELECT DISTINCT task.project_id, task.kind, prompt.language, prompt.domain,
    CASE WHEN prompt.hazard = 'none' THEN '' ELSE prompt.hazard END
FROM task JOIN prompt ON prompt.id = task.prompt_id;

-- Tasks speak of judgments, and judgments of tasks: only one of the two can be held to it by the database.
ALTER TABLE task ADD COLUMN lane_id bigint REFERENCES lane (id);
ALTER TABLE task ADD COLUMN subject_id bigint;
ALTER TABLE task ADD COLUMN about_id bigint;
ALTER TABLE task ADD COLUMN deadline bigint NOT NULL DEFAULT 0;
UPDATE task SET lane_id = (SELECT lane.id FROM lane JOIN prompt ON prompt.id = task.prompt_id
    WHERE lane.project_id = task.project_id AND lane.kind = task.kind AND lane.language = prompt.language
    AND lane.domain = prompt.domain
    AND lane.hazard = CASE WHEN prompt.hazard = 'none' THEN '' ELSE prompt.hazard END);
CREATE INDEX task_about ON task (about_id, kind) WHERE about_id IS NOT NULL;
CREATE INDEX task_lane ON task (lane_id, id) WHERE state = 0 AND gold_response_id IS NULL;

-- lane_id is null while a slot is a gold's or kept for somebody; due stands in for "no deadline" with the last moment.
ALTER TABLE slot ADD COLUMN lane_id bigint REFERENCES lane (id);
ALTER TABLE slot ADD COLUMN due bigint NOT NULL DEFAULT 9223372036854775807;
ALTER TABLE slot ADD COLUMN kept_for bigint REFERENCES person (id);
UPDATE slot SET lane_id = (SELECT lane_id FROM task WHERE task.id = slot.task_id) WHERE gold = 0;
DROP INDEX slot_open;
CREATE INDEX slot_open ON slot (lane_id, priority DESC, due, task_id, ordinal) WHERE state = 0;
CREATE INDEX slot_kept ON slot (kept_for, project_id, id) WHERE state = 0 AND kept_for IS NOT NULL;

-- Some are never handed a task, and so have no slot in it.
--sqlite
CREATE TABLE assignment_of (
    person_id bigint NOT NULL REFERENCES person (id),
    task_id bigint NOT NULL REFERENCES task (id),
    slot_id bigint REFERENCES slot (id),
    lease_token text NOT NULL,
    state bigint NOT NULL,
    assigned_at bigint NOT NULL,
    PRIMARY KEY (person_id, task_id)
);
INSERT INTO assignment_of SELECT person_id, task_id, slot_id, lease_token, state, assigned_at FROM assignment;
DROP TABLE assignment;
ALTER TABLE assignment_of RENAME TO assignment;
--postgresql
ALTER TABLE assignment ALTER COLUMN slot_id DROP NOT NULL;
--both

-- What a review said about a judgment; the judgment itself stays as it is. counts takes the place of judgment.counted.
CREATE TABLE standing (
    judgment_id bigint PRIMARY KEY REFERENCES judgment (id),
    project_id bigint NOT NULL REFERENCES project (id),
    person_id bigint NOT NULL REFERENCES person (id),
    state bigint NOT NULL,
    counts bigint NOT NULL,
    task_id bigint REFERENCES task (id),
    decided_by_id bigint REFERENCES judgment (id),
    note text NOT NULL,
    at bigint NOT NULL
);
CREATE INDEX standing_person ON standing (person_id, project_id, judgment_id);
CREATE INDEX standing_project ON standing (project_id, state, judgment_id);

CREATE TABLE member_fit (
    project_id bigint NOT NULL REFERENCES project (id),
    person_id bigint NOT NULL REFERENCES person (id),
    languages text NOT NULL,
    domains text NOT NULL,
    hazards text NOT NULL,
    kinds text NOT NULL,
    PRIMARY KEY (project_id, person_id)
);

ALTER TABLE project ADD COLUMN policy text NOT NULL DEFAULT '{}';
ALTER TABLE rubric ADD COLUMN criteria text NOT NULL DEFAULT '[]';
ALTER TABLE prompt ADD COLUMN written_in_id bigint;
ALTER TABLE response ADD COLUMN written_in_id bigint;
