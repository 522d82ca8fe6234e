CREATE TABLE round (
    id {id},
    project_id bigint NOT NULL REFERENCES project (id),
    number bigint NOT NULL,
    name text NOT NULL,
    state bigint NOT NULL,
    model_before_id bigint,
    model_after_id bigint,
    created_at bigint NOT NULL,
    UNIQUE (project_id, number)
);

CREATE TABLE job (
    id {id},
    project_id bigint NOT NULL REFERENCES project (id),
    round_id bigint REFERENCES round (id),
    person_id bigint REFERENCES person (id),
    kind bigint NOT NULL,
    params text NOT NULL,
    state bigint NOT NULL,
    progress double precision NOT NULL,
    message text NOT NULL,
    result text NOT NULL,
    error text NOT NULL,
    cancel_requested bigint NOT NULL,
    attempts bigint NOT NULL,
    worker text NOT NULL,
    lease_expires_at bigint NOT NULL,
    created_at bigint NOT NULL,
    started_at bigint NOT NULL,
    ended_at bigint NOT NULL
);
CREATE INDEX job_project ON job (project_id, id);
CREATE INDEX job_waiting ON job (id) WHERE state < 2;

CREATE TABLE job_log (
    id {id},
    job_id bigint NOT NULL REFERENCES job (id),
    at bigint NOT NULL,
    text text NOT NULL
);
CREATE INDEX job_log_job ON job_log (job_id, id);

CREATE TABLE snapshot (
    id {id},
    project_id bigint NOT NULL REFERENCES project (id),
    round_id bigint REFERENCES round (id),
    sha256 text NOT NULL,
    weighting text NOT NULL,
    files text NOT NULL,
    summary text NOT NULL,
    judgment_count bigint NOT NULL,
    created_at bigint NOT NULL
);
CREATE INDEX snapshot_project ON snapshot (project_id, id);

CREATE TABLE snapshot_judgment (
    snapshot_id bigint NOT NULL REFERENCES snapshot (id),
    judgment_id bigint NOT NULL REFERENCES judgment (id),
    PRIMARY KEY (snapshot_id, judgment_id)
);
CREATE INDEX snapshot_judgment_judgment ON snapshot_judgment (judgment_id);

CREATE TABLE model (
    id {id},
    project_id bigint NOT NULL REFERENCES project (id),
    name text NOT NULL,
    parent_id bigint REFERENCES model (id),
    run_id bigint,
    objective bigint NOT NULL,
    sha256 text NOT NULL,
    files text NOT NULL,
    parameters bigint NOT NULL,
    created_at bigint NOT NULL
);
CREATE INDEX model_project ON model (project_id, id);
CREATE INDEX model_hash ON model (project_id, sha256);
CREATE INDEX model_parent ON model (parent_id);

CREATE TABLE run (
    id {id},
    project_id bigint NOT NULL REFERENCES project (id),
    round_id bigint REFERENCES round (id),
    job_id bigint REFERENCES job (id),
    objective bigint NOT NULL,
    base_model_id bigint REFERENCES model (id),
    snapshot_id bigint REFERENCES snapshot (id),
    model_id bigint REFERENCES model (id),
    name text NOT NULL,
    settings text NOT NULL,
    metrics text NOT NULL,
    state bigint NOT NULL,
    created_at bigint NOT NULL,
    ended_at bigint NOT NULL
);
CREATE INDEX run_project ON run (project_id, id);
CREATE INDEX run_snapshot ON run (snapshot_id);
CREATE INDEX run_job ON run (job_id);

CREATE TABLE run_step (
    run_id bigint NOT NULL REFERENCES run (id),
    step bigint NOT NULL,
    metrics text NOT NULL,
    PRIMARY KEY (run_id, step)
);

CREATE TABLE evaluation (
    id {id},
    project_id bigint NOT NULL REFERENCES project (id),
    round_id bigint REFERENCES round (id),
    job_id bigint REFERENCES job (id),
    baseline_model_id bigint NOT NULL REFERENCES model (id),
    model_ids text NOT NULL,
    settings text NOT NULL,
    state bigint NOT NULL,
    columns text NOT NULL,
    created_at bigint NOT NULL
);
CREATE INDEX evaluation_project ON evaluation (project_id, id);
CREATE INDEX evaluation_job ON evaluation (job_id);

CREATE TABLE evaluation_answer (
    evaluation_id bigint NOT NULL REFERENCES evaluation (id),
    prompt_id bigint NOT NULL REFERENCES prompt (id),
    model_id bigint NOT NULL REFERENCES model (id),
    response_id bigint NOT NULL REFERENCES response (id),
    PRIMARY KEY (evaluation_id, prompt_id, model_id, response_id)
);

CREATE TABLE evaluation_pair (
    evaluation_id bigint NOT NULL REFERENCES evaluation (id),
    task_id bigint NOT NULL REFERENCES task (id),
    model_id bigint NOT NULL REFERENCES model (id),
    PRIMARY KEY (evaluation_id, task_id)
);

CREATE TABLE metric_value (
    evaluation_id bigint NOT NULL REFERENCES evaluation (id),
    metric text NOT NULL,
    response_id bigint NOT NULL REFERENCES response (id),
    value double precision NOT NULL,
    PRIMARY KEY (evaluation_id, metric, response_id)
);

CREATE TABLE promotion (
    id {id},
    project_id bigint NOT NULL REFERENCES project (id),
    model_id bigint NOT NULL REFERENCES model (id),
    previous_model_id bigint REFERENCES model (id),
    evaluation_id bigint REFERENCES evaluation (id),
    person_id bigint NOT NULL REFERENCES person (id),
    note text NOT NULL,
    created_at bigint NOT NULL
);
CREATE INDEX promotion_project ON promotion (project_id, id);
