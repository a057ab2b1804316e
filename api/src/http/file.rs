//! A file as the body of a request.

use super::body;
use crate::problem::ApiError;
use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Bytes};
use sha2::{Digest, Sha256};
use std::{future::Future, pin::Pin};

/// What a file may say it is. What it really is, is read from its content.
pub const MEDIA_TYPES: &str =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, text/csv, application/octet-stream";

/// A file, up to the configured size, with its digest.
pub struct FileBody {
    /// The bytes.
    pub bytes: Bytes,
    /// SHA-256 of them.
    pub digest: [u8; 32],
}

impl FromRequest for FileBody {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = body::read(request, payload, MEDIA_TYPES);
        Box::pin(async move {
            let bytes = bytes.await?;
            Ok(FileBody { digest: Sha256::digest(&bytes).into(), bytes })
        })
    }
}
