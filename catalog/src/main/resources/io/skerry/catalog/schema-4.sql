-- The catalog, version 4: other programs that users let in (OAuth). Nothing was ever written to the tables that version 1
-- had for it.

DROP TABLE oauth_codes;
DROP TABLE oauth_clients;

CREATE TABLE oauth_clients (
    id TEXT PRIMARY KEY,
    -- Who registered it.
    owner TEXT NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    -- A JSON array of text.
    redirect_uris TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (owner, name)
) WITHOUT ROWID, STRICT;

-- A code that was exchanged stays for a while: when it is shown again, the token made of it ends.
CREATE TABLE oauth_codes (
    code_hash BLOB PRIMARY KEY,
    client TEXT NOT NULL REFERENCES oauth_clients (id),
    user TEXT NOT NULL REFERENCES users (id),
    redirect_uri TEXT NOT NULL,
    challenge TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    -- Id of the token it was exchanged for.
    token TEXT
) WITHOUT ROWID, STRICT;
CREATE INDEX oauth_codes_by_expiry ON oauth_codes (expires_at);
CREATE INDEX oauth_codes_by_user ON oauth_codes (user, expires_at);
CREATE INDEX oauth_codes_by_client ON oauth_codes (client);

-- Which program has the token; for those of the kind 'oauth'.
ALTER TABLE api_tokens ADD COLUMN client TEXT;
CREATE INDEX api_tokens_by_client ON api_tokens (client, user) WHERE client IS NOT NULL;
