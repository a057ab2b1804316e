PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(replace(sql, ' DATE TEXT', ' DATE'), ' TIMESTAMP TEXT', ' TIMESTAMP')
    WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name NOT LIKE '\_\_%' ESCAPE '\';
PRAGMA writable_schema = RESET;
-- Every other connection reads the schema again when a table comes or goes.
CREATE TABLE days_said_anew (id BIGINT);
DROP TABLE days_said_anew;
