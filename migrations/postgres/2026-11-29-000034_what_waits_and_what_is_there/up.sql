-- What people have booked, or recorded from outside, by content: it is not recorded from elsewhere as well. The words are those of an
-- enrolment that is open, and those of a record that was given up.
CREATE VIEW contents AS
    SELECT e.person_area AS area, e.person_id AS person_id, 'enrolment' AS kind, e.id AS id, p.content_key AS content_key, p.name AS title,
        TRUE AS course, s.starts_on AS starts_on, s.ends_on AS ends_on
    FROM enrolments e
    JOIN sessions s ON s.area = e.area AND s.id = e.session_id
    JOIN programmes p ON p.area = s.area AND p.id = s.programme_id
    WHERE e.status IN ('applied', 'confirmed', 'waiting', 'waiting_approved')
    UNION ALL
    SELECT area, person_id, 'record', id, content_key, title, activity IS NULL, starts_on, ends_on
    FROM outside_records
    WHERE state NOT IN ('rejected', 'withdrawn');

-- A claim names the cycle and the content; what is there twice by leave claims something of its own, and is the same content all the same.
ALTER TABLE entry_claims ADD COLUMN content_key TEXT NOT NULL DEFAULT '';
UPDATE entry_claims SET content_key = substr(content_claim, position(':' IN content_claim) + 1);

-- What waits is few of many, and is looked for over the whole county.
CREATE INDEX ix_hour_entries_pending ON hour_entries (area, id) WHERE kind = 'pending';
