-- The log of events. It is no cache: what is lost here is lost, so it has a file of its own.
-- Instants (…_us) are microseconds since 1970-01-01 UTC.

-- What an event is about; few rows, since the same things report again and again.
CREATE TABLE subjects (
    id INTEGER PRIMARY KEY,
    topic TEXT NOT NULL,              -- a concrete topic path, for example tns1:RecordingHistory/Track/State
    source BLOB NOT NULL,             -- JSON of the source items, [[name, value], …], in their order
    recording TEXT NOT NULL,          -- token, empty when the event belongs to no recording
    track TEXT NOT NULL,              -- token, empty likewise
    UNIQUE (topic, source, recording, track)
) STRICT;

CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    subject_id INTEGER NOT NULL REFERENCES subjects (id),
    utc_us INTEGER NOT NULL,          -- when it happened, not when it was sent
    operation TEXT NOT NULL,          -- Initialized, Changed or Deleted for a property, else empty
    data BLOB NOT NULL                -- JSON of the data items, [[name, value], …]
) STRICT;

CREATE INDEX events_by_time ON events (utc_us, id);
CREATE INDEX events_by_subject ON events (subject_id, utc_us, id);
