//! What every test stands on: a database of its own, a server without a socket, a county with two of everything, callers
//! by role. Every answer is checked against the published contract on its way.

pub mod county;
pub mod database;
mod postgres;
pub mod program;
pub mod rival;
pub mod training;

pub use county::County;

use actix_http::{BoxedPayloadStream, Payload, Request, error::PayloadError};
use actix_web::{
    App as ActixApp,
    body::{BoxBody, to_bytes},
    dev::{Service, ServiceResponse},
    http::{Method, header::HeaderMap},
    middleware::from_fn,
    test::{self, TestRequest},
    web::{Bytes, Data},
};
use database::{Database, Kind};
use serde_json::{Map, Value};
use shixun_api::{
    chance::Chance,
    clock::Clock,
    config::Config,
    http::observe::observe,
    problem::Language,
    server::{Published, configure, state},
    state::App,
};
use shixun_domain::{UtcMillis, id::AccountId, log::SignerKey};
use shixun_openapi::{Contract, document::Operation};
use std::{future::Future, pin::Pin, rc::Rc, sync::LazyLock};

/// Declares a test that runs on SQLite and on PostgreSQL, each time with a county of its own.
macro_rules! both {
    ($($(#[$about:meta])* async fn $name:ident($county:ident: County) $body:block)+) => {$(
        $(#[$about])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn check($county: &mut $crate::harness::County) $body

            #[actix_web::test]
            async fn on_sqlite() {
                let mut county = $crate::harness::County::on($crate::harness::database::Kind::Sqlite).await;
                check(&mut county).await;
            }

            #[actix_web::test]
            async fn on_postgres() {
                if $crate::harness::database::postgres_is_here() {
                    let mut county = $crate::harness::County::on($crate::harness::database::Kind::Postgres).await;
                    check(&mut county).await;
                }
            }
        }
    )+};
}
pub(crate) use both;

/// The contract every answer is held to, compiled once.
pub static CONTRACT: LazyLock<Contract> = LazyLock::new(|| Contract::new(shixun_api::document::value()));

/// The headers that an operation says it sends with a status.
pub fn documented_headers<'a>(operation: &Operation<'a>, status: u16) -> Vec<&'a String> {
    let responses = operation.responses(CONTRACT.document()).into_iter();
    let answered = responses.filter(|(documented, _)| *documented == status.to_string());
    answered.filter_map(|(_, response)| response.value.get("headers")?.as_object()).flat_map(Map::keys).collect()
}

/// When every test begins: a Monday in the running cycle.
pub fn start() -> UtcMillis {
    UtcMillis::parse_rfc3339("2026-11-23T10:00:00+08:00").unwrap()
}

/// The witness that every test's server knows.
pub fn witness() -> SignerKey {
    SignerKey::new("witness.example".into(), &[9; 32]).unwrap()
}

type Call = Rc<dyn Fn(Request) -> Pin<Box<dyn Future<Output = ServiceResponse<BoxBody>>>>>;

/// Runs what blocks on a thread of its own, because a test's thread belongs to its runtime.
pub fn off_runtime<T: Send>(f: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(f).join().unwrap())
}

/// A server without a socket, on a database of its own.
pub struct TestApp {
    call: Call,
    /// The state the server shares.
    pub app: Data<App>,
    /// The clock, which stands still until a test moves it.
    pub clock: Clock,
    /// The database, removed at the end.
    pub database: Database,
}

impl TestApp {
    /// Starts on a fresh database.
    pub async fn on(kind: Kind) -> TestApp {
        TestApp::with(kind, |_| {}).await
    }

    /// Starts with other settings.
    pub async fn with(kind: Kind, change: impl FnOnce(&mut Config)) -> TestApp {
        let database = Database::fresh(kind);
        let mut config = Config::defaults().unwrap();
        config.argon2_memory_kib = 8;
        config.argon2_passes = 1;
        config.account_requests_burst = 100_000;
        config.address_requests_burst = 100_000;
        config.sign_ins_burst = 1_000;
        config.log_witnesses = witness().verifier().for_cosignatures().to_string();
        change(&mut config);
        let clock = Clock::fixed(start());
        let app = off_runtime(|| state(config, database.open(), clock.clone(), Chance::seeded(7)).unwrap());
        static PUBLISHED: LazyLock<Published> = LazyLock::new(Published::new);
        let (for_service, published) = (app.clone(), PUBLISHED.clone());
        let service = test::init_service(
            ActixApp::new().wrap(from_fn(observe)).configure(move |config| configure(config, &for_service, &published)),
        )
        .await;
        let service = Rc::new(service);
        let call: Call = Rc::new(move |request| {
            let service = Rc::clone(&service);
            Box::pin(async move { service.call(request).await.unwrap() })
        });
        TestApp { call, app, clock, database }
    }

    /// A caller who did not sign in.
    pub fn anonymous(&self) -> Caller<'_> {
        Caller { app: self, token: None, language: Language::En }
    }

    /// A caller with an account, signed in now.
    pub fn caller(&self, account: AccountId) -> Caller<'_> {
        let token = self.app.auth.tokens().sign(account, self.clock.now(), "test".into()).unwrap();
        Caller { app: self, token: Some(token), language: Language::En }
    }

    /// Moves the clock on.
    pub fn advance_millis(&self, millis: i64) {
        self.clock.set(self.clock.now().plus_millis(millis));
    }
}

/// Someone who sends requests.
#[derive(Clone)]
pub struct Caller<'a> {
    app: &'a TestApp,
    token: Option<String>,
    language: Language,
}

impl<'a> Caller<'a> {
    /// The same caller, reading Chinese.
    pub fn in_chinese(mut self) -> Self {
        self.language = Language::Zh;
        self
    }

    /// The same caller with another token.
    pub fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// Begins a request.
    pub fn request(&self, method: Method, path: &str) -> Sending<'a> {
        let mut request = TestRequest::default()
            .method(method.clone())
            .uri(&encoded(path))
            .peer_addr("192.0.2.7:5000".parse().unwrap())
            .insert_header(("Accept-Language", self.language.tag()))
            .insert_header(("X-Request-Id", "test-request"));
        if let Some(token) = &self.token {
            request = request.insert_header(("Authorization", format!("Bearer {token}")));
        }
        Sending { app: self.app, method, path: path.to_owned(), request }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answered {
        self.request(Method::GET, path).send().await
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Answered {
        self.request(Method::POST, path).json(&body).send().await
    }

    /// POST without a body.
    pub async fn act(&self, path: &str) -> Answered {
        self.request(Method::POST, path).send().await
    }

    /// PUT with a JSON body, based on a version.
    pub async fn put(&self, path: &str, etag: &str, body: Value) -> Answered {
        self.request(Method::PUT, path).header("If-Match", etag).json(&body).send().await
    }

    /// PATCH with a JSON body, based on a version.
    pub async fn patch(&self, path: &str, etag: &str, body: Value) -> Answered {
        self.request(Method::PATCH, path).header("If-Match", etag).json(&body).send().await
    }
}

/// The path with what is not ASCII as a browser sends it.
fn encoded(path: &str) -> String {
    let byte = |byte: u8| if byte.is_ascii() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    path.bytes().map(byte).collect()
}

/// A request on its way.
pub struct Sending<'a> {
    app: &'a TestApp,
    method: Method,
    path: String,
    request: TestRequest,
}

impl Sending<'_> {
    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.insert_header((name, value));
        self
    }

    /// Adds a JSON body.
    pub fn json(mut self, body: &Value) -> Self {
        self.request = self.request.insert_header(("Content-Type", "application/json")).set_payload(body.to_string());
        self
    }

    /// Adds any body.
    pub fn body(mut self, content_type: &str, bytes: impl Into<actix_web::web::Bytes>) -> Self {
        self.request = self.request.insert_header(("Content-Type", content_type)).set_payload(bytes);
        self
    }

    /// Sends it and holds the answer to the contract.
    pub async fn send(mut self) -> Answered {
        let request = std::mem::take(&mut self.request).to_request();
        self.answered(request).await
    }

    /// Sends a JSON body that the sender takes time for: `meanwhile` happens after the head and before the body.
    pub async fn send_slowly(mut self, body: &Value, meanwhile: impl FnOnce() + 'static) -> Answered {
        let bytes = Bytes::from(body.to_string());
        let slow = futures_util::stream::once(async move {
            meanwhile();
            Ok::<_, PayloadError>(bytes)
        });
        let head = std::mem::take(&mut self.request).insert_header(("Content-Type", "application/json"));
        let payload: BoxedPayloadStream = Box::pin(slow);
        let (request, _) = head.to_request().replace_payload(Payload::from(payload));
        self.answered(request).await
    }

    async fn answered(self, request: Request) -> Answered {
        let response = (self.app.call)(request).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = to_bytes(response.into_body()).await.unwrap().to_vec();
        let answered = Answered { status, headers, bytes, asked: format!("{} {}", self.method, self.path) };
        answered.check_contract(&self.method, &self.path);
        answered
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answered {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub bytes: Vec<u8>,
    asked: String,
}

impl Answered {
    fn check_contract(&self, method: &Method, path: &str) {
        let path = path.split('?').next().unwrap();
        let Some(operation) = CONTRACT.operation_for(method.as_str(), path) else { return };
        let content_type = self.header("content-type").unwrap_or_default();
        let body = if content_type.contains("json") { self.json() } else { Value::Null };
        let id = operation.id().unwrap();
        let violations = CONTRACT.response(id, self.status, &content_type, &body);
        assert!(
            violations.is_empty(),
            "{} answered {} against the contract: {violations:#?}\n{body:#}",
            self.asked,
            self.status
        );
        let documented = documented_headers(&operation, self.status);
        let shared = CONTRACT.document()["components"]["headers"].as_object().unwrap();
        let silent: Vec<_> =
            shared.keys().filter(|name| self.header(name).is_some() && !documented.contains(name)).collect();
        assert!(
            silent.is_empty(),
            "{} answered {} with {silent:?}, which the contract does not say",
            self.asked,
            self.status
        );
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).map(|value| value.to_str().unwrap().to_owned())
    }

    /// The entity tag.
    pub fn etag(&self) -> String {
        self.header("etag").unwrap_or_else(|| panic!("{} has no ETag", self.asked))
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|error| panic!("{}: {error}: {}", self.asked, String::from_utf8_lossy(&self.bytes)))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    /// Asserts the status and gives the body.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{} → {}", self.asked, String::from_utf8_lossy(&self.bytes));
        if self.bytes.is_empty() { Value::Null } else { self.json() }
    }

    /// Asserts a refusal with a code and gives the problem.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> Value {
        let problem = self.expect(status);
        assert_eq!(problem["code"], code, "{} → {problem:#}", self.asked);
        assert_eq!(self.header("content-type").as_deref(), Some("application/problem+json"));
        problem
    }
}
