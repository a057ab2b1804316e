-- One statement a table. Keys, uniques and foreign keys begin with the area, so that a province can spread the schema over machines.
CREATE TABLE areas (
    code INTEGER NOT NULL,
    name TEXT NOT NULL,
    level TEXT NOT NULL,
    parent INTEGER,
    in_2013 BOOLEAN NOT NULL,
    in_current BOOLEAN NOT NULL,
    CONSTRAINT pk_areas PRIMARY KEY (code),
    CONSTRAINT fk_areas_parent FOREIGN KEY (parent) REFERENCES areas (code),
    CONSTRAINT ck_areas_level CHECK (level IN ('province', 'city', 'county'))
);
CREATE INDEX ix_areas_parent ON areas (parent);
CREATE TABLE signing_keys (
    kid TEXT NOT NULL,
    private_key TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_signing_keys PRIMARY KEY (kid)
);
CREATE TABLE organisations (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    code TEXT,
    name TEXT NOT NULL,
    search_name TEXT NOT NULL,
    parent_id BIGINT,
    path TEXT NOT NULL,
    stage TEXT,
    setting TEXT,
    small_class BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_organisations PRIMARY KEY (area, id),
    CONSTRAINT fk_organisations_area FOREIGN KEY (area) REFERENCES areas (code),
    CONSTRAINT fk_organisations_parent_id FOREIGN KEY (area, parent_id) REFERENCES organisations (area, id),
    CONSTRAINT uq_organisations_code UNIQUE (area, code),
    CONSTRAINT uq_organisations_path UNIQUE (area, path),
    CONSTRAINT ck_organisations_kind CHECK (kind IN ('bureau', 'training_centre', 'monitoring_centre', 'finance', 'school', 'institution')),
    CONSTRAINT ck_organisations_stage CHECK (stage IN ('kindergarten', 'primary', 'junior', 'senior', 'vocational', 'special')),
    CONSTRAINT ck_organisations_setting CHECK (setting IN ('urban', 'town', 'rural')),
    CONSTRAINT ck_organisations_school CHECK (kind <> 'school' OR (code IS NOT NULL AND stage IS NOT NULL))
);
CREATE INDEX ix_organisations_parent_id ON organisations (area, parent_id);
CREATE INDEX ix_organisations_search_name ON organisations (area, search_name);
CREATE TABLE persons (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    search_name TEXT NOT NULL,
    identity_number TEXT NOT NULL,
    sex TEXT NOT NULL,
    birth_date DATE NOT NULL,
    phone TEXT,
    email TEXT,
    entered_on DATE,
    probation_ends_on DATE,
    retires_on DATE,
    duty TEXT,
    remark TEXT,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_persons PRIMARY KEY (area, id),
    CONSTRAINT fk_persons_area FOREIGN KEY (area) REFERENCES areas (code),
    CONSTRAINT uq_persons_identity_number UNIQUE (area, identity_number),
    CONSTRAINT ck_persons_sex CHECK (sex IN ('male', 'female'))
);
CREATE INDEX ix_persons_search_name ON persons (area, search_name);
CREATE TABLE employments (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    organisation_id BIGINT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    created_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_employments PRIMARY KEY (area, id),
    CONSTRAINT fk_employments_person_id FOREIGN KEY (area, person_id) REFERENCES persons (area, id),
    CONSTRAINT ck_employments_spell CHECK (valid_to IS NULL OR valid_to >= valid_from),
    CONSTRAINT fk_employments_organisation_id FOREIGN KEY (area, organisation_id) REFERENCES organisations (area, id)
);
CREATE INDEX ix_employments_person_id ON employments (area, person_id, valid_from);
CREATE INDEX ix_employments_organisation_id ON employments (area, organisation_id, valid_to);
CREATE TABLE titles_held (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    title TEXT NOT NULL,
    written TEXT,
    valid_from DATE NOT NULL,
    valid_to DATE,
    created_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_titles_held PRIMARY KEY (area, id),
    CONSTRAINT fk_titles_held_person_id FOREIGN KEY (area, person_id) REFERENCES persons (area, id),
    CONSTRAINT ck_titles_held_spell CHECK (valid_to IS NULL OR valid_to >= valid_from),
    CONSTRAINT ck_titles_held_title CHECK (title IN ('professor_senior', 'senior', 'first', 'second', 'third', 'none'))
);
CREATE INDEX ix_titles_held_person_id ON titles_held (area, person_id, valid_from);
CREATE TABLE teaching_assignments (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    stage TEXT NOT NULL,
    subject TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    created_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_teaching_assignments PRIMARY KEY (area, id),
    CONSTRAINT fk_teaching_assignments_person_id FOREIGN KEY (area, person_id) REFERENCES persons (area, id),
    CONSTRAINT ck_teaching_assignments_spell CHECK (valid_to IS NULL OR valid_to >= valid_from),
    CONSTRAINT ck_teaching_assignments_stage CHECK (stage IN ('kindergarten', 'primary', 'junior', 'senior', 'vocational', 'special'))
);
CREATE INDEX ix_teaching_assignments_person_id ON teaching_assignments (area, person_id, valid_from);
CREATE TABLE posts_held (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    organisation_id BIGINT NOT NULL,
    post TEXT NOT NULL,
    category TEXT,
    valid_from DATE NOT NULL,
    valid_to DATE,
    created_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_posts_held PRIMARY KEY (area, id),
    CONSTRAINT fk_posts_held_person_id FOREIGN KEY (area, person_id) REFERENCES persons (area, id),
    CONSTRAINT ck_posts_held_spell CHECK (valid_to IS NULL OR valid_to >= valid_from),
    CONSTRAINT fk_posts_held_organisation_id FOREIGN KEY (area, organisation_id) REFERENCES organisations (area, id),
    CONSTRAINT ck_posts_held_post CHECK (post IN ('head', 'deputy_head', 'middle_manager'))
);
CREATE INDEX ix_posts_held_person_id ON posts_held (area, person_id, valid_from);
CREATE INDEX ix_posts_held_organisation_id ON posts_held (area, organisation_id);
CREATE TABLE leave_spells (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    note TEXT,
    valid_from DATE NOT NULL,
    valid_to DATE,
    created_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_leave_spells PRIMARY KEY (area, id),
    CONSTRAINT fk_leave_spells_person_id FOREIGN KEY (area, person_id) REFERENCES persons (area, id),
    CONSTRAINT ck_leave_spells_spell CHECK (valid_to IS NULL OR valid_to >= valid_from),
    CONSTRAINT ck_leave_spells_kind CHECK (kind IN ('maternity', 'sick', 'study', 'secondment', 'other'))
);
CREATE INDEX ix_leave_spells_person_id ON leave_spells (area, person_id, valid_from);
CREATE TABLE accounts (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    person_id BIGINT,
    username TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    disabled BOOLEAN NOT NULL,
    failed_sign_ins INTEGER NOT NULL,
    locked_until TIMESTAMP,
    last_sign_in_at TIMESTAMP,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_accounts PRIMARY KEY (area, id),
    CONSTRAINT fk_accounts_area FOREIGN KEY (area) REFERENCES areas (code),
    CONSTRAINT fk_accounts_person_id FOREIGN KEY (area, person_id) REFERENCES persons (area, id),
    CONSTRAINT uq_accounts_username UNIQUE (username),
    CONSTRAINT uq_accounts_person_id UNIQUE (area, person_id)
);
CREATE TABLE role_grants (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    organisation_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    granted_by BIGINT,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_role_grants PRIMARY KEY (area, id),
    CONSTRAINT fk_role_grants_account_id FOREIGN KEY (area, account_id) REFERENCES accounts (area, id),
    CONSTRAINT fk_role_grants_organisation_id FOREIGN KEY (area, organisation_id) REFERENCES organisations (area, id),
    CONSTRAINT fk_role_grants_granted_by FOREIGN KEY (area, granted_by) REFERENCES accounts (area, id),
    CONSTRAINT ck_role_grants_spell CHECK (valid_to IS NULL OR valid_to >= valid_from),
    CONSTRAINT ck_role_grants_role CHECK (role IN ('bureau', 'centre', 'monitor', 'finance', 'school_administrator', 'teacher', 'institution', 'lecturer', 'auditor', 'system_administrator'))
);
CREATE INDEX ix_role_grants_account_id ON role_grants (area, account_id);
CREATE INDEX ix_role_grants_organisation_id ON role_grants (area, organisation_id);
CREATE INDEX ix_role_grants_granted_by ON role_grants (area, granted_by);
CREATE TABLE refresh_tokens (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    family BIGINT NOT NULL,
    token_hash TEXT NOT NULL,
    issued_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP,
    revoked_at TIMESTAMP,
    CONSTRAINT pk_refresh_tokens PRIMARY KEY (area, id),
    CONSTRAINT fk_refresh_tokens_account_id FOREIGN KEY (area, account_id) REFERENCES accounts (area, id),
    CONSTRAINT uq_refresh_tokens_token_hash UNIQUE (token_hash)
);
CREATE INDEX ix_refresh_tokens_account_id ON refresh_tokens (area, account_id);
CREATE INDEX ix_refresh_tokens_family ON refresh_tokens (area, family);
CREATE INDEX ix_refresh_tokens_expires_at ON refresh_tokens (expires_at);
CREATE TABLE policy_packs (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    code TEXT NOT NULL,
    edition INTEGER NOT NULL,
    state TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    document TEXT NOT NULL,
    digest TEXT NOT NULL,
    created_by BIGINT,
    created_at TIMESTAMP NOT NULL,
    published_by BIGINT,
    published_at TIMESTAMP,
    version BIGINT NOT NULL,
    CONSTRAINT pk_policy_packs PRIMARY KEY (area, id),
    CONSTRAINT fk_policy_packs_area FOREIGN KEY (area) REFERENCES areas (code),
    CONSTRAINT fk_policy_packs_created_by FOREIGN KEY (area, created_by) REFERENCES accounts (area, id),
    CONSTRAINT fk_policy_packs_published_by FOREIGN KEY (area, published_by) REFERENCES accounts (area, id),
    CONSTRAINT uq_policy_packs_edition UNIQUE (area, code, edition),
    CONSTRAINT ck_policy_packs_state CHECK (state IN ('draft', 'published')),
    CONSTRAINT ck_policy_packs_spell CHECK (valid_to IS NULL OR valid_to >= valid_from),
    CONSTRAINT ck_policy_packs_published CHECK ((state = 'published') = (published_at IS NOT NULL))
);
CREATE INDEX ix_policy_packs_created_by ON policy_packs (area, created_by);
CREATE INDEX ix_policy_packs_published_by ON policy_packs (area, published_by);
CREATE TABLE hour_entries (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    refers_to BIGINT,
    route TEXT NOT NULL,
    delivery_form TEXT NOT NULL,
    level TEXT NOT NULL,
    themes TEXT NOT NULL,
    circumstances TEXT NOT NULL,
    block_key TEXT,
    title TEXT NOT NULL,
    source_kind TEXT NOT NULL,
    source_area INTEGER,
    source_id BIGINT,
    source_key TEXT NOT NULL,
    nominal BIGINT NOT NULL,
    attended BIGINT NOT NULL,
    factor INTEGER NOT NULL,
    credited BIGINT NOT NULL,
    practice BIGINT NOT NULL,
    effective_on DATE NOT NULL,
    evidence TEXT,
    policy TEXT NOT NULL,
    recognised_by BIGINT,
    organisation_id BIGINT,
    organisation_name TEXT,
    teacher_title TEXT,
    subject TEXT,
    reason TEXT,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_hour_entries PRIMARY KEY (area, person_id, id),
    CONSTRAINT uq_hour_entries_id UNIQUE (area, id),
    CONSTRAINT fk_hour_entries_person_id FOREIGN KEY (area, person_id) REFERENCES persons (area, id),
    CONSTRAINT fk_hour_entries_refers_to FOREIGN KEY (area, refers_to) REFERENCES hour_entries (area, id),
    CONSTRAINT fk_hour_entries_recognised_by FOREIGN KEY (area, recognised_by) REFERENCES accounts (area, id),
    CONSTRAINT fk_hour_entries_organisation_id FOREIGN KEY (area, organisation_id) REFERENCES organisations (area, id),
    CONSTRAINT uq_hour_entries_refers_to UNIQUE (area, refers_to),
    CONSTRAINT uq_hour_entries_source_key UNIQUE (area, person_id, source_key),
    CONSTRAINT ck_hour_entries_kind CHECK (kind IN ('pending', 'posted', 'voided', 'reversed')),
    CONSTRAINT ck_hour_entries_route CHECK (route IN ('self_selected', 'mandated', 'school_based', 'converted')),
    CONSTRAINT ck_hour_entries_source_kind CHECK (source_kind IN ('session', 'record', 'correction', 'opening')),
    CONSTRAINT ck_hour_entries_level CHECK (level IN ('school', 'county', 'city', 'province', 'national')),
    CONSTRAINT ck_hour_entries_refers_to CHECK (kind NOT IN ('voided', 'reversed') OR (refers_to IS NOT NULL AND reason IS NOT NULL)),
    CONSTRAINT ck_hour_entries_sign CHECK ((kind = 'reversed' AND credited <= 0) OR (kind <> 'reversed' AND credited >= 0 AND nominal >= 0 AND attended >= 0 AND practice >= 0 AND factor >= 0))
);
CREATE INDEX ix_hour_entries_source ON hour_entries (area, source_id) WHERE source_id IS NOT NULL;
CREATE INDEX ix_hour_entries_recognised_by ON hour_entries (area, recognised_by);
CREATE INDEX ix_hour_entries_organisation_id ON hour_entries (area, organisation_id);
CREATE TABLE filing_windows (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    opens_on DATE NOT NULL,
    closes_on DATE NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_filing_windows PRIMARY KEY (area, id),
    CONSTRAINT fk_filing_windows_area FOREIGN KEY (area) REFERENCES areas (code),
    CONSTRAINT ck_filing_windows_span CHECK (closes_on >= opens_on)
);
CREATE INDEX ix_filing_windows_opens_on ON filing_windows (area, opens_on);
CREATE TABLE programmes (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    organisation_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    search_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    level TEXT NOT NULL,
    delivery_form TEXT NOT NULL,
    route TEXT NOT NULL,
    themes TEXT NOT NULL,
    aims TEXT NOT NULL,
    curriculum TEXT NOT NULL,
    lecturers TEXT NOT NULL DEFAULT '[]',
    audience TEXT NOT NULL,
    hours BIGINT NOT NULL,
    practice_hours BIGINT NOT NULL,
    content_key TEXT NOT NULL,
    class_head TEXT,
    budget BIGINT NOT NULL,
    state TEXT NOT NULL,
    state_note TEXT,
    submitted_by BIGINT,
    submitted_at TIMESTAMP,
    decided_by BIGINT,
    decided_at TIMESTAMP,
    created_by BIGINT,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_programmes PRIMARY KEY (area, id),
    CONSTRAINT fk_programmes_organisation_id FOREIGN KEY (area, organisation_id) REFERENCES organisations (area, id),
    CONSTRAINT fk_programmes_submitted_by FOREIGN KEY (area, submitted_by) REFERENCES accounts (area, id),
    CONSTRAINT fk_programmes_decided_by FOREIGN KEY (area, decided_by) REFERENCES accounts (area, id),
    CONSTRAINT fk_programmes_created_by FOREIGN KEY (area, created_by) REFERENCES accounts (area, id),
    CONSTRAINT ck_programmes_kind CHECK (kind IN ('short_course', 'block', 'advanced_seminar', 'topical_seminar', 'new_teacher', 'head_qualification', 'manager', 'backbone')),
    CONSTRAINT ck_programmes_level CHECK (level IN ('school', 'county', 'city', 'province', 'national')),
    CONSTRAINT ck_programmes_route CHECK (route IN ('self_selected', 'mandated', 'school_based')),
    CONSTRAINT ck_programmes_state CHECK (state IN ('draft', 'submitted', 'returned', 'approved', 'cancelled')),
    CONSTRAINT ck_programmes_amounts CHECK (hours > 0 AND practice_hours >= 0 AND practice_hours <= hours AND budget >= 0),
    CONSTRAINT ck_programmes_four_eyes CHECK (state <> 'approved' OR decided_by IS NULL OR decided_by <> submitted_by)
);
CREATE INDEX ix_programmes_organisation_id ON programmes (area, organisation_id);
CREATE INDEX ix_programmes_state ON programmes (area, state);
CREATE INDEX ix_programmes_submitted_by ON programmes (area, submitted_by);
CREATE INDEX ix_programmes_decided_by ON programmes (area, decided_by);
CREATE INDEX ix_programmes_created_by ON programmes (area, created_by);
CREATE TABLE sessions (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    programme_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    seats INTEGER NOT NULL,
    seats_taken INTEGER NOT NULL,
    queue_places INTEGER NOT NULL,
    queue_taken INTEGER NOT NULL,
    applications_open_at TIMESTAMP NOT NULL,
    applications_close_at TIMESTAMP NOT NULL,
    withdraw_until TIMESTAMP NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    published_at TIMESTAMP,
    closed_at TIMESTAMP,
    state_note TEXT,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_sessions PRIMARY KEY (area, id),
    CONSTRAINT fk_sessions_programme_id FOREIGN KEY (area, programme_id) REFERENCES programmes (area, id),
    CONSTRAINT ck_sessions_state CHECK (state IN ('draft', 'published', 'running', 'closed', 'cancelled')),
    CONSTRAINT ck_sessions_seats CHECK (seats >= 0 AND seats_taken >= 0 AND seats_taken <= seats),
    CONSTRAINT ck_sessions_queue CHECK (queue_places >= 0 AND queue_taken >= 0 AND queue_taken <= queue_places),
    CONSTRAINT ck_sessions_dates CHECK (ends_on >= starts_on),
    CONSTRAINT ck_sessions_window CHECK (applications_close_at > applications_open_at)
);
CREATE INDEX ix_sessions_programme_id ON sessions (area, programme_id, starts_on, id);
CREATE INDEX ix_sessions_starts_on ON sessions (area, state, starts_on, id);
CREATE INDEX ix_sessions_calendar ON sessions (area, starts_on, id);
CREATE TABLE units (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    session_id BIGINT NOT NULL,
    starts_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL,
    place TEXT NOT NULL,
    content TEXT NOT NULL,
    lecturer_name TEXT NOT NULL,
    lecturer_id BIGINT,
    hours BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_units PRIMARY KEY (area, id),
    CONSTRAINT fk_units_session_id FOREIGN KEY (area, session_id) REFERENCES sessions (area, id),
    CONSTRAINT fk_units_lecturer_id FOREIGN KEY (area, lecturer_id) REFERENCES persons (area, id),
    CONSTRAINT ck_units_time CHECK (ends_at > starts_at),
    CONSTRAINT ck_units_hours CHECK (hours > 0)
);
CREATE INDEX ix_units_session_id ON units (area, session_id, starts_at);
CREATE INDEX ix_units_lecturer_id ON units (area, lecturer_id);
CREATE TABLE unit_changes (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    unit_id BIGINT NOT NULL,
    changed_by BIGINT,
    reason TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_unit_changes PRIMARY KEY (area, id),
    CONSTRAINT fk_unit_changes_unit_id FOREIGN KEY (area, unit_id) REFERENCES units (area, id),
    CONSTRAINT fk_unit_changes_changed_by FOREIGN KEY (area, changed_by) REFERENCES accounts (area, id)
);
CREATE INDEX ix_unit_changes_unit_id ON unit_changes (area, unit_id);
CREATE INDEX ix_unit_changes_changed_by ON unit_changes (area, changed_by);
CREATE TABLE enrolments (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    session_id BIGINT NOT NULL,
    person_area INTEGER NOT NULL,
    person_id BIGINT NOT NULL,
    person_name TEXT NOT NULL,
    organisation_id BIGINT NOT NULL,
    organisation_name TEXT NOT NULL,
    teacher_title TEXT,
    status TEXT NOT NULL,
    requested_at TIMESTAMP NOT NULL,
    requested_by BIGINT,
    decided_by BIGINT,
    decided_at TIMESTAMP,
    note TEXT,
    result TEXT,
    misconduct BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_enrolments PRIMARY KEY (area, id),
    CONSTRAINT fk_enrolments_session_id FOREIGN KEY (area, session_id) REFERENCES sessions (area, id),
    CONSTRAINT fk_enrolments_person_id FOREIGN KEY (person_area, person_id) REFERENCES persons (area, id),
    CONSTRAINT fk_enrolments_organisation_id FOREIGN KEY (person_area, organisation_id) REFERENCES organisations (area, id),
    CONSTRAINT uq_enrolments_person UNIQUE (area, session_id, person_area, person_id),
    CONSTRAINT ck_enrolments_status CHECK (status IN ('applied', 'confirmed', 'waiting', 'waiting_approved', 'declined', 'withdrawn', 'completed', 'not_completed', 'expelled', 'session_cancelled')),
    CONSTRAINT ck_enrolments_result CHECK (result IN ('pass', 'fail'))
);
CREATE INDEX ix_enrolments_queue ON enrolments (area, session_id, status, requested_at, id);
CREATE INDEX ix_enrolments_person_id ON enrolments (person_area, person_id);
-- The school first: an index that began with the area would, while the table is new, look as good to a planner as the person's.
CREATE INDEX ix_enrolments_organisation_id ON enrolments (organisation_id, person_area, status);
CREATE TABLE attendance (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    unit_id BIGINT NOT NULL,
    enrolment_id BIGINT NOT NULL,
    mark TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    note TEXT,
    recorded_by BIGINT,
    version BIGINT NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_attendance PRIMARY KEY (area, id),
    CONSTRAINT fk_attendance_unit_id FOREIGN KEY (area, unit_id) REFERENCES units (area, id),
    CONSTRAINT fk_attendance_enrolment_id FOREIGN KEY (area, enrolment_id) REFERENCES enrolments (area, id),
    CONSTRAINT fk_attendance_recorded_by FOREIGN KEY (area, recorded_by) REFERENCES accounts (area, id),
    CONSTRAINT uq_attendance_enrolment UNIQUE (area, unit_id, enrolment_id),
    CONSTRAINT ck_attendance_mark CHECK (mark IN ('present', 'late', 'partly', 'absent', 'excused')),
    CONSTRAINT ck_attendance_minutes CHECK (minutes >= 0)
);
CREATE INDEX ix_attendance_enrolment_id ON attendance (area, enrolment_id);
CREATE INDEX ix_attendance_recorded_by ON attendance (area, recorded_by);
CREATE TABLE imports (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    mode TEXT NOT NULL,
    file_name TEXT NOT NULL,
    digest TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    report TEXT NOT NULL,
    created_by BIGINT,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_imports PRIMARY KEY (area, id),
    CONSTRAINT fk_imports_area FOREIGN KEY (area) REFERENCES areas (code),
    CONSTRAINT fk_imports_created_by FOREIGN KEY (area, created_by) REFERENCES accounts (area, id),
    CONSTRAINT ck_imports_kind CHECK (kind IN ('roster', 'organisations')),
    CONSTRAINT ck_imports_mode CHECK (mode IN ('all_or_nothing', 'row_by_row'))
);
CREATE INDEX ix_imports_created_by ON imports (area, created_by);
CREATE TABLE idempotency_keys (
    area INTEGER NOT NULL,
    account_id BIGINT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    etag TEXT,
    location TEXT,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_idempotency_keys PRIMARY KEY (area, account_id, idempotency_key),
    CONSTRAINT fk_idempotency_keys_account_id FOREIGN KEY (area, account_id) REFERENCES accounts (area, id)
);
CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at);
CREATE TABLE event_log (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    at TIMESTAMP NOT NULL,
    actor_id BIGINT,
    on_behalf_of BIGINT,
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    before TEXT,
    after TEXT,
    request_id TEXT NOT NULL,
    address TEXT,
    CONSTRAINT pk_event_log PRIMARY KEY (area, id),
    CONSTRAINT fk_event_log_area FOREIGN KEY (area) REFERENCES areas (code)
);
CREATE INDEX ix_event_log_object ON event_log (area, object_id, id);
