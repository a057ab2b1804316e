DROP TABLE past_facts;
