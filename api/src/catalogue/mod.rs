//! Programmes, sessions, units and filing windows.

pub mod audience;
pub mod demands;
pub mod filing_windows;
pub mod problems;
pub mod programmes;
pub mod reach;
pub mod sessions;
pub mod units;
pub mod words;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config
        .configure(sessions::routes::mount)
        .configure(units::routes::mount)
        .configure(programmes::routes::mount)
        .configure(filing_windows::routes::mount);
}
