//! The server is killed in the middle of the seat rush and started again. Everything that was acknowledged is there, nothing
//! twice; what got no answer is asked again with its key and has one effect.

use super::rush::{APPLY, Applications, Fate, drive, enrolments, examine};
use crate::{
    bench::{Bench, Rig, needs},
    client::{self, CONNECTIONS, Until},
    fault::{Outcome, fault},
    report::{Report, Row},
    seed::{County, sign, teacher_account},
    server::Server,
    stats::Speed,
    store::Store,
};
use std::{
    process::Command,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// Who applies, and after how many answers the server is killed, one try after another: among seats being taken, and when they
/// run out.
struct Scale {
    county: County,
    kill_after: [usize; 3],
}

/// For figures to be published.
const FULL: Scale = Scale { county: County { this_year: 2, past: 8, ..County::RUSH }, kill_after: [700, 3_000, 5_200] };
/// For every landing: seconds with a program that was not optimised.
const QUICK: Scale = Scale {
    county: County { teachers: 1_200, this_year: 2, past: 8, days: 4, sessions_a_day: 6, seats: 100 },
    kill_after: [80, 350, 620],
};
/// Acknowledged applications that are asked again.
const REPLAYED: usize = 500;

/// Kills, restarts and compares, on a fresh day each time.
pub fn run(bench: &Bench, report: &mut Report) -> Outcome<()> {
    let Scale { county, kill_after } = if bench.is_quick() { QUICK } else { FULL };
    let mut store = bench.fresh("crash")?;
    county.seed(&store)?;
    let tokens = Rc::new(sign(&store, (0..county.teachers).map(teacher_account))?);
    let mut unanswered = Vec::new();
    for (day, after) in (0..).zip(kill_after) {
        let (back, lost) = one(bench, store, county, day, after, Rc::clone(&tokens))?;
        store = back;
        unanswered.push(lost.to_string());
    }
    let checked = check_command(bench, &store)?;
    report.add(Row {
        scenario: "crash".into(),
        database: bench.database(),
        note: format!(
            "killed after {kill_after:?} answers with {} requests unanswered: every acknowledged seat is there, none twice, none too many; \
             retries had one effect; {checked}",
            unanswered.join(", ")
        ),
        ..Row::default()
    });
    Ok(())
}

fn one(
    bench: &Bench,
    store: Store,
    county: County,
    day: i64,
    kill_after: usize,
    tokens: Rc<Vec<String>>,
) -> Outcome<(Store, usize)> {
    let server = bench.serve(&store)?;
    needs(&server, "post", APPLY)?;
    let address = server.address;
    let mut load = Applications::of_day(county, day, tokens)?;
    load.may_lose = true;
    let answers = Arc::clone(&load.answers);
    let ended = Arc::new(AtomicBool::new(false));
    let over = Arc::clone(&ended);
    let killer = std::thread::spawn(move || kill(server, &answers, kill_after, &over));
    let ran = client::run(address, CONNECTIONS, load, Until::Exhausted);
    ended.store(true, Ordering::Relaxed);
    let killed = killer.join().or_else(|_| fault("the thread that kills the server ended early"))?;
    killed.or_else(fault)?;
    let (mut load, _) = ran?;
    let lost = load.lost.len();
    if lost == 0 {
        return fault("the server was killed and yet every request was answered: the kill came too late");
    }

    let server = bench.serve(&store)?;
    let rig = Rig { idle: server.memory()?, server, store, livez: Speed::default() };
    let found = enrolments(&rig.store, county, day)?;
    for fate in &load.fates {
        if let Fate::Seated(id) = fate
            && !found.contains(&id.number())
        {
            return fault(format!("{id} was acknowledged and is gone"));
        }
    }
    // At this moment rows may exist whose answer was lost; seats and rows must agree all the same.
    examine(&rig.store, county, day, found.len())?;

    // First those without an answer; whatever they did before the crash, they have one effect.
    let again = std::mem::take(&mut load.lost);
    load.may_lose = false;
    load.again(again);
    let mut load = drive(&rig, load)?;
    // Then some that were acknowledged: `answered` fails where the answer is another than before.
    let acknowledged: Vec<usize> = (0..)
        .zip(&load.fates)
        .filter(|(_, fate)| matches!(fate, Fate::Seated(_)))
        .map(|(place, _)| place)
        .take(REPLAYED)
        .collect();
    load.again(acknowledged);
    let mut load = drive(&rig, load)?;
    // Then everybody else, until all seats are gone.
    let rest = load.open();
    load.again(rest);
    let load = drive(&rig, load)?;
    let seats = usize::try_from(county.sessions_a_day * county.seats)?;
    if load.seated() != seats {
        return fault(format!("{seats} seats were there and {} were given", load.seated()));
    }
    examine(&rig.store, county, day, seats)?;
    rig.server.stop()?;
    Ok((rig.store, lost))
}

fn kill(
    mut server: Server,
    answers: &std::sync::atomic::AtomicUsize,
    after: usize,
    ended: &AtomicBool,
) -> Result<(), String> {
    while answers.load(Ordering::Relaxed) < after && !ended.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_micros(200));
    }
    server.kill().map_err(|error| error.to_string())
}

/// Runs `shixun check` over the database, where the program has it.
fn check_command(bench: &Bench, store: &Store) -> Outcome<String> {
    let help = Command::new(&bench.program).arg("help").output()?;
    if !String::from_utf8_lossy(&help.stdout).lines().any(|line| line.trim_start().starts_with("check ")) {
        return Ok("the program has no `check` command to run".into());
    }
    let url = store.address();
    let checked = Command::new(&bench.program).args(["check", "--database", &url]).output()?;
    if checked.status.success() {
        Ok("`shixun check` is clean".into())
    } else {
        fault(format!("`shixun check`: {}: {}", checked.status, String::from_utf8_lossy(&checked.stdout)))
    }
}
