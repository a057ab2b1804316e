//! Which of two rules of one id asks for more, or allows less.

use super::rule::{Amount, Body, Least, Most, Ratio, TotalAmount, Window};

/// True where whoever keeps `narrow` also keeps `wide`, whatever they earn: nothing is lost where the narrower rule stands alone.
/// Rules of different kinds, or about different hours, are not comparable, and neither is as strict as the other.
pub(super) fn at_least_as_strict(narrow: &Body, wide: &Body) -> bool {
    match (narrow, wide) {
        (Body::Total(TotalAmount::PerCycle(here)), Body::Total(TotalAmount::PerCycle(there)))
        | (Body::Total(TotalAmount::PerYear(here)), Body::Total(TotalAmount::PerYear(there))) => here >= there,
        (
            Body::YearFloor { hours, strength, counts, block_year_hours, waived_from_leave_months },
            Body::YearFloor {
                hours: wide_hours,
                strength: wide_strength,
                counts: wide_counts,
                block_year_hours: wide_block,
                waived_from_leave_months: wide_waived,
            },
        ) => {
            let block = block_year_hours.unwrap_or(*hours) >= wide_block.unwrap_or(*wide_hours);
            let waived = match (waived_from_leave_months, wide_waived) {
                (None, _) => true,
                (Some(here), Some(there)) => here >= there,
                (Some(_), None) => false,
            };
            hours >= wide_hours && strength >= wide_strength && counts == wide_counts && block && waived
        }
        (
            Body::YearMaximum { hours, effect, counts },
            Body::YearMaximum { hours: wide_hours, effect: wide_effect, counts: wide_counts },
        ) => {
            // Hours beyond a maximum that refuses enrolment still count where they were entered.
            hours <= wide_hours && effect == wide_effect && counts == wide_counts
        }
        (Body::Cap { of, period, amount }, Body::Cap { of: wide_of, period: wide_period, amount: wide_amount }) => {
            let less = match (amount, wide_amount) {
                (Most::Hours(here), Most::Hours(there)) => {
                    compared(*here, *there).is_some_and(|(here, there)| here <= there)
                }
                (Most::ShareOfCounted(here), Most::ShareOfCounted(there)) => at_least(*there, *here),
                _ => false,
            };
            of == wide_of && period == wide_period && less
        }
        (
            Body::Block { of, hours, measure, count, practice_hours, required_from_months, uninterrupted },
            Body::Block {
                of: wide_of,
                hours: wide_hours,
                measure: wide_measure,
                count: wide_count,
                practice_hours: wide_practice,
                required_from_months: wide_months,
                uninterrupted: wide_uninterrupted,
            },
        ) => {
            let same = of == wide_of && measure == wide_measure && uninterrupted >= wide_uninterrupted;
            let months = required_from_months.unwrap_or(0) <= wide_months.unwrap_or(0);
            same && hours >= wide_hours && count >= wide_count && practice_hours >= wide_practice && months
        }
        (
            Body::Minimum { of, measure, window, amount, strength },
            Body::Minimum {
                of: wide_of,
                measure: wide_measure,
                window: wide_window,
                amount: wide_amount,
                strength: wide_strength,
            },
        ) => {
            let same = of == wide_of && measure == wide_measure && no_later(*window, *wide_window);
            let more = match (amount, wide_amount) {
                (Least::Hours(here), Least::Hours(there)) => {
                    compared(*here, *there).is_some_and(|(here, there)| here >= there)
                }
                (Least::Days(here), Least::Days(there)) => here >= there,
                _ => false,
            };
            same && more && strength >= wide_strength
        }
        (
            Body::Share { of, part, practice, share, measure, window, strength },
            Body::Share {
                of: wide_of,
                part: wide_part,
                practice: wide_practice,
                share: wide_share,
                measure: wide_measure,
                window: wide_window,
                strength: wide_strength,
            },
        ) => {
            let same = of == wide_of && part == wide_part && measure == wide_measure && window == wide_window;
            same && practice <= wide_practice && at_least(*share, *wide_share) && strength >= wide_strength
        }
        (Body::Factor { of, ratio }, Body::Factor { of: wide_of, ratio: wide_ratio }) => {
            of == wide_of && at_least(*wide_ratio, *ratio)
        }
        _ => false,
    }
}

/// Two amounts in one unit; `None` for an amount and a share.
fn compared(here: Amount, there: Amount) -> Option<(i64, i64)> {
    match (here, there) {
        (Amount::Fixed(here), Amount::Fixed(there)) => Some((here.hundredths(), there.hundredths())),
        (Amount::ShareOfRequired(here), Amount::ShareOfRequired(there)) => {
            Some((here.numerator * there.denominator, there.numerator * here.denominator))
        }
        _ => None,
    }
}

fn at_least(one: Ratio, other: Ratio) -> bool {
    one.compared(other).is_ge()
}

/// The same window, or a deadline that is not later.
fn no_later(here: Window, there: Window) -> bool {
    match (here, there) {
        (Window::Until(here), Window::Until(there)) => here <= there,
        _ => here == there,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        hours::Hours,
        policy::{Selector, rule::Effect},
    };

    fn maximum(hours: i32, effect: Effect) -> Body {
        Body::YearMaximum { hours: Hours::whole(hours), effect, counts: Selector::default() }
    }

    #[test]
    fn refusing_enrolment_is_not_the_same_as_not_counting() {
        let (refuse, cap) = (maximum(100, Effect::Refuse), maximum(144, Effect::Cap));
        assert!(!at_least_as_strict(&refuse, &cap), "hours entered beyond it would count");
        assert!(!at_least_as_strict(&maximum(100, Effect::Cap), &maximum(144, Effect::Refuse)));
        assert!(at_least_as_strict(&maximum(100, Effect::Cap), &cap));
    }
}
