//! The tables, as diesel sees them. The text of `migrations/` decides.

#![allow(missing_docs)]

/// Declares tables, each of which may be joined with every other.
macro_rules! tables {
    ($($name:ident $key:tt $columns:tt)+) => {
        $(diesel::table! { $name $key $columns })+
        diesel::allow_tables_to_appear_in_same_query!($($name),+);
    };
}

diesel::table! {
    /// A view: what has a content, see [`crate::ledger::content_taken`].
    contents (area, id) {
        area -> Integer,
        person_id -> BigInt,
        kind -> Text,
        id -> BigInt,
        content_key -> Text,
        title -> Text,
        course -> Bool,
        starts_on -> Date,
        ends_on -> Date,
    }
}

tables! {
    areas (code) {
        code -> Integer,
        name -> Text,
        level -> Text,
        parent -> Nullable<Integer>,
        in_2013 -> Bool,
        in_current -> Bool,
    }

    signing_keys (kid) {
        kid -> Text,
        private_key -> Text,
        created_at -> Timestamp,
        in_use -> Nullable<Bool>,
    }

    organisations (area, id) {
        area -> Integer,
        id -> BigInt,
        kind -> Text,
        code -> Nullable<Text>,
        name -> Text,
        search_name -> Text,
        parent_id -> Nullable<BigInt>,
        path -> Text,
        stage -> Nullable<Text>,
        setting -> Nullable<Text>,
        small_class -> Bool,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        closed_on -> Nullable<Date>,
    }

    persons (area, id) {
        area -> Integer,
        id -> BigInt,
        name -> Text,
        search_name -> Text,
        identity_number -> Text,
        sex -> Text,
        birth_date -> Date,
        phone -> Nullable<Text>,
        email -> Nullable<Text>,
        entered_on -> Nullable<Date>,
        probation_ends_on -> Nullable<Date>,
        retires_on -> Nullable<Date>,
        duty -> Nullable<Text>,
        remark -> Nullable<Text>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }

    employments (area, id) {
        area -> Integer,
        id -> BigInt,
        person_id -> BigInt,
        organisation_id -> BigInt,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        created_at -> Timestamp,
        version -> BigInt,
    }

    titles_held (area, id) {
        area -> Integer,
        id -> BigInt,
        person_id -> BigInt,
        title -> Text,
        written -> Nullable<Text>,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        created_at -> Timestamp,
        version -> BigInt,
    }

    teaching_assignments (area, id) {
        area -> Integer,
        id -> BigInt,
        person_id -> BigInt,
        stage -> Text,
        subject -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        created_at -> Timestamp,
        version -> BigInt,
    }

    posts_held (area, id) {
        area -> Integer,
        id -> BigInt,
        person_id -> BigInt,
        organisation_id -> BigInt,
        post -> Text,
        category -> Nullable<Text>,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        created_at -> Timestamp,
        version -> BigInt,
    }

    leave_spells (area, id) {
        area -> Integer,
        id -> BigInt,
        person_id -> BigInt,
        kind -> Text,
        note -> Nullable<Text>,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        created_at -> Timestamp,
        version -> BigInt,
    }

    accounts (area, id) {
        area -> Integer,
        id -> BigInt,
        person_id -> Nullable<BigInt>,
        username -> Text,
        password_hash -> Text,
        disabled -> Bool,
        failed_sign_ins -> Integer,
        locked_until -> Nullable<Timestamp>,
        last_sign_in_at -> Nullable<Timestamp>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        must_change_password -> Bool,
    }

    role_grants (area, id) {
        area -> Integer,
        id -> BigInt,
        account_id -> BigInt,
        organisation_id -> BigInt,
        role -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        granted_by -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> Timestamp,
    }

    refresh_tokens (area, id) {
        area -> Integer,
        id -> BigInt,
        account_id -> BigInt,
        family -> BigInt,
        token_hash -> Text,
        issued_at -> Timestamp,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
    }

    policy_packs (area, id) {
        area -> Integer,
        id -> BigInt,
        code -> Text,
        edition -> Integer,
        state -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        document -> Text,
        digest -> Text,
        created_by -> Nullable<BigInt>,
        created_at -> Timestamp,
        published_by -> Nullable<BigInt>,
        published_at -> Nullable<Timestamp>,
        version -> BigInt,
        organisation_id -> Nullable<BigInt>,
    }

    hour_entries (area, person_id, id) {
        area -> Integer,
        id -> BigInt,
        person_id -> BigInt,
        kind -> Text,
        refers_to -> Nullable<BigInt>,
        route -> Text,
        delivery_form -> Text,
        level -> Text,
        themes -> Text,
        circumstances -> Text,
        block_key -> Nullable<Text>,
        title -> Text,
        source_kind -> Text,
        source_area -> Nullable<Integer>,
        source_id -> Nullable<BigInt>,
        source_key -> Text,
        nominal -> BigInt,
        attended -> BigInt,
        factor -> Integer,
        credited -> BigInt,
        practice -> BigInt,
        effective_on -> Date,
        evidence -> Nullable<Text>,
        policy -> Text,
        recognised_by -> Nullable<BigInt>,
        organisation_id -> Nullable<BigInt>,
        organisation_name -> Nullable<Text>,
        teacher_title -> Nullable<Text>,
        subject -> Nullable<Text>,
        reason -> Nullable<Text>,
        created_at -> Timestamp,
        recognised_by_area -> Nullable<Integer>,
    }

    waivers (area, id) {
        area -> Integer,
        id -> BigInt,
        person_id -> BigInt,
        rule_id -> Text,
        valid_from -> Date,
        valid_to -> Date,
        reason -> Text,
        evidence -> Nullable<Text>,
        proposed_by_area -> Integer,
        proposed_by -> BigInt,
        created_at -> Timestamp,
    }

    waiver_steps (area, id) {
        area -> Integer,
        id -> BigInt,
        waiver_id -> BigInt,
        stage -> Integer,
        state -> Text,
        reason -> Nullable<Text>,
        taken_by_area -> Integer,
        taken_by -> BigInt,
        created_at -> Timestamp,
    }

    filing_windows (area, id) {
        area -> Integer,
        id -> BigInt,
        name -> Text,
        opens_on -> Date,
        closes_on -> Date,
        version -> BigInt,
        created_at -> Timestamp,
    }

    programmes (area, id) {
        area -> Integer,
        id -> BigInt,
        organisation_id -> BigInt,
        name -> Text,
        search_name -> Text,
        kind -> Text,
        level -> Text,
        delivery_form -> Text,
        route -> Text,
        themes -> Text,
        aims -> Text,
        curriculum -> Text,
        lecturers -> Text,
        audience -> Text,
        hours -> BigInt,
        practice_hours -> BigInt,
        content_key -> Text,
        class_head -> Nullable<Text>,
        budget -> BigInt,
        state -> Text,
        state_note -> Nullable<Text>,
        submitted_by -> Nullable<BigInt>,
        submitted_at -> Nullable<Timestamp>,
        decided_by -> Nullable<BigInt>,
        decided_at -> Nullable<Timestamp>,
        created_by -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }

    sessions (area, id) {
        area -> Integer,
        id -> BigInt,
        programme_id -> BigInt,
        name -> Text,
        state -> Text,
        seats -> Integer,
        seats_taken -> Integer,
        queue_places -> Integer,
        queue_taken -> Integer,
        applications_open_at -> Timestamp,
        applications_close_at -> Timestamp,
        withdraw_until -> Timestamp,
        starts_on -> Date,
        ends_on -> Date,
        published_at -> Nullable<Timestamp>,
        closed_at -> Nullable<Timestamp>,
        state_note -> Nullable<Text>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }

    units (area, id) {
        area -> Integer,
        id -> BigInt,
        session_id -> BigInt,
        starts_at -> Timestamp,
        ends_at -> Timestamp,
        place -> Text,
        content -> Text,
        lecturer_name -> Text,
        lecturer_id -> Nullable<BigInt>,
        hours -> BigInt,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }

    unit_changes (area, id) {
        area -> Integer,
        id -> BigInt,
        unit_id -> BigInt,
        changed_by -> Nullable<BigInt>,
        reason -> Text,
        before -> Text,
        after -> Text,
        created_at -> Timestamp,
    }

    session_changes (area, id) {
        area -> Integer,
        id -> BigInt,
        session_id -> BigInt,
        changed_by -> Nullable<BigInt>,
        reason -> Text,
        before -> Text,
        after -> Text,
        created_at -> Timestamp,
    }

    enrolments (area, id) {
        area -> Integer,
        id -> BigInt,
        session_id -> BigInt,
        person_area -> Integer,
        person_id -> BigInt,
        person_name -> Text,
        organisation_id -> BigInt,
        organisation_name -> Text,
        teacher_title -> Nullable<Text>,
        status -> Text,
        requested_at -> Timestamp,
        requested_by -> Nullable<BigInt>,
        decided_by -> Nullable<BigInt>,
        decided_at -> Nullable<Timestamp>,
        note -> Nullable<Text>,
        result -> Nullable<Text>,
        misconduct -> Bool,
        version -> BigInt,
        updated_at -> Timestamp,
        evaluation -> Nullable<Text>,
        evaluate_by -> Nullable<Date>,
        evaluation_missed -> Nullable<Text>,
    }

    entry_claims (area, person_id, content_claim) {
        area -> Integer,
        person_id -> BigInt,
        content_claim -> Text,
        entry_id -> BigInt,
        title -> Text,
        effective_on -> Date,
        content_key -> Text,
    }

    withdrawn_facts (area, id) {
        area -> Integer,
        id -> BigInt,
        person_id -> BigInt,
        kind -> Text,
        content -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        reason -> Text,
        withdrawn_at -> Timestamp,
        withdrawn_by -> Nullable<BigInt>,
        withdrawn_by_area -> Nullable<Integer>,
    }

    past_facts (area, person_id, known_until) {
        area -> Integer,
        person_id -> BigInt,
        known_until -> Timestamp,
        facts -> Text,
    }

    repeat_allowances (area, id) {
        area -> Integer,
        id -> BigInt,
        person_id -> BigInt,
        content_key -> Text,
        cycle_from -> Date,
        cycle_to -> Date,
        reason -> Text,
        allowed_by_area -> Integer,
        allowed_by -> BigInt,
        created_at -> Timestamp,
    }

    attendance (area, id) {
        area -> Integer,
        id -> BigInt,
        unit_id -> BigInt,
        enrolment_id -> BigInt,
        mark -> Text,
        minutes -> Integer,
        note -> Nullable<Text>,
        recorded_by -> Nullable<BigInt>,
        version -> BigInt,
        updated_at -> Timestamp,
    }

    imports (area, id) {
        area -> Integer,
        id -> BigInt,
        kind -> Text,
        mode -> Text,
        file_name -> Text,
        digest -> Text,
        created -> Integer,
        updated -> Integer,
        unchanged -> Integer,
        failed -> Integer,
        report -> Text,
        created_by -> Nullable<BigInt>,
        created_at -> Timestamp,
    }

    idempotency_keys (area, account_id, idempotency_key) {
        area -> Integer,
        account_id -> BigInt,
        idempotency_key -> Text,
        request_hash -> Text,
        status -> Integer,
        body -> Text,
        etag -> Nullable<Text>,
        location -> Nullable<Text>,
        created_at -> Timestamp,
    }

    event_log (area, id) {
        area -> Integer,
        id -> BigInt,
        at -> Timestamp,
        actor_id -> Nullable<BigInt>,
        on_behalf_of -> Nullable<BigInt>,
        action -> Text,
        object_kind -> Text,
        object_id -> Text,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
        request_id -> Text,
        address -> Nullable<Text>,
        actor_area -> Nullable<Integer>,
        on_behalf_of_area -> Nullable<Integer>,
    }

    log_keys (kid) {
        kid -> Text,
        purpose -> Text,
        name -> Text,
        secret -> Text,
        created_at -> Timestamp,
        public_key -> Nullable<Text>,
        retired_at -> Nullable<Timestamp>,
        compromised_on -> Nullable<Date>,
    }

    log_heads (area) {
        area -> Integer,
        size -> BigInt,
        updated_at -> Timestamp,
    }

    log_leaves (area, position) {
        area -> Integer,
        position -> BigInt,
        kind -> Text,
        row_id -> BigInt,
        hash -> Text,
    }

    log_nodes (area, level, position) {
        area -> Integer,
        level -> Integer,
        position -> BigInt,
        hash -> Text,
    }

    log_checkpoints (area, size) {
        area -> Integer,
        size -> BigInt,
        root -> Text,
        note -> Text,
        signed_at -> Timestamp,
    }

    log_cosignatures (area, size, witness) {
        area -> Integer,
        size -> BigInt,
        witness -> Text,
        line -> Text,
        seen_at -> Timestamp,
        created_at -> Timestamp,
    }

    certificate_counters (area) {
        area -> Integer,
        issued -> BigInt,
    }

    credential_keys (area, id) {
        area -> Integer,
        id -> BigInt,
        kid -> Text,
        private_key -> Text,
        created_at -> Timestamp,
        public_key -> Nullable<Text>,
        retired_at -> Nullable<Timestamp>,
        compromised_on -> Nullable<Date>,
    }

    certificates (area, id) {
        area -> Integer,
        id -> BigInt,
        person_id -> BigInt,
        cycle -> Text,
        cycle_from -> Date,
        sequence -> Integer,
        serial -> BigInt,
        number -> Text,
        code -> Text,
        document -> Text,
        digest -> Text,
        issued_by -> Nullable<BigInt>,
        created_at -> Timestamp,
    }

    certificate_revocations (area, id) {
        area -> Integer,
        id -> BigInt,
        reason -> Text,
        revoked_by -> Nullable<BigInt>,
        created_at -> Timestamp,
    }

    frozen_reports (area, id) {
        area -> Integer,
        id -> BigInt,
        cycle -> Text,
        cycle_from -> Date,
        cycle_to -> Date,
        state -> Text,
        known_at -> Timestamp,
        proposed_by -> BigInt,
        settled_by -> Nullable<BigInt>,
        settled_at -> Nullable<Timestamp>,
        reason -> Nullable<Text>,
        document -> Nullable<Text>,
        digest -> Nullable<Text>,
    }

    outside_records (area, id) {
        area -> Integer,
        id -> BigInt,
        person_id -> BigInt,
        organisation_id -> BigInt,
        category -> Text,
        activity -> Nullable<Text>,
        activity_role -> Nullable<Text>,
        activity_result -> Nullable<Text>,
        level -> Text,
        route -> Text,
        delivery_form -> Text,
        themes -> Text,
        block_key -> Nullable<Text>,
        title -> Text,
        content_key -> Text,
        content_claim -> Nullable<Text>,
        provider -> Nullable<Text>,
        circumstances -> Text,
        consent_reference -> Nullable<Text>,
        starts_on -> Date,
        ends_on -> Date,
        hours -> BigInt,
        practice -> BigInt,
        evidence -> Text,
        source -> Text,
        source_key -> Text,
        state -> Text,
        entered_by -> BigInt,
        examined_by_area -> Nullable<Integer>,
        examined_by -> Nullable<BigInt>,
        decided_by_area -> Nullable<Integer>,
        decided_by -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> Timestamp,
    }

    record_steps (area, id) {
        area -> Integer,
        id -> BigInt,
        record_id -> BigInt,
        step -> Text,
        account_area -> Integer,
        account_id -> BigInt,
        note -> Nullable<Text>,
        created_at -> Timestamp,
        stages -> Nullable<Integer>,
    }

    transfers (area, id) {
        area -> Integer,
        id -> BigInt,
        person_id -> BigInt,
        direction -> Text,
        state -> Text,
        other_area -> Nullable<Integer>,
        other_name -> Text,
        moved_on -> Date,
        certificate -> Text,
        digest -> Text,
        evidence -> Text,
        note -> Nullable<Text>,
        entered_by -> BigInt,
        decided_by -> Nullable<BigInt>,
        decided_at -> Nullable<Timestamp>,
        reason -> Nullable<Text>,
        version -> BigInt,
        created_at -> Timestamp,
    }

    disputes (area, id) {
        area -> Integer,
        id -> BigInt,
        person_id -> BigInt,
        entry_id -> BigInt,
        state -> Text,
        claim -> Text,
        decide_by -> Date,
        opened_by -> BigInt,
        decided_by -> Nullable<BigInt>,
        decided_at -> Nullable<Timestamp>,
        reason -> Nullable<Text>,
        reversal_id -> Nullable<BigInt>,
        replacement_id -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> Timestamp,
    }

    jobs (area, id) {
        area -> Integer,
        id -> BigInt,
        kind -> Text,
        state -> Text,
        request -> Text,
        request_id -> Text,
        requested_by -> BigInt,
        done -> BigInt,
        total -> Nullable<BigInt>,
        cancel_requested -> Bool,
        interruptions -> Integer,
        claim -> Nullable<BigInt>,
        heartbeat_at -> Nullable<Timestamp>,
        result -> Nullable<Text>,
        problem_code -> Nullable<Text>,
        problem -> Nullable<Text>,
        version -> BigInt,
        created_at -> Timestamp,
        started_at -> Nullable<Timestamp>,
        finished_at -> Nullable<Timestamp>,
    }

    evaluations (area, id) {
        area -> Integer,
        id -> BigInt,
        session_id -> BigInt,
        enrolment_id -> BigInt,
        place -> Integer,
        aims -> Integer,
        content -> Integer,
        lecturers -> Integer,
        organisation -> Integer,
        usefulness -> Integer,
        comment -> Nullable<Text>,
        created_at -> Timestamp,
    }
}
