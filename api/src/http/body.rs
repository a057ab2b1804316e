//! JSON bodies: read strictly, with every fault named by a JSON pointer.

use super::{
    faults, reasons,
    strict::{AsItIs, OUT_OF_YEARS, Unambiguous},
    text,
};
use crate::{
    problem::{ApiError, Code, FieldFault, Words},
    state::App,
};
use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header,
    web::{Bytes, Data},
};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use shixun_domain::policy::document::json_pointer;
use std::{future::Future, pin::Pin};
use utoipa::{
    PartialSchema,
    openapi::{RefOr, Schema},
};
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

/// A body that was read and checked, with the digest a retry is compared by.
#[derive(Debug)]
pub struct Body<T> {
    /// What the client sent.
    pub value: T,
    /// SHA-256 of the bytes.
    pub digest: [u8; 32],
}

impl<T: DeserializeOwned + Validate + PartialSchema + 'static> FromRequest for Body<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let absent = is_absent(request);
        let bytes = read(request, payload, "application/json");
        Box::pin(async move {
            // Where every field may be left out, so may the body.
            let bytes = if absent { Bytes::from_static(b"{}") } else { bytes.await? };
            Ok(Body { value: parse(&bytes)?, digest: Sha256::digest(&bytes).into() })
        })
    }
}

/// True where the request neither has a body nor says what it would be.
fn is_absent(request: &HttpRequest) -> bool {
    let headers = request.headers();
    let nothing = headers.get(header::CONTENT_LENGTH).is_none_or(|length| length == "0");
    nothing && !headers.contains_key(header::TRANSFER_ENCODING) && !headers.contains_key(header::CONTENT_TYPE)
}

/// Reads a body of the content type `expected`, up to the configured size.
pub fn read(
    request: &HttpRequest,
    payload: &mut Payload,
    expected: &'static str,
) -> impl Future<Output = Result<Bytes, ApiError>> + use<> {
    let media = media_type(request, expected);
    let limit = request.app_data::<Data<App>>().map_or(0, |app| {
        if expected == "application/json" { app.config.body_bytes_max } else { app.config.file_bytes_max }
    });
    let declared = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok())
        .unwrap_or(0);
    let mut payload = payload.take();
    async move {
        media?;
        let too_large = || ApiError::new(Code::BodyTooLarge).with("limit", limit);
        if declared > limit {
            return Err(too_large());
        }
        let mut bytes = Vec::with_capacity(declared);
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|error| malformed(0, 0, &error.to_string()))?;
            if bytes.len() + chunk.len() > limit {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Bytes::from(bytes))
    }
}

fn media_type(request: &HttpRequest, expected: &'static str) -> Result<(), ApiError> {
    let refused = || ApiError::new(Code::UnsupportedMediaType).with("expected", expected);
    let coding = request.headers().get(header::CONTENT_ENCODING);
    if coding.is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(refused());
    }
    let given =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).ok_or_else(refused)?;
    let mut parts = given.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default();
    let utf8 = parts.all(|parameter| match parameter.split_once('=') {
        Some((name, value)) if name.eq_ignore_ascii_case("charset") => {
            value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    });
    let accepted = if expected == "application/json" {
        kind.eq_ignore_ascii_case(expected)
    } else {
        expected.split(", ").any(|one| kind.eq_ignore_ascii_case(one))
    };
    // Whoever reads a file finds out its encoding by looking at it.
    if accepted && (utf8 || expected != "application/json") { Ok(()) } else { Err(refused()) }
}

fn malformed(line: usize, column: usize, reason: &str) -> ApiError {
    ApiError::new(Code::MalformedJson)
        .with("line", line)
        .with("column", column)
        .with_words("reason", reasons::words(reason))
}

/// Reads bytes as a `T`.
///
/// # Errors
/// `malformed_json` where it is not JSON; `invalid_field` with a pointer to each fault where it is not a `T`.
pub fn parse<T: DeserializeOwned + Validate + PartialSchema>(bytes: &[u8]) -> Result<T, ApiError> {
    let Unambiguous(value) = serde_json::from_slice(bytes).map_err(|error| {
        malformed(error.line(), error.column(), error.to_string().split(" at line").next().unwrap_or_default())
    })?;
    let faults = text::faults(&value);
    if !faults.is_empty() {
        return Err(ApiError::new(Code::InvalidField).with_faults(faults));
    }
    let parsed = read_as::<T>(value).map_err(|first| {
        // Read anew rather than copied each time for the few bodies that have a fault.
        let value = serde_json::from_slice(bytes).unwrap_or_default();
        ApiError::new(Code::InvalidField).with_faults(all_faults::<T>(value, bytes.len(), first))
    })?;
    parsed.validate().map_err(|errors| {
        let mut faults = Vec::new();
        collect(&errors, "", &mut faults);
        ApiError::new(Code::InvalidField).with_faults(faults)
    })?;
    Ok(parsed)
}

/// Reads a value as a `T`, or says what is wrong with it first.
fn read_as<T: DeserializeOwned>(value: Value) -> Result<T, FieldFault> {
    serde_path_to_error::deserialize(AsItIs(value)).map_err(|error| {
        let pointer = json_pointer(error.path());
        let reason = error.inner().to_string();
        let code = field_code(&reason);
        // Serde stands at the object that lacks the field.
        let missing = reason.split('`').nth(1).filter(|_| code == "missing_field");
        let pointer = missing.map_or(pointer.clone(), |name| format!("{pointer}/{name}"));
        FieldFault::new(pointer, code, reasons::words(&reason)).with_all(reasons::parameters(&reason))
    })
}

/// Every fault of a body. Of several members that the body itself lacks, all are told.
fn all_faults<T: DeserializeOwned + PartialSchema>(value: Value, bytes: usize, first: FieldFault) -> Vec<FieldFault> {
    let needed = match T::schema() {
        RefOr::T(Schema::Object(object)) if value.is_object() => object.required,
        _ => Vec::new(),
    };
    let missing = needed.into_iter().filter(|name| value.get(name).is_none()).map(|name| {
        let reason = format!("missing field `{name}`");
        let fault = FieldFault::new(format!("/{name}"), "missing_field", reasons::words(&reason));
        fault.with_all(reasons::parameters(&reason))
    });
    let missing: Vec<FieldFault> = missing.collect();
    let mut told = faults::every(value, bytes, first, |rest| read_as::<T>(rest).err());
    let news = missing.into_iter().filter(|fault| told.iter().all(|known| known.pointer != fault.pointer));
    told.extend(news.collect::<Vec<_>>());
    told
}

/// serde's reasons begin with fixed words; anything else is a value out of its type's range.
pub fn field_code(reason: &str) -> &'static str {
    let codes = [
        ("unknown field", "unknown_field"),
        ("missing field", "missing_field"),
        ("duplicate field", "duplicate_field"),
        ("invalid type", "wrong_type"),
        ("invalid value: integer", "range"),
        (OUT_OF_YEARS, "range"),
    ];
    codes.iter().find(|(start, _)| reason.starts_with(start)).map_or("invalid_value", |(_, code)| code)
}

fn collect(errors: &ValidationErrors, at: &str, faults: &mut Vec<FieldFault>) {
    let mut kinds: Vec<_> = errors.errors().iter().collect();
    kinds.sort_by(|one, other| one.0.cmp(other.0));
    for (field, kind) in kinds {
        let pointer = format!("{at}/{field}");
        match kind {
            ValidationErrorsKind::Struct(inner) => collect(inner, &pointer, faults),
            ValidationErrorsKind::List(list) => {
                for (index, inner) in list {
                    collect(inner, &format!("{pointer}/{index}"), faults);
                }
            }
            ValidationErrorsKind::Field(list) => {
                faults.extend(list.iter().map(|error| field_fault(&pointer, error)));
            }
        }
    }
}

fn field_fault(pointer: &str, error: &validator::ValidationError) -> FieldFault {
    let bound = |name: &str| error.params.get(name).map(ToString::to_string);
    let range = match (bound("min"), bound("max"), bound("equal")) {
        (_, _, Some(equal)) => Words::new(format!("应为{equal}"), format!("must be {equal}")),
        (Some(min), Some(max), _) => {
            Words::new(format!("应在{min}到{max}之间"), format!("must lie between {min} and {max}"))
        }
        (Some(min), None, _) => Words::new(format!("不得小于{min}"), format!("must be at least {min}")),
        (None, Some(max), _) => Words::new(format!("不得大于{max}"), format!("must be at most {max}")),
        _ => Words::new("不符合格式", "does not have the expected form"),
    };
    let (code, words) = match error.code.as_ref() {
        "length" => ("length", Words::new(format!("长度{}", range.zh), format!("the length {}", range.en))),
        "range" => ("range", range),
        other => (
            other,
            match &error.message {
                // A message of ours is "zh|en".
                Some(message) => match message.split_once('|') {
                    Some((zh, en)) => Words::new(zh, en),
                    None => Words::new(message.as_ref(), message.as_ref()),
                },
                None => range,
            },
        ),
    };
    let bounds = ["min", "max", "equal"].into_iter().filter_map(|name| Some((name, bound(name)?)));
    FieldFault::new(pointer, code, words).with_all(bounds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use serde::Deserialize;
    use utoipa::ToSchema;

    #[derive(Debug, Deserialize, Validate, ToSchema)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Course {
        name: String,
        seats: u16,
        on: NaiveDate,
        days: Vec<u16>,
        remark: Option<String>,
        units: Option<Vec<Unit>>,
    }

    #[derive(Debug, Deserialize, Validate, ToSchema)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Unit {
        minutes: u16,
        room: Room,
    }

    #[derive(Debug, Deserialize, Validate, ToSchema)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Room {
        name: String,
        places: u16,
    }

    fn told(text: &str) -> Vec<(String, String)> {
        let Err(problem) = parse::<Course>(text.as_bytes()) else { return Vec::new() };
        problem.faults().iter().map(|fault| (fault.pointer.clone(), fault.code.clone())).collect()
    }

    #[test]
    fn every_fault_of_a_body_is_told_at_once() {
        let check = |text: &str, expected: &[(&str, &str)]| {
            let expected: Vec<(String, String)> =
                expected.iter().map(|(pointer, code)| ((*pointer).to_owned(), (*code).to_owned())).collect();
            assert_eq!(told(text), expected, "{text}");
        };
        check(r#"{"name": "a", "seats": 5, "on": "2026-09-01", "days": [1]}"#, &[]);
        let missing = [
            ("/name", "missing_field"),
            ("/seats", "missing_field"),
            ("/on", "missing_field"),
            ("/days", "missing_field"),
        ];
        check("{}", &missing);
        check(
            r#"{"seats": "5", "colour": 1, "on": "soon", "days": [1, "x"], "remark": 3}"#,
            &[
                ("/seats", "wrong_type"),
                ("/colour", "unknown_field"),
                ("/on", "invalid_value"),
                ("/days/1", "wrong_type"),
                ("/remark", "wrong_type"),
                ("/name", "missing_field"),
            ],
        );
        check(r#"{"name": "a", "seats": 70000, "days": [], "on": "2026-09-01"}"#, &[("/seats", "range")]);
        check("[]", &[("", "wrong_type")]);
        check(
            r#"{"days": ["x", 1, "y", 2, "z"], "name": "a", "seats": 5, "on": "2026-09-01"}"#,
            &[("/days/0", "wrong_type"), ("/days/2", "wrong_type"), ("/days/4", "wrong_type")],
        );
        let right = r#"{"minutes": 45, "room": {"name": "a", "places": 30}}"#;
        let two = r#"{"minutes": "45", "room": {"places": "30", "name": 2, "colour": 3}}"#;
        let lacking = r#"{"minutes": -1, "room": {"name": "a"}}"#;
        check(
            &format!(r#"{{"units": [{right}, {two}, {lacking}, {right}, {{}}, {two}], "name": 3}}"#),
            &[
                ("/units/1/minutes", "wrong_type"),
                ("/units/1/room/places", "wrong_type"),
                ("/units/1/room/name", "wrong_type"),
                ("/units/1/room/colour", "unknown_field"),
                ("/units/2/minutes", "range"),
                ("/units/2/room/places", "missing_field"),
                ("/units/4/minutes", "missing_field"),
                ("/units/5/minutes", "wrong_type"),
                ("/units/5/room/places", "wrong_type"),
                ("/units/5/room/name", "wrong_type"),
                ("/units/5/room/colour", "unknown_field"),
                ("/name", "wrong_type"),
                ("/seats", "missing_field"),
                ("/on", "missing_field"),
                ("/days", "missing_field"),
            ],
        );
        let faults: Vec<String> = (0..80).map(|place| format!("\"{place}\"")).collect();
        let many = format!(r#"{{"days": [{}]}}"#, faults.join(","));
        assert_eq!(told(&many).len(), 50 + 3, "fifty, and the members that the body lacks");
        let large = format!(r#"{{"days": ["{}"]}}"#, vec!["x"; 65_000].join("\",\""));
        assert_eq!(told(&large).len(), 4 + 3, "a quarter of a megabyte is not read fifty times");
    }
}
