//! The parameters of `domain.md` 9 one by one, and the worked examples that rest on them.

use super::*;
use crate::hours::Days;

fn minimum(change: Value) -> Value {
    let mut body = json!({"of": {}, "measure": "credited", "window": "year", "strength": figure("fail")});
    for (field, value) in change.as_object().unwrap() {
        body[field] = value.clone();
    }
    json!({"minimum": body})
}

/// The shipped packs with one rule more.
fn with_rule(id: &str, body: Value) -> CycleRules {
    with_county(json!({"rules": [rule(id, body)]}))
}

fn judged(rules: &CycleRules, entries: &[EntryFacts]) -> Evaluation {
    evaluate(rules, &PersonFacts::default(), entries)
}

#[test]
fn rounding_decides_whether_half_an_hour_is_missing() {
    let entries: Vec<EntryFacts> = (2017..=2020).map(|year| entry(year, &format!("{year}-05-01"), "67.38")).collect();
    let entries: Vec<EntryFacts> = entries.into_iter().chain([block(1, "2018-07-01", "89.98")]).collect();
    let check = |rounding: Value, total: &str| {
        let packs = under_the_province(&[county_pack(rounding)]);
        let rules = rules_of(&packs);
        let evaluation = judged(&rules, &entries);
        assert_eq!(evaluation.total, hours("359.50"), "what counts is never rounded");
        assert_eq!(Some(evaluation.missing.to_string().as_str()), total.split(' ').nth(2));
        assert_eq!(standing(&rules, &evaluation, "total.cycle", Period::Cycle), total);
    };
    check(json!({}), "360.00 359.50 0.50 failed");
    check(json!({"rounding": figure("keep")}), "360.00 359.50 0.50 failed");
    check(json!({"rounding": figure("whole_down")}), "360.00 359.00 1.00 failed");
    check(json!({"rounding": figure("whole_nearest")}), "360.00 360.00 0.00 met");
    check(json!({"rounding": figure("whole_up")}), "360.00 360.00 0.00 met");
    let half = Rounding::Nearest.applied(hours("359.49"));
    assert_eq!((half, Rounding::Up.applied(hours("7"))), (hours("359"), hours("7")));
}

#[test]
fn what_has_to_be_earned_goes_by_the_requirement_that_misses_most_and_by_all_years_together() {
    let nothing = |rules: &CycleRules| judged(rules, &[]).to_earn();
    assert_eq!(
        nothing(&with_county(json!({}))),
        hours("360"),
        "the total is more than five years of 48 and a block of 90"
    );
    let training = json!({"of": {"themes": ["management"]}, "window": "cycle", "hours": figure("500")});
    assert_eq!(nothing(&with_rule("management.min", minimum(training))), hours("500"));
    let a_year = minimum(json!({"hours": figure("120")}));
    let rules = with_rule("each_year.min", a_year);
    assert_eq!(nothing(&rules), hours("600"));
    let some = [entry(1, "2018-05-01", "100"), entry(2, "2019-05-01", "130")];
    assert_eq!(judged(&rules, &some).to_earn(), hours("380"), "what one year has too much is missing in another");
}

/// Three days of ethics in July or August of each year.
fn ethics(settings: Value) -> CycleRules {
    let mut pack = json!({"rules": [rule("ethics.min.year", minimum(json!({"of": {"themes": ["ethics"]}, "window": "months",
        "months_from": figure("7"), "months_to": figure("8"), "days": figure("3")})))]});
    for (field, value) in settings.as_object().unwrap() {
        pack[field] = value.clone();
    }
    with_county(pack)
}

fn summer(year: i32) -> Period {
    Period::Span { from: day(&format!("{year}-07-01")), to: day(&format!("{year}-08-31")) }
}

#[test]
fn three_days_of_ethics_each_summer_are_asked_for_in_days() {
    let rules = ethics(json!({}));
    let recorded = |key: i64, on: &str, amount: &str, days: &str| EntryFacts {
        days: Some(days.parse::<Days>().unwrap()),
        ..themed("ethics", school(key, on, amount))
    };
    let entries = [
        // Three days of six hours each, recorded as days: the hours alone would be two days and a quarter.
        recorded(1, "2016-07-20", "18", "3"),
        // No days recorded: 20 hours at eight a day.
        themed("ethics", school(2, "2017-08-31", "20")),
        // Outside the summer.
        recorded(3, "2018-09-01", "24", "3"),
        recorded(4, "2019-07-05", "8", "1.5"),
        recorded(5, "2019-08-25", "8", "1.5"),
    ];
    let evaluation = judged(&rules, &entries);
    let read = |year: i32| standing(&rules, &evaluation, "ethics.min.year", summer(year));
    assert_eq!(read(2016), "24.00 24.00 0.00 met");
    assert_eq!(read(2017), "24.00 20.00 4.00 failed");
    assert_eq!(read(2018), "24.00 0.00 24.00 failed");
    assert_eq!(read(2019), "24.00 24.00 0.00 met");
    let index = evaluation.requirements.iter().find(|one| one.period == summer(2017)).unwrap();
    let days = index.days.unwrap();
    assert_eq!(
        (days.owed.to_string(), days.counted.to_string(), days.missing.to_string()),
        ("3.00".into(), "2.50".into(), "0.50".into())
    );
    let words = wording::requirement(&rules, index).unwrap();
    assert_eq!(
        words.zh,
        "规则2017-07-01至2017-08-31（SX v1 ethics.min.year）：应修3.00天，已计2.50天，尚缺0.50天，未达标"
    );
    assert_eq!(
        words.en,
        "Rule, 2017-07-01 to 2017-08-31 (SX v1 ethics.min.year): 3.00 days owed, 2.50 there: 0.50 are missing, failed"
    );
    // With days of six hours, 20 hours are more than three.
    let six = ethics(json!({"hours_per_day": figure("6")}));
    assert_eq!(standing(&six, &judged(&six, &entries), "ethics.min.year", summer(2017)), "18.00 19.98 0.00 met");
}

#[test]
fn a_window_of_months_is_asked_only_of_who_was_there_all_of_it() {
    let rules = ethics(json!({}));
    let person = PersonFacts {
        joined_on: Some(day("2017-08-01")),
        retires_on: Some(day("2020-08-01")),
        ..PersonFacts::default()
    };
    let evaluation = evaluate(&rules, &person, &[]);
    let asked: Vec<bool> =
        (2016..=2020).map(|year| evaluation.requirements.iter().any(|one| one.period == summer(year))).collect();
    assert_eq!(asked, [false, false, true, true, false]);
}

#[test]
fn a_window_of_months_may_be_a_school_year_and_lies_in_the_cycle_as_a_whole() {
    let rules = with_rule(
        "school_year",
        minimum(json!({"window": "months", "months_from": figure("9"),
        "months_to": figure("8"), "hours": figure("30")})),
    );
    let entries = [entry(1, "2016-08-31", "10"), entry(2, "2016-09-01", "20"), entry(3, "2017-08-31", "10")];
    let evaluation = judged(&rules, &entries);
    let asked: Vec<String> = evaluation
        .requirements
        .iter()
        .filter(|one| rules.rule(one.rule).unwrap().rule.id == "school_year")
        .map(|one| format!("{:?} {}", one.period, one.counted))
        .collect();
    let span = |from: i32, counted: &str| format!("Span {{ from: {from}-09-01, to: {}-08-31 }} {counted}", from + 1);
    assert_eq!(asked, [span(2016, "30.00"), span(2017, "0.00"), span(2018, "0.00"), span(2019, "0.00")]);
}

#[test]
fn in_the_year_of_the_block_the_floor_is_114() {
    let rules = with_rule(
        "year.floor.s3",
        json!({"year_floor": {
        "hours": figure("36"), "strength": figure("fail"), "block_year_hours": figure("114")}}),
    );
    let entries = [block(1, "2018-07-01", "90"), entry(2, "2018-05-01", "20"), entry(3, "2019-05-01", "36")];
    let evaluation = judged(&rules, &entries);
    let read = |year: i32| standing(&rules, &evaluation, "year.floor.s3", Period::Year(year));
    assert_eq!(read(2018), "114.00 110.00 4.00 failed");
    assert_eq!(read(2019), "36.00 36.00 0.00 met");
    assert_eq!(read(2020), "36.00 0.00 36.00 failed");
}

#[test]
fn only_the_routes_that_a_floor_names_count_toward_it() {
    let rules = with_rule(
        "year.floor.self",
        json!({"year_floor": {
        "hours": figure("24"), "strength": figure("warn"), "counts": {"routes": ["self_selected"]}}}),
    );
    let entries = [entry(1, "2018-05-01", "20"), school(2, "2018-04-01", "24")];
    let evaluation = judged(&rules, &entries);
    assert_eq!(standing(&rules, &evaluation, "year.floor.self", Period::Year(2018)), "24.00 20.00 4.00 warn");
    assert_eq!(standing(&rules, &evaluation, "year.floor", Period::Year(2018)), "48.00 44.00 4.00 failed");
}

#[test]
fn a_block_may_have_to_be_uninterrupted_practised_and_earned_or_nominal() {
    let body = |change: Value| {
        let mut body = json!({"of": {}, "hours": figure("90"), "measure": figure("credited"), "count": figure("1")});
        for (field, value) in change.as_object().unwrap() {
            body[field] = value.clone();
        }
        with_rule("block.county", json!({"block": body}))
    };
    let half = |key: i64, on: &str| EntryFacts { block: Some(7), practice: hours("22.5"), ..entry(key, on, "45") };
    let halves = [half(1, "2017-07-01"), half(2, "2018-07-01")];
    let stands = |rules: &CycleRules, entries: &[EntryFacts]| stands(rules, &judged(rules, entries), "block.county");
    assert_eq!(stands(&body(json!({})), &halves), "90.00 90.00 0.00 met");
    assert_eq!(stands(&body(json!({"uninterrupted": figure("no")})), &halves), "90.00 90.00 0.00 met");
    assert_eq!(stands(&body(json!({"uninterrupted": figure("yes")})), &halves), "90.00 45.00 45.00 failed");
    assert_eq!(stands(&body(json!({"practice_hours": figure("45")})), &halves), "90.00 90.00 0.00 met");
    assert_eq!(stands(&body(json!({"practice_hours": figure("50")})), &halves), "90.00 90.00 5.00 failed");
    let absent = [EntryFacts { nominal: hours("90"), ..block(1, "2018-07-01", "84") }];
    assert_eq!(stands(&body(json!({})), &absent), "90.00 84.00 6.00 failed");
    assert_eq!(stands(&body(json!({"measure": figure("nominal")})), &absent), "90.00 90.00 0.00 met");
}

#[test]
fn heads_owe_180_and_middle_managers_90_hours_of_management() {
    let of = |profile: &str, amount: &str| {
        let mut rule = rule(
            "manager.min",
            minimum(json!({"of": {"themes": ["management"]}, "window": "cycle", "hours": figure(amount)})),
        );
        rule["profile"] = json!(profile);
        rule
    };
    let rules =
        with_county(json!({"rules": [of("head", "180"), of("deputy_head", "180"), of("middle_manager", "90")]}));
    let entries = [themed("management", entry(1, "2018-05-01", "100"))];
    let since = |from: &str| Some(DateSpan { from: day(from), to: None });
    let check = |person: PersonFacts, expected: &str| {
        let evaluation = evaluate(&rules, &person, &entries);
        assert_eq!(standing(&rules, &evaluation, "manager.min", Period::Cycle), expected);
    };
    check(PersonFacts { head: since("2012-08-01"), ..PersonFacts::default() }, "180.00 100.00 80.00 failed");
    check(PersonFacts { deputy_head: since("2017-08-01"), ..PersonFacts::default() }, "180.00 100.00 80.00 failed");
    check(PersonFacts { middle_manager: since("2017-08-01"), ..PersonFacts::default() }, "90.00 100.00 0.00 met");
    check(PersonFacts::default(), "not asked");
    let both = PersonFacts { head: since("2019-08-01"), middle_manager: since("2012-08-01"), ..PersonFacts::default() };
    check(both, "180.00 100.00 80.00 failed");
}

#[test]
fn example_3_the_wrong_model_passes_too_but_by_other_parts() {
    let mut document = shipped()[1].document().clone();
    document.prorate_newcomer.as_mut().unwrap().value = "none".into();
    document.rules.iter_mut().filter(|rule| rule.id == "newteacher.factor").for_each(|rule| {
        let document::BodyDocument::Factor { ratio, .. } = &mut rule.rule else { unreachable!() };
        ratio.value = "1".into();
    });
    let mut packs = shipped();
    packs[1] = Pack::from_document(document).unwrap();
    let rules = rules_of(&packs);
    let probation = DateSpan { from: day("2017-08-15"), to: Some(day("2018-08-14")) };
    let person = PersonFacts { joined_on: Some(probation.from), probation: Some(probation), ..PersonFacts::default() };
    let course = EntryFacts { practice: hours("80"), ..themed("new_teacher", entry(1, "2018-07-20", "186")) };
    let entries = [
        course,
        entry(2, "2018-10-01", "20"),
        school(3, "2019-04-01", "24"),
        entry(4, "2019-05-01", "48"),
        school(5, "2020-04-01", "24"),
        entry(6, "2020-05-01", "60"),
    ];
    let wrong = evaluate(&rules, &person, &entries);
    assert_eq!((wrong.required, wrong.total), (Some(hours("360")), hours("362")));
    assert_eq!(standing(&rules, &wrong, "total.cycle", Period::Cycle), "360.00 362.00 0.00 met");
    let window = Period::Span { from: probation.from, to: day("2018-08-14") };
    assert_eq!(standing(&rules, &wrong, "newteacher.practice", window), "80.00 80.00 0.00 met");
    // A county that asks for 90 hours of practice.
    let strict = with_county(
        json!({"rules": [{"id": "newteacher.practice", "zh": "实践", "en": "practice", "profile": "new_teacher",
        "rule": minimum(json!({"of": {"themes": ["new_teacher"]}, "measure": "practice", "window": "profile", "hours": figure("90")}))}]}),
    );
    let evaluation = evaluate(&strict, &person, &entries);
    assert_eq!(standing(&strict, &evaluation, "newteacher.practice", window), "90.00 80.00 10.00 failed");
}

#[test]
fn newcomers_and_those_who_retire_owe_by_months_by_years_or_in_full() {
    let required = |settings: Value, person: &PersonFacts| {
        let packs: Vec<Pack> = under_the_province(&[county_pack(settings)])
            .into_iter()
            .map(|pack| {
                let mut document = pack.document().clone();
                if document.code != "SX" {
                    document.prorate_newcomer = None;
                }
                Pack::from_document(document).unwrap()
            })
            .collect();
        evaluate(&rules_of(&packs), person, &[]).required.unwrap().to_string()
    };
    let newcomer = PersonFacts { joined_on: Some(day("2018-08-15")), ..PersonFacts::default() };
    for (word, expected) in [("none", "360.00"), ("month", "168.00"), ("year", "144.00")] {
        assert_eq!(required(json!({"prorate_newcomer": figure(word)}), &newcomer), expected, "{word}");
    }
    let leaves = PersonFacts { retires_on: Some(day("2019-08-31")), ..PersonFacts::default() };
    for (word, expected) in [("none", "360.00"), ("month", "264.00"), ("year", "216.00")] {
        assert_eq!(required(json!({"prorate_retirement": figure(word)}), &leaves), expected, "{word}");
    }
    let on_leave =
        PersonFacts { leave: vec![DateSpan { from: day("2018-02-01"), to: Some(day("2018-08-31")) }], ..newcomer };
    let both = json!({"prorate_newcomer": figure("month"), "leave_total": figure("prorate")});
    assert_eq!(required(both, &on_leave), "168.00", "leave before the months that are owed takes nothing off");
}

#[test]
fn example_7_under_the_ordinary_profile_by_months_he_owes_264_and_fails() {
    let rules = rules_of(&under_the_province(&[county_pack(json!({"prorate_retirement": figure("month")}))]));
    let person = PersonFacts { retires_on: Some(day("2019-08-31")), ..PersonFacts::default() };
    let mut entries = vec![school(1, "2019-03-01", "24"), entry(2, "2019-04-01", "10")];
    for year in 2016..=2018 {
        entries.push(school(year, &format!("{year}-04-01"), "24"));
        entries.push(entry(year + 1000, &format!("{year}-05-01"), "26"));
    }
    let evaluation = evaluate(&rules, &person, &entries);
    // A third of 264 is 88 of 96 hours of school-based training.
    assert_eq!((evaluation.required, evaluation.total), (Some(hours("264")), hours("176")));
    assert_eq!(standing(&rules, &evaluation, "total.cycle", Period::Cycle), "264.00 176.00 88.00 failed");
}

/// Shanghai's fourteenth plan: 36, of which ethics 8, knowledge 10, practice 14, and at the same time city level 7, district 10,
/// school 15.
#[test]
fn quotas_by_theme_and_by_level_cross_and_each_reads_its_own() {
    let least = |id: &str, of: Value, amount: &str| {
        rule(id, minimum(json!({"of": of, "window": "cycle", "hours": figure(amount)})))
    };
    let rules = with_county(json!({"rules": [
        least("theme.ethics", json!({"themes": ["ethics"]}), "8"),
        least("theme.subject", json!({"themes": ["subject"]}), "10"),
        least("theme.practice", json!({"themes": ["practice"]}), "14"),
        least("level.city", json!({"levels": ["city"]}), "7"),
        least("level.county", json!({"levels": ["county"]}), "10"),
        least("level.school", json!({"levels": ["school"]}), "15")
    ]}));
    let at = |level: Level, theme: &str, key: i64, amount: &str| EntryFacts {
        level,
        ..themed(theme, entry(key, "2018-05-01", amount))
    };
    let ids = ["theme.ethics", "theme.subject", "theme.practice", "level.city", "level.county", "level.school"];
    let read = |entries: &[EntryFacts]| {
        let evaluation = judged(&rules, entries);
        ids.map(|id| standing(&rules, &evaluation, id, Period::Cycle).rsplit(' ').next().unwrap().to_owned())
    };
    let enough = [
        at(Level::City, "ethics", 1, "7"),
        at(Level::County, "subject", 2, "10"),
        at(Level::School, "practice", 3, "14"),
        at(Level::School, "ethics", 4, "1"),
    ];
    assert_eq!(read(&enough), ["met"; 6]);
    // The same 32 hours with one cell of the table moved: every theme is there, a level is not.
    let mut moved = enough.to_vec();
    moved[3].level = Level::County;
    assert_eq!(read(&moved), ["met", "met", "met", "met", "met", "failed"]);
    let mut other = enough.to_vec();
    other[0].themes = vec!["subject".parse().unwrap()];
    assert_eq!(read(&other), ["failed", "met", "met", "met", "met", "met"]);
    // Caps on a theme and on a level that cross leave the most that both allow: 10 of ethics, 10 at school, 5 under both.
    let capped = with_county(json!({"rules": [
        rule("ethics.quota", json!({"cap": {"of": {"themes": ["ethics"]}, "period": "cycle", "hours": figure("10")}})),
        rule("school.quota", json!({"cap": {"of": {"levels": ["school"]}, "period": "cycle", "hours": figure("10")}}))
    ]}));
    let crossing = [
        at(Level::School, "ethics", 1, "10"),
        at(Level::City, "ethics", 2, "10"),
        at(Level::School, "practice", 3, "10"),
    ];
    let evaluation = judged(&capped, &crossing);
    assert_eq!((evaluation.total, evaluation.exact), (hours("20"), true));
}

#[test]
fn a_ninth_of_the_hours_owed_is_training_of_the_district() {
    let rules = with_county(json!({
        "themes": {"district": {"zh": "学区", "en": "school district"}},
        "rules": [rule("district.min.ratio", minimum(json!({"of": {"themes": ["district"]}, "window": "cycle", "measure": "counted",
            "share_of_required": figure("1/9")})))]
    }));
    let read = |amount: &str| {
        let evaluation = judged(&rules, &[themed("district", entry(1, "2018-05-01", amount))]);
        standing(&rules, &evaluation, "district.min.ratio", Period::Cycle)
    };
    assert_eq!(read("40"), "40.00 40.00 0.00 met");
    assert_eq!(read("39.99"), "40.00 39.99 0.01 failed");
}

#[test]
fn example_13_the_fund_its_county_part_and_its_basis() {
    use crate::{money::Fen, policy::fund::FundBase};
    let of = |base: &str| {
        let pack = county_pack(
            json!({"fund_ratio": figure("0.03"), "fund_base": figure(base), "fund_county_share": figure("0.3"),
            "fund_school_running": figure("0.1")}),
        );
        RuleSet::on(&under_the_province(&[pack]), suichang(), day("2018-01-01")).unwrap().fund().unwrap()
    };
    let yuan = Fen::whole;
    let payroll = of("staff_payroll");
    let floor = payroll.floor(yuan(200_000_000));
    assert_eq!((floor.fund, floor.county_most, floor.choice), (yuan(6_000_000), yuan(1_800_000), yuan(4_200_000)));
    assert_eq!(floor.base, FundBase::StaffPayroll);
    assert_eq!(payroll.of_running_funds(yuan(800_000)), yuan(80_000));
    let basic = of("basic_wages").floor(yuan(120_000_000));
    assert_eq!((basic.fund, basic.base.zh()), (yuan(3_600_000), "教师基本工资总额"));
    // A floor is never a fen too low, the county's part never one too high.
    let odd = payroll.floor(Fen::from_hundredths(33));
    assert_eq!((odd.fund, odd.county_most, odd.choice), (Fen::from_hundredths(1), Fen::ZERO, Fen::from_hundredths(1)));
    let none = RuleSet::on(&shipped()[..2], suichang(), day("2018-01-01")).unwrap().fund();
    assert_eq!(none, None, "no shipped pack sets a share");
}

#[test]
fn leave_that_follows_leave_within_a_month_is_one_leave() {
    let spell = |from: &str, to: &str| DateSpan { from: day(from), to: Some(day(to)) };
    let leave =
        vec![spell("2018-03-16", "2018-08-31"), spell("2018-02-01", "2018-03-15"), spell("2018-05-01", "2018-06-30")];
    let person = PersonFacts { leave, ..PersonFacts::default() };
    let prorated = evaluate(&with_county(json!({"leave_total": figure("prorate")})), &person, &[]);
    assert_eq!(prorated.required, Some(hours("318")), "seven months, March among them, May and June once");
    let rules = rules(suichang(), "2020-12-31");
    let evaluation = evaluate(&rules, &person, &[]);
    assert_eq!(standing(&rules, &evaluation, "year.floor", Period::Year(2018)), "48.00 0.00 0.00 waived");
}

#[test]
fn whole_years_are_counted_only_for_the_end_of_which_the_packs_say_so() {
    let rules = |entry: &str, retirement: &str| {
        with_county(
            json!({"prorate_newcomer": figure(entry), "prorate_retirement": figure(retirement), "leave_total": figure("prorate")}),
        )
    };
    let owed = |rules: &CycleRules, person: &PersonFacts| evaluate(rules, person, &[]).required.unwrap().to_string();
    let joins = PersonFacts { joined_on: Some(day("2018-08-15")), ..PersonFacts::default() };
    let on_leave = PersonFacts {
        leave: vec![DateSpan { from: day("2018-02-01"), to: Some(day("2018-08-31")) }],
        ..PersonFacts::default()
    };
    // The province says by months; the stricter of the two is theirs.
    assert_eq!(owed(&rules("year", "month"), &joins), "168.00");
    assert_eq!(owed(&rules("year", "year"), &on_leave), "318.00", "neither joins nor retires");
}

#[test]
fn who_comes_back_to_a_post_is_appointed_anew_and_who_moves_with_it_is_not() {
    let span = |from: &str, to: Option<&str>| DateSpan { from: day(from), to: to.map(day) };
    let held =
        vec![span("2017-09-01", Some("2019-07-15")), span("2008-08-01", Some("2011-07-31")), span("2019-09-01", None)];
    let on = |text: &str| time_in_post(held.clone(), day(text));
    assert_eq!(on("2008-07-31"), None);
    assert_eq!(on("2016-12-31"), Some(span("2008-08-01", Some("2011-07-31"))));
    assert_eq!(on("2018-12-31"), Some(span("2017-09-01", Some("2019-07-15"))));
    assert_eq!(on("2020-12-31"), Some(span("2017-09-01", None)), "a summer between two schools is no new appointment");
}
