-- Times are UTC microseconds, booleans 0 or 1, enumerations the number of the name in feedback/types.hpp or
-- loop/types.hpp. {id} is the database's way to say "a bigint key that numbers itself".
CREATE TABLE person (
    id {id},
    login text NOT NULL UNIQUE,
    name text NOT NULL,
    password_hash text NOT NULL,
    simulated bigint NOT NULL,
    administrator bigint NOT NULL,
    created_at bigint NOT NULL
);

CREATE TABLE session (
    token_hash text PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES person (id),
    csrf_token text NOT NULL,
    expires_at bigint NOT NULL
);
CREATE INDEX session_person ON session (person_id);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE api_token (
    id {id},
    person_id bigint NOT NULL REFERENCES person (id),
    name text NOT NULL,
    token_hash text NOT NULL UNIQUE,
    scope bigint NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    revoked bigint NOT NULL DEFAULT 0
);
CREATE INDEX api_token_person ON api_token (person_id);
