//! Hours that move with a teacher: certified amounts from county to county.
//!
//! What the origin certified is not judged again year by year: who certifies, decides. Whether it counts at once or somebody looks at the
//! evidence and recognises it by hand is for the policy packs to say; where they do not, hours from inside the province count at once.

use crate::{
    area::AreaCode,
    fold,
    hours::{Days, Hours},
    id::AccountId,
    ledger::{self, Amounts, Factor},
    policy::{Recognition, RuleSet},
    time::DateSpan,
    words::{DeliveryForm, Level, Route, Theme, word_list},
};
use chrono::{Datelike, NaiveDate};
use thiserror::Error;

word_list! {
    /// Which way hours moved.
    Direction {
        In = "in", "转入", "into this county";
        Out = "out", "转出", "out of this county";
    }
}

word_list! {
    /// What became of a transfer.
    TransferState {
        Issued = "issued", "已出具", "the certificate was issued";
        Waiting = "waiting", "待认定", "waits to be recognised by hand";
        Taken = "taken", "已计入", "the hours are posted";
        Refused = "refused", "不予认定", "not recognised";
    }
}

/// Certified hours of one kind in one year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertifiedLine {
    /// The day to which the hours belong: the year's last, or the last before the move.
    pub on: NaiveDate,
    /// Route.
    pub route: Route,
    /// Delivery form.
    pub form: DeliveryForm,
    /// Level.
    pub level: Level,
    /// Themes.
    pub themes: Vec<Theme>,
    /// The concentrated block that the hours belong to, where they do.
    pub block_key: Option<String>,
    /// Hours.
    pub hours: Hours,
    /// Of these, practice.
    pub practice: Hours,
    /// Days of training they took, where those were recorded.
    pub days: Option<Days>,
}

impl CertifiedLine {
    /// Whether both are of the same day, kind of hours and block, and both or neither tell days.
    fn same_kind(&self, other: &CertifiedLine) -> bool {
        let kind = |line: &CertifiedLine| (line.on, line.route, line.form, line.level, line.days.is_some());
        kind(self) == kind(other) && self.themes == other.themes && self.block_key == other.block_key
    }
}

/// A certificate as it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The area that certifies, where it has a code.
    pub area: Option<AreaCode>,
    /// The teacher's name on it.
    pub teacher_name: String,
    /// What the lines add up to, as the certificate says.
    pub total: Hours,
    /// The lines.
    pub lines: Vec<CertifiedLine>,
}

/// Why hours are not taken over. Declared in the order in which they are looked for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// There is nothing on it.
    #[error("no lines")]
    Empty,
    /// The certificate is this county's own.
    #[error("certified here")]
    OwnCertificate,
    /// The certificate is somebody else's.
    #[error("certified of {name}")]
    OtherPerson {
        /// The name on the certificate.
        name: String,
    },
    /// The lines do not add up.
    #[error("the lines add up to {sum}, not to {total}")]
    SumDiffers {
        /// What they add up to.
        sum: Hours,
        /// What the certificate says.
        total: Hours,
    },
    /// A line belongs to a day at or after the move.
    #[error("a line of {on} lies after the move on {moved_on}")]
    AfterMove {
        /// The day of the line.
        on: NaiveDate,
        /// The day of the move.
        moved_on: NaiveDate,
    },
    /// A line belongs to a time in which the teacher was employed here: those hours are in our own ledger.
    #[error("employed here on {on}")]
    EmployedHere {
        /// The day of the line.
        on: NaiveDate,
    },
    /// The ledger would not take a line.
    #[error(transparent)]
    Ledger(#[from] ledger::Refusal),
    /// More is to be recognised than was certified.
    #[error("{sum} hours of {total} certified")]
    MoreThanCertified {
        /// What is to be recognised.
        sum: Hours,
        /// What was certified.
        total: Hours,
    },
    /// What is to be recognised was not certified: no line of that day, kind and block has so many hours, or so much practice.
    #[error("not certified on {on}")]
    NotCertified {
        /// The day of the line.
        on: NaiveDate,
    },
    /// It was decided on before.
    #[error("the transfer is {state}")]
    NotWaiting {
        /// What it is.
        state: TransferState,
    },
    /// Who entered it does not recognise it.
    #[error("the same person entered it")]
    SamePerson,
}

/// What becomes of hours that `from` certified and that come to `here`: what has no code is recognised by hand always.
pub fn recognition(from: Option<AreaCode>, here: AreaCode, rules: &RuleSet) -> Recognition {
    match from {
        None => Recognition::Manual,
        Some(from) if from.province() == here.province() => rules.transfer_same_province(),
        Some(_) => rules.transfer_other_province(),
    }
}

fn sum(lines: &[CertifiedLine]) -> Result<Hours, Refusal> {
    let mut sum = Hours::ZERO;
    for line in lines {
        sum = sum.checked_add(line.hours).ok_or(ledger::Refusal::Overflow)?;
    }
    Ok(sum)
}

impl Certificate {
    /// The certificate with the lines that are recognised in place of those certified: fewer hours of what was certified, never others.
    ///
    /// # Errors
    /// [`Refusal::MoreThanCertified`], [`Refusal::NotCertified`].
    pub fn reduced(&self, lines: Vec<CertifiedLine>) -> Result<Certificate, Refusal> {
        let (sum, total) = (sum(&lines)?, self.total);
        if sum > total {
            return Err(Refusal::MoreThanCertified { sum, total });
        }
        let mut left = self.lines.clone();
        for line in &lines {
            let of = left.iter_mut().find(|one| {
                let enough = one.hours >= line.hours && one.practice >= line.practice && one.days >= line.days;
                one.same_kind(line) && enough
            });
            let Some(of) = of else { return Err(Refusal::NotCertified { on: line.on }) };
            (of.hours, of.practice) = (of.hours.less(line.hours), of.practice.less(line.practice));
            of.days = of.days.zip(line.days).map(|(left, taken)| left.less(taken));
        }
        Ok(Certificate { total: sum, lines, area: self.area, teacher_name: self.teacher_name.clone() })
    }
}

/// Judges a certificate that came in, for the person of the name in the area, and gives the amounts of each line, in order.
///
/// # Errors
/// One [`Refusal`] per reason, in the order of the enum.
pub fn judge(
    certificate: &Certificate,
    (here, name): (AreaCode, &str),
    moved_on: NaiveDate,
    employments: &[DateSpan],
    today: NaiveDate,
) -> Result<Vec<Amounts>, Refusal> {
    if certificate.lines.is_empty() {
        return Err(Refusal::Empty);
    }
    if certificate.area == Some(here) {
        return Err(Refusal::OwnCertificate);
    }
    if fold::compact(&certificate.teacher_name) != fold::compact(name) {
        return Err(Refusal::OtherPerson { name: certificate.teacher_name.clone() });
    }
    let sum = sum(&certificate.lines)?;
    if sum != certificate.total {
        return Err(Refusal::SumDiffers { sum, total: certificate.total });
    }
    let mut amounts = Vec::with_capacity(certificate.lines.len());
    for line in &certificate.lines {
        if line.on >= moved_on {
            return Err(Refusal::AfterMove { on: line.on, moved_on });
        }
        if employments.iter().any(|spell| spell.contains(line.on)) {
            return Err(Refusal::EmployedHere { on: line.on });
        }
        ledger::may_enter(line.on, today, employments, true)?;
        amounts.push(Amounts::new(line.hours, line.hours, Factor::ONE, line.practice)?);
    }
    Ok(amounts)
}

/// Whether somebody may decide on a transfer.
///
/// # Errors
/// [`Refusal::NotWaiting`], [`Refusal::SamePerson`].
pub fn may_decide(state: TransferState, entered_by: AccountId, by: AccountId) -> Result<(), Refusal> {
    if state != TransferState::Waiting {
        return Err(Refusal::NotWaiting { state });
    }
    if entered_by == by {
        return Err(Refusal::SamePerson);
    }
    Ok(())
}

/// Adds up what an origin certifies: lines of one year and kind become one, dated to the last day of the year, or to the day
/// before the move. Lines without hours are left out.
pub fn summed(lines: impl IntoIterator<Item = CertifiedLine>, moved_on: NaiveDate) -> Vec<CertifiedLine> {
    let mut sums: Vec<CertifiedLine> = Vec::new();
    for mut line in lines {
        let year_end = NaiveDate::from_ymd_opt(line.on.year(), 12, 31).unwrap_or(line.on);
        line.on = year_end.min(moved_on.pred_opt().unwrap_or(moved_on));
        match sums.iter_mut().find(|known| known.same_kind(&line)) {
            Some(known) => {
                known.hours = known.hours.plus(line.hours);
                known.practice = known.practice.plus(line.practice);
                known.days = known.days.zip(line.days).map(|(one, other)| one.plus(other));
            }
            None => sums.push(line),
        }
    }
    sums.retain(|line| line.hours > Hours::ZERO);
    sums.sort_by(|one, other| {
        let key = |line: &CertifiedLine| {
            (line.on, line.route, line.form, line.level, line.themes.clone(), line.block_key.clone())
        };
        key(one).cmp(&key(other))
    });
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn line(on: &str, hours: i32) -> CertifiedLine {
        CertifiedLine {
            on: day(on),
            route: Route::SelfSelected,
            form: DeliveryForm::Lecture,
            level: Level::County,
            themes: Vec::new(),
            block_key: None,
            hours: Hours::whole(hours),
            practice: Hours::ZERO,
            days: None,
        }
    }

    fn certificate(area: AreaCode, total: i32, lines: &[CertifiedLine]) -> Certificate {
        let (total, lines) = (Hours::whole(total), lines.to_vec());
        Certificate { area: Some(area), teacher_name: "雷晓燕".into(), total, lines }
    }

    #[test]
    fn a_certificate_is_refused_for_each_reason_in_order() {
        let area = |code: i32| AreaCode::new(code).unwrap();
        let here = area(331_123);
        let employed = [DateSpan { from: day("2019-02-01"), to: None }];
        let judged = |from: i32, total: i32, lines: &[CertifiedLine]| {
            let certificate = certificate(area(from), total, lines);
            judge(&certificate, (here, "雷 晓燕"), day("2019-02-01"), &employed, day("2026-11-23"))
                .map(|amounts| amounts.len())
        };
        let good = [line("2016-12-31", 40), line("2019-01-31", 20)];
        assert_eq!(judged(331_124, 60, &good), Ok(2));
        assert_eq!(judged(331_124, 0, &[]), Err(Refusal::Empty));
        assert_eq!(judged(331_123, 60, &good), Err(Refusal::OwnCertificate));
        let differ = Refusal::SumDiffers { sum: Hours::whole(60), total: Hours::whole(61) };
        assert_eq!(judged(331_124, 61, &good), Err(differ));
        let after = Refusal::AfterMove { on: day("2019-02-01"), moved_on: day("2019-02-01") };
        assert_eq!(judged(331_124, 1, &[line("2019-02-01", 1)]), Err(after));
        let huge = [line("2016-12-31", 10_001)];
        assert_eq!(judged(331_124, 10_001, &huge), Err(Refusal::Ledger(ledger::Refusal::Overflow)));
        let back = [DateSpan { from: day("2010-08-01"), to: Some(day("2016-12-31")) }];
        let own = certificate(area(331_124), 60, &good);
        let other = judge(&own, (here, "雷晓"), day("2019-02-01"), &back, day("2026-11-23"));
        assert_eq!(other, Err(Refusal::OtherPerson { name: "雷晓燕".into() }));
        let more = Refusal::MoreThanCertified { sum: Hours::whole(61), total: Hours::whole(60) };
        assert_eq!(own.reduced(vec![line("2016-12-31", 61)]), Err(more));
        let other_route = CertifiedLine { route: Route::SchoolBased, ..line("2016-12-31", 9) };
        let in_block = CertifiedLine { block_key: Some("b".into()), ..line("2016-12-31", 9) };
        let practised = CertifiedLine { practice: Hours::whole(1), ..line("2016-12-31", 9) };
        for other in [other_route, in_block, practised, line("2017-12-31", 9), line("2019-01-31", 21)] {
            assert_eq!(own.reduced(vec![other.clone()]), Err(Refusal::NotCertified { on: other.on }));
        }
        let twice = own.reduced(vec![line("2016-12-31", 21), line("2016-12-31", 20)]);
        assert_eq!(twice, Err(Refusal::NotCertified { on: day("2016-12-31") }), "a line is there once");
        assert_eq!(own.reduced(vec![line("2016-12-31", 9)]).map(|less| less.total), Ok(Hours::whole(9)));
        let refused = judge(&own, (here, "雷晓燕"), day("2019-02-01"), &back, day("2026-11-23"));
        assert_eq!(refused, Err(Refusal::EmployedHere { on: day("2016-12-31") }));
        let by_default = |from| recognition(from, here, &RuleSet::default());
        assert_eq!(by_default(Some(area(330_100))), Recognition::Auto);
        assert_eq!([by_default(Some(area(320_100))), by_default(None)], [Recognition::Manual; 2]);
    }

    #[test]
    fn lines_of_one_year_and_kind_are_added_up_and_never_lie_after_the_move() {
        let mut block = line("2018-07-15", 90);
        block.block_key = Some("b".into());
        let lines =
            [line("2018-03-01", 10), block, line("2018-05-01", 5), line("2019-01-20", 7), line("2018-06-01", 0)];
        let summed = summed(lines, day("2019-02-01"));
        let days = |days: i64| Some(Days::from_hundredths(days * 100));
        let three = CertifiedLine { days: days(3), ..line("2018-03-01", 18) };
        let five = super::summed(
            [three.clone(), CertifiedLine { days: days(2), ..line("2018-05-01", 12) }, line("2018-06-01", 6)],
            day("2019-02-01"),
        );
        let five: Vec<_> = five.iter().map(|line| (line.hours, line.days)).collect();
        assert_eq!(
            five,
            [(Hours::whole(30), days(5)), (Hours::whole(6), None)],
            "what tells no days is not added to what does"
        );
        let shown: Vec<_> =
            summed.iter().map(|line| (line.on.to_string(), line.hours, line.block_key.is_some())).collect();
        let expected = [("2018-12-31", 15, false), ("2018-12-31", 90, true), ("2019-01-31", 7, false)];
        let expected: Vec<_> =
            expected.iter().map(|(on, hours, block)| ((*on).to_owned(), Hours::whole(*hours), *block)).collect();
        assert_eq!(shown, expected);
    }
}
