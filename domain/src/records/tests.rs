use super::*;
use crate::{Id, area::AreaCode};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn account(number: i64) -> AccountId {
    Id::new(AreaCode::new(331_123).unwrap(), number)
}

fn word(text: &str) -> ActivityWord {
    text.parse().unwrap()
}

fn claim() -> Claim {
    Claim {
        starts_on: day("2019-07-01"),
        ends_on: day("2019-07-03"),
        hours: Hours::whole(20),
        practice: Hours::whole(4),
        provider: Provider::Reviewed,
        evidence: vec![word("certificate")],
    }
}

#[test]
fn a_claim_is_refused_for_each_reason_in_order() {
    let employed = [
        DateSpan { from: day("2014-08-01"), to: Some(day("2018-07-31")) },
        DateSpan { from: day("2019-02-01"), to: None },
    ];
    let today = day("2026-11-23");
    let consent = |on: Option<&str>| Provider::Unreviewed { consent_on: on.map(day), starts_on: day("2019-07-01") };
    let check = |change: &dyn Fn(&mut Claim)| {
        let mut claim = claim();
        change(&mut claim);
        may_enter(&claim, &employed, today, true).map(|amounts| amounts.credited)
    };
    assert_eq!(check(&|_| {}), Ok(Hours::whole(20)));
    assert_eq!(check(&|claim| claim.evidence.clear()), Err(Refusal::EvidenceMissing));
    assert_eq!(check(&|claim| claim.hours = Hours::whole(-1)), Err(Refusal::Ledger(ledger::Refusal::Negative)));
    assert_eq!(check(&|claim| claim.hours = Hours::whole(10_001)), Err(Refusal::Ledger(ledger::Refusal::Overflow)));
    assert_eq!(
        check(&|claim| claim.ends_on = day("2026-11-24")),
        Err(Refusal::Ledger(ledger::Refusal::InFuture { today }))
    );
    assert_eq!(
        check(&|claim| claim.ends_on = day("2014-07-31")),
        Err(Refusal::Ledger(ledger::Refusal::BeforeEmployment { employed_from: day("2014-08-01") }))
    );
    assert_eq!(may_enter(&claim(), &[], today, true), Err(Refusal::Ledger(ledger::Refusal::NeverEmployed)));
    assert_eq!(check(&|claim| (claim.hours, claim.practice) = (Hours::ZERO, Hours::ZERO)), Err(Refusal::NoHours));
    let between = day("2018-12-01");
    assert_eq!(
        check(&|claim| claim.ends_on = between),
        Err(Refusal::Ledger(ledger::Refusal::OutsideEmployment { day: between }))
    );
    assert_eq!(check(&|claim| claim.provider = consent(None)), Err(Refusal::ConsentMissing));
    for late in ["2019-07-01", "2019-07-05"] {
        let refusal = Refusal::ConsentLate { consent_on: day(late), starts_on: day("2019-07-01") };
        assert_eq!(check(&|claim| claim.provider = consent(Some(late))), Err(refusal));
    }
    assert_eq!(check(&|claim| claim.provider = consent(Some("2019-06-30"))), Ok(Hours::whole(20)));
}

/// Plays every sequence of steps by three people and a teacher: whoever verifies, three people had it in hand.
#[test]
fn whatever_is_verified_went_through_three_pairs_of_hands() {
    let steps = [
        RecordStep::Examine,
        RecordStep::Verify,
        RecordStep::Return,
        RecordStep::Reject,
        RecordStep::Withdraw,
        RecordStep::Correct,
    ];
    let mut open = vec![(RecordState::Entered, Hands { made_by: vec![account(1)], examined_by: None }, 0)];
    let mut verified = 0;
    while let Some((state, hands, depth)) = open.pop() {
        for (step, number) in steps.iter().flat_map(|step| (1..=4).map(move |number| (*step, number))) {
            // The hours are those of number 4.
            let by = Hand { account: account(number), is_subject: number == 4 };
            let Ok(next) = after(state, step, &hands, by, Some("理由"), 3) else { continue };
            match step {
                RecordStep::Verify => {
                    let examiner = hands.examined_by.unwrap();
                    let made = |account: AccountId| hands.made_by.contains(&account);
                    assert!(!made(examiner) && !made(by.account) && examiner != by.account, "{hands:?} {by:?}");
                    assert!(!by.is_subject && examiner != account(4));
                    verified += 1;
                }
                _ if depth == 4 => {}
                RecordStep::Examine => {
                    open.push((next, Hands { examined_by: Some(by.account), ..hands.clone() }, depth + 1));
                }
                RecordStep::Correct => {
                    let made_by = hands.made_by.iter().copied().chain([by.account]).collect();
                    open.push((next, Hands { made_by, examined_by: None }, depth + 1));
                }
                _ => open.push((next, Hands { examined_by: None, ..hands.clone() }, depth + 1)),
            }
        }
    }
    assert!(verified > 100, "{verified}");
}

#[test]
fn with_fewer_stages_fewer_people_see_a_record_and_never_its_own_subject() {
    let entered = Hands { made_by: vec![account(1)], examined_by: None };
    let verify = |stages: i32, number: i64| {
        let by = Hand { account: account(number), is_subject: number == 4 };
        after(RecordState::Entered, RecordStep::Verify, &entered, by, None, stages)
    };
    let done = Ok(RecordState::Verified);
    assert!(matches!(verify(3, 2), Err(Refusal::WrongState { .. })), "somebody examines it first");
    assert_eq!([verify(2, 2), verify(1, 2), verify(1, 1)], [done.clone(), done.clone(), done]);
    assert_eq!(verify(2, 1), Err(Refusal::SamePerson { did: Some(RecordStep::Enter) }), "who enters never verifies");
    assert_eq!([verify(2, 4), verify(1, 4)], [const { Err(Refusal::SamePerson { did: None }) }; 2]);
    let examined = Hands { examined_by: Some(account(2)), ..entered };
    let by = |number: i64| Hand { account: account(number), is_subject: false };
    let again = |number: i64| after(RecordState::Examined, RecordStep::Verify, &examined, by(number), None, 1);
    assert!(again(1).is_err() && again(2).is_err(), "what was examined is verified by a third person");
    assert_eq!(again(3), Ok(RecordState::Verified));
}

#[test]
fn consent_is_asked_for_where_the_packs_ask_for_it() {
    let unreviewed = |consent_on: Option<&str>| Claim {
        provider: Provider::Unreviewed { consent_on: consent_on.map(day), starts_on: claim().starts_on },
        ..claim()
    };
    let employed = [DateSpan { from: day("2010-08-01"), to: None }];
    let enter = |claim: &Claim, asked: bool| may_enter(claim, &employed, day("2019-12-01"), asked).map(drop);
    assert_eq!(enter(&unreviewed(None), true), Err(Refusal::ConsentMissing));
    assert_eq!([enter(&unreviewed(None), false), enter(&unreviewed(Some("2030-01-01")), false)], [Ok(()), Ok(())]);
}

#[test]
fn who_entered_a_record_that_another_corrected_does_not_verify_it() {
    let hands = Hands { made_by: vec![account(1), account(2)], examined_by: Some(account(3)) };
    for number in [1, 2] {
        let by = Hand { account: account(number), is_subject: false };
        let refused = after(RecordState::Examined, RecordStep::Verify, &hands, by, None, 3);
        assert_eq!(refused, Err(Refusal::SamePerson { did: Some(RecordStep::Enter) }));
    }
}

#[test]
fn accounts_of_two_areas_with_one_number_are_two_people() {
    let above: AccountId = Id::new(AreaCode::new(330_000).unwrap(), 1);
    let hands = Hands { made_by: vec![account(1)], examined_by: Some(account(2)) };
    let verify = |account: AccountId| {
        let by = Hand { account, is_subject: false };
        after(RecordState::Examined, RecordStep::Verify, &hands, by, None, 3)
    };
    assert_eq!(verify(above), Ok(RecordState::Verified));
    assert_eq!(verify(account(1)), Err(Refusal::SamePerson { did: Some(RecordStep::Enter) }));
}

#[test]
fn a_step_says_why_it_cannot_be_taken() {
    let hands = Hands { made_by: vec![account(1)], examined_by: Some(account(2)) };
    let by = |number: i64| Hand { account: account(number), is_subject: false };
    let cases = [
        (RecordState::Examined, RecordStep::Verify, by(1), Some(RecordStep::Enter)),
        (RecordState::Examined, RecordStep::Verify, by(2), Some(RecordStep::Examine)),
        (RecordState::Entered, RecordStep::Examine, by(1), Some(RecordStep::Enter)),
        (RecordState::Entered, RecordStep::Examine, Hand { account: account(9), is_subject: true }, None),
    ];
    for (state, step, hand, did) in cases {
        assert_eq!(after(state, step, &hands, hand, None, 3), Err(Refusal::SamePerson { did }), "{step} by {hand:?}");
    }
    assert_eq!(
        after(RecordState::Entered, RecordStep::Reject, &hands, by(3), Some("  "), 3),
        Err(Refusal::ReasonMissing)
    );
    let verified = after(RecordState::Verified, RecordStep::Withdraw, &hands, by(1), None, 3);
    assert!(matches!(verified, Err(Refusal::WrongState { state: RecordState::Verified, .. })));
    let back = after(RecordState::Examined, RecordStep::Return, &hands, by(2), Some("凭证不清"), 3);
    assert_eq!(back, Ok(RecordState::Returned), "who examined it may still ask for it back");
}
