-- Sessions get a number and say where they are from, so that their owner can end each of them.
CREATE TABLE numbered_session (
    id {id},
    token_hash text NOT NULL UNIQUE,
    person_id bigint NOT NULL REFERENCES person (id),
    csrf_token text NOT NULL,
    expires_at bigint NOT NULL,
    device text NOT NULL,
    created_at bigint NOT NULL,
    last_seen_at bigint NOT NULL
);
INSERT INTO numbered_session (token_hash, person_id, csrf_token, expires_at, device, created_at, last_seen_at)
    SELECT token_hash, person_id, csrf_token, expires_at, '', expires_at - 1209600000000, expires_at - 1209600000000
    FROM session;
DROP TABLE session;
ALTER TABLE numbered_session RENAME TO session;
CREATE INDEX session_person ON session (person_id);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE invitation (
    id {id},
    token_hash text NOT NULL UNIQUE,
    project_id bigint NOT NULL REFERENCES project (id),
    role bigint NOT NULL,
    note text NOT NULL,
    author_id bigint REFERENCES person (id),
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    accepted_by bigint REFERENCES person (id),
    accepted_at bigint NOT NULL DEFAULT 0,
    revoked bigint NOT NULL DEFAULT 0
);
CREATE INDEX invitation_project ON invitation (project_id, id);

CREATE TABLE password_reset (
    id {id},
    token_hash text NOT NULL UNIQUE,
    person_id bigint NOT NULL REFERENCES person (id),
    author_id bigint REFERENCES person (id),
    drops_second_factor bigint NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    used_at bigint NOT NULL DEFAULT 0
);
CREATE INDEX password_reset_person ON password_reset (person_id);

CREATE TABLE second_factor (
    person_id bigint PRIMARY KEY REFERENCES person (id),
    secret text NOT NULL,
    confirmed bigint NOT NULL,
    last_step bigint NOT NULL,
    created_at bigint NOT NULL
);

CREATE TABLE recovery_code (
    person_id bigint NOT NULL REFERENCES person (id),
    code_hash text NOT NULL,
    used bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (person_id, code_hash)
);
