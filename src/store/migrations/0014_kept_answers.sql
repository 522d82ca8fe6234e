-- Answers to writes that came with an idempotency key; a day old, they go.
CREATE TABLE kept_answer (
    person_id bigint NOT NULL REFERENCES person (id),
    route text NOT NULL,
    key text NOT NULL,
    request_hash text NOT NULL,
    status bigint NOT NULL,
    body text NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (person_id, route, key)
);
CREATE INDEX kept_answer_age ON kept_answer (created_at);
