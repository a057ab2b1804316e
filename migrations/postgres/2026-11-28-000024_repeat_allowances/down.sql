DROP TABLE repeat_allowances;
