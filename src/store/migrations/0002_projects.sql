CREATE TABLE project (
    id {id},
    name text NOT NULL,
    languages text NOT NULL,
    domains text NOT NULL,
    overlap_compare bigint NOT NULL,
    overlap_rate bigint NOT NULL,
    overlap_write bigint NOT NULL,
    gold_good double precision NOT NULL,
    gold_bad double precision NOT NULL,
    gold_threshold double precision NOT NULL,
    gold_rate double precision NOT NULL,
    current_model_id bigint,
    created_at bigint NOT NULL
);

CREATE TABLE guideline (
    project_id bigint NOT NULL REFERENCES project (id),
    version bigint NOT NULL,
    markdown text NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (project_id, version)
);

CREATE TABLE rubric (
    project_id bigint NOT NULL REFERENCES project (id),
    version bigint NOT NULL,
    dimensions text NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (project_id, version)
);

CREATE TABLE membership (
    project_id bigint NOT NULL REFERENCES project (id),
    person_id bigint NOT NULL REFERENCES person (id),
    role bigint NOT NULL,
    paused bigint NOT NULL DEFAULT 0,
    pause_reason text NOT NULL DEFAULT '',
    watch double precision NOT NULL DEFAULT 0,
    handed bigint NOT NULL DEFAULT 0,
    judgments bigint NOT NULL DEFAULT 0,
    golds bigint NOT NULL DEFAULT 0,
    golds_right bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (project_id, person_id)
);
CREATE INDEX membership_person ON membership (person_id);
