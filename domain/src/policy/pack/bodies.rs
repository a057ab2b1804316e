//! What the rules of a document say.

use super::{
    PackFault,
    reader::{At, Reader},
};
use crate::policy::{document::BodyDocument, rule::*};

impl Reader<'_> {
    pub(super) fn body(&self, at: &At, body: &BodyDocument) -> Result<Body, PackFault> {
        match body {
            BodyDocument::Total { hours, hours_per_year } => {
                let at = at.field("total");
                match (hours, hours_per_year) {
                    (Some(cited), None) => self.hours(&at.field("hours"), cited).map(TotalAmount::PerCycle),
                    (None, Some(cited)) => self.hours(&at.field("hours_per_year"), cited).map(TotalAmount::PerYear),
                    _ => at.refuse("expected either hours or hours_per_year"),
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
            BodyDocument::Cap { of, period, hours, share_of_required } => {
                let at = at.field("cap");
                let period = match period.as_str() {
                    "year" => CapPeriod::Year,
                    "cycle" => CapPeriod::Cycle,
                    _ => return at.field("period").refuse("expected one of year, cycle"),
                };
                let amount = self.amount(&at, hours.as_ref(), share_of_required.as_ref())?;
                Ok(Body::Cap { of: self.selector(&at.field("of"), of)?, period, amount })
            }
            BodyDocument::Block { of, hours, measure, count, practice_hours, required_from_months } => {
                let at = at.field("block");
                let measure = match self.word(&at.field("measure"), measure)? {
                    measure @ (Measure::Credited | Measure::Nominal) => measure,
                    _ => return at.field("measure").field("value").refuse("expected one of credited, nominal"),
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
                })
            }
            BodyDocument::Minimum { of, measure, window, window_months, until, hours, share_of_required, strength } => {
                let at = at.field("minimum");
                Ok(Body::Minimum {
                    of: self.selector(&at.field("of"), of)?,
                    measure: at.field("measure").read(measure)?,
                    window: self.window(&at, window, window_months.as_ref(), until.as_ref())?,
                    amount: self.amount(&at, hours.as_ref(), share_of_required.as_ref())?,
                    strength: self.word(&at.field("strength"), strength)?,
                })
            }
            BodyDocument::Share { of, part, practice, share, measure, window, window_months, until, strength } => {
                let at = at.field("share");
                let measure = match at.field("measure").read(measure)? {
                    Measure::Practice => {
                        return at.field("measure").refuse("expected one of credited, counted, nominal");
                    }
                    measure => measure,
                };
                Ok(Body::Share {
                    of: self.selector(&at.field("of"), of)?,
                    part: self.selector(&at.field("part"), part)?,
                    practice: self.yes(&at.field("practice"), practice)?,
                    share: self.ratio(&at.field("share"), share, 1)?,
                    measure,
                    window: self.window(&at, window, window_months.as_ref(), until.as_ref())?,
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
}
