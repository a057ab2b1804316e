-- Lists of whole areas are walked in the order of asking. An enrolment lies in the area of its session and belongs to the area of its
-- person too, so that no area can come first; area, status and the person's area are looked at within the index.
CREATE INDEX ix_enrolments_requested_at ON enrolments (requested_at, area, id, person_area, status);
-- Units of all sessions, in the order of time.
CREATE INDEX ix_units_starts_at ON units (starts_at, area, id);
