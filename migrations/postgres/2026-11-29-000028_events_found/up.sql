-- Whoever acts in another area is an account of another area: null means that of the record.
ALTER TABLE event_log ADD COLUMN actor_area INTEGER;
ALTER TABLE event_log ADD COLUMN on_behalf_of_area INTEGER;
CREATE INDEX ix_event_log_actor_id ON event_log (actor_id, area, id);
CREATE INDEX ix_event_log_object_kind ON event_log (object_kind, area, id);
