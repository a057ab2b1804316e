//! Reading an OpenAPI document: places, references, operations, schemas.

use serde_json::Value;
use std::{collections::BTreeSet, fmt};

/// A place in the document as a JSON pointer (RFC 6901), for example `/paths/~1v1~1sessions/get`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Pointer(String);

impl Pointer {
    /// The whole document.
    pub fn root() -> Self {
        Pointer::default()
    }

    /// The place that a local reference such as `#/components/schemas/Session` names.
    pub fn from_reference(reference: &str) -> Option<Self> {
        reference.strip_prefix('#').map(|pointer| Pointer(pointer.to_owned()))
    }

    /// One step down, to the member or the element called `key`.
    #[must_use]
    pub fn join(&self, key: impl fmt::Display) -> Self {
        let key = key.to_string().replace('~', "~0").replace('/', "~1");
        Pointer(format!("{}/{key}", self.0))
    }

    /// The text of the pointer.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A part of the document together with its place.
#[derive(Debug, Clone)]
pub struct Node<'a> {
    /// The part.
    pub value: &'a Value,
    /// Where it stands.
    pub at: Pointer,
}

impl<'a> Node<'a> {
    /// The whole document.
    pub fn root(doc: &'a Value) -> Self {
        Node { value: doc, at: Pointer::root() }
    }

    /// The member `key` of an object.
    pub fn get(&self, key: &str) -> Option<Node<'a>> {
        self.value.get(key).map(|value| Node { value, at: self.at.join(key) })
    }

    /// The member at the end of a path of keys.
    pub fn path(&self, keys: &[&str]) -> Option<Node<'a>> {
        keys.iter().try_fold(self.clone(), |node, key| node.get(key))
    }

    /// The members of the object called `key`; nothing if it is absent or not an object.
    pub fn members(&self, key: &str) -> Vec<(&'a str, Node<'a>)> {
        let Some(node) = self.get(key) else { return Vec::new() };
        let Some(object) = node.value.as_object() else { return Vec::new() };
        object.iter().map(|(name, value)| (name.as_str(), Node { value, at: node.at.join(name) })).collect()
    }

    /// The elements of the array called `key`; nothing if it is absent or not an array.
    pub fn elements(&self, key: &str) -> Vec<Node<'a>> {
        let Some(node) = self.get(key) else { return Vec::new() };
        let elements = node.value.as_array().map(Vec::as_slice).unwrap_or_default();
        elements.iter().enumerate().map(|(index, value)| Node { value, at: node.at.join(index) }).collect()
    }

    /// The member `key` as text, without white space around it; empty text counts as absent.
    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.value.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
    }

    /// Whether the object has a member `key`.
    pub fn has(&self, key: &str) -> bool {
        self.value.get(key).is_some()
    }

    /// The reference that stands here, if one does.
    pub fn reference(&self) -> Option<&'a str> {
        self.value.get("$ref").and_then(Value::as_str)
    }

    /// What stands here once references are followed. A dangling or circular reference gives the node itself: the rule
    /// `dangling-ref` reports it, and every other check may go on.
    #[must_use]
    pub fn resolve(&self, doc: &'a Value) -> Node<'a> {
        let mut node = self.clone();
        let mut seen = BTreeSet::new();
        while let Some(reference) = node.reference() {
            if !seen.insert(reference) {
                break;
            }
            let Some(next) = follow(doc, reference) else { break };
            node = next;
        }
        node
    }

    /// The names of the JSON types that a schema allows; empty if it does not say.
    pub fn types(&self) -> Vec<&'a str> {
        match self.value.get("type") {
            Some(Value::String(one)) => vec![one.as_str()],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether a schema allows the JSON type.
    pub fn is_type(&self, name: &str) -> bool {
        self.types().contains(&name)
    }
}

/// The node a local reference names.
pub fn follow<'a>(doc: &'a Value, reference: &str) -> Option<Node<'a>> {
    let at = Pointer::from_reference(reference)?;
    doc.pointer(at.as_str()).map(|value| Node { value, at })
}

/// The methods an OpenAPI path item may have.
pub const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// One operation of the document.
#[derive(Debug, Clone)]
pub struct Operation<'a> {
    /// The path template, such as `/v1/sessions/{id}`.
    pub path: &'a str,
    /// The method in lower case.
    pub method: &'static str,
    /// The operation object.
    pub node: Node<'a>,
    item: Node<'a>,
}

/// All operations, in the order of the document.
pub fn operations(doc: &Value) -> Vec<Operation<'_>> {
    let mut found = Vec::new();
    for (path, item) in Node::root(doc).members("paths") {
        let item = item.resolve(doc);
        for method in METHODS {
            if let Some(node) = item.get(method) {
                found.push(Operation { path, method, node, item: item.clone() });
            }
        }
    }
    found
}

/// The operation called `operation_id`.
pub fn operation<'a>(doc: &'a Value, operation_id: &str) -> Option<Operation<'a>> {
    operations(doc).into_iter().find(|operation| operation.id() == Some(operation_id))
}

impl<'a> Operation<'a> {
    /// The `operationId`.
    pub fn id(&self) -> Option<&'a str> {
        self.node.text("operationId")
    }

    /// The parameters of the path item and of the operation, references followed. One of the operation replaces one of
    /// the path item with the same place and name.
    pub fn parameters(&self, doc: &'a Value) -> Vec<Node<'a>> {
        let mut found: Vec<Node<'a>> = Vec::new();
        for parameter in self.item.elements("parameters").into_iter().chain(self.node.elements("parameters")) {
            let parameter = parameter.resolve(doc);
            let key = |node: &Node<'a>| (node.text("in"), node.text("name"));
            found.retain(|earlier| key(earlier) != key(&parameter));
            found.push(parameter);
        }
        found
    }

    /// The request body, reference followed.
    pub fn request_body(&self, doc: &'a Value) -> Option<Node<'a>> {
        self.node.get("requestBody").map(|body| body.resolve(doc))
    }

    /// The documented answers by status (`200`, `4XX`, `default`), references followed.
    pub fn responses(&self, doc: &'a Value) -> Vec<(&'a str, Node<'a>)> {
        self.node.members("responses").into_iter().map(|(status, node)| (status, node.resolve(doc))).collect()
    }

    /// The stable codes of the refusals this operation documents: `x-problem-codes` on the operation or on an answer.
    pub fn problem_codes(&self, doc: &'a Value) -> Vec<Node<'a>> {
        let mut codes = self.node.elements("x-problem-codes");
        for (_, response) in self.responses(doc) {
            codes.extend(response.elements("x-problem-codes"));
        }
        codes
    }
}

/// Whether a status belongs to a success.
pub fn is_success(status: &str) -> bool {
    status.starts_with('2')
}

/// Whether a status belongs to a refusal or a fault.
pub fn is_problem(status: &str) -> bool {
    status.starts_with('4') || status.starts_with('5') || status == "default"
}

/// Whether a media type is JSON of any kind.
pub fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence == "application/json" || essence.ends_with("+json")
}

/// Whether a body of a media type can be written into a document: JSON, other texts, and credentials.
pub fn is_text(media_type: &str) -> bool {
    let form = media_type == "application/x-www-form-urlencoded";
    is_json(media_type) || media_type.starts_with("text/") || media_type.ends_with("+jwt") || form
}

/// The schemas directly inside a schema.
pub fn children<'a>(schema: &Node<'a>) -> Vec<Node<'a>> {
    let mut found = Vec::new();
    for key in ["properties", "patternProperties", "$defs"] {
        found.extend(schema.members(key).into_iter().map(|(_, node)| node));
    }
    for key in ["allOf", "anyOf", "oneOf", "prefixItems"] {
        found.extend(schema.elements(key));
    }
    for key in ["items", "additionalProperties", "unevaluatedProperties", "propertyNames", "contains", "not"] {
        found.extend(schema.get(key).filter(|node| node.value.is_object()));
    }
    found
}

/// A schema and all schemas inside it, references left alone.
pub fn within<'a>(schema: Node<'a>) -> Vec<Node<'a>> {
    let mut found = Vec::new();
    let mut open = vec![schema];
    while let Some(node) = open.pop() {
        open.extend(children(&node));
        found.push(node);
    }
    found
}

/// Every schema that the given ones reach, through references too, each once.
pub fn reachable<'a>(doc: &'a Value, schemas: Vec<Node<'a>>) -> Vec<Node<'a>> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    let mut open = schemas;
    while let Some(node) = open.pop() {
        if !seen.insert(node.at.clone()) {
            continue;
        }
        open.extend(children(&node));
        open.extend(node.reference().and_then(|reference| follow(doc, reference)));
        found.push(node);
    }
    found
}

/// The schemas of a `content` object, by media type.
pub fn content<'a>(node: &Node<'a>) -> Vec<(&'a str, Node<'a>)> {
    node.members("content")
}

/// The named properties of an object schema, those of its `allOf` members included, references followed.
pub fn properties<'a>(doc: &'a Value, schema: &Node<'a>) -> Vec<(&'a str, Node<'a>)> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    let mut open = vec![schema.clone()];
    while let Some(node) = open.pop() {
        if !seen.insert(node.at.clone()) {
            continue;
        }
        found.extend(node.members("properties"));
        open.extend(node.elements("allOf"));
        open.extend(node.reference().and_then(|reference| follow(doc, reference)));
    }
    found
}
