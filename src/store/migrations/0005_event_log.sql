CREATE TABLE event (
    id {id},
    kind text NOT NULL,
    project_id bigint,
    actor_id bigint,
    subject bigint NOT NULL,
    at bigint NOT NULL,
    commitment text NOT NULL,
    position bigint
);
CREATE UNIQUE INDEX event_position ON event (position) WHERE position IS NOT NULL;
CREATE INDEX event_unsealed ON event (id) WHERE position IS NULL;

CREATE TABLE event_payload (
    event_id bigint PRIMARY KEY REFERENCES event (id),
    salt text NOT NULL,
    payload text NOT NULL
);

CREATE TABLE event_root (
    number bigint PRIMARY KEY,
    first_position bigint NOT NULL UNIQUE,
    last_position bigint NOT NULL UNIQUE,
    root text NOT NULL,
    sealed_at bigint NOT NULL
);
