//! A simulation as a job, for counties that take longer than a request may.

use super::{Simulation, draft, plan, settled};
use crate::{
    access::Actor,
    http::Work,
    jobs::{self, Kind, Step, Steps, wire::JobView},
    ledger::wire::simulation::SimulationIn,
    policy::PolicyCache,
    problem::ApiError,
    state::App,
    wire::Text,
};
use shixun_domain::jobs::JobKind;

/// Simulations among the kinds of jobs.
pub const KIND: Kind = Kind { word: JobKind::PolicySimulation, result: "SimulationView", begin };

/// Puts a simulation into the queue. What would be refused at once is refused at once; area, cycle and day are settled now, so that
/// they do not depend on when it runs.
///
/// # Errors
/// As [`plan`], and `jobs_waiting`.
pub(in crate::ledger) fn enqueue(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    actor: &Actor,
    wish: &SimulationIn,
) -> Result<JobView, ApiError> {
    let now = work.at();
    let plan = plan(work.conn(), cache, actor, wish, now)?;
    let settled = SimulationIn {
        area: Some(Text(plan.area)),
        cycle: Some(plan.cycle.name()),
        as_of: Some(plan.as_of),
        ..wish.clone()
    };
    jobs::service::enqueue(work, actor, JobKind::PolicySimulation, &settled)
}

fn begin(app: &App, request: &str) -> Result<Box<dyn Steps>, ApiError> {
    let wish: SimulationIn = serde_json::from_str(request).map_err(|error| ApiError::internal(error.to_string()))?;
    let area = wish.area.as_ref().ok_or_else(|| ApiError::internal("a simulation without an area"))?.0;
    let now = app.clock.now();
    let simulation = app.db.read_blocking(|conn| {
        let plan = settled(conn, &app.policy, area, draft(&wish)?, &wish, now)?;
        Simulation::begin(conn, plan, &app.config)
    })?;
    Ok(Box::new(simulation))
}

impl Steps for Simulation {
    fn total(&self) -> usize {
        self.roster.total()
    }

    fn step(&mut self, app: &App) -> Result<Step, ApiError> {
        if app.db.read_blocking(|conn| self.judge_some(conn))? {
            return Ok(Step::Made(self.roster.done()));
        }
        Step::finished(&self.view())
    }
}
