-- The catalog, version 3: databases that wait for their content are few, and looked for again and again.
CREATE INDEX databases_draft ON databases (created_at) WHERE state = 'draft';

-- Uploads are known to the node that has them, and to nobody after its restart.
DROP TABLE uploads;
