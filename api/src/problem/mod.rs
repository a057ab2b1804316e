//! Problems (RFC 9457): every refusal and failure a client can meet.
//!
//! A domain refusal becomes an [`ApiError`] in its feature's `problems.rs` through an exhaustive match, so that a new reason
//! does not compile without a code. The text is written when the answer is, in the language the client asked for.

mod field_codes;
mod language;
mod routes;
pub mod samples;
mod table;

pub use field_codes::{FieldCode, Place};
pub use language::Language;
pub use routes::mount;
pub use table::Code;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shixun_domain::{AreaCode, Id, UtcMillis, id::Kind, words::Word};
use shixun_persistence::{DbError, Failure};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// 简体中文.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Words {
    /// Both texts.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Words { zh: zh.into(), en: en.into() }
    }

    /// The text in one language.
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }
}

/// One fault of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// JSON pointer (RFC 6901) into the body.
    pub pointer: String,
    /// A stable code, such as `too_long`.
    pub code: String,
    /// What is wrong and what is expected.
    pub words: Words,
    /// What would be right there, or the smallest example that shows what is wrong, where one is known.
    pub example: Option<Example>,
    /// The values inside the text, by name.
    pub parameters: BTreeMap<String, String>,
}

/// An example of what would be right in a body, or of what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Example {
    /// A value, in the form in which the body has it.
    Value(Value),
    /// In words.
    Words(Words),
}

impl FieldFault {
    /// A fault without an example.
    pub fn new(pointer: impl Into<String>, code: impl Into<String>, words: Words) -> Self {
        let code = code.into();
        debug_assert!(FieldCode::may_be(&code), "{code} stands in no row of api/src/problem/field_codes.rs");
        FieldFault { pointer: pointer.into(), code, words, example: None, parameters: BTreeMap::new() }
    }

    /// The same with a value that its text names.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.parameters.insert(name.into(), value.to_string());
        self
    }

    /// The same with values that its text names.
    #[must_use]
    pub fn with_all<N: Into<String>>(self, values: impl IntoIterator<Item = (N, String)>) -> Self {
        values.into_iter().fold(self, |fault, (name, value)| fault.with(name, value))
    }

    /// The same with an example.
    #[must_use]
    pub fn with_example(self, example: Option<Example>) -> Self {
        FieldFault { example, ..self }
    }
}

/// A refusal or failure on its way to a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    code: Code,
    parameters: Vec<(&'static str, Words)>,
    /// How a text shows a parameter that programs read in another form.
    shown: Vec<(&'static str, Words)>,
    faults: Vec<FieldFault>,
    /// The failure of the database behind it, for the log and for another attempt.
    cause: Option<DbError>,
    retry_after_seconds: Option<u32>,
}

impl ApiError {
    /// A problem without parameters.
    pub fn new(code: Code) -> Self {
        ApiError {
            code,
            parameters: Vec::new(),
            shown: Vec::new(),
            faults: Vec::new(),
            cause: None,
            retry_after_seconds: None,
        }
    }

    /// Fills `{name}` of the text, the same in both languages.
    #[must_use]
    pub fn with(self, name: &'static str, value: impl ToString) -> Self {
        let value = value.to_string();
        self.with_words(name, Words::new(value.clone(), value))
    }

    /// Fills `{name}` of the text, in each language its own.
    #[must_use]
    pub fn with_words(mut self, name: &'static str, words: Words) -> Self {
        self.parameters.push((name, words));
        self
    }

    /// A parameter for programs that people read in other words.
    #[must_use]
    pub fn with_shown(mut self, name: &'static str, value: impl ToString, shown: Words) -> Self {
        self.shown.push((name, shown));
        self.with(name, value)
    }

    /// A word of a closed list: as the contract has it for programs, for people in theirs.
    #[must_use]
    pub fn with_word(self, name: &'static str, word: impl Word) -> Self {
        self.with_shown(name, word.word(), Words::new(word.label(), word.word().replace('_', " ")))
    }

    /// An instant: as everywhere for programs, to the minute for people.
    #[must_use]
    pub fn with_instant(self, name: &'static str, at: UtcMillis) -> Self {
        let text = at.to_string();
        let minute = text.get(..16).unwrap_or(&text).replace('T', " ");
        self.with_shown(name, at, Words::new(minute.clone(), minute))
    }

    /// The fields at fault.
    #[must_use]
    pub fn with_faults(mut self, faults: Vec<FieldFault>) -> Self {
        self.parameters.push(("count", Words::new(faults.len().to_string(), faults.len().to_string())));
        self.faults = faults;
        self
    }

    /// When to try again, for `Retry-After` and the text.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_seconds = Some(seconds);
        self.with("seconds", seconds)
    }

    /// The object is not there, or not the caller's to see: both look alike from outside.
    pub fn missing<K: Kind>(id: Id<K>) -> Self {
        ApiError::not_found(K::ZH, K::WORD.replace('_', " "), id)
    }

    /// The same of what is somebody's: who may not see the person is told that the object is not there.
    pub fn about<K: Kind>(self, id: Id<K>) -> Self {
        if self.code == Code::NotFound { ApiError::missing(id) } else { self }
    }

    /// The same of an area.
    pub fn no_area(area: AreaCode) -> Self {
        ApiError::not_found("地区", "area".to_owned(), area)
    }

    fn not_found(kind_zh: &'static str, kind: String, id: impl ToString) -> Self {
        let kind = Words::new(kind.clone(), kind);
        ApiError::new(Code::NotFound).with_words("kind", kind).with("kind_zh", kind_zh).with("id", id)
    }

    /// One field at fault.
    pub fn field(pointer: impl Into<String>, code: impl Into<String>, words: Words) -> Self {
        FieldFault::new(pointer, code, words).into()
    }

    /// Adds an example to each field at fault that has none, by its pointer.
    #[must_use]
    pub fn exemplified(mut self, example: impl Fn(&str) -> Option<Value>) -> Self {
        for fault in &mut self.faults {
            let found = || example(&fault.pointer).map(Example::Value);
            fault.example = fault.example.take().or_else(found);
        }
        self
    }

    /// A defect of the program: the text goes to the log only.
    pub fn internal(what: impl Into<String>) -> Self {
        ApiError::from(DbError::Other(what.into()))
    }

    /// The fields at fault.
    pub fn faults(&self) -> &[FieldFault] {
        &self.faults
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// What the log must know.
    pub fn cause(&self) -> Option<&DbError> {
        self.cause.as_ref()
    }

    /// Whether the database failed, rather than a rule refused.
    pub fn db_failed(&self) -> bool {
        self.cause.is_some()
    }

    /// Seconds for `Retry-After`.
    pub fn retry_after_seconds(&self) -> Option<u32> {
        self.retry_after_seconds
    }

    /// The methods an address takes, for `Allow`.
    pub fn allow(&self) -> Option<&str> {
        self.parameters.iter().find(|(name, _)| *name == "allow").map(|(_, words)| words.en.as_str())
    }

    /// The document a client reads.
    pub fn document(&self, language: Language, request_id: &str) -> Problem {
        let fill = |template: &str| {
            self.shown.iter().chain(&self.parameters).fold(template.to_owned(), |text, (name, words)| {
                text.replace(&format!("{{{name}}}"), words.text(language))
            })
        };
        Problem {
            kind: format!("/v1/problems#{}", self.code.as_str()),
            title: self.code.title(language).to_owned(),
            status: self.code.status(),
            detail: fill(self.code.detail(language)),
            code: self.code.as_str().to_owned(),
            request_id: request_id.to_owned(),
            parameters: self
                .parameters
                .iter()
                .filter(|(name, _)| !name.ends_with("_zh"))
                .map(|(name, words)| ((*name).to_owned(), words.text(language).to_owned()))
                .collect(),
            errors: self
                .faults
                .iter()
                .map(|fault| ProblemField {
                    pointer: fault.pointer.clone(),
                    code: fault.code.clone(),
                    detail: fault.words.text(language).to_owned(),
                    parameters: fault.parameters.clone(),
                    example: fault.example.as_ref().map(|example| match example {
                        Example::Value(value) => value.clone(),
                        Example::Words(words) => Value::String(words.text(language).to_owned()),
                    }),
                })
                .collect(),
        }
    }
}

impl From<FieldFault> for ApiError {
    fn from(fault: FieldFault) -> Self {
        ApiError::new(Code::InvalidField).with_faults(vec![fault])
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code.as_str())
    }
}

impl std::error::Error for ApiError {}

impl From<DbError> for ApiError {
    fn from(cause: DbError) -> Self {
        let problem = match &cause {
            DbError::Unavailable(_) => ApiError::new(Code::Unavailable).retry_after(2),
            DbError::Busy(_) => ApiError::new(Code::Busy).retry_after(1),
            DbError::DiskFull => ApiError::new(Code::StorageFull),
            DbError::Duplicate(_)
            | DbError::Reference(_)
            | DbError::Refused(_)
            | DbError::Damaged(_)
            | DbError::Other(_) => ApiError::new(Code::Internal),
        };
        ApiError { cause: Some(cause), ..problem }
    }
}

impl Failure for ApiError {
    fn db_error(&self) -> Option<&DbError> {
        self.cause.as_ref()
    }
}

/// What went wrong (RFC 9457, `application/problem+json`).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "type": "/v1/problems#not_found", "title": "找不到", "status": 404,
    "detail": "没有标识符为org_a3bkg0000000000032的机构，或您无权查看。", "code": "not_found", "request_id": "r-8Qj6qg0J4o1w0l9l",
    "parameters": {"id": "org_a3bkg0000000000032", "kind": "organisation"}, "errors": []
}))]
pub struct Problem {
    /// Where the code is explained.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same words for every occurrence of the code, in the language of `Accept-Language`.
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What happened this time and what to do.
    pub detail: String,
    /// The stable code: match on this, never on the text. `GET /v1/problems` lists all.
    #[schema(value_type = crate::document::ProblemCodeWord)]
    pub code: String,
    /// Quote this when you ask for help.
    pub request_id: String,
    /// The values inside the text.
    pub parameters: BTreeMap<String, String>,
    /// The fields at fault, where the body was refused field by field.
    pub errors: Vec<ProblemField>,
}

/// One field at fault.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProblemField {
    /// JSON pointer (RFC 6901) into the body.
    pub pointer: String,
    /// The stable code of the fault: match on this, never on the text. `GET /v1/problems/fields` lists all.
    #[schema(value_type = crate::document::FieldCodeWord)]
    pub code: String,
    /// What is wrong and what is expected.
    pub detail: String,
    /// The values inside the text, for programs: `min` and `max`, what is `expected`, the `field` that is missing. Empty where there are none.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// What would be right there, in the form in which the body has it, or in words the smallest case that shows what is wrong (policy
    /// packs); `null` where the text says enough.
    #[serde(default)]
    #[schema(value_type = Value)]
    pub example: Option<Value>,
}
