//! The server: every operation mounted once, which also documents it.

use crate::{
    auth::{self, Authenticator, Tokens},
    catalogue, certificates,
    chance::Chance,
    clock::Clock,
    config::{BadConfig, Config},
    document, enrolment, events, frozen_reports, housekeeping,
    http::{
        Conditions, Etag, answer,
        fallback::{Feature, KnownRoutes, fallback},
        limits::Limits,
        observe::{Metrics, observe},
    },
    imports,
    jobs::{self, Jobs, Kind},
    ledger,
    log::{self, LogSigner},
    org, people, planning,
    policy::{self, PolicyCache},
    problem, records, reports,
    state::{App, Running},
    system, users,
};
use actix_cors::Cors;
use actix_web::{
    App as ActixApp, HttpResponse, HttpServer,
    dev::Server,
    http::header::ETAG,
    middleware::{Compress, Condition, from_fn},
    web::{self, Bytes, Data},
};
use shixun_persistence::{Db, DbError, Gathering, Keep};
use std::net::TcpListener;
use thiserror::Error;
use utoipa_actix_web::{AppExt, service_config::ServiceConfig};
use utoipa_swagger_ui::SwaggerUi;

/// The server cannot be built.
#[derive(Debug, Error)]
pub enum StartError {
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
    /// The metrics.
    #[error("metrics: {0}")]
    Metrics(String),
    /// A setting.
    #[error(transparent)]
    Config(#[from] BadConfig),
    /// The socket.
    #[error("{0}")]
    Socket(#[from] std::io::Error),
}

/// Every kind of job, each from the feature that does it.
pub const JOB_KINDS: &[Kind] = &[ledger::simulation::KIND];

/// Builds the shared state.
///
/// # Errors
/// [`StartError`] where the database does not answer.
pub fn state(config: Config, db: Db, clock: Clock, chance: Chance) -> Result<Data<App>, StartError> {
    // The packs that come with the program are there from the first start; a county may add its own beside them.
    db.write_blocking(clock.now(), Keep::Commit, policy::service::install_shipped)?;
    let tokens = Tokens::open(&db, &chance, &config, clock.now())?;
    let signer = LogSigner::open(&db, &chance, &config, clock.now())?;
    Ok(Data::new(App {
        auth: Authenticator::new(tokens, &config),
        limits: Limits::new(&config),
        proxies: config.proxies()?,
        metrics: Metrics::new().map_err(|error| StartError::Metrics(error.to_string()))?,
        policy: PolicyCache::default(),
        editions: Gathering::default(),
        revisions: Gathering::default(),
        log: signer,
        fill_seats: enrolment::service::move_up,
        jobs: Jobs::new(JOB_KINDS),
        running: Running::default(),
        config,
        db,
        clock,
        chance,
    }))
}

/// Mounts the operations of a feature.
type Mount = fn(&mut ServiceConfig<'_>);

/// What there is under `/v1`. Within a feature the framework tries addresses in their order: those that are asked for most come first.
const FEATURES: [Mount; 20] = [
    ledger::mount,
    enrolment::mount,
    catalogue::mount,
    auth::mount,
    org::mount,
    planning::mount,
    policy::mount,
    ledger::waivers::mount,
    ledger::conversions::mount,
    log::mount,
    certificates::mount,
    records::mount,
    people::mount,
    imports::mount,
    users::mount,
    reports::mount,
    frozen_reports::mount,
    jobs::mount,
    events::mount,
    problem::mount,
];

/// Every operation, mounted and documented in one call each.
pub fn mount(config: &mut ServiceConfig<'_>) {
    let features = FEATURES.into_iter().enumerate();
    let v1 = features.fold(utoipa_actix_web::scope("/v1"), |v1, (place, feature)| {
        v1.service(utoipa_actix_web::scope("").guard(Feature(place)).configure(feature))
    });
    config.service(v1).configure(auth::mount_at_root).configure(system::mount);
}

/// The addresses of each feature, as templates.
pub(crate) fn addresses() -> Vec<Vec<String>> {
    let of_one = |feature: Mount| {
        let v1 = utoipa_actix_web::scope("/v1").configure(feature);
        let (_, document) = ActixApp::new().into_utoipa_app().service(v1).split_for_parts();
        document.paths.paths.into_keys().collect()
    };
    FEATURES.into_iter().map(of_one).collect()
}

/// The document as the mounted operations give it.
pub fn collected() -> utoipa::openapi::OpenApi {
    let (_, document) = ActixApp::new().into_utoipa_app().openapi(document::base()).configure(mount).split_for_parts();
    document
}

/// What the routes outside the API need: the finished document, made once.
#[derive(Clone)]
pub struct Published {
    json: Bytes,
    etag: Etag,
    routes: Data<KnownRoutes>,
}

impl Published {
    /// Builds the document, on a thread of its own: many times its size is needed for the building, and the pages of a thread that
    /// ends are free as a whole.
    pub fn new() -> Published {
        let built = std::thread::spawn(|| {
            let value = document::value();
            let json = Bytes::from(value.to_string());
            Published {
                etag: Etag::digest(&json),
                json,
                routes: Data::new(KnownRoutes::from_document(&value, &addresses())),
            }
        });
        built.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

impl Default for Published {
    fn default() -> Self {
        Published::new()
    }
}

/// Everything a worker serves, for the server and for tests without a socket.
pub fn configure(config: &mut web::ServiceConfig, app: &Data<App>, published: &Published) {
    let (json, etag) = (published.json.clone(), published.etag.clone());
    config
        .app_data(app.clone())
        .app_data(published.routes.clone())
        .configure(|config| mount(&mut ServiceConfig::new(config)))
        .service(web::redirect("/docs", "/docs/"))
        .route(
            "/openapi.json",
            web::get().to(move |conditions: Conditions| {
                let answer = if conditions.already_has(&etag) {
                    answer::unchanged(&etag)
                } else {
                    let mut whole = HttpResponse::Ok();
                    whole.content_type("application/json").insert_header((ETAG, etag.as_str())).body(json.clone())
                };
                async move { answer }
            }),
        )
        .service(
            SwaggerUi::new("/docs/{_:.*}").config(
                utoipa_swagger_ui::Config::from("/openapi.json")
                    .persist_authorization(true)
                    .display_request_duration(true)
                    .doc_expansion("none")
                    .filter(true)
                    .try_it_out_enabled(true),
            ),
        )
        .default_service(web::to(fallback));
}

/// Lets web pages of these origins call the server, and read of its answers what clients need. Nobody is known by a cookie, so that
/// a page that may call knows no more than whoever holds the token it sends.
fn cors(origins: &[String]) -> Condition<Cors> {
    let mut cors = Cors::default()
        .allow_any_header()
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .expose_headers(READABLE)
        .max_age(3_600);
    for origin in origins {
        cors = if origin == "*" { cors.allow_any_origin().send_wildcard() } else { cors.allowed_origin(origin) };
    }
    Condition::new(!origins.is_empty(), cors)
}

/// The headers of answers that a web page reads.
const READABLE: [&str; 10] = [
    "Content-Disposition",
    "Content-Language",
    "ETag",
    "Idempotency-Hit",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "X-Request-Id",
];

/// Binds a server to a socket.
///
/// # Errors
/// [`StartError::Socket`] where the socket cannot be used; [`StartError::Config`] where `web_origins` names none.
pub fn bind(app: Data<App>, listener: TcpListener) -> Result<Server, StartError> {
    let published = Published::new();
    let workers = match app.config.workers {
        0 => std::thread::available_parallelism().map_or(2, usize::from),
        workers => workers,
    };
    let blocking = usize::try_from(app.config.connections).unwrap_or(8).div_ceil(workers).max(1);
    let (shutdown, origins) = (app.config.shutdown_seconds, app.config.origins()?);
    let server = HttpServer::new(move || {
        let (app, published) = (app.clone(), published.clone());
        let resting = app.clone();
        // On the worker's own thread, where its connection is.
        actix_web::rt::spawn(async move { housekeeping::rest_here(&resting).await });
        let (compress, cors) = (Compress::default(), cors(&origins));
        let served = ActixApp::new().wrap(from_fn(observe)).wrap(compress).wrap(cors);
        served.configure(move |config| configure(config, &app, &published))
    })
    .workers(workers)
    .worker_max_blocking_threads(blocking)
    .shutdown_timeout(shutdown)
    .listen(listener)?
    .run();
    Ok(server)
}
