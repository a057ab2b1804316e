-- PostgreSQL compares a value with a list in place: nothing to do.
SELECT 1;
