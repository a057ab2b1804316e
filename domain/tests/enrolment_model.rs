//! Seats and the queue against a naive second model: a list of people in the order of asking, seats counted by looking.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;
use shixun_domain::enrolment::{EnrolmentStatus as S, ReviewVerdict, promoted, reviewed};

const SEATS: usize = 3;
const PLACES: usize = 4;

#[derive(Debug, Clone)]
enum Step {
    Apply,
    Approve(usize),
    Decline(usize),
    Withdraw(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Apply),
        2 => (0..20usize).prop_map(Step::Approve),
        1 => (0..20usize).prop_map(Step::Decline),
        2 => (0..20usize).prop_map(Step::Withdraw),
    ]
}

/// The program's way: counters, and one who moves up for each seat that comes free.
#[derive(Default)]
struct Session {
    people: Vec<S>,
    taken: usize,
    waiting: usize,
}

impl Session {
    fn apply(&mut self) {
        if self.taken < SEATS && self.waiting == 0 {
            self.taken += 1;
            self.people.push(S::Applied);
        } else if self.waiting < PLACES {
            self.waiting += 1;
            self.people.push(S::Waiting);
        }
    }

    fn change(&mut self, who: usize, to: S) {
        let before = std::mem::replace(&mut self.people[who], to);
        if before.holds_seat() && !to.holds_seat() {
            self.taken -= 1;
        }
        if before.waits() && !to.waits() {
            self.waiting -= 1;
        }
        while self.taken < SEATS && self.waiting > 0 {
            let first = self.people.iter().position(|status| status.waits()).unwrap();
            self.people[first] = promoted(self.people[first]).unwrap();
            self.taken += 1;
            self.waiting -= 1;
        }
    }
}

/// The naive way: who asked, in order, with what the school said; everything else follows by counting from the front.
#[derive(Default)]
struct Line(Vec<(bool, Option<bool>)>);

impl Line {
    fn statuses(&self) -> Vec<S> {
        let mut seats = SEATS;
        self.0
            .iter()
            .map(|(left, said)| match (left, said) {
                (_, Some(false)) => S::Declined,
                (true, _) => S::Withdrawn,
                (false, said) => {
                    let seat = seats > 0;
                    seats -= usize::from(seat);
                    match (seat, said) {
                        (true, None) => S::Applied,
                        (true, Some(_)) => S::Confirmed,
                        (false, None) => S::Waiting,
                        (false, Some(_)) => S::WaitingApproved,
                    }
                }
            })
            .collect()
    }

    fn open(&self) -> usize {
        self.statuses().iter().filter(|status| status.is_open()).count()
    }
}

proptest! {
    #[test]
    fn nobody_jumps_the_queue_and_no_seat_is_given_twice(steps in proptest::collection::vec(step(), 0..60)) {
        let (mut session, mut line) = (Session::default(), Line::default());
        for step in steps {
            match step {
                Step::Apply => {
                    if line.open() < SEATS + PLACES {
                        line.0.push((false, None));
                    }
                    session.apply();
                }
                Step::Approve(who) | Step::Decline(who) if who < session.people.len() => {
                    let yes = matches!(step, Step::Approve(_));
                    let verdict = if yes { ReviewVerdict::Approve } else { ReviewVerdict::Decline };
                    if let Ok(to) = reviewed(session.people[who], verdict) {
                        session.change(who, to);
                        line.0[who].1 = Some(yes);
                    }
                }
                Step::Withdraw(who) if who < session.people.len() && session.people[who].is_open() => {
                    session.change(who, S::Withdrawn);
                    line.0[who].0 = true;
                }
                _ => {}
            }
            prop_assert_eq!(&session.people, &line.statuses());
            prop_assert!(session.taken <= SEATS && session.waiting <= PLACES);
        }
    }
}
