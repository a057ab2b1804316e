DROP INDEX ix_event_log_object_kind;
DROP INDEX ix_event_log_actor_id;
ALTER TABLE event_log DROP COLUMN on_behalf_of_area;
ALTER TABLE event_log DROP COLUMN actor_area;
