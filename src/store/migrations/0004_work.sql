-- project, kind, priority and gold stand in the slot as well, so that the next task is one step in one index.
CREATE TABLE slot (
    id {id},
    task_id bigint NOT NULL REFERENCES task (id),
    ordinal bigint NOT NULL,
    project_id bigint NOT NULL,
    kind bigint NOT NULL,
    priority bigint NOT NULL,
    gold bigint NOT NULL,
    state bigint NOT NULL DEFAULT 0,
    person_id bigint REFERENCES person (id),
    lease_token text NOT NULL DEFAULT '',
    lease_expires_at bigint NOT NULL DEFAULT 0,
    UNIQUE (task_id, ordinal),
    UNIQUE (task_id, person_id)
);
CREATE INDEX slot_open ON slot (project_id, kind, priority DESC, task_id, ordinal) WHERE state = 0 AND gold = 0;
CREATE INDEX slot_expiry ON slot (project_id, lease_expires_at) WHERE state = 1;
CREATE INDEX slot_holder ON slot (person_id, project_id, id) WHERE state <> 2;

CREATE TABLE assignment (
    person_id bigint NOT NULL REFERENCES person (id),
    task_id bigint NOT NULL REFERENCES task (id),
    slot_id bigint NOT NULL REFERENCES slot (id),
    lease_token text NOT NULL,
    state bigint NOT NULL,
    assigned_at bigint NOT NULL,
    PRIMARY KEY (person_id, task_id)
);

CREATE TABLE skip (
    id {id},
    task_id bigint NOT NULL REFERENCES task (id),
    person_id bigint NOT NULL REFERENCES person (id),
    reason text NOT NULL,
    created_at bigint NOT NULL
);
CREATE INDEX skip_person ON skip (person_id, id);

CREATE TABLE draft (
    person_id bigint NOT NULL REFERENCES person (id),
    task_id bigint NOT NULL REFERENCES task (id),
    payload text NOT NULL,
    saved_at bigint NOT NULL,
    PRIMARY KEY (person_id, task_id)
);

-- round, purpose and gold are copies of the task's, so that lists need no join.
CREATE TABLE judgment (
    id {id},
    project_id bigint NOT NULL REFERENCES project (id),
    task_id bigint NOT NULL REFERENCES task (id),
    kind bigint NOT NULL,
    slot_id bigint REFERENCES slot (id),
    person_id bigint NOT NULL REFERENCES person (id),
    payload text NOT NULL,
    seconds_active double precision NOT NULL,
    counted bigint NOT NULL,
    gold_right bigint,
    supersedes_id bigint UNIQUE REFERENCES judgment (id),
    idempotency_key text NOT NULL,
    round_id bigint,
    purpose bigint NOT NULL,
    gold bigint NOT NULL,
    guideline_version bigint NOT NULL,
    rubric_version bigint NOT NULL,
    created_at bigint NOT NULL
);
CREATE UNIQUE INDEX judgment_slot ON judgment (slot_id) WHERE counted = 1 AND supersedes_id IS NULL;
CREATE UNIQUE INDEX judgment_once ON judgment (task_id, person_id) WHERE supersedes_id IS NULL;
CREATE UNIQUE INDEX judgment_key ON judgment (person_id, idempotency_key) WHERE idempotency_key <> '';
CREATE INDEX judgment_project ON judgment (project_id, id);
CREATE INDEX judgment_person ON judgment (person_id, project_id, id);
CREATE INDEX judgment_round ON judgment (round_id, id) WHERE round_id IS NOT NULL;
