//! Enrolment: eligibility, applications, the school's review, attendance, results, closing.

mod allowances;
pub(crate) mod conduct;
mod corrections;
mod listing;
mod problems;
mod routes;
pub mod service;
pub(crate) mod settlement;

mod timetable;
pub(crate) mod view;
mod way;
pub mod wire;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    routes::mount(config);
    allowances::mount(config);
    corrections::mount(config);
    timetable::mount(config);
}
