//! What is known of a request before anyone looks at it: its id, its language, where it came from.

use crate::{problem::Language, state::App};
use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::{Payload, ServiceRequest},
    http::header,
};
use std::{
    future::{Ready, ready},
    sync::Arc,
};

/// The longest request id that is taken over from a client.
const REQUEST_ID_LENGTH_MAX: usize = 64;

/// What is known of a request.
#[derive(Debug, Clone)]
pub struct Meta(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    request_id: String,
    trace_id: Option<String>,
    language: Language,
    address: String,
}

impl Meta {
    /// Reads the headers and keeps the result with the request.
    pub fn attach(request: &ServiceRequest, app: &App) -> Meta {
        let text = |name: header::HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
        let given = text(header::HeaderName::from_static("x-request-id")).filter(|id| {
            !id.is_empty()
                && id.len() <= REQUEST_ID_LENGTH_MAX
                && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        });
        let trace_id = text(header::HeaderName::from_static("traceparent")).and_then(trace_id).map(str::to_owned);
        let request_id =
            given.map(str::to_owned).or_else(|| trace_id.clone()).unwrap_or_else(|| app.chance.request_id());
        let peer = request.peer_addr().map(|peer| app.proxies.client(peer.ip(), request.headers()));
        let address = peer.map_or_else(String::new, |address| address.to_string());
        let language = text(header::ACCEPT_LANGUAGE).map_or(Language::default(), Language::preferred);
        let meta = Meta(Arc::new(Inner { request_id, trace_id, language, address }));
        request.extensions_mut().insert(meta.clone());
        meta
    }

    /// One id finds the request in the answer, the log, the problem and the event log.
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// The id of the trace that the request is a part of, where its client said so (W3C `traceparent`).
    pub fn trace_id(&self) -> Option<&str> {
        self.0.trace_id.as_deref()
    }

    /// The language of texts in the answer.
    pub fn language(&self) -> Language {
        self.0.language
    }

    /// The address of the client: of the peer, or what trusted proxies say of it.
    pub fn address(&self) -> &str {
        &self.0.address
    }
}

/// The trace id of a W3C `traceparent`.
fn trace_id(header: &str) -> Option<&str> {
    let id = header.split('-').nth(1)?;
    (id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) && id.bytes().any(|byte| byte != b'0'))
        .then_some(id)
}

impl FromRequest for Meta {
    type Error = crate::problem::ApiError;
    type Future = Ready<Result<Meta, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Meta>().cloned().ok_or_else(|| Self::Error::internal("no request meta")))
    }
}

#[cfg(test)]
mod tests {
    use super::trace_id;

    #[test]
    fn a_trace_id_is_taken_from_a_well_formed_traceparent_only() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(trace_id(good), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
        for bad in ["", "00-xyz-1-01", "00-00000000000000000000000000000000-00f067aa0ba902b7-01"] {
            assert_eq!(trace_id(bad), None, "{bad:?}");
        }
    }
}
