-- PostgreSQL has types for days and instants: nothing to do.
SELECT 1;
