-- Attempts to sign in that have not come to a good end, for all servers together. The subject is a hash: nobody's address
-- and no mistyped login stands here.
CREATE TABLE sign_in_attempt (
    subject text PRIMARY KEY,
    attempts bigint NOT NULL,
    since bigint NOT NULL
);
CREATE INDEX sign_in_attempt_since ON sign_in_attempt (since);
