-- What is there a second time by leave claims something of its own, as entries by hand do, so that it stands in the way of a third.
UPDATE outside_records SET content_claim = 'again:' || id || ':' || content_key
WHERE content_claim IS NULL AND state NOT IN ('rejected', 'withdrawn')
    AND NOT EXISTS (
        SELECT 1 FROM hour_entries h
        JOIN hour_entries r ON r.area = h.area AND r.refers_to = h.id AND r.kind = 'reversed'
        WHERE h.area = outside_records.area AND h.source_kind = 'record' AND h.source_id = outside_records.id
    );
-- Who applies is asked what holds the content in the cycle, whatever it claims. Without the day SQLite, while it has no statistics, would rather
-- read the records of the whole area.
CREATE INDEX ix_outside_records_content_key ON outside_records (area, person_id, content_key, ends_on);
