-- Version 2: where footage begins, ends or changes its tracks is found without reading every segment.
CREATE INDEX segments_by_kind ON segments (recording_id, track_mask, continues, state, start_us, id);
