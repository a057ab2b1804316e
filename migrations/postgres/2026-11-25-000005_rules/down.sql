DROP TABLE waiver_steps;
DROP TABLE waivers;
