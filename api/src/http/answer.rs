//! Answers: JSON with an entity tag, 304 where the client has it, 201 with a place.

use super::conditions::{Conditions, Etag};
use crate::problem::ApiError;
use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use serde::Serialize;
use std::cell::Cell;

/// Room that a thread keeps for the text of its next answer, at most, in bytes.
const ROOM_KEPT_MAX: usize = 262_144;

/// Seconds after which it is worth to look again at what was accepted and is not done.
pub(crate) const LOOK_AGAIN_SECONDS: u32 = 1;

thread_local! {
    /// Where a thread writes its answers. The text of a long one would move many times while it grows, each time to memory that no
    /// processor has at hand; so it grows here, and is copied once.
    static ROOM: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// What a handler gives back.
pub type Answer = Result<HttpResponse, ApiError>;

/// The answer to a command, in the form in which it is kept for a retry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// JSON text; empty for 204.
    pub body: String,
    /// Entity tag of the object.
    pub etag: Option<String>,
    /// Where a new object is.
    pub location: Option<String>,
}

impl Reply {
    /// 200 with a body.
    ///
    /// # Errors
    /// `internal` where the value cannot be written as JSON.
    pub fn ok<T: Serialize>(etag: Option<Etag>, value: &T) -> Result<Reply, ApiError> {
        let body = String::from_utf8(written(value)?).map_err(|error| ApiError::internal(error.to_string()))?;
        Ok(Reply { status: 200, body, etag: etag.map(|etag| etag.as_str().to_owned()), location: None })
    }

    /// 201 with a body and the place of the new object.
    ///
    /// # Errors
    /// As [`Reply::ok`].
    pub fn created<T: Serialize>(location: String, etag: Option<Etag>, value: &T) -> Result<Reply, ApiError> {
        Ok(Reply { status: 201, location: Some(location), ..Reply::ok(etag, value)? })
    }

    /// 202 with a body and the place where what was begun can be followed.
    ///
    /// # Errors
    /// As [`Reply::ok`].
    pub fn accepted<T: Serialize>(location: String, etag: Option<Etag>, value: &T) -> Result<Reply, ApiError> {
        Ok(Reply { status: 202, location: Some(location), ..Reply::ok(etag, value)? })
    }

    /// The same with an entity tag of its text, where the object has no version.
    #[must_use]
    pub fn digested(self) -> Reply {
        Reply { etag: Some(Etag::digest(self.body.as_bytes()).as_str().to_owned()), ..self }
    }

    /// 204.
    pub fn empty() -> Reply {
        Reply { status: 204, body: String::new(), etag: None, location: None }
    }

    /// The HTTP answer; `again` where it is the kept answer of an earlier request.
    pub fn into_response(self, again: bool) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        if let Some(etag) = self.etag {
            response.insert_header((header::ETAG, etag));
        }
        if let Some(location) = self.location {
            response.insert_header((header::LOCATION, location));
        }
        if status == StatusCode::ACCEPTED {
            response.insert_header((header::RETRY_AFTER, LOOK_AGAIN_SECONDS));
        }
        if again {
            response.insert_header(("Idempotency-Hit", "true"));
        }
        if self.body.is_empty() { response.finish() } else { response.content_type("application/json").body(self.body) }
    }
}

/// A value as JSON. Only what is kept for a retry has to be a text: looking through a long answer once more takes its time.
///
/// # Errors
/// `internal` where the value cannot be written as JSON.
pub fn written<T: Serialize>(value: &T) -> Result<Vec<u8>, ApiError> {
    let mut room = ROOM.take();
    room.clear();
    serde_json::to_writer(&mut room, value).map_err(|error| ApiError::internal(error.to_string()))?;
    let body = room.as_slice().to_vec();
    if room.capacity() <= ROOM_KEPT_MAX {
        ROOM.set(room);
    }
    Ok(body)
}

/// 200 with what was [`written`].
pub fn whole(etag: Option<&Etag>, body: Vec<u8>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    if let Some(etag) = etag {
        response.insert_header((header::ETAG, etag.as_str()));
    }
    response.content_type("application/json").body(body)
}

/// 200 with a body, or 304 where the client has it.
///
/// # Errors
/// `internal` where the value cannot be written as JSON.
pub fn tagged<T: Serialize>(conditions: &Conditions, etag: Etag, value: &T) -> Answer {
    if conditions.already_has(&etag) {
        return Ok(unchanged(&etag));
    }
    Ok(whole(Some(&etag), written(value)?))
}

/// The same of what has no version: the tag is that of the text.
///
/// # Errors
/// As [`tagged`].
pub fn digested<T: Serialize>(conditions: &Conditions, value: &T) -> Answer {
    let body = written(value)?;
    let etag = Etag::digest(&body);
    Ok(if conditions.already_has(&etag) { unchanged(&etag) } else { whole(Some(&etag), body) })
}

/// 304.
pub fn unchanged(etag: &Etag) -> HttpResponse {
    HttpResponse::NotModified().insert_header((header::ETAG, etag.as_str())).finish()
}

/// 200 with a body.
///
/// # Errors
/// `internal` where the value cannot be written as JSON.
pub fn json<T: Serialize>(value: &T) -> Answer {
    Ok(whole(None, written(value)?))
}
