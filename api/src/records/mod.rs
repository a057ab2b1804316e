//! Records from outside: entered with evidence, examined, verified, posted.

pub mod platform;
mod problems;
pub mod reconciliation;
pub mod routes;
pub mod service;
pub mod transfers;
pub mod wire;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    routes::mount(config);
    transfers::routes::mount(config);
    reconciliation::routes::mount(config);
}
