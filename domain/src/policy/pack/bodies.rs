//! What the rules of a document say.

use super::{
    Fault, PackFault,
    reader::{At, Reader, date},
};
use crate::{
    policy::{
        document::{BodyDocument, Cited},
        rule::*,
    },
    words::UnknownWord,
};

/// The fields of a window.
struct WindowDocument<'a> {
    window: &'a str,
    window_months: &'a Option<Cited>,
    until: &'a Option<Cited>,
    months_from: &'a Option<Cited>,
    months_to: &'a Option<Cited>,
}

impl Reader<'_> {
    pub(super) fn body(&self, at: &At, body: &BodyDocument) -> Result<Body, PackFault> {
        match body {
            BodyDocument::Total { hours, hours_per_year } => {
                let at = at.field("total");
                match (hours, hours_per_year) {
                    (Some(cited), None) => self.hours(&at.field("hours"), cited).map(TotalAmount::PerCycle),
                    (None, Some(cited)) => self.hours(&at.field("hours_per_year"), cited).map(TotalAmount::PerYear),
                    _ => at.refuse(Fault::NotOneOf("hours", "hours_per_year")),
                }
                .map(Body::Total)
            }
            BodyDocument::YearFloor { hours, strength, counts, block_year_hours, waived_from_leave_months } => {
                let at = at.field("year_floor");
                Ok(Body::YearFloor {
                    hours: self.hours(&at.field("hours"), hours)?,
                    strength: self.word(&at.field("strength"), strength)?,
                    counts: self.selector(&at.field("counts"), counts)?,
                    block_year_hours: self
                        .maybe(block_year_hours.as_ref(), |cited| self.hours(&at.field("block_year_hours"), cited))?,
                    waived_from_leave_months: self.maybe(waived_from_leave_months.as_ref(), |cited| {
                        self.integer(&at.field("waived_from_leave_months"), cited, 1..=12)
                    })?,
                })
            }
            BodyDocument::YearMaximum { hours, effect, counts } => {
                let at = at.field("year_maximum");
                Ok(Body::YearMaximum {
                    hours: self.hours(&at.field("hours"), hours)?,
                    effect: self.word(&at.field("effect"), effect)?,
                    counts: self.selector(&at.field("counts"), counts)?,
                })
            }
            BodyDocument::Cap { of, period, hours, share_of_required, share_of_counted } => {
                let at = at.field("cap");
                let period = match period.as_str() {
                    "year" => CapPeriod::Year,
                    "cycle" => CapPeriod::Cycle,
                    _ => return at.field("period").refuse(UnknownWord { expected: "year, cycle" }),
                };
                let amount = match share_of_counted {
                    Some(_) if hours.is_some() || share_of_required.is_some() || period != CapPeriod::Cycle => {
                        return at.field("share_of_counted").refuse(Fault::ShareOfCountedAlone);
                    }
                    Some(cited) => self.ratio(&at.field("share_of_counted"), cited, 1).map(Most::ShareOfCounted)?,
                    None => Most::Hours(self.amount(&at, hours.as_ref(), share_of_required.as_ref())?),
                };
                Ok(Body::Cap { of: self.selector(&at.field("of"), of)?, period, amount })
            }
            BodyDocument::Block { of, hours, measure, count, practice_hours, required_from_months, uninterrupted } => {
                let at = at.field("block");
                let measure = match self.word(&at.field("measure"), measure)? {
                    measure @ (Measure::Credited | Measure::Nominal) => measure,
                    _ => {
                        let expected = UnknownWord { expected: "credited, nominal" };
                        return at.field("measure").field("value").refuse(expected);
                    }
                };
                Ok(Body::Block {
                    of: self.selector(&at.field("of"), of)?,
                    hours: self.hours(&at.field("hours"), hours)?,
                    measure,
                    count: self.integer(&at.field("count"), count, 1..=20)?,
                    practice_hours: self
                        .maybe(practice_hours.as_ref(), |cited| self.hours(&at.field("practice_hours"), cited))?,
                    required_from_months: self.maybe(required_from_months.as_ref(), |cited| {
                        self.integer(&at.field("required_from_months"), cited, 0..=240)
                    })?,
                    uninterrupted: self
                        .maybe(uninterrupted.as_ref(), |cited| self.yes(&at.field("uninterrupted"), cited))?
                        .unwrap_or(false),
                })
            }
            BodyDocument::Minimum {
                of,
                measure,
                window,
                months_from,
                months_to,
                window_months,
                until,
                hours,
                share_of_required,
                days,
                strength,
            } => {
                let at = at.field("minimum");
                let window = WindowDocument { window, window_months, until, months_from, months_to };
                let measure = at.field("measure").read(measure)?;
                let amount = match days {
                    Some(cited) if hours.is_none() && share_of_required.is_none() && measure == Measure::Credited => {
                        Least::Days(self.days(&at.field("days"), cited)?)
                    }
                    Some(_) => return at.field("days").refuse(Fault::DaysAlone),
                    None => Least::Hours(self.amount(&at, hours.as_ref(), share_of_required.as_ref())?),
                };
                Ok(Body::Minimum {
                    of: self.selector(&at.field("of"), of)?,
                    measure,
                    window: self.window(&at, &window)?,
                    amount,
                    strength: self.word(&at.field("strength"), strength)?,
                })
            }
            BodyDocument::Share {
                of,
                part,
                practice,
                share,
                measure,
                window,
                months_from,
                months_to,
                window_months,
                until,
                strength,
            } => {
                let at = at.field("share");
                let window = WindowDocument { window, window_months, until, months_from, months_to };
                let measure = match at.field("measure").read(measure)? {
                    Measure::Practice => {
                        return at.field("measure").refuse(UnknownWord { expected: "credited, counted, nominal" });
                    }
                    measure => measure,
                };
                Ok(Body::Share {
                    of: self.selector(&at.field("of"), of)?,
                    part: self.selector(&at.field("part"), part)?,
                    practice: self.yes(&at.field("practice"), practice)?,
                    share: self.ratio(&at.field("share"), share, 1)?,
                    measure,
                    window: self.window(&at, &window)?,
                    strength: self.word(&at.field("strength"), strength)?,
                })
            }
            BodyDocument::Factor { of, ratio } => {
                let at = at.field("factor");
                Ok(Body::Factor {
                    of: self.selector(&at.field("of"), of)?,
                    ratio: self.ratio(&at.field("ratio"), ratio, 10)?,
                })
            }
        }
    }

    fn window(&self, at: &At, document: &WindowDocument<'_>) -> Result<Window, PackFault> {
        let integer = |name: &str, cited: &Option<Cited>, most: i32| {
            self.maybe(cited.as_ref(), |cited| self.integer(&at.field(name), cited, 1..=most))
        };
        let months = integer("window_months", document.window_months, 240)?;
        let until = self.maybe(document.until.as_ref(), |cited| {
            let place = at.field("until");
            date(&place.field("value"), self.cited(&place, cited)?)
        })?;
        let month = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
        let from = month(integer("months_from", document.months_from, 12)?);
        let to = month(integer("months_to", document.months_to, 12)?);
        if !["cycle", "year", "months", "until", "profile"].contains(&document.window) {
            return at.field("window").refuse(UnknownWord { expected: "cycle, year, months, until, profile" });
        }
        if document.window != "profile" && months.is_some() {
            return at.field("window_months").refuse(Fault::OfWindow { window: "profile" });
        }
        if document.window != "until" && until.is_some() {
            return at.field("until").refuse(Fault::OfWindow { window: "until" });
        }
        if document.window != "months" && (from.is_some() || to.is_some()) {
            return at.field("months_from").refuse(Fault::OfWindow { window: "months" });
        }
        match (document.window, until, from.zip(to)) {
            ("cycle", ..) => Ok(Window::Cycle),
            ("year", ..) => Ok(Window::Year),
            ("profile", ..) => Ok(Window::Profile { months }),
            ("until", Some(day), _) => Ok(Window::Until(day)),
            ("until", None, _) => at.refuse(Fault::WindowNeeds { window: "until", fields: "until" }),
            ("months", _, Some((from, to))) => Ok(Window::Months { from, to }),
            _ => at.refuse(Fault::WindowNeeds { window: "months", fields: "months_from, months_to" }),
        }
    }
}
