-- What claims are held against, with the excerpt as it was archived.
CREATE TABLE source (
    id {id},
    project_id bigint NOT NULL REFERENCES project (id),
    title text NOT NULL,
    address text NOT NULL,
    excerpt text NOT NULL,
    sha256 text NOT NULL,
    added_by_id bigint NOT NULL REFERENCES person (id),
    created_at bigint NOT NULL
);
CREATE INDEX source_project ON source (project_id, id);

-- What a model answered while somebody worked on a task.
CREATE TABLE exchange (
    id {id},
    task_id bigint NOT NULL REFERENCES task (id),
    person_id bigint NOT NULL REFERENCES person (id),
    messages text NOT NULL,
    reply text NOT NULL,
    model_id bigint NOT NULL REFERENCES model (id),
    finish text NOT NULL,
    created_at bigint NOT NULL
);
CREATE INDEX exchange_task ON exchange (task_id, person_id, id);
CREATE INDEX exchange_person ON exchange (person_id, id);
