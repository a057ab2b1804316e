//! Worked examples 1 to 12 of `domain.md` 10: the parts, not only the totals.

use super::*;

const CYCLE_END: &str = "2020-12-31";

/// Thirty school-based and thirty self-selected hours in each year, and a block of 90 in 2018.
fn example_one() -> Vec<EntryFacts> {
    let mut entries = Vec::new();
    for year in 2016..=2020 {
        entries.push(school(i64::from(year), &format!("{year}-04-01"), "30"));
        entries.push(entry(i64::from(year) + 100, &format!("{year}-05-01"), "30"));
    }
    entries.push(block(90, "2018-07-15", "90"));
    entries
}

#[test]
fn example_1_school_based_hours_beyond_24_a_year_do_not_count() {
    let rules = rules(suichang(), CYCLE_END);
    let evaluation = evaluate(&rules, &PersonFacts::default(), &example_one());
    assert_eq!(evaluation.total, hours("360"));
    let expected: Vec<_> =
        (2016..=2020).map(|year| (year, format!("6.00 331123 v1 school_based.cap.year Year({year})"))).collect();
    assert_eq!(cuts(&rules, &evaluation), expected);
    assert_eq!(standing(&rules, &evaluation, "total.cycle", Period::Cycle), "360.00 360.00 0.00 met");
    assert_eq!(standing(&rules, &evaluation, "block.cycle", Period::Cycle), "90.00 90.00 0.00 met");
    assert_eq!(standing(&rules, &evaluation, "year.floor", Period::Year(2018)), "48.00 144.00 0.00 met");
    assert_eq!(evaluation.verdict, Verdict::Met);
    assert!(evaluation.exact);

    let first = evaluation.entries.first().unwrap();
    let wording = wording::cut(&rules, &evaluation, first, &evaluation.cuts_of(0)[0]).unwrap();
    assert_eq!(
        wording.zh,
        "校本研修每年最多计24学时（331123 v1 school_based.cap.year），本条计24.00学时，削减6.00学时"
    );
    assert_eq!(
        wording.en,
        "School-based training: at most 24 hours a year count (331123 v1 school_based.cap.year); \
         of this entry 24.00 hours count and 6.00 are cut"
    );
}

#[test]
fn example_2_the_cap_on_school_based_hours_is_a_share_of_the_hours_owed() {
    let rules = rules(elsewhere(), CYCLE_END);
    let base = vec![school(1, "2016-10-01", "150"), block(2, "2017-07-01", "90"), entry(3, "2018-03-01", "90")];
    let evaluation = evaluate(&rules, &PersonFacts::default(), &base);
    assert_eq!(evaluation.total, hours("300"));
    assert_eq!(cuts(&rules, &evaluation), [(1, "30.00 ZJ-2016 v1 school_based.cap.cycle Cycle".to_owned())]);
    assert_eq!(standing(&rules, &evaluation, "total.cycle", Period::Cycle), "360.00 300.00 60.00 failed");
    let more = |entry: EntryFacts| {
        let entries: Vec<_> = base.iter().cloned().chain([entry]).collect();
        evaluate(&rules, &PersonFacts::default(), &entries).total
    };
    assert_eq!(more(entry(4, "2019-03-01", "60")), hours("360"));
    assert_eq!(more(school(4, "2019-03-01", "60")), hours("300"));
    let wording = wording::cut(&rules, &evaluation, &evaluation.entries[0], &evaluation.cuts_of(0)[0]).unwrap();
    assert!(wording.zh.starts_with("校本研修每周期最多计本人应修学时的1/3即120学时（ZJ-2016 v1"), "{}", wording.zh);
}

#[test]
fn example_3_a_new_teacher_owes_by_full_months_and_the_probation_course_counts_nothing() {
    let rules = rules(suichang(), CYCLE_END);
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
    let evaluation = evaluate(&rules, &person, &entries);
    assert_eq!((evaluation.required, evaluation.total), (Some(hours("168")), hours("176")));
    assert_eq!(cuts(&rules, &evaluation), [(1, "186.00 ZJ-2016 v1 newteacher.factor Entry".to_owned())]);
    let window = Period::Span { from: probation.from, to: day("2018-08-14") };
    assert_eq!(standing(&rules, &evaluation, "newteacher.total", window), "180.00 186.00 0.00 met");
    assert_eq!(standing(&rules, &evaluation, "newteacher.practice", window), "80.00 80.00 0.00 met");
    assert_eq!(standing(&rules, &evaluation, "block.cycle", Period::Cycle), "90.00 0.00 0.00 waived");
    assert_eq!(standing(&rules, &evaluation, "year.floor", Period::Year(2017)), "0.00 0.00 0.00 met");
    assert_eq!(standing(&rules, &evaluation, "year.floor", Period::Year(2018)), "16.00 20.00 0.00 met");
    // The cap follows the personal requirement: a third of 168 is 56.
    let more: Vec<_> = entries.iter().cloned().chain([school(7, "2018-11-01", "24")]).collect();
    let evaluation = evaluate(&rules, &person, &more);
    assert_eq!(evaluation.total, hours("184"));
    assert_eq!(
        cuts(&rules, &evaluation).last().unwrap(),
        &(5, "16.00 ZJ-2016 v1 school_based.cap.cycle Cycle".to_owned())
    );
}

#[test]
fn example_4_long_leave_waives_the_floor_of_its_year_but_not_the_total() {
    let rules = rules(suichang(), CYCLE_END);
    let leave = vec![DateSpan { from: day("2018-02-01"), to: Some(day("2018-08-31")) }];
    let mut entries = vec![
        entry(20, "2018-11-01", "10"),
        block(21, "2019-07-01", "90"),
        entry(22, "2019-05-01", "26"),
        school(23, "2019-04-01", "24"),
    ];
    for year in [2016, 2017, 2020] {
        entries.push(school(year, &format!("{year}-04-01"), "24"));
        entries.push(entry(year + 1000, &format!("{year}-05-01"), "48"));
    }
    let on_leave = evaluate(&rules, &PersonFacts { leave, ..PersonFacts::default() }, &entries);
    assert_eq!((on_leave.total, on_leave.verdict), (hours("366"), Verdict::Met));
    assert_eq!(standing(&rules, &on_leave, "year.floor", Period::Year(2018)), "48.00 10.00 0.00 waived");
    assert_eq!(standing(&rules, &on_leave, "total.cycle", Period::Cycle), "360.00 366.00 0.00 met");
    let at_work = evaluate(&rules, &PersonFacts::default(), &entries);
    assert_eq!(standing(&rules, &at_work, "year.floor", Period::Year(2018)), "48.00 10.00 38.00 failed");
}

#[test]
fn example_5_hours_certified_before_a_move_are_not_cut_by_the_new_county_s_yearly_cap() {
    let rules = rules(suichang(), CYCLE_END);
    let certified = |entry: EntryFacts| EntryFacts { certified_elsewhere: true, ..entry };
    let origin = [
        school(1, "2016-04-01", "40"),
        entry(2, "2016-05-01", "60"),
        school(3, "2017-04-01", "20"),
        block(4, "2018-07-01", "90"),
    ];
    let here = [
        school(5, "2019-04-01", "24"),
        entry(6, "2019-05-01", "50"),
        school(7, "2020-04-01", "24"),
        entry(8, "2020-05-01", "60"),
    ];
    let entries: Vec<_> = origin.iter().cloned().map(certified).chain(here.iter().cloned()).collect();
    assert_eq!(evaluate(&rules, &PersonFacts::default(), &entries).total, hours("368"));
    let run_again: Vec<_> = origin.into_iter().chain(here).collect();
    assert_eq!(evaluate(&rules, &PersonFacts::default(), &run_again).total, hours("352"));
}

#[test]
fn example_6_a_correction_takes_hours_from_the_entry_it_corrects() {
    let base = || {
        vec![
            block(1, "2018-07-15", "90"),
            entry(2, "2016-05-01", "60"),
            entry(3, "2017-05-01", "60"),
            entry(4, "2018-05-01", "48"),
            entry(5, "2019-05-01", "50"),
            entry(6, "2020-05-01", "54"),
        ]
    };
    let correction = |of: i64, on: &str| EntryFacts { corrects: Some(of), ..entry(99, on, "-6") };
    let check = |corrects: i64, as_of: &str, total: &str, block: &str| {
        let rules = rules(suichang(), as_of);
        let mut entries = base();
        assert_eq!(evaluate(&rules, &PersonFacts::default(), &entries).total, hours("362"));
        // A correction may come later than the cycle; its hours belong to the date of what it corrects.
        entries.push(correction(corrects, "2021-03-01"));
        let evaluation = evaluate(&rules, &PersonFacts::default(), &entries);
        assert_eq!(standing(&rules, &evaluation, "total.cycle", Period::Cycle), total);
        assert_eq!(standing(&rules, &evaluation, "block.cycle", Period::Cycle), block);
        let last = evaluation.entries.last().unwrap();
        assert_eq!((last.added_to, last.counted), (Some(corrects), Hours::ZERO));
        assert_eq!(cuts(&rules, &evaluation), []);
    };
    check(6, "2020-12-20", "360.00 356.00 4.00 not_yet", "90.00 90.00 0.00 met");
    check(6, "2021-03-01", "360.00 356.00 4.00 failed", "90.00 90.00 0.00 met");
    check(1, "2021-03-01", "360.00 356.00 4.00 failed", "90.00 84.00 6.00 failed");
}

#[test]
fn a_correction_of_a_correction_reaches_the_first_entry() {
    let rules = rules(suichang(), CYCLE_END);
    let entries = [
        EntryFacts { corrects: Some(2), ..entry(3, "2018-09-01", "6") },
        EntryFacts { corrects: Some(1), ..entry(2, "2018-08-01", "-6") },
        entry(1, "2018-07-01", "30"),
    ];
    let evaluation = evaluate(&rules, &PersonFacts::default(), &entries);
    assert_eq!(evaluation.entries.iter().map(|entry| entry.added_to).collect::<Vec<_>>(), [Some(1), Some(1), None]);
    assert_eq!(evaluation.total, hours("30"));
}

#[test]
fn example_7_who_retires_in_the_cycle_owes_48_hours_a_year_and_no_block() {
    let rules = rules(suichang(), CYCLE_END);
    let person = PersonFacts { retires_on: Some(day("2019-08-31")), ..PersonFacts::default() };
    let mut entries = vec![school(1, "2019-03-01", "24"), entry(2, "2019-04-01", "10")];
    for year in 2016..=2018 {
        entries.push(school(year, &format!("{year}-04-01"), "24"));
        entries.push(entry(year + 1000, &format!("{year}-05-01"), "26"));
    }
    let evaluation = evaluate(&rules, &person, &entries);
    assert_eq!((evaluation.required, evaluation.total), (Some(hours("176")), hours("184")));
    assert_eq!(cuts(&rules, &evaluation), []);
    assert_eq!(standing(&rules, &evaluation, "year.floor", Period::Year(2019)), "32.00 34.00 0.00 met");
    assert_eq!(standing(&rules, &evaluation, "block.cycle", Period::Cycle), "not asked");
    assert_eq!(evaluation.verdict, Verdict::Met);
}

#[test]
fn example_9_a_head_s_qualification_counts_by_half() {
    let rules = rules(suichang(), CYCLE_END);
    let head = Some(DateSpan { from: day("2017-09-01"), to: None });
    let course = |on: &str| {
        [themed("head_qualification", block(1, on, "96")), themed("head_qualification", entry(2, on, "209"))]
    };
    let person = PersonFacts { head, ..PersonFacts::default() };
    let evaluation = evaluate(&rules, &person, &course("2018-06-20"));
    assert_eq!(evaluation.total, hours("152.50"));
    assert_eq!(
        cuts(&rules, &evaluation),
        [(1, "48.00 ZJ-2016 v1 head.factor Entry".to_owned()), (2, "104.50 ZJ-2016 v1 head.factor Entry".to_owned())]
    );
    let window = Period::Span { from: day("2017-09-01"), to: day("2018-08-31") };
    assert_eq!(standing(&rules, &evaluation, "head.total", window), "300.00 305.00 0.00 met");
    assert_eq!(standing(&rules, &evaluation, "head.concentrated", window), "90.00 96.00 0.00 met");
    assert_eq!(standing(&rules, &evaluation, "total.cycle", Period::Cycle), "360.00 152.50 207.50 failed");
    // The block of the qualification is not the block of the cycle.
    assert_eq!(standing(&rules, &evaluation, "block.cycle", Period::Cycle), "90.00 0.00 90.00 failed");
    // Before September 2016 the course counted nothing.
    let earlier = evaluate(&rules, &PersonFacts::default(), &course("2016-06-20"));
    assert_eq!(earlier.total, Hours::ZERO);
    assert_eq!(cuts(&rules, &earlier)[0], (1, "96.00 ZJ-2010 v1 head.factor Entry".to_owned()));
    let wording = wording::cut(&rules, &evaluation, &evaluation.entries[0], &evaluation.cuts_of(0)[0]).unwrap();
    assert_eq!(wording.zh, "校长任职资格培训按0.5折算（ZJ-2016 v1 head.factor），本条计48.00学时，削减48.00学时");
}

#[test]
fn example_10_online_hours_beyond_10_a_year_do_not_count() {
    let rules = rules(suichang(), CYCLE_END);
    let online = EntryFacts { form: DeliveryForm::Online, ..themed("it", entry(1, "2017-05-01", "20")) };
    let entries = [online, themed("it", school(2, "2017-06-01", "18")), themed("it", entry(3, "2017-07-01", "12"))];
    let evaluation = evaluate(&rules, &PersonFacts::default(), &entries);
    assert_eq!(evaluation.total, hours("40"));
    assert_eq!(cuts(&rules, &evaluation), [(1, "10.00 331123 v1 online.cap.year Year(2017)".to_owned())]);
}

#[test]
fn example_11_a_full_year_takes_no_more_hours() {
    let rules = rules(suichang(), CYCLE_END);
    let entries = [school(1, "2018-04-01", "24"), entry(2, "2018-05-01", "30"), block(3, "2018-07-15", "90")];
    let on = |entries: &[EntryFacts], booked: &[EntryFacts], on: &str| {
        headroom(&rules, &PersonFacts::default(), entries, booked, &entry(9, on, "12"))
    };
    let room = |entries: &[EntryFacts], day: &str| on(entries, &[], day).unwrap();
    let full = room(&entries, "2018-10-01");
    assert_eq!((full.maximum, full.counted, full.left), (hours("144"), hours("144"), Hours::ZERO));
    assert_eq!(rules.rule(full.rule).unwrap().to_string(), "331123 v1 year.maximum");
    assert_eq!(room(&entries, "2019-10-01").left, hours("144"));
    // Hours that a cap cuts use up nothing.
    let many = [school(1, "2018-04-01", "30"), entry(2, "2018-05-01", "30"), block(3, "2018-07-15", "80")];
    assert_eq!(room(&many, "2018-10-01").left, hours("10"));
    let booked = [entry(4, "2018-11-05", "6"), entry(5, "2019-11-05", "8")];
    assert_eq!((on(&many, &booked, "2018-10-01").unwrap().booked), hours("6"), "what is booked of the same year");
    let words = wording::headroom(&rules, &full).unwrap();
    assert_eq!(
        words.zh,
        "2018年最多计144学时（331123 v1 year.maximum），已计144.00学时，还可计0.00学时；\
         超出的报名不予受理，请改选其他年度的班期"
    );
    assert_eq!(on(&entries, &[], "2021-01-01"), None);
}

#[test]
fn a_yearly_maximum_that_is_about_some_hours_stands_in_nobody_elses_way() {
    let of = |id: &str, route: &str, most: &str, effect: &str| {
        let body =
            json!({"year_maximum": {"hours": figure(most), "effect": figure(effect), "counts": {"routes": [route]}}});
        rule(id, body)
    };
    // What does not count beyond 15 hours is not refused for it, nor does it hide what refuses.
    let own = county_pack(json!({"rules": [
        of("own.maximum", "self_selected", "20", "refuse"),
        of("own.cap", "self_selected", "15", "cap"),
        of("school.maximum", "school_based", "40", "refuse"),
    ]}));
    let packs: Vec<Pack> = shipped().into_iter().chain([own]).collect();
    let rules = rules_of(&packs);
    let entries = [entry(1, "2018-03-01", "14"), school(2, "2018-04-01", "24")];
    let booked = [entry(3, "2018-11-01", "4"), school(4, "2018-11-02", "9")];
    let room = |candidate: &EntryFacts| headroom(&rules, &PersonFacts::default(), &entries, &booked, candidate);
    let shown =
        |candidate: &EntryFacts| room(candidate).map(|room| (room.maximum, room.counted, room.left, room.booked));
    let four =
        |one: &str, two: &str, three: &str, four: &str| Some((hours(one), hours(two), hours(three), hours(four)));
    assert_eq!(shown(&entry(9, "2018-10-01", "12")), four("20", "14", "6", "4"));
    assert_eq!(shown(&school(9, "2018-10-01", "12")), four("40", "24", "16", "9"));
    let mandated = EntryFacts { route: Route::Mandated, ..entry(9, "2018-10-01", "12") };
    assert_eq!(shown(&mandated), four("144", "38", "106", "13"), "under the maximum of all hours alone");
}

#[test]
fn example_11_with_the_effect_cap_the_hours_beyond_the_maximum_do_not_count() {
    let mut document = Pack::parse(packs::shipped()[2].1).unwrap().document().clone();
    for rule in &mut document.rules {
        if let document::BodyDocument::YearMaximum { effect, .. } = &mut rule.rule {
            effect.value = "cap".to_owned();
        }
    }
    let mut packs = shipped();
    packs[2] = Pack::from_document(document).unwrap();
    let cycle = cycle_named(&packs, suichang(), "2016-2020").unwrap();
    let rules = CycleRules::new(&packs, suichang(), cycle, day(CYCLE_END)).unwrap();
    let entries = [
        school(1, "2018-04-01", "24"),
        entry(2, "2018-05-01", "30"),
        block(3, "2018-07-15", "90"),
        entry(4, "2018-10-01", "12"),
    ];
    let evaluation = evaluate(&rules, &PersonFacts::default(), &entries);
    assert_eq!(evaluation.total, hours("144"));
    assert_eq!(cuts(&rules, &evaluation), [(4, "12.00 331123 v1 year.maximum Year(2018)".to_owned())]);
}

#[test]
fn example_12_an_unreviewed_institution_counts_only_with_consent_before_the_start() {
    let rules = rules(suichang(), CYCLE_END);
    let check = |consent: Option<&str>, expected: &str, cut: &[(i64, String)]| {
        let provider = Provider::Unreviewed { consent_on: consent.map(day), starts_on: day("2019-07-01") };
        let abroad = EntryFacts { provider, route: Route::Converted, ..entry(1, "2019-07-03", "20") };
        let evaluation = evaluate(&rules, &PersonFacts::default(), &[abroad]);
        assert_eq!(evaluation.total, hours(expected), "{consent:?}");
        assert_eq!(cuts(&rules, &evaluation), cut, "{consent:?}");
    };
    let all = [(1, "20.00 ZJ-2016 v1 external.factor Entry".to_owned())];
    check(Some("2019-07-05"), "0", &all);
    check(Some("2019-07-01"), "0", &all);
    check(None, "0", &all);
    check(Some("2019-06-20"), "20", &[]);
}

#[test]
fn serious_misconduct_leaves_no_hours() {
    let rules = rules(suichang(), CYCLE_END);
    let evaluation =
        evaluate(&rules, &PersonFacts::default(), &[EntryFacts { misconduct: true, ..entry(1, "2019-07-03", "20") }]);
    assert_eq!(evaluation.total, Hours::ZERO);
    assert_eq!(cuts(&rules, &evaluation), [(1, "20.00 ZJ-2016 v1 misconduct.factor Entry".to_owned())]);
}

#[test]
fn a_cycle_ends_at_local_midnight_and_a_surplus_is_not_carried_over() {
    let rules = rules(suichang(), "2021-06-30");
    // Completed one second before and at local midnight: the ledger keeps the civil date in China.
    let completed = |instant: &str| crate::UtcMillis::parse_rfc3339(instant).unwrap().china_date();
    let before = EntryFacts { effective: completed("2020-12-31T15:59:59Z"), ..entry(1, "2020-01-01", "40") };
    let after = EntryFacts { effective: completed("2020-12-31T16:00:00Z"), ..entry(2, "2020-01-01", "40") };
    let evaluation = evaluate(&rules, &PersonFacts::default(), &[before.clone(), after.clone()]);
    assert_eq!(evaluation.entries.iter().map(|entry| entry.in_cycle).collect::<Vec<_>>(), [true, false]);
    assert_eq!(evaluation.total, hours("40"));
    let packs = shipped();
    let next = cycle_on(&packs, suichang(), after.effective).unwrap();
    let rules = CycleRules::new(&packs, suichang(), next, day("2021-06-30")).unwrap();
    assert_eq!(evaluate(&rules, &PersonFacts::default(), &[before, after]).total, hours("40"));
}

#[test]
fn a_total_set_for_a_person_stands_before_the_rules() {
    let rules = rules(suichang(), CYCLE_END);
    let person = PersonFacts { required: Some(hours("100")), ..PersonFacts::default() };
    let entries: Vec<_> = (2017..=2020)
        .map(|year| school(year, &format!("{year}-04-01"), "24"))
        .chain([entry(1, "2018-05-01", "70")])
        .collect();
    let evaluation = evaluate(&rules, &person, &entries);
    assert_eq!(evaluation.total, hours("103.33"));
    assert_eq!(standing(&rules, &evaluation, "total.cycle", Period::Cycle), "100.00 103.33 0.00 met");
    let expected = [
        (2018, "14.67 ZJ-2016 v1 school_based.cap.cycle Cycle".to_owned()),
        (2019, "24.00 ZJ-2016 v1 school_based.cap.cycle Cycle".to_owned()),
        (2020, "24.00 ZJ-2016 v1 school_based.cap.cycle Cycle".to_owned()),
    ];
    assert_eq!(cuts(&rules, &evaluation), expected);
}

#[test]
fn requirements_are_told_in_both_languages() {
    let rules = rules(suichang(), "2020-12-20");
    let evaluation = evaluate(&rules, &PersonFacts::default(), &example_one()[..10]);
    let told: Vec<_> = evaluation.requirements.iter().map(|one| wording::requirement(&rules, one).unwrap()).collect();
    let total = told.iter().find(|words| words.zh.starts_with("周期总学时")).unwrap();
    assert_eq!(
        total.zh,
        "周期总学时2016-2020周期（ZJ-2016 v1 total.cycle）：应修360.00学时，已计270.00学时，尚缺90.00学时，请在2020-12-31前修满"
    );
    assert_eq!(
        total.en,
        "Total of the cycle, cycle 2016-2020 (ZJ-2016 v1 total.cycle): 360.00 hours owed, 270.00 there: \
         90.00 are missing; earn them by 2020-12-31"
    );
    assert!(
        told.iter()
            .any(|words| words.zh == "年度学时2016年（331123 v1 year.floor）：应修48.00学时，已计54.00学时，已达标")
    );
}

/// 50 hours on information technology by the end of 2017, 60 % of them practice: school-based training and practice hours.
fn it_rules() -> CycleRules {
    let it = || json!({"themes": ["it"]});
    with_county(json!({"rules": [
        {"id": "it.min", "zh": "信息技术应用能力", "en": "information technology", "rule": {"minimum": {
            "of": it(), "measure": "credited", "window": "until", "until": figure("2017-12-31"), "hours": figure("50"),
            "strength": figure("fail")}}},
        {"id": "it.practice_share", "zh": "信息技术实践", "en": "practice in information technology", "rule": {"share": {
            "of": it(), "part": {"routes": ["school_based"]}, "practice": figure("yes"), "share": figure("0.60"),
            "measure": "credited", "window": "until", "until": figure("2017-12-31"), "strength": figure("fail")}}}
    ]}))
}

fn it_hours(online: &str, school_based: &str, practice: &str) -> [EntryFacts; 3] {
    let online = EntryFacts { form: DeliveryForm::Online, ..entry(1, "2017-05-01", online) };
    let practised = EntryFacts { practice: hours(practice), ..entry(3, "2017-07-01", practice) };
    [themed("it", online), themed("it", school(2, "2017-06-01", school_based)), themed("it", practised)]
}

#[test]
fn example_10_practice_must_be_a_share_of_the_hours_of_a_theme() {
    let rules = it_rules();
    let judged = |entries: &[EntryFacts]| evaluate(&rules, &PersonFacts::default(), entries);
    let enough = judged(&it_hours("20", "18", "12"));
    assert_eq!(
        stands(&rules, &enough, "it.min"),
        "50.00 50.00 0.00 met",
        "online hours beyond their cap are hours of the theme"
    );
    assert_eq!(stands(&rules, &enough, "it.practice_share"), "30.00 30.00 0.00 met");
    assert_eq!(enough.total, hours("40"), "10 of 20 online hours count in the cycle");
    let little = judged(&it_hours("24", "16", "10"));
    assert_eq!(stands(&rules, &little, "it.min"), "50.00 50.00 0.00 met");
    // Ten hours of practice more make 36 of 60.
    assert_eq!(stands(&rules, &little, "it.practice_share"), "30.00 26.00 10.00 failed");
    let share = |one: &&Requirement| rules.rule(one.rule).unwrap().rule.id == "it.practice_share";
    let words = wording::requirement(&rules, little.requirements.iter().find(share).unwrap()).unwrap();
    assert_eq!(
        words.zh,
        "信息技术实践2016-01-01至2017-12-31（SX v1 it.practice_share）：占比应不低于0.6即30.00学时，已有26.00学时，\
         尚缺10.00学时，未达标"
    );
    let mut more = it_hours("24", "16", "10").to_vec();
    more.push(themed("it", school(4, "2017-09-01", "10")));
    assert_eq!(stands(&rules, &judged(&more), "it.practice_share"), "36.00 36.00 0.00 met");
}

#[test]
fn hours_after_a_deadline_do_not_serve_it() {
    let rules = it_rules();
    let late = [themed("it", school(1, "2018-01-01", "50"))];
    let evaluation = evaluate(&rules, &PersonFacts::default(), &late);
    assert_eq!(stands(&rules, &evaluation, "it.min"), "50.00 0.00 50.00 failed");
    assert_eq!(
        stands(&rules, &evaluation, "it.practice_share"),
        "0.00 0.00 0.00 met",
        "of nothing there is every share"
    );
}

#[test]
fn example_4_where_leave_prorates_its_full_months_are_not_owed() {
    let leave = vec![DateSpan { from: day("2018-02-01"), to: Some(day("2018-08-31")) }];
    let person = PersonFacts { leave, ..PersonFacts::default() };
    let kept = evaluate(&with_county(json!({"leave_total": figure("keep")})), &person, &[]);
    assert_eq!(kept.required, Some(hours("360")));
    let prorated = evaluate(&with_county(json!({"leave_total": figure("prorate")})), &person, &[]);
    assert_eq!(prorated.required, Some(hours("318")), "360 × 53 ÷ 60");
}
