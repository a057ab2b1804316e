//! What a run found, as tables for people and as JSON for programs.

use crate::{fault::Outcome, stats::Speed};
use serde_json::{Value, json};
use std::{fmt::Write as _, path::Path};

/// One measurement. What does not apply is `None`.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// The scenario.
    pub scenario: String,
    /// The database, or nothing.
    pub database: &'static str,
    /// How fast requests were answered.
    pub speed: Option<Speed>,
    /// Commands committed per second.
    pub committed: Option<f64>,
    /// Rate divided by that of `/livez` on the same server.
    pub of_livez: Option<f64>,
    /// Seconds, for what is done once.
    pub seconds: Option<f64>,
    /// Resident memory of the server in MB: idle, and the most it had.
    pub memory: Option<(f64, f64)>,
    /// What else is to be known.
    pub note: String,
}

/// Which side of a floor is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// At least.
    AtLeast,
    /// Less than.
    Below,
}

/// A figure that was promised.
#[derive(Debug, Clone)]
pub struct Check {
    /// The scenario.
    pub scenario: String,
    /// The database, or nothing.
    pub database: &'static str,
    /// What is measured, with its unit.
    pub what: &'static str,
    /// Which side is good.
    pub bound: Bound,
    /// The floor.
    pub floor: f64,
    /// The figure.
    pub measured: f64,
}

impl Check {
    /// Whether the promise was kept.
    pub fn met(&self) -> bool {
        match self.bound {
            Bound::AtLeast => self.measured >= self.floor,
            Bound::Below => self.measured < self.floor,
        }
    }
}

/// Everything a run found.
#[derive(Debug, Default)]
pub struct Report {
    rows: Vec<Row>,
    checks: Vec<Check>,
    failures: Vec<(String, &'static str, String)>,
}

impl Report {
    /// Adds a measurement and prints it, because the whole takes minutes.
    pub fn add(&mut self, row: Row) {
        println!("{}", line(&row));
        self.rows.push(row);
    }

    /// Holds a figure to its floor.
    pub fn check(
        &mut self,
        scenario: &str,
        database: &'static str,
        what: &'static str,
        bound: Bound,
        floor: f64,
        measured: f64,
    ) {
        self.checks.push(Check { scenario: scenario.to_owned(), database, what, bound, floor, measured });
    }

    /// A scenario could not be run, or its answers were wrong.
    pub fn fail(&mut self, scenario: &str, database: &'static str, why: String) {
        println!("{scenario} {database}: FAILED: {why}");
        self.failures.push((scenario.to_owned(), database, why));
    }

    /// Whether every scenario ran and answered rightly; a missed floor is no failure.
    pub fn is_sound(&self) -> bool {
        self.failures.is_empty()
    }

    /// The tables, in Markdown.
    pub fn tables(&self) -> String {
        let mut text = String::from(
            "\n| scenario | database | answered/s | committed/s | p50 ms | p99 ms | max ms | server CPU µs | of /livez | seconds | memory MB idle → most | note |\n\
             |---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|\n",
        );
        for row in &self.rows {
            let speed = |part: fn(&Speed) -> f64, digits| cell(row.speed.as_ref().map(part), digits);
            // Writing to a text does not fail.
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
                row.scenario,
                row.database,
                speed(|speed| speed.rate, 0),
                cell(row.committed, 0),
                speed(|speed| speed.p50, 2),
                speed(|speed| speed.p99, 2),
                speed(|speed| speed.max, 1),
                speed(|speed| speed.cpu, 0),
                cell(row.of_livez, 2),
                cell(row.seconds, 3),
                row.memory.map(|(idle, most)| format!("{idle:.0} → {most:.0}")).unwrap_or_default(),
                row.note,
            );
        }
        text.push_str("\n| scenario | database | what | floor | measured | |\n|---|---|---|---:|---:|---|\n");
        for check in &self.checks {
            let bound = match check.bound {
                Bound::AtLeast => "≥",
                Bound::Below => "<",
            };
            let _ = writeln!(
                text,
                "| {} | {} | {} | {bound} {} | {} | {} |",
                check.scenario,
                check.database,
                check.what,
                figure(check.floor),
                figure(check.measured),
                if check.met() { "met" } else { "**missed**" }
            );
        }
        for (scenario, database, why) in &self.failures {
            let _ = writeln!(text, "\nFAILED: {scenario} {database}: {why}");
        }
        text
    }

    /// Writes everything as JSON.
    pub fn write(&self, path: &Path) -> Outcome<()> {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                json!({
                    "scenario": row.scenario,
                    "database": row.database,
                    "answered_per_second": row.speed.map(|speed| speed.rate),
                    "committed_per_second": row.committed,
                    "p50_ms": row.speed.map(|speed| speed.p50),
                    "p99_ms": row.speed.map(|speed| speed.p99),
                    "max_ms": row.speed.map(|speed| speed.max),
                    "server_cpu_us": row.speed.map(|speed| speed.cpu),
                    "of_livez": row.of_livez,
                    "seconds": row.seconds,
                    "memory_idle_mb": row.memory.map(|(idle, _)| idle),
                    "memory_most_mb": row.memory.map(|(_, most)| most),
                    "note": row.note,
                })
            })
            .collect();
        let checks: Vec<Value> = self
            .checks
            .iter()
            .map(|check| {
                json!({
                    "scenario": check.scenario,
                    "database": check.database,
                    "what": check.what,
                    "bound": match check.bound { Bound::AtLeast => "at_least", Bound::Below => "below" },
                    "floor": check.floor,
                    "measured": check.measured,
                    "met": check.met(),
                })
            })
            .collect();
        let failures: Vec<Value> = self
            .failures
            .iter()
            .map(|(scenario, database, why)| json!({"scenario": scenario, "database": database, "why": why}))
            .collect();
        let whole = json!({"measurements": rows, "floors": checks, "failures": failures});
        Ok(std::fs::write(path, serde_json::to_string_pretty(&whole)?)?)
    }
}

fn cell(value: Option<f64>, digits: usize) -> String {
    value.map(|value| format!("{value:.digits$}")).unwrap_or_default()
}

/// As many digits as the size of a figure asks for.
fn figure(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

fn line(row: &Row) -> String {
    let mut text = format!("{} {}:", row.scenario, row.database);
    let mut say = |part: String| {
        text.push(' ');
        text.push_str(&part);
    };
    if let Some(speed) = row.speed {
        say(format!(
            "{:.0}/s, p50 {:.2} ms, p99 {:.2} ms, max {:.1} ms, {:.0} µs of the server's processor time each",
            speed.rate, speed.p50, speed.p99, speed.max, speed.cpu
        ));
    }
    if let Some(committed) = row.committed {
        say(format!("committed {committed:.0}/s"));
    }
    if let Some(ratio) = row.of_livez {
        say(format!("{ratio:.2} of /livez"));
    }
    if let Some(seconds) = row.seconds {
        say(format!("{seconds:.3} s"));
    }
    if let Some((idle, most)) = row.memory {
        say(format!("memory {idle:.0} MB idle, {most:.0} MB at most"));
    }
    if !row.note.is_empty() {
        say(format!("({})", row.note));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_floor_is_met_on_its_good_side_only() {
        let mut report = Report::default();
        report.check("rush", "sqlite", "answered/s", Bound::AtLeast, 10_000.0, 9_999.0);
        report.check("rush", "sqlite", "p99 ms", Bound::Below, 40.0, 39.9);
        assert_eq!(report.checks.iter().map(Check::met).collect::<Vec<_>>(), [false, true]);
        assert!(report.tables().contains("| rush | sqlite | answered/s | ≥ 10000 | 9999 | **missed** |"));
    }
}
