CREATE TABLE prompt (
    id {id},
    project_id bigint NOT NULL REFERENCES project (id),
    messages text NOT NULL,
    intent text NOT NULL,
    domain text NOT NULL,
    language text NOT NULL,
    hazard text NOT NULL,
    difficulty text NOT NULL,
    split bigint NOT NULL,
    source text NOT NULL,
    key text NOT NULL,
    author_id bigint REFERENCES person (id),
    created_at bigint NOT NULL
);
CREATE INDEX prompt_project ON prompt (project_id, split, id);
CREATE UNIQUE INDEX prompt_key ON prompt (project_id, key) WHERE key <> '';

CREATE TABLE response (
    id {id},
    project_id bigint NOT NULL REFERENCES project (id),
    prompt_id bigint NOT NULL REFERENCES prompt (id),
    text text NOT NULL,
    model_id bigint,
    round_id bigint,
    settings text NOT NULL,
    created_at bigint NOT NULL
);
CREATE INDEX response_project ON response (project_id, id);
CREATE INDEX response_prompt ON response (prompt_id, id);
CREATE INDEX response_round ON response (round_id, id) WHERE round_id IS NOT NULL;
CREATE INDEX response_model ON response (model_id, id) WHERE model_id IS NOT NULL;

CREATE TABLE task (
    id {id},
    project_id bigint NOT NULL REFERENCES project (id),
    kind bigint NOT NULL,
    prompt_id bigint NOT NULL REFERENCES prompt (id),
    response_ids text NOT NULL,
    overlap bigint NOT NULL,
    priority bigint NOT NULL,
    purpose bigint NOT NULL,
    gold_response_id bigint REFERENCES response (id),
    gold_explanation text NOT NULL,
    round_id bigint,
    state bigint NOT NULL,
    counted bigint NOT NULL DEFAULT 0,
    guideline_version bigint NOT NULL,
    rubric_version bigint NOT NULL,
    created_at bigint NOT NULL,
    CHECK (gold_response_id IS NOT NULL OR counted <= overlap)
);
CREATE INDEX task_project ON task (project_id, id);
CREATE INDEX task_round ON task (round_id, id) WHERE round_id IS NOT NULL;
CREATE INDEX task_open ON task (project_id, kind, id) WHERE state = 0 AND gold_response_id IS NULL;
CREATE INDEX task_gold ON task (project_id, priority DESC, id) WHERE state = 0 AND gold_response_id IS NOT NULL;
