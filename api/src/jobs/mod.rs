//! Jobs: work that takes longer than a request may. A request puts one into the table and is answered at once; a runner of any server
//! on the database takes it, does it step by step, and says after each step how far it is.
//!
//! A feature adds a kind: a word in `shixun_domain::jobs`, and a [`Kind`] that begins the work, named in
//! `server::JOB_KINDS`. Its [`Steps`] hold no transaction between two steps, keep no more in memory than a step needs, and may be begun
//! again from the start: a server that stops puts its job back, and one that died is found out by its silence.

pub(crate) mod problems;
mod routes;
mod runner;
pub mod service;
pub mod wire;

pub use routes::mount;
pub use runner::{After, RUNNERS, Taken, keep, run_next, take};

use crate::{problem::ApiError, state::App};
use serde::Serialize;
use shixun_domain::jobs::JobKind;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

/// Begins the work that somebody asked for, from what [`service::enqueue`] was given, as JSON.
pub type Begin = fn(&App, &str) -> Result<Box<dyn Steps>, ApiError>;

/// A kind of job, as its feature does it.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Its word.
    pub word: JobKind,
    /// The schema of its result in the document: that of the operation that does the same at once.
    pub result: &'static str,
    /// How its work begins.
    pub begin: Begin,
}

/// Work that is done step by step.
pub trait Steps {
    /// How much there is to do, in the unit of the kind.
    fn total(&self) -> usize;

    /// Does the next step, which takes seconds at most.
    ///
    /// # Errors
    /// What ends the job: it fails with this problem.
    fn step(&mut self, app: &App) -> Result<Step, ApiError>;
}

/// What a step did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Some of it: so much is done by now, in the unit of the kind.
    Made(usize),
    /// The rest: the result, as JSON.
    Finished(String),
}

impl Step {
    /// The last step, with what came of it.
    ///
    /// # Errors
    /// `internal` where the result cannot be written as JSON.
    pub fn finished<T: Serialize>(result: &T) -> Result<Step, ApiError> {
        serde_json::to_string(result).map(Step::Finished).map_err(|error| ApiError::internal(error.to_string()))
    }
}

/// What the requests and the runners of a process share.
#[derive(Debug)]
pub struct Jobs {
    kinds: &'static [Kind],
    wake: Notify,
    stopping: AtomicBool,
}

impl Jobs {
    /// With the kinds that this process knows.
    pub fn new(kinds: &'static [Kind]) -> Jobs {
        Jobs { kinds, wake: Notify::new(), stopping: AtomicBool::new(false) }
    }

    /// The kinds that this process knows.
    pub fn kinds(&self) -> &'static [Kind] {
        self.kinds
    }

    /// Tells a runner of this process that there is a job.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Lets the runners end: each puts its job back after the step at which it is.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
        self.wake.notify_waiters();
        self.wake.notify_one();
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }
}
