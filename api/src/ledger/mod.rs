//! The hour ledger: entries, statements with a reason for every figure, standing of schools and of the county.

pub mod awaiting;
pub mod certified;
pub mod content;
pub mod conversions;
pub mod days;
pub mod disputes;
pub mod entering;
pub mod explain;
pub mod judging;
pub mod moment;
pub mod pending;
mod problems;
pub mod requirements;
mod roster;
mod routes;
pub mod rules;
pub mod schools;
pub mod service;
pub mod sight;
pub mod simulation;
pub mod standing;
pub mod statement;
pub mod waivers;
pub mod wire;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    routes::mount(config);
    disputes::routes::mount(config);
    pending::routes::mount(config);
    requirements::routes::mount(config);
}
