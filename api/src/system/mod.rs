//! Health, version and metrics, for operators.

use crate::{
    http::{Answer, answer},
    problem::{ApiError, Code},
    state::App,
};
use actix_web::{HttpResponse, get, web::Data};
use serde::Serialize;
use shixun_persistence::db::{MigrationState, migration_state};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations at the root.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config.service(get_livez).service(get_readyz).service(get_version).service(get_metrics);
}

/// Whether the program runs or can serve.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"status": "ok"}))]
pub struct HealthView {
    /// `ok`.
    #[schema(pattern = "^ok$")]
    pub status: String,
}

/// What runs here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"name": "shixun", "version": "0.1.0", "database": "sqlite"}))]
pub struct VersionView {
    /// `shixun`.
    pub name: String,
    /// The program's version.
    pub version: String,
    /// `sqlite` or `postgres`.
    #[schema(pattern = "^(sqlite|postgres)$")]
    pub database: String,
}

/// Ask whether the program runs
///
/// Answers as long as the process does; it looks at nothing else.
///
/// 进程存活检查。
#[utoipa::path(operation_id = "get_livez", tag = "system", security(()),
    responses((status = 200, description = "It runs.", body = HealthView)))]
#[get("/livez")]
async fn get_livez() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(r#"{"status":"ok"}"#)
}

/// Ask whether the program can serve
///
/// Looks at the database: it must answer and have the schema this program was built with.
///
/// 就绪检查：数据库可用且结构一致。
#[utoipa::path(operation_id = "get_readyz", tag = "system", security(()),
    responses((status = 200, description = "It can serve.", body = HealthView)))]
#[get("/readyz")]
async fn get_readyz(app: Data<App>) -> Answer {
    let state = app.db.read_long(migration_state).await.map_err(ApiError::from)?;
    if state == MigrationState::Current {
        answer::json(&HealthView { status: "ok".into() })
    } else {
        Err(ApiError::new(Code::SchemaOutdated))
    }
}

/// Read the version
///
/// Name and version of the program and the kind of its database.
///
/// 程序版本。
#[utoipa::path(operation_id = "get_version", tag = "system", security(()),
    responses((status = 200, description = "The version.", body = VersionView)))]
#[get("/version")]
async fn get_version(app: Data<App>) -> Answer {
    answer::json(&VersionView {
        name: "shixun".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        database: match app.db.kind() {
            shixun_persistence::db::DatabaseKind::Sqlite => "sqlite".into(),
            shixun_persistence::db::DatabaseKind::Postgres => "postgres".into(),
        },
    })
}

/// Read the metrics
///
/// Counters and timings in the text format of Prometheus. No personal data.
///
/// Prometheus指标。
#[utoipa::path(operation_id = "get_metrics", tag = "system", security(()),
    responses((status = 200, description = "The metrics.", body = String, content_type = "text/plain",
        example = "# HELP shixun_http_requests_total Requests answered, by route and status.")))]
#[get("/metrics")]
async fn get_metrics(app: Data<App>) -> Answer {
    let text = app.metrics.text().map_err(|error| ApiError::internal(error.to_string()))?;
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text))
}
