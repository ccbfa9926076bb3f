-- The index of all recordings: a cache of what lies in the files, see docs/design/storage.md.
-- Instants (…_us) are microseconds since 1970-01-01 UTC.

CREATE TABLE recordings (
    id INTEGER PRIMARY KEY,
    token TEXT NOT NULL UNIQUE,       -- also the name of its folder
    about BLOB NOT NULL,              -- JSON of recordings.RecordingInfo, a copy of recording.json in the folder
    is_removing INTEGER NOT NULL DEFAULT 0, -- 0 in use, 1 being deleted, 2 until all its files are entered, 3 in
                                      -- use until then; what was interrupted is finished at the next start
    sealed_bytes INTEGER NOT NULL DEFAULT 0 -- of its sealed segments; kept by the triggers below
) STRICT;

-- Which tracks a segment has; few rows, since cameras seldom change.
CREATE TABLE setups (
    id INTEGER PRIMARY KEY,
    tracks BLOB NOT NULL UNIQUE       -- JSON of a list of media.unit.Track
) STRICT;

CREATE TABLE segments (
    id INTEGER PRIMARY KEY,
    recording_id INTEGER NOT NULL REFERENCES recordings (id),
    setup_id INTEGER NOT NULL REFERENCES setups (id),
    path TEXT NOT NULL,               -- below the recording's folder
    start_us INTEGER NOT NULL,        -- capture instant of the first unit
    end_us INTEGER NOT NULL,          -- latest instant plus that unit's duration; start_us while open
    bytes INTEGER NOT NULL,           -- of the file; 0 while open
    state INTEGER NOT NULL,           -- 0 open (may be growing), 1 sealed, 2 the file is being deleted
    track_mask INTEGER NOT NULL,      -- bit n: track n has units in it; while open the bits of all its tracks
    continues INTEGER NOT NULL,       -- 1: no gap between the segment before and this one
    UNIQUE (recording_id, path)
) STRICT;

CREATE INDEX segments_by_time ON segments (recording_id, start_us, id);
CREATE INDEX segments_by_age ON segments (start_us, id) WHERE state = 1;
CREATE INDEX segments_unsealed ON segments (state) WHERE state <> 1;
CREATE INDEX segments_by_kind ON segments (recording_id, track_mask, continues, state, start_us, id);

CREATE TRIGGER segments_inserted AFTER INSERT ON segments WHEN new.state = 1 BEGIN
    UPDATE recordings SET sealed_bytes = sealed_bytes + new.bytes WHERE id = new.recording_id;
END;
CREATE TRIGGER segments_deleted AFTER DELETE ON segments WHEN old.state = 1 BEGIN
    UPDATE recordings SET sealed_bytes = sealed_bytes - old.bytes WHERE id = old.recording_id;
END;
CREATE TRIGGER segments_updated AFTER UPDATE OF state, bytes ON segments BEGIN
    UPDATE recordings SET sealed_bytes = sealed_bytes + (new.state = 1) * new.bytes - (old.state = 1) * old.bytes
    WHERE id = new.recording_id;
END;

-- Why footage is missing between two segments; gaps themselves follow from segments.continues.
CREATE TABLE gaps (
    recording_id INTEGER NOT NULL REFERENCES recordings (id),
    start_us INTEGER NOT NULL,        -- end of the segment before
    end_us INTEGER NOT NULL,          -- start of the segment after; before start_us when a clock was set back
    reason TEXT NOT NULL,
    PRIMARY KEY (recording_id, start_us, end_us)
) STRICT, WITHOUT ROWID;
