//! Bodies that hold the document of a policy pack.

use super::document::PolicyDocument;
use crate::{http::Body, problem::ApiError};
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::de::DeserializeOwned;
use shixun_domain::policy::document::example_at;
use std::{future::Future, pin::Pin};
use utoipa::PartialSchema;
use validator::Validate;

/// A body with a document somewhere in it.
pub trait HoldsPolicy: DeserializeOwned + Validate + PartialSchema + 'static {
    /// Where the document stands.
    const AT: &'static str;
}

impl HoldsPolicy for PolicyDocument {
    const AT: &'static str = "";
}

/// A body that was read and checked as any other; what is wrong in its document comes back with what would be right there.
#[derive(Debug)]
pub struct PolicyBody<T>(pub Body<T>);

impl<T: HoldsPolicy> FromRequest for PolicyBody<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Body::<T>::from_request(request, payload);
        Box::pin(async move {
            let example = |pointer: &str| {
                let inside = pointer.strip_prefix(T::AT).filter(|rest| rest.is_empty() || rest.starts_with('/'));
                inside.and_then(example_at)
            };
            body.await.map(PolicyBody).map_err(|problem| problem.exemplified(example))
        })
    }
}
