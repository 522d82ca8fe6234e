-- Code that was run and calculations that were made while somebody judged.
CREATE TABLE evidence (
    id {id},
    project_id bigint NOT NULL REFERENCES project (id),
    task_id bigint NOT NULL REFERENCES task (id),
    person_id bigint NOT NULL REFERENCES person (id),
    kind text NOT NULL,
    source text NOT NULL,
    outcome text NOT NULL,
    exit_status bigint NOT NULL,
    output text NOT NULL,
    errors text NOT NULL,
    cut bigint NOT NULL,
    milliseconds bigint NOT NULL,
    created_at bigint NOT NULL
);
CREATE INDEX evidence_task ON evidence (task_id, person_id, id);
CREATE INDEX evidence_person ON evidence (person_id, id);
