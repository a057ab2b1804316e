-- SQLite takes DATE and TIMESTAMP for types of numbers: whenever two days are compared it tries to read each as one. With TEXT in the
-- name of the type it compares what is stored, which is text and stays as it is
-- (https://sqlite.org/datatype3.html, 3.1; https://sqlite.org/lang_altertable.html, 7).
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(replace(sql, ' DATE', ' DATE TEXT'), ' TIMESTAMP', ' TIMESTAMP TEXT')
    WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name NOT LIKE '\_\_%' ESCAPE '\';
PRAGMA writable_schema = RESET;
-- Every other connection reads the schema again when a table comes or goes.
CREATE TABLE days_said_anew (id BIGINT);
DROP TABLE days_said_anew;
