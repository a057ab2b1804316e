CREATE TABLE jobs (
    -- The area of whoever asked for the job.
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    -- No CHECK: a new kind needs no new table.
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    -- What was asked for, as JSON: all that a run needs to know, so that it can begin again.
    request TEXT NOT NULL,
    request_id TEXT NOT NULL,
    requested_by BIGINT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT,
    cancel_requested BOOLEAN NOT NULL,
    interruptions INTEGER NOT NULL,
    -- The taking of the job by the process that runs it, another number each time: what a process that was taken for dead
    -- writes later finds no row.
    claim BIGINT,
    heartbeat_at TIMESTAMP,
    result TEXT,
    problem_code TEXT,
    -- The problem as both languages have it, as JSON.
    problem TEXT,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    started_at TIMESTAMP,
    finished_at TIMESTAMP,
    CONSTRAINT pk_jobs PRIMARY KEY (area, id),
    CONSTRAINT fk_jobs_area FOREIGN KEY (area) REFERENCES areas (code),
    CONSTRAINT fk_jobs_requested_by FOREIGN KEY (area, requested_by) REFERENCES accounts (area, id),
    CONSTRAINT ck_jobs_state CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    CONSTRAINT ck_jobs_progress CHECK (done >= 0 AND (total IS NULL OR done <= total)),
    CONSTRAINT ck_jobs_claim CHECK ((state = 'running') = (claim IS NOT NULL) AND (state = 'running') = (heartbeat_at IS NOT NULL)),
    CONSTRAINT ck_jobs_finished CHECK ((state IN ('done', 'failed', 'cancelled')) = (finished_at IS NOT NULL)),
    CONSTRAINT ck_jobs_result CHECK ((state = 'done') = (result IS NOT NULL)),
    CONSTRAINT ck_jobs_problem CHECK ((state = 'failed') = (problem_code IS NOT NULL) AND (state = 'failed') = (problem IS NOT NULL))
);
CREATE INDEX ix_jobs_requested_by ON jobs (area, requested_by, id);
-- Runners look for the next job, and housekeeping for old ones, over all areas.
CREATE INDEX ix_jobs_state ON jobs (state, created_at);
CREATE INDEX ix_jobs_finished_at ON jobs (finished_at);
