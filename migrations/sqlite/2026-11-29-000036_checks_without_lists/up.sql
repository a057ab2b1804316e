-- SQLite builds a table of its own for `IN` with more than two words, at every row that is written: the row of an enrolment
-- took twice as long. What a CHECK says stays the same, so that only its text is written anew
-- (https://sqlite.org/lang_altertable.html, 7: changes that do not touch what is stored).
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'level IN (''province'', ''city'', ''county'')',
    '(level = ''province'' OR level = ''city'' OR level = ''county'')') WHERE type = 'table' AND name = 'areas';
UPDATE sqlite_schema SET sql = replace(sql, 'mark IN (''present'', ''late'', ''partly'', ''absent'', ''excused'')',
    '(mark = ''present'' OR mark = ''late'' OR mark = ''partly'' OR mark = ''absent'' OR mark = ''excused'')') WHERE type = 'table' AND name = 'attendance';
UPDATE sqlite_schema SET sql = replace(sql, 'state IN (''open'', ''upheld'', ''dismissed'', ''withdrawn'')',
    '(state = ''open'' OR state = ''upheld'' OR state = ''dismissed'' OR state = ''withdrawn'')') WHERE type = 'table' AND name = 'disputes';
UPDATE sqlite_schema SET sql = replace(sql, 'evaluation IN (''owed'', ''given'', ''missed'')',
    '(evaluation = ''owed'' OR evaluation = ''given'' OR evaluation = ''missed'')') WHERE type = 'table' AND name = 'enrolments';
UPDATE sqlite_schema SET sql = replace(sql, 'status IN (''applied'', ''confirmed'', ''waiting'', ''waiting_approved'', ''declined'', ''withdrawn'', ''completed'', ''not_completed'', ''expelled'', ''session_cancelled'')',
    '(status = ''applied'' OR status = ''confirmed'' OR status = ''waiting'' OR status = ''waiting_approved'' OR status = ''declined'' OR status = ''withdrawn'' OR status = ''completed'' OR status = ''not_completed'' OR status = ''expelled'' OR status = ''session_cancelled'')') WHERE type = 'table' AND name = 'enrolments';
UPDATE sqlite_schema SET sql = replace(sql, 'state IN (''proposed'', ''frozen'', ''withdrawn'')',
    '(state = ''proposed'' OR state = ''frozen'' OR state = ''withdrawn'')') WHERE type = 'table' AND name = 'frozen_reports';
UPDATE sqlite_schema SET sql = replace(sql, 'kind IN (''pending'', ''posted'', ''voided'', ''reversed'')',
    '(kind = ''pending'' OR kind = ''posted'' OR kind = ''voided'' OR kind = ''reversed'')') WHERE type = 'table' AND name = 'hour_entries';
UPDATE sqlite_schema SET sql = replace(sql, 'route IN (''self_selected'', ''mandated'', ''school_based'', ''converted'')',
    '(route = ''self_selected'' OR route = ''mandated'' OR route = ''school_based'' OR route = ''converted'')') WHERE type = 'table' AND name = 'hour_entries';
UPDATE sqlite_schema SET sql = replace(sql, 'source_kind IN (''session'', ''record'', ''correction'', ''opening'')',
    '(source_kind = ''session'' OR source_kind = ''record'' OR source_kind = ''correction'' OR source_kind = ''opening'')') WHERE type = 'table' AND name = 'hour_entries';
UPDATE sqlite_schema SET sql = replace(sql, 'level IN (''school'', ''county'', ''city'', ''province'', ''national'')',
    '(level = ''school'' OR level = ''county'' OR level = ''city'' OR level = ''province'' OR level = ''national'')') WHERE type = 'table' AND name = 'hour_entries';
UPDATE sqlite_schema SET sql = replace(sql, 'kind IN (''roster'', ''organisations'', ''records'')',
    '(kind = ''roster'' OR kind = ''organisations'' OR kind = ''records'')') WHERE type = 'table' AND name = 'imports';
UPDATE sqlite_schema SET sql = replace(sql, 'state IN (''queued'', ''running'', ''done'', ''failed'', ''cancelled'')',
    '(state = ''queued'' OR state = ''running'' OR state = ''done'' OR state = ''failed'' OR state = ''cancelled'')') WHERE type = 'table' AND name = 'jobs';
UPDATE sqlite_schema SET sql = replace(sql, 'state IN (''done'', ''failed'', ''cancelled'')',
    '(state = ''done'' OR state = ''failed'' OR state = ''cancelled'')') WHERE type = 'table' AND name = 'jobs';
UPDATE sqlite_schema SET sql = replace(sql, 'kind IN (''maternity'', ''sick'', ''study'', ''secondment'', ''other'')',
    '(kind = ''maternity'' OR kind = ''sick'' OR kind = ''study'' OR kind = ''secondment'' OR kind = ''other'')') WHERE type = 'table' AND name = 'leave_spells';
UPDATE sqlite_schema SET sql = replace(sql, 'kind IN (''bureau'', ''training_centre'', ''monitoring_centre'', ''finance'', ''school'', ''institution'')',
    '(kind = ''bureau'' OR kind = ''training_centre'' OR kind = ''monitoring_centre'' OR kind = ''finance'' OR kind = ''school'' OR kind = ''institution'')') WHERE type = 'table' AND name = 'organisations';
UPDATE sqlite_schema SET sql = replace(sql, 'stage IN (''kindergarten'', ''primary'', ''junior'', ''senior'', ''vocational'', ''special'')',
    '(stage = ''kindergarten'' OR stage = ''primary'' OR stage = ''junior'' OR stage = ''senior'' OR stage = ''vocational'' OR stage = ''special'')') WHERE type = 'table' AND name = 'organisations';
UPDATE sqlite_schema SET sql = replace(sql, 'setting IN (''urban'', ''town'', ''rural'')',
    '(setting = ''urban'' OR setting = ''town'' OR setting = ''rural'')') WHERE type = 'table' AND name = 'organisations';
UPDATE sqlite_schema SET sql = replace(sql, 'category IN (''platform'', ''degree'', ''research'', ''training'', ''teaching_support'', ''course'')',
    '(category = ''platform'' OR category = ''degree'' OR category = ''research'' OR category = ''training'' OR category = ''teaching_support'' OR category = ''course'')') WHERE type = 'table' AND name = 'outside_records';
UPDATE sqlite_schema SET sql = replace(sql, 'level IN (''school'', ''county'', ''city'', ''province'', ''national'')',
    '(level = ''school'' OR level = ''county'' OR level = ''city'' OR level = ''province'' OR level = ''national'')') WHERE type = 'table' AND name = 'outside_records';
UPDATE sqlite_schema SET sql = replace(sql, 'route IN (''self_selected'', ''mandated'', ''school_based'', ''converted'')',
    '(route = ''self_selected'' OR route = ''mandated'' OR route = ''school_based'' OR route = ''converted'')') WHERE type = 'table' AND name = 'outside_records';
UPDATE sqlite_schema SET sql = replace(sql, 'state IN (''entered'', ''examined'', ''verified'', ''returned'', ''rejected'', ''withdrawn'')',
    '(state = ''entered'' OR state = ''examined'' OR state = ''verified'' OR state = ''returned'' OR state = ''rejected'' OR state = ''withdrawn'')') WHERE type = 'table' AND name = 'outside_records';
UPDATE sqlite_schema SET sql = replace(sql, 'post IN (''head'', ''deputy_head'', ''middle_manager'')',
    '(post = ''head'' OR post = ''deputy_head'' OR post = ''middle_manager'')') WHERE type = 'table' AND name = 'posts_held';
UPDATE sqlite_schema SET sql = replace(sql, 'kind IN (''short_course'', ''block'', ''advanced_seminar'', ''topical_seminar'', ''new_teacher'', ''head_qualification'', ''manager'', ''backbone'')',
    '(kind = ''short_course'' OR kind = ''block'' OR kind = ''advanced_seminar'' OR kind = ''topical_seminar'' OR kind = ''new_teacher'' OR kind = ''head_qualification'' OR kind = ''manager'' OR kind = ''backbone'')') WHERE type = 'table' AND name = 'programmes';
UPDATE sqlite_schema SET sql = replace(sql, 'level IN (''school'', ''county'', ''city'', ''province'', ''national'')',
    '(level = ''school'' OR level = ''county'' OR level = ''city'' OR level = ''province'' OR level = ''national'')') WHERE type = 'table' AND name = 'programmes';
UPDATE sqlite_schema SET sql = replace(sql, 'route IN (''self_selected'', ''mandated'', ''school_based'')',
    '(route = ''self_selected'' OR route = ''mandated'' OR route = ''school_based'')') WHERE type = 'table' AND name = 'programmes';
UPDATE sqlite_schema SET sql = replace(sql, 'state IN (''draft'', ''submitted'', ''returned'', ''approved'', ''cancelled'')',
    '(state = ''draft'' OR state = ''submitted'' OR state = ''returned'' OR state = ''approved'' OR state = ''cancelled'')') WHERE type = 'table' AND name = 'programmes';
UPDATE sqlite_schema SET sql = replace(sql, 'step IN (''enter'', ''correct'', ''allow_duplicate'', ''examine'', ''verify'', ''return'', ''reject'', ''withdraw'')',
    '(step = ''enter'' OR step = ''correct'' OR step = ''allow_duplicate'' OR step = ''examine'' OR step = ''verify'' OR step = ''return'' OR step = ''reject'' OR step = ''withdraw'')') WHERE type = 'table' AND name = 'record_steps';
UPDATE sqlite_schema SET sql = replace(sql, 'role IN (''bureau'', ''centre'', ''monitor'', ''finance'', ''school_administrator'', ''teacher'', ''institution'', ''lecturer'', ''auditor'', ''system_administrator'')',
    '(role = ''bureau'' OR role = ''centre'' OR role = ''monitor'' OR role = ''finance'' OR role = ''school_administrator'' OR role = ''teacher'' OR role = ''institution'' OR role = ''lecturer'' OR role = ''auditor'' OR role = ''system_administrator'')') WHERE type = 'table' AND name = 'role_grants';
UPDATE sqlite_schema SET sql = replace(sql, 'state IN (''draft'', ''published'', ''running'', ''closed'', ''cancelled'')',
    '(state = ''draft'' OR state = ''published'' OR state = ''running'' OR state = ''closed'' OR state = ''cancelled'')') WHERE type = 'table' AND name = 'sessions';
UPDATE sqlite_schema SET sql = replace(sql, 'stage IN (''kindergarten'', ''primary'', ''junior'', ''senior'', ''vocational'', ''special'')',
    '(stage = ''kindergarten'' OR stage = ''primary'' OR stage = ''junior'' OR stage = ''senior'' OR stage = ''vocational'' OR stage = ''special'')') WHERE type = 'table' AND name = 'teaching_assignments';
UPDATE sqlite_schema SET sql = replace(sql, 'title IN (''professor_senior'', ''senior'', ''first'', ''second'', ''third'', ''none'')',
    '(title = ''professor_senior'' OR title = ''senior'' OR title = ''first'' OR title = ''second'' OR title = ''third'' OR title = ''none'')') WHERE type = 'table' AND name = 'titles_held';
UPDATE sqlite_schema SET sql = replace(sql, 'state IN (''issued'', ''waiting'', ''taken'', ''refused'')',
    '(state = ''issued'' OR state = ''waiting'' OR state = ''taken'' OR state = ''refused'')') WHERE type = 'table' AND name = 'transfers';
UPDATE sqlite_schema SET sql = replace(sql, 'kind IN (''employments'', ''titles'', ''teaching'', ''posts'', ''leaves'')',
    '(kind = ''employments'' OR kind = ''titles'' OR kind = ''teaching'' OR kind = ''posts'' OR kind = ''leaves'')') WHERE type = 'table' AND name = 'withdrawn_facts';
PRAGMA writable_schema = RESET;
-- Every other connection reads the schema again when a table comes or goes.
CREATE TABLE checks_said_anew (id BIGINT);
DROP TABLE checks_said_anew;
