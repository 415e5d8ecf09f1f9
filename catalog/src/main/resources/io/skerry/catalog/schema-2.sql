-- The catalog, version 2: what databases read and wrote, as nodes report it. Nothing was ever written to the tables
-- that version 1 had for it.

DROP TABLE usage;
DROP TABLE query_usage;

-- What the counters below belong to. Ids are never used again: counters may outlive their series for a while.
CREATE TABLE usage_series (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organization TEXT NOT NULL,
    database TEXT NOT NULL,
    location TEXT NOT NULL,
    -- Days since 1970 (UTC), between which it has counters.
    first_day INTEGER NOT NULL,
    last_day INTEGER NOT NULL,
    UNIQUE (organization, database, location)
) STRICT;
CREATE INDEX usage_series_by_database ON usage_series (database);
CREATE INDEX usage_series_by_last_day ON usage_series (last_day);

-- The time first, so that what is added at one time, of however many databases, is in a few pages.
CREATE TABLE usage_hours (
    -- Hours since 1970.
    hour INTEGER NOT NULL,
    series INTEGER NOT NULL,
    rows_read INTEGER NOT NULL,
    rows_written INTEGER NOT NULL,
    PRIMARY KEY (hour, series)
) WITHOUT ROWID, STRICT;

CREATE TABLE usage_days (
    day INTEGER NOT NULL,
    series INTEGER NOT NULL,
    rows_read INTEGER NOT NULL,
    rows_written INTEGER NOT NULL,
    PRIMARY KEY (day, series)
) WITHOUT ROWID, STRICT;

CREATE TABLE usage_queries (
    day INTEGER NOT NULL,
    database TEXT NOT NULL,
    query TEXT NOT NULL,
    rows_read INTEGER NOT NULL,
    rows_written INTEGER NOT NULL,
    PRIMARY KEY (day, database, query)
) WITHOUT ROWID, STRICT;

-- The last report that was added, of each node: the next must name it.
CREATE TABLE usage_reports (
    node TEXT PRIMARY KEY,
    report TEXT NOT NULL
) WITHOUT ROWID, STRICT;
