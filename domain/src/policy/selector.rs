//! Selectors as bits, so that asking an entry costs a few machine instructions.

use super::{facts::EntryFacts, rule::Selector};
use crate::words::{ActivityWord, DeliveryForm, Level, Route, Theme};

/// The most themes that the selectors of one cycle's rules may name.
pub(super) const THEMES_MAX: usize = 64;

/// The open words that the rules of a cycle name, each with its bit; an entry's other words concern no rule.
#[derive(Debug, Clone, Default)]
pub(super) struct Interned {
    pub(super) themes: Vec<Theme>,
    pub(super) activities: Vec<ActivityWord>,
}

/// An entry as selectors see it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// One bit each for route, form, level and block or not.
    singles: u32,
    themes: u64,
    activity: u64,
    marks: u8,
}

/// A selector as bits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Compiled {
    allowed: u32,
    themes: u64,
    without_themes: u64,
    activities: u64,
    marks: u8,
    without_marks: u8,
}

const FORMS_AT: usize = 4;
const LEVELS_AT: usize = 12;
const ROUTES: u32 = (1 << FORMS_AT) - 1;
const FORMS: u32 = (1 << LEVELS_AT) - 1 - ROUTES;
const LEVELS: u32 = IN_BLOCK - 1 - FORMS - ROUTES;
const IN_BLOCK: u32 = 1 << 17;
const SHORT: u32 = 1 << 18;

fn place<T: PartialEq>(all: &[T], word: &T, offset: usize) -> u32 {
    all.iter().position(|other| other == word).map_or(0, |place| 1 << (place + offset))
}

/// The bits of a list of words; all bits of the field where the list is empty.
fn field<T: PartialEq>(all: &[T], words: &[T], offset: usize) -> u32 {
    let words = if words.is_empty() { all } else { words };
    words.iter().fold(0, |bits, word| bits | place(all, word, offset))
}

fn bits<T: PartialEq>(interned: &[T], words: &[T]) -> u64 {
    words.iter().fold(0, |bits, word| {
        bits | interned.iter().position(|other| other == word).map_or(0, |place| 1_u64 << (place % THEMES_MAX))
    })
}

impl Shape {
    pub(super) fn of(entry: &EntryFacts, interned: &Interned) -> Self {
        Shape {
            singles: place(Route::ALL, &entry.route, 0)
                | place(DeliveryForm::ALL, &entry.form, FORMS_AT)
                | place(Level::ALL, &entry.level, LEVELS_AT)
                | if entry.block.is_some() { IN_BLOCK } else { SHORT },
            themes: bits(&interned.themes, &entry.themes),
            activity: entry.activity.as_ref().map_or(0, |kind| bits(&interned.activities, std::slice::from_ref(kind))),
            marks: entry.marks(),
        }
    }
}

impl Compiled {
    pub(super) fn new(selector: &Selector, interned: &Interned) -> Self {
        let mark_bits = |marks: &[super::rule::EntryMark]| {
            marks.iter().fold(0, |bits, mark| {
                bits | super::rule::EntryMark::ALL
                    .iter()
                    .position(|other| other == mark)
                    .map_or(0, |place| 1_u8 << place)
            })
        };
        Compiled {
            allowed: field(Route::ALL, &selector.routes, 0)
                | field(DeliveryForm::ALL, &selector.forms, FORMS_AT)
                | field(Level::ALL, &selector.levels, LEVELS_AT)
                | match selector.concentrated {
                    None => IN_BLOCK | SHORT,
                    Some(true) => IN_BLOCK,
                    Some(false) => SHORT,
                },
            themes: bits(&interned.themes, &selector.themes),
            without_themes: bits(&interned.themes, &selector.without_themes),
            activities: bits(&interned.activities, &selector.activities),
            marks: mark_bits(&selector.marks),
            without_marks: mark_bits(&selector.without_marks),
        }
    }

    /// True where the entry is one that the rule is about.
    pub(super) const fn matches(&self, shape: &Shape) -> bool {
        shape.singles & !self.allowed == 0
            && (self.themes == 0 || self.themes & shape.themes != 0)
            && self.without_themes & shape.themes == 0
            && (self.activities == 0 || self.activities & shape.activity != 0)
            && (self.marks == 0 || self.marks & shape.marks != 0)
            && self.without_marks & shape.marks == 0
    }

    /// True where no entry can be one of both: a word that an entry has once, or a theme that the other excludes, tells them apart.
    pub(super) const fn disjoint(&self, other: &Compiled) -> bool {
        let both = self.allowed & other.allowed;
        both & ROUTES == 0
            || both & FORMS == 0
            || both & LEVELS == 0
            || both & (IN_BLOCK | SHORT) == 0
            || (self.activities != 0 && other.activities != 0 && self.activities & other.activities == 0)
            || (self.themes != 0 && self.themes & !other.without_themes == 0)
            || (other.themes != 0 && other.themes & !self.without_themes == 0)
    }

    /// True where every entry of this one is one of the other; of special circumstances that the other leaves out only where this
    /// one is about them.
    pub(super) const fn within(&self, other: &Compiled) -> bool {
        self.allowed & !other.allowed == 0
            && (other.themes == 0 || (self.themes != 0 && self.themes & !other.themes == 0))
            && other.without_themes & !self.without_themes == 0
            && (other.activities == 0 || (self.activities != 0 && self.activities & !other.activities == 0))
            && (other.marks == 0 || (self.marks != 0 && self.marks & !other.marks == 0))
            && other.without_marks & self.marks == 0
    }

    /// The same within blocks only.
    pub(super) const fn in_blocks(self) -> Self {
        Compiled { allowed: self.allowed & !SHORT, ..self }
    }

    /// True where it is about hours of courses in ordinary circumstances, for which teachers enrol.
    pub(super) fn is_enrolled_for(&self) -> bool {
        let converted = place(Route::ALL, &Route::Converted, 0);
        self.marks == 0 && self.activities == 0 && self.allowed & ROUTES & !converted != 0
    }
}
