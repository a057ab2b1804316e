//! What a leaf says: one row as it was published, as canonical JSON (RFC 8785), so that the same row always has the same hash.
//!
//! Numbers are whole; ids, hours and instants are text as in the API. Each leaf carries a salt that follows from a secret of the
//! database, so that the hash of a neighbour, which every inclusion proof shows, tells nothing about what the neighbour says,
//! however few things it could say. The salt is disclosed together with the leaf and never alone.

use crate::{AreaCode, words::word_list};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

word_list! {
    /// What a leaf of the log says. A new kind is a word here and a source in `persistence/src/log/sources`.
    LeafKind {
        HourEntry = "hour_entry", "学时条目", "an entry of the hour ledger";
        PolicyPack = "policy_pack", "政策包", "a policy pack that was published";
        Event = "event", "事件", "a record of the event log";
        FrozenReport = "frozen_report", "周期定稿报表", "the report with which a cycle was closed";
    }
}

/// A JSON value without fractions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A whole number, at most 2⁵³ − 1 in size so that every reader sees the same one.
    Whole(i64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object; no name stands twice.
    Object(Vec<(Cow<'static, str>, Json)>),
}

impl Json {
    /// A text.
    pub fn text(text: impl Into<String>) -> Json {
        Json::Text(text.into())
    }

    /// A text that may be absent.
    pub fn maybe(text: Option<impl Into<String>>) -> Json {
        text.map_or(Json::Null, Json::text)
    }

    /// An object from its members, in any order.
    pub fn object<const N: usize>(members: [(&'static str, Json); N]) -> Json {
        Json::Object(members.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect())
    }

    /// The canonical text (RFC 8785): names in the order of their UTF-16 code units, no blanks, the shortest escapes.
    pub fn canonical(&self) -> String {
        let mut text = String::with_capacity(1_024);
        self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) {
        match self {
            Json::Null => out.push_str("null"),
            Json::Bool(true) => out.push_str("true"),
            Json::Bool(false) => out.push_str("false"),
            Json::Whole(number) => out.push_str(&number.to_string()),
            Json::Text(text) => write_text(text, out),
            Json::List(values) => {
                out.push('[');
                for (place, value) in values.iter().enumerate() {
                    if place > 0 {
                        out.push(',');
                    }
                    value.write(out);
                }
                out.push(']');
            }
            Json::Object(members) => {
                let mut sorted: Vec<_> = members.iter().collect();
                sorted.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
                out.push('{');
                for (place, (name, value)) in sorted.into_iter().enumerate() {
                    if place > 0 {
                        out.push(',');
                    }
                    write_text(name, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

fn write_text(text: &str, out: &mut String) {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            control if control < ' ' => {
                let code = usize::try_from(u32::from(control)).unwrap_or_default();
                out.push_str("\\u00");
                out.extend([HEX.get(code >> 4), HEX.get(code & 15)].into_iter().flatten());
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

/// The salts of a database's leaves, all from one secret: none is stored, and each can be made again to check its leaf.
#[derive(Clone)]
pub struct Salts([u8; 32]);

impl Salts {
    /// From the secret.
    pub const fn new(secret: [u8; 32]) -> Salts {
        Salts(secret)
    }

    /// The salt of a leaf: 16 bytes in base 64. Half of the hash is kept, so that nobody can extend it.
    pub fn of(&self, area: AreaCode, kind: LeafKind, number: i64) -> String {
        let hash = Sha256::new()
            .chain_update(b"shixun leaf salt")
            .chain_update(self.0)
            .chain_update(area.get().to_be_bytes())
            .chain_update(number.to_be_bytes())
            .chain_update(kind.as_str())
            .finalize();
        STANDARD_NO_PAD.encode(hash.get(..16).unwrap_or_default())
    }
}

/// The bytes of a leaf, which its hash covers: `{"content":…,"id":…,"kind":…,"salt":…}`. The id knows its area.
pub fn bytes(kind: LeafKind, id: &str, salt: String, content: Json) -> String {
    let members = [("kind", Json::text(kind.as_str())), ("id", Json::text(id)), ("salt", Json::Text(salt))];
    let [kind, id, salt] = members;
    Json::object([kind, id, salt, ("content", content)]).canonical()
}
