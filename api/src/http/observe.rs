//! Around every request: its id, its language, its metrics, its log line, and problems written as documents.

use super::{
    Meta,
    fallback::{self, KnownRoutes},
    limits::Left,
};
use crate::{
    problem::{ApiError, Code},
    state::App,
};
use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::Data,
};
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder};
use std::time::Instant;

/// What the program counts, for Prometheus.
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    seconds: HistogramVec,
}

impl Metrics {
    /// Registers the metrics.
    ///
    /// # Errors
    /// Where two metrics share a name.
    pub fn new() -> Result<Metrics, prometheus::Error> {
        let registry = Registry::new();
        let requests = IntCounterVec::new(
            Opts::new("shixun_http_requests_total", "Requests answered, by route and status."),
            &["method", "route", "status"],
        )?;
        let buckets = vec![0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
        let seconds = HistogramVec::new(
            HistogramOpts::new("shixun_http_request_seconds", "Time to answer, by route.").buckets(buckets),
            &["method", "route"],
        )?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(seconds.clone()))?;
        Ok(Metrics { registry, requests, seconds })
    }

    /// The text that Prometheus reads.
    ///
    /// # Errors
    /// Where a metric cannot be written.
    pub fn text(&self) -> Result<String, prometheus::Error> {
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}

/// The middleware.
///
/// # Errors
/// None of its own: errors of handlers and extractors become problem documents here.
pub async fn observe(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(app) = request.app_data::<Data<App>>().cloned() else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let started = Instant::now();
    let meta = Meta::attach(&request, &app);
    let method = known(request.method().as_str());
    if request.method() == Method::HEAD {
        // Answered as GET would be: the framework knows by itself that no body goes out.
        request.head_mut().method = Method::GET;
    }
    // Errors of handlers and extractors arrive as answers that carry them; the request must not be held meanwhile.
    let routes = request.app_data::<Data<KnownRoutes>>().cloned();
    let address = routes.as_ref().and_then(|routes| routes.find(request.path()));
    if let Some(feature) = address.and_then(|address| address.feature) {
        request.extensions_mut().insert(feature);
    }
    let refused = address.and_then(|address| address.refused(&request));
    let mut response = match refused {
        Some(error) => request.error_response(error).map_into_boxed_body(),
        None => next.call(request).await?.map_into_boxed_body(),
    };
    if let Some(error) = problem_of(&response) {
        log(&error, &meta, response.request().path());
        let document = respond(&error, &meta);
        response = response.into_response(document);
    }
    if let Ok(id) = HeaderValue::from_str(meta.request_id()) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), id);
    }
    let left = response.request().extensions().get::<Left>().cloned();
    if let Some(left) = left {
        let headers = response.headers_mut();
        if let Ok(value) = HeaderValue::from_str(&left.header()) {
            headers.insert(HeaderName::from_static("ratelimit"), value);
        }
        headers.insert(HeaderName::from_static("ratelimit-policy"), left.policy);
    }
    let route = address.map_or("unmatched", |address| address.template.as_str());
    let (status, seconds) = (response.status(), started.elapsed().as_secs_f64());
    app.metrics.requests.with_label_values(&[method, route, status.as_str()]).inc();
    app.metrics.seconds.with_label_values(&[method, route]).observe(seconds);
    let (status, ms) = (status.as_u16(), (seconds * 10_000.0).round() / 10.0);
    macro_rules! answered {
        ($level:ident) => {
            tracing::$level!(
                request_id = meta.request_id(),
                trace_id = meta.trace_id(),
                method,
                route,
                status,
                ms,
                "answered"
            )
        };
    }
    // Whoever looks for what happened finds every refusal here and every change, with its request id, in the event log.
    if status >= 400 {
        answered!(info);
    } else {
        answered!(debug);
    }
    Ok(response)
}

/// A method as a label: of those that nobody documents there are as many as clients make up.
fn known(method: &str) -> &'static str {
    const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    METHODS.into_iter().find(|known| *known == method).unwrap_or("other")
}

/// Our own error, what actix refused before a handler saw it, or a refusal without a word.
fn problem_of(response: &ServiceResponse<BoxBody>) -> Option<ApiError> {
    let error = response.response().error();
    if let Some(problem) = error.and_then(Error::as_error::<ApiError>) {
        return Some(problem.clone());
    }
    let status = response.status().as_u16();
    let silent = status >= 400 && matches!(response.response().body().size(), BodySize::None | BodySize::Sized(0));
    if error.is_none() && !silent {
        return None;
    }
    let reason = error.map_or_else(|| "?".to_owned(), ToString::to_string);
    Some(match status {
        404 => fallback::unknown_route(response.request().path()),
        413 => ApiError::new(Code::BodyTooLarge).with("limit", "?"),
        400..=499 => ApiError::new(Code::InvalidHeader).with("name", "?").with("reason", reason),
        _ => ApiError::internal(reason),
    })
}

fn log(error: &ApiError, meta: &Meta, path: &str) {
    if let Some(cause) = error.cause() {
        tracing::error!(request_id = meta.request_id(), code = error.code().as_str(), path, %cause, "a request failed");
    }
}

fn respond(error: &ApiError, meta: &Meta) -> HttpResponse {
    let mut response = HttpResponse::build(
        actix_web::http::StatusCode::from_u16(error.code().status())
            .unwrap_or(actix_web::http::StatusCode::INTERNAL_SERVER_ERROR),
    );
    if let Some(seconds) = error.retry_after_seconds() {
        response.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    if error.code().status() == 401 {
        response.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"shixun\""));
    }
    if let Some(allow) = error.allow() {
        response.insert_header((header::ALLOW, allow));
    }
    response.insert_header((header::CONTENT_LANGUAGE, meta.language().tag()));
    let document = error.document(meta.language(), meta.request_id());
    // A map of strings always has a JSON form.
    let body = serde_json::to_string(&document).unwrap_or_default();
    response.content_type("application/problem+json").body(body)
}

impl actix_web::ResponseError for ApiError {
    fn status_code(&self) -> actix_web::http::StatusCode {
        actix_web::http::StatusCode::from_u16(self.code().status())
            .unwrap_or(actix_web::http::StatusCode::INTERNAL_SERVER_ERROR)
    }
}
