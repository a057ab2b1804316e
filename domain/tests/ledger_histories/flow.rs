//! What counts, as the greatest flow through a network of pipes.

use super::Course;
use chrono::NaiveDate;
use std::collections::{BTreeMap, VecDeque};

/// The caps on one kind, in hundredths: for a year and for the cycle; none where there is no such cap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Caps {
    pub year: Option<i64>,
    pub cycle: Option<i64>,
}

pub const FREE: Caps = Caps { year: None, cycle: None };

/// The rules in the model's words.
#[derive(Debug, Clone)]
pub struct Rules {
    /// By kind, and last those on ethics; in the years before a change and from it on.
    pub caps: [[Caps; 5]; 2],
    /// The first year of the later ones.
    pub change: i32,
    /// The shipped packs have factors; the small ones have none.
    pub factors: bool,
    /// Whether a block is free of the caps on its kind, by kind.
    pub block_is_free: [bool; 4],
}

/// A network of pipes; the greatest flow by filling the shortest way as long as there is one.
#[derive(Default)]
struct Network {
    pipes: Vec<(usize, usize, i64)>,
    of: Vec<Vec<usize>>,
}

const ENDLESS: i64 = 1 << 40;

impl Network {
    fn node(&mut self) -> usize {
        self.of.push(Vec::new());
        self.of.len() - 1
    }

    fn pipe(&mut self, from: usize, to: usize, width: i64) {
        for (from, to, width) in [(from, to, width), (to, from, 0)] {
            self.of[from].push(self.pipes.len());
            self.pipes.push((from, to, width));
        }
    }

    fn flow(&mut self, source: usize, sink: usize) -> i64 {
        let mut all = 0;
        loop {
            let mut came_by: Vec<Option<usize>> = vec![None; self.of.len()];
            let mut open = VecDeque::from([source]);
            while let Some(at) = open.pop_front() {
                for pipe in &self.of[at] {
                    let (_, to, width) = self.pipes[*pipe];
                    if width > 0 && to != source && came_by[to].is_none() {
                        came_by[to] = Some(*pipe);
                        open.push_back(to);
                    }
                }
            }
            if came_by[sink].is_none() {
                return all;
            }
            let mut way = Vec::new();
            let mut at = sink;
            while at != source {
                let pipe = came_by[at].unwrap();
                way.push(pipe);
                at = self.pipes[pipe].0;
            }
            let width = way.iter().map(|pipe| self.pipes[*pipe].2).min().unwrap();
            for pipe in way {
                self.pipes[pipe].2 -= width;
                self.pipes[pipe ^ 1].2 += width;
            }
            all += width;
        }
    }
}

impl Rules {
    /// What a course is worth before caps.
    fn worth(&self, course: &Course) -> i64 {
        let new_regime = course.on() >= NaiveDate::from_ymd_opt(2016, 9, 1).unwrap();
        match (course.mark, course.other) {
            _ if !self.factors => course.hundredths,
            (1, _) | (_, 1) => 0,
            (2, _) if new_regime => 0,
            (_, 2) if new_regime => course.hundredths / 2,
            (_, 2) => 0,
            _ => course.hundredths,
        }
    }

    /// Hundredths that count.
    pub fn count<'c>(&self, courses: impl Iterator<Item = &'c Course>) -> i64 {
        let mut net = Network::default();
        let (source, sink) = (net.node(), net.node());
        // Of each family: the pipe of the cycle for both versions, of each version, and of each year.
        let mut doors: Vec<([usize; 2], BTreeMap<i32, usize>)> = Vec::new();
        for family in 0..5 {
            let inwards = family < 4;
            let join = |net: &mut Network, outer: usize, inner: usize, width: Option<i64>| {
                let (from, to) = if inwards { (outer, inner) } else { (inner, outer) };
                net.pipe(from, to, width.unwrap_or(ENDLESS));
            };
            let end = if inwards { source } else { sink };
            let of = |version: usize| self.caps[version][family];
            let greatest = of(0).cycle.zip(of(1).cycle).map(|(one, other)| one.max(other));
            let whole = net.node();
            join(&mut net, end, whole, greatest);
            let versions = [net.node(), net.node()];
            for (version, pipe) in versions.iter().enumerate() {
                join(&mut net, whole, *pipe, of(version).cycle);
            }
            let mut years = BTreeMap::new();
            for year in 2016..=2020 {
                let version = usize::from(year >= self.change);
                let door = net.node();
                join(&mut net, versions[version], door, of(version).year);
                years.insert(year, door);
            }
            doors.push((versions, years));
        }
        for course in courses {
            let version = usize::from(course.year >= self.change);
            // Hours that another county certified kept its yearly limits there.
            let door = |family: usize| {
                let (versions, years) = &doors[family];
                if course.mark == 3 && self.factors { versions[version] } else { years[&course.year] }
            };
            let (entry, exit) = (net.node(), net.node());
            net.pipe(entry, exit, self.worth(course));
            let free = course.block && self.block_is_free[course.kind];
            net.pipe(if free { source } else { door(course.kind) }, entry, ENDLESS);
            net.pipe(exit, if course.ethics { door(4) } else { sink }, ENDLESS);
        }
        net.flow(source, sink)
    }
}
