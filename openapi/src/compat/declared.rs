//! Breaking changes that somebody decided on: each is declared with its reason before it passes.

use super::{Change, Severity};
use thiserror::Error;

/// A breaking change that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// The kind of change, as `compat` names it.
    pub rule: String,
    /// The place, as `compat` names it.
    pub at: String,
    /// Why clients have to bear it.
    pub reason: String,
}

impl Declaration {
    /// Whether it speaks of this change.
    pub fn covers(&self, change: &Change) -> bool {
        change.severity == Severity::Breaking && self.rule == change.rule && self.at == change.at.to_string()
    }
}

/// A line of the file is no declaration.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line} declares nothing: write the rule, the place and the reason, with a blank between them")]
pub struct BadDeclaration {
    /// Counted from 1.
    pub line: usize,
}

/// Reads declarations, one a line: rule, place, reason. Empty lines and those that begin with `#` are for people.
///
/// # Errors
/// [`BadDeclaration`] names the line, also where only the reason is missing.
pub fn declarations(text: &str) -> Result<Vec<Declaration>, BadDeclaration> {
    let lines = (1..).zip(text.lines().map(str::trim));
    let meant = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let read = |(line, text): (usize, &str)| {
        let mut parts = text.splitn(3, char::is_whitespace).map(|part| part.trim().to_owned());
        match (parts.next(), parts.next(), parts.next()) {
            (Some(rule), Some(at), Some(reason)) if at.starts_with('/') && !reason.is_empty() => {
                Ok(Declaration { rule, at, reason })
            }
            _ => Err(BadDeclaration { line }),
        }
    };
    meant.map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compat::compare;
    use serde_json::json;

    #[test]
    fn a_breaking_change_is_covered_by_its_rule_and_its_place_alone() {
        let document = |paths| json!({"paths": paths});
        let get = json!({"get": {"operationId": "list", "responses": {"200": {}}}});
        let changes = compare(&document(json!({"/v1/a": get, "/v1/b": get})), &document(json!({"/v1/b": get})));
        let gone = changes.iter().find(|change| change.rule == "removed-path").unwrap();
        let read = |text: &str| declarations(text).unwrap();
        let one = read("# what clients have to bear\n\nremoved-path /paths/~1v1~1a nobody was ever answered there\n");
        assert_eq!((one.len(), one[0].reason.as_str()), (1, "nobody was ever answered there"));
        assert!(one[0].covers(gone));
        for other in ["removed-path /paths/~1v1~1b why", "removed-operation /paths/~1v1~1a why"] {
            assert!(!read(other)[0].covers(gone), "{other}");
        }
    }

    #[test]
    fn a_declaration_without_a_reason_is_none() {
        for text in
            ["removed-path /paths/~1v1~1a", "removed-path /paths/~1v1~1a  ", "removed-path", "because of it all"]
        {
            assert_eq!(declarations(&format!("# head\n{text}\n")), Err(BadDeclaration { line: 2 }), "{text}");
        }
    }
}
