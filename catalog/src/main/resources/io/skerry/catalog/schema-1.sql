-- The catalog, version 1. Ids are UUIDs as text, times are milliseconds since 1970 (UTC), flags are 0 or 1.
-- Rows refer to ids, never to names, so that a rename touches one row.

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID, STRICT;

-- Organizations and people ------------------------------------------------------------------------------------

CREATE TABLE organizations (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL CHECK (type IN ('personal', 'team')),
    overages INTEGER NOT NULL DEFAULT 0,
    require_mfa INTEGER NOT NULL DEFAULT 0,
    blocked_reads INTEGER NOT NULL DEFAULT 0,
    blocked_writes INTEGER NOT NULL DEFAULT 0,
    plan_id TEXT NOT NULL DEFAULT '',
    plan_timeline TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    username TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    avatar_url TEXT NOT NULL DEFAULT '',
    password_hash TEXT,
    -- Sessions issued before this moment are void: one write signs out everywhere.
    sessions_valid_from INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE INDEX users_by_email ON users (email);

CREATE TABLE memberships (
    organization TEXT NOT NULL REFERENCES organizations (id),
    user TEXT NOT NULL REFERENCES users (id),
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (organization, user)
) WITHOUT ROWID, STRICT;
CREATE INDEX memberships_by_user ON memberships (user);

CREATE TABLE invites (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organization TEXT NOT NULL REFERENCES organizations (id),
    email TEXT NOT NULL,
    username TEXT,
    role TEXT NOT NULL CHECK (role IN ('admin', 'member', 'viewer')),
    link_hash BLOB UNIQUE,
    accepted INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    expires_at INTEGER,
    UNIQUE (organization, email)
) STRICT;

-- Tokens of the control plane: only hashes. The organization and the group that a token is restricted to are
-- ids, so a group of the same name that is created later does not revive it.
CREATE TABLE api_tokens (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('api', 'session', 'oauth')),
    hash BLOB NOT NULL UNIQUE,
    user TEXT NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    organization TEXT REFERENCES organizations (id),
    grp TEXT,
    scopes TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER
) WITHOUT ROWID, STRICT;
CREATE UNIQUE INDEX api_tokens_by_name ON api_tokens (user, name) WHERE kind = 'api';
CREATE INDEX api_tokens_by_organization ON api_tokens (organization) WHERE organization IS NOT NULL;
CREATE INDEX api_tokens_by_group ON api_tokens (grp) WHERE grp IS NOT NULL;

CREATE TABLE oauth_clients (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    redirect_uris TEXT NOT NULL DEFAULT '[]',
    created_at INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE oauth_codes (
    code_hash BLOB PRIMARY KEY,
    client TEXT NOT NULL REFERENCES oauth_clients (id),
    user TEXT NOT NULL REFERENCES users (id),
    redirect_uri TEXT NOT NULL,
    challenge TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

-- Places and machines -----------------------------------------------------------------------------------------

-- Descriptions of locations that the built-in list does not have.
CREATE TABLE locations (
    code TEXT PRIMARY KEY,
    description TEXT NOT NULL,
    platform TEXT NOT NULL DEFAULT 'self-hosted',
    latitude REAL,
    longitude REAL
) WITHOUT ROWID, STRICT;

CREATE TABLE nodes (
    id TEXT PRIMARY KEY,
    location TEXT NOT NULL,
    http TEXT NOT NULL,
    raft TEXT NOT NULL,
    transfer TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'draining', 'removed')),
    version TEXT NOT NULL DEFAULT '',
    position INTEGER NOT NULL,
    registered_at INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

-- Groups and databases ----------------------------------------------------------------------------------------

CREATE TABLE groups (
    id TEXT PRIMARY KEY,
    organization TEXT NOT NULL REFERENCES organizations (id),
    name TEXT NOT NULL,
    primary_location TEXT NOT NULL,
    version TEXT NOT NULL,
    extensions TEXT NOT NULL DEFAULT '',
    delete_protection INTEGER NOT NULL DEFAULT 0,
    archived INTEGER NOT NULL DEFAULT 0,
    key_version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    UNIQUE (organization, name)
) WITHOUT ROWID, STRICT;

CREATE TABLE group_locations (
    grp TEXT NOT NULL REFERENCES groups (id),
    location TEXT NOT NULL,
    -- Order of addition; the primary has 0.
    position INTEGER NOT NULL,
    mode TEXT NOT NULL DEFAULT 'async' CHECK (mode IN ('primary', 'sync', 'async')),
    state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'moving', 'lost')),
    -- What the API calls the uuid of every instance of the group at this location.
    instance TEXT NOT NULL UNIQUE,
    added_at INTEGER NOT NULL,
    PRIMARY KEY (grp, location)
) WITHOUT ROWID, STRICT;
CREATE INDEX group_locations_by_location ON group_locations (location);

-- Which nodes hold the group at its locations.
CREATE TABLE group_nodes (
    grp TEXT NOT NULL,
    node TEXT NOT NULL REFERENCES nodes (id),
    location TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('voter', 'listener')),
    PRIMARY KEY (grp, node),
    FOREIGN KEY (grp, location) REFERENCES group_locations (grp, location)
) WITHOUT ROWID, STRICT;
CREATE INDEX group_nodes_by_node ON group_nodes (node);

CREATE TABLE databases (
    id TEXT PRIMARY KEY,
    organization TEXT NOT NULL REFERENCES organizations (id),
    grp TEXT NOT NULL REFERENCES groups (id),
    name TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('draft', 'active')),
    size_limit TEXT NOT NULL DEFAULT '',
    allow_attach INTEGER NOT NULL DEFAULT 0,
    block_reads INTEGER NOT NULL DEFAULT 0,
    block_writes INTEGER NOT NULL DEFAULT 0,
    delete_protection INTEGER NOT NULL DEFAULT 0,
    archived INTEGER NOT NULL DEFAULT 0,
    is_schema INTEGER NOT NULL DEFAULT 0,
    schema_of TEXT,
    -- JSON arrays of text.
    allowed_ips TEXT NOT NULL DEFAULT '[]',
    allowed_vpc_ids TEXT NOT NULL DEFAULT '[]',
    encryption_cipher TEXT,
    parent TEXT,
    parent_name TEXT,
    branched_at INTEGER,
    key_version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    UNIQUE (organization, name)
) WITHOUT ROWID, STRICT;
CREATE INDEX databases_by_group ON databases (grp, name);
CREATE INDEX databases_by_parent ON databases (parent) WHERE parent IS NOT NULL;

-- First labels of host names, <database>-<organization>, unique over all organizations: "b-c" of "a" and "b" of
-- "c-a" would share one. A database that moved to another organization keeps its old label as an alias.
CREATE TABLE host_names (
    label TEXT PRIMARY KEY,
    database TEXT NOT NULL REFERENCES databases (id),
    alias INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID, STRICT;
CREATE INDEX host_names_by_database ON host_names (database);

-- Ed25519 keys that sign database tokens. This table is the only place that holds private keys.
-- A key lives as long as its version is its owner's key_version; a database's key, moreover, as long as
-- group_version is that of the group, so that rotating a group is one row and kills the tokens of its databases.
CREATE TABLE signing_keys (
    owner TEXT NOT NULL,
    version INTEGER NOT NULL,
    group_version INTEGER NOT NULL,
    public_key BLOB NOT NULL,
    private_key BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (owner, version)
) WITHOUT ROWID, STRICT;

-- Issuers of tokens outside this platform.
CREATE TABLE jwks (
    organization TEXT NOT NULL REFERENCES organizations (id),
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    region TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    PRIMARY KEY (organization, name)
) WITHOUT ROWID, STRICT;

-- Files on their way into a database.
CREATE TABLE uploads (
    id TEXT PRIMARY KEY,
    organization TEXT NOT NULL REFERENCES organizations (id),
    database TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('dump', 'file')),
    bytes INTEGER NOT NULL,
    chunk_bytes INTEGER NOT NULL,
    chunks_received INTEGER NOT NULL DEFAULT 0,
    node TEXT NOT NULL,
    created_at INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

-- What was done and used --------------------------------------------------------------------------------------

CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    organization TEXT,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    message TEXT NOT NULL,
    -- A JSON object.
    data TEXT NOT NULL DEFAULT '{}',
    origin TEXT NOT NULL,
    address TEXT NOT NULL,
    request_id TEXT NOT NULL,
    result TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_organization ON audit (organization, id);

-- Counters per database, location and hour (its start), added to in batches.
CREATE TABLE usage (
    database TEXT NOT NULL,
    location TEXT NOT NULL,
    hour INTEGER NOT NULL,
    organization TEXT NOT NULL,
    grp TEXT NOT NULL,
    rows_read INTEGER NOT NULL DEFAULT 0,
    rows_written INTEGER NOT NULL DEFAULT 0,
    bytes_synced INTEGER NOT NULL DEFAULT 0,
    storage_bytes_max INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (database, location, hour)
) WITHOUT ROWID, STRICT;
CREATE INDEX usage_by_organization ON usage (organization, hour);

CREATE TABLE query_usage (
    database TEXT NOT NULL,
    hour INTEGER NOT NULL,
    query TEXT NOT NULL,
    runs INTEGER NOT NULL DEFAULT 0,
    rows_read INTEGER NOT NULL DEFAULT 0,
    rows_written INTEGER NOT NULL DEFAULT 0,
    nanos INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (database, hour, query)
) WITHOUT ROWID, STRICT;
