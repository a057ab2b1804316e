DROP TABLE log_cosignatures;
DROP TABLE log_checkpoints;
DROP TABLE log_nodes;
DROP TABLE log_leaves;
DROP TABLE log_heads;
DROP TABLE log_keys;
