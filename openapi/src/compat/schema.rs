//! Comparing two schemas in the direction in which they travel.

use super::{Comparison, Direction};
use crate::document::{Node, follow};
use serde_json::{Number, Value};
use shixun_api::document::listed;
use std::collections::{BTreeMap, BTreeSet};

/// Limits that narrow when they get smaller, and limits that narrow when they get larger.
const UPPER: [&str; 5] = ["maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties"];
const LOWER: [&str; 5] = ["minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties"];

/// A schema with its references followed and its compositions merged, so that two ways of writing the same thing compare
/// as equal: `oneOf: [A, null]` is `A` that may be null, `allOf: [A, B]` has the properties of both.
#[derive(Default)]
struct Shape<'a> {
    /// Empty if any type is allowed.
    types: BTreeSet<&'a str>,
    /// The values of `enum` and `const`, as JSON text.
    values: Option<BTreeSet<String>>,
    properties: BTreeMap<&'a str, Node<'a>>,
    required: BTreeSet<&'a str>,
    limits: BTreeMap<&'a str, &'a Number>,
    texts: BTreeMap<&'a str, &'a str>,
    items: Option<Node<'a>>,
    additional: Option<Node<'a>>,
    refuses_others: bool,
    unique: bool,
    /// The alternatives of `oneOf` and `anyOf` by name, null left out.
    choices: BTreeMap<String, Node<'a>>,
    /// Whether null is one of the alternatives.
    nullable: bool,
}

impl<'a> Shape<'a> {
    fn of(doc: &'a Value, node: &Node<'a>) -> Self {
        let mut shape = Shape::default();
        shape.merge(doc, node, &mut BTreeSet::new());
        shape
    }

    fn merge(&mut self, doc: &'a Value, node: &Node<'a>, seen: &mut BTreeSet<&'a str>) {
        if let Some(reference) = node.reference()
            && seen.insert(reference)
            && let Some(target) = follow(doc, reference)
        {
            self.merge(doc, &target, seen);
        }
        self.types.extend(node.types());
        let values = node.value.get("enum").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        // Whether null may stand there is for the types to say.
        for value in values.iter().chain(node.value.get("const")).filter(|value| !value.is_null()) {
            self.values.get_or_insert_default().insert(value.to_string());
        }
        self.properties.extend(node.members("properties"));
        self.required.extend(node.elements("required").iter().filter_map(|name| name.value.as_str()));
        for key in UPPER.into_iter().chain(LOWER).chain(["multipleOf"]) {
            self.limits.extend(node.value.get(key).and_then(Value::as_number).map(|limit| (key, limit)));
        }
        self.texts.extend(node.text("format").map(|format| ("format", format)));
        // A pattern that lists words is an enumeration in another spelling.
        match node.text("pattern").map(|pattern| (pattern, listed(pattern))) {
            Some((_, Some(words))) => {
                let words = words.into_iter().map(|word| Value::from(word).to_string());
                self.values.get_or_insert_default().extend(words);
            }
            Some((pattern, None)) => self.texts.extend([("pattern", pattern)]),
            None => {}
        }
        self.items = self.items.take().or_else(|| node.get("items"));
        for key in ["additionalProperties", "unevaluatedProperties"] {
            let member = node.get(key);
            self.refuses_others |= member.as_ref().is_some_and(|member| member.value == &Value::Bool(false));
            self.additional = self.additional.take().or_else(|| member.filter(|member| member.value.is_object()));
        }
        self.unique |= node.value.get("uniqueItems") == Some(&Value::Bool(true));
        for part in node.elements("allOf") {
            self.merge(doc, &part, seen);
        }
        for key in ["oneOf", "anyOf"] {
            self.choose(doc, node.elements(key), seen);
        }
    }

    fn choose(&mut self, doc: &'a Value, choices: Vec<Node<'a>>, seen: &mut BTreeSet<&'a str>) {
        let (nulls, others): (Vec<_>, Vec<_>) = choices.into_iter().partition(|choice| choice.types() == ["null"]);
        self.nullable |= !nulls.is_empty();
        // Words of which there may be more are a text.
        if let Some(text) = others.iter().find(|choice| is_any_text(choice))
            && others.iter().all(|choice| choice.resolve(doc).types() == ["string"])
        {
            return self.merge(doc, text, seen);
        }
        let listed = others.iter().all(|choice| choice.has("const") || choice.has("enum"));
        for (index, choice) in others.into_iter().enumerate() {
            if listed {
                // An enumeration with a description for each value.
                self.merge(doc, &choice, seen);
                continue;
            }
            let name = choice.reference().or_else(|| choice.text("title")).map(str::to_owned);
            self.choices.insert(name.unwrap_or_else(|| variant_name(&choice, index)), choice);
        }
    }

    /// Takes a sole alternative in: one thing that may be null is that thing.
    fn fold(mut self, doc: &'a Value) -> Self {
        let sole: Vec<_> = std::mem::take(&mut self.choices).into_values().collect();
        for choice in sole {
            self.merge(doc, &choice, &mut BTreeSet::new());
        }
        if self.nullable && !self.types.is_empty() {
            self.types.insert("null");
        }
        self
    }

    /// The same schema seen as a choice, to be held against one that has several alternatives.
    fn into_choice(self, node: &Node<'a>) -> Self {
        if !self.choices.is_empty() {
            return self;
        }
        let nullable = self.types.contains("null");
        Shape { choices: BTreeMap::from([(format!("#{}", node.at), node.clone())]), nullable, ..Shape::default() }
    }
}

/// Whether a schema lets every text pass.
fn is_any_text(choice: &Node<'_>) -> bool {
    let limits = ["enum", "const", "pattern", "format", "minLength", "maxLength"];
    choice.types() == ["string"] && !limits.into_iter().any(|key| choice.has(key))
}

/// The name of an alternative that has neither a reference nor a title: the fixed texts of its properties, its types, or
/// at the last its position.
fn variant_name(choice: &Node<'_>, index: usize) -> String {
    let fixed = |(name, property): &(&str, Node<'_>)| {
        let listed = property.value.get("enum").and_then(Value::as_array).filter(|values| values.len() == 1);
        let value = property.value.get("const").or_else(|| listed.and_then(|values| values.first()));
        value.map(|value| format!("{name}={value}"))
    };
    let mut tags: Vec<_> = choice.members("properties").iter().filter_map(fixed).collect();
    for part in choice.elements("allOf") {
        tags.extend(part.members("properties").iter().filter_map(fixed));
    }
    let types = choice.types().join("|");
    if !tags.is_empty() {
        tags.join(" ")
    } else if types.is_empty() || types == "object" {
        format!("alternative {index}")
    } else {
        types
    }
}

impl<'a> Comparison<'a> {
    pub(super) fn schema(&mut self, direction: Direction, old: &Node<'a>, new: &Node<'a>) {
        let (old, new) = (last_reference(self.old, old), last_reference(self.new, new));
        if !self.seen.insert((direction, old.at.clone(), new.at.clone())) {
            return;
        }
        let (before, after) = (Shape::of(self.old, &old), Shape::of(self.new, &new));
        let several = before.choices.len() > 1 || after.choices.len() > 1;
        let (before, after) = if several {
            (before.into_choice(&old), after.into_choice(&new))
        } else {
            (before.fold(self.old), after.fold(self.new))
        };
        self.types(direction, &old, &before, &after);
        self.values(direction, &old, &before, &after);
        self.choices(direction, &old, &before, &after);
        self.properties(direction, &old, &before, &after);
        if direction == Direction::Request {
            self.limits(&old, &before, &after);
        }
        for (one, other) in [(before.items, after.items), (before.additional, after.additional)] {
            if let (Some(one), Some(other)) = (one, other) {
                self.schema(direction, &one, &other);
            }
        }
    }

    fn types(&mut self, direction: Direction, old: &Node<'a>, before: &Shape<'a>, after: &Shape<'a>) {
        // What must stay possible: every type that a client sends, only types that a client reads.
        let (given, taken) = match direction {
            Direction::Request => (&before.types, &after.types),
            Direction::Answer => (&after.types, &before.types),
        };
        let fits = |name: &&str| taken.contains(name) || (**name == *"integer" && taken.contains("number"));
        let same = taken.is_empty() || (!given.is_empty() && given.iter().all(fits));
        let nulls = match direction {
            Direction::Request => (before.nullable, after.nullable),
            Direction::Answer => (after.nullable, before.nullable),
        };
        if !after.choices.is_empty() && nulls == (true, false) {
            self.breaking("changed-type", &old.at, "null was or is one of the alternatives");
        }
        if !same {
            let names = |types: &BTreeSet<&str>| types.iter().copied().collect::<Vec<_>>().join("|");
            let what = format!("{} → {}", or_any(&names(&before.types)), or_any(&names(&after.types)));
            self.breaking("changed-type", &old.at, what);
        }
        let (one, other) = (before.texts.get("format"), after.texts.get("format"));
        let loosened = direction == Direction::Request && other.is_none();
        let tightened = direction == Direction::Answer && one.is_none();
        if one != other && !loosened && !tightened {
            let (one, other) = (one.copied().unwrap_or_default(), other.copied().unwrap_or_default());
            self.breaking("changed-format", &old.at, format!("{} → {}", or_any(one), or_any(other)));
        }
    }

    fn values(&mut self, direction: Direction, old: &Node<'a>, before: &Shape<'a>, after: &Shape<'a>) {
        match (direction, &before.values, &after.values) {
            (Direction::Request, Some(before), Some(after)) => {
                for value in before.difference(after) {
                    self.breaking("removed-enum-value", &old.at, format!("{value} is no longer accepted"));
                }
            }
            (Direction::Request, None, Some(_)) => {
                self.breaking("narrowed-limit", &old.at, "any value was accepted, now only listed ones");
            }
            (Direction::Answer, Some(before), Some(after)) => {
                for value in after.difference(before) {
                    self.warning("added-enum-value", &old.at, format!("{value} may now be answered"));
                }
            }
            (Direction::Answer, Some(_), None) => {
                self.warning("added-enum-value", &old.at, "any value may now be answered, not only listed ones");
            }
            (Direction::Request, _, None) | (Direction::Answer, None, _) => {}
        }
    }

    fn choices(&mut self, direction: Direction, old: &Node<'a>, before: &Shape<'a>, after: &Shape<'a>) {
        for (name, choice) in &before.choices {
            match after.choices.get(name) {
                Some(other) => self.schema(direction, choice, other),
                None if direction == Direction::Request => {
                    self.breaking("removed-alternative", &choice.at, format!("{name} is no longer accepted"));
                }
                None => {}
            }
        }
        if direction == Direction::Answer && !before.choices.is_empty() {
            for name in after.choices.keys().filter(|name| !before.choices.contains_key(*name)) {
                self.warning("added-alternative", &old.at, format!("{name} may now be answered"));
            }
        }
    }

    fn properties(&mut self, direction: Direction, old: &Node<'a>, before: &Shape<'a>, after: &Shape<'a>) {
        for (name, property) in &before.properties {
            match (direction, after.properties.get(name)) {
                (_, Some(other)) => self.schema(direction, property, other),
                (Direction::Request, None) => {
                    self.breaking("removed-property", &property.at, format!("{name} is gone: sending it is refused"));
                }
                (Direction::Answer, None) => {
                    self.breaking("removed-answer-field", &property.at, format!("{name} is no longer answered"));
                }
            }
        }
        match direction {
            Direction::Request => {
                for name in after.required.difference(&before.required) {
                    let at = old.at.join("properties").join(name);
                    self.breaking("newly-required", &at, format!("{name} may no longer be left out"));
                }
                if after.refuses_others && !before.refuses_others {
                    self.breaking("closed-object", &old.at, "properties that are not named were accepted");
                }
            }
            Direction::Answer => {
                for name in before.required.difference(&after.required) {
                    if after.properties.contains_key(name) {
                        let at = old.at.join("properties").join(name);
                        self.breaking("no-longer-required", &at, format!("{name} may now be missing from the answer"));
                    }
                }
            }
        }
    }

    fn limits(&mut self, old: &Node<'a>, before: &Shape<'a>, after: &Shape<'a>) {
        for (key, limit) in &after.limits {
            let Some(earlier) = before.limits.get(key) else {
                self.breaking("narrowed-limit", &old.at, format!("{key} is new: {limit}"));
                continue;
            };
            let narrower = match order(limit, earlier) {
                Some(order) if UPPER.contains(key) => order.is_lt(),
                Some(order) if LOWER.contains(key) => order.is_gt(),
                _ => limit != earlier,
            };
            if narrower {
                self.breaking("narrowed-limit", &old.at, format!("{key} {earlier} → {limit}"));
            }
        }
        if after.unique && !before.unique {
            self.breaking("narrowed-limit", &old.at, "elements must now differ from each other");
        }
        if let Some(pattern) = after.texts.get("pattern")
            && before.texts.get("pattern") != Some(pattern)
        {
            let earlier = before.texts.get("pattern").copied().unwrap_or_default();
            self.breaking("changed-pattern", &old.at, format!("{} → {pattern}", or_any(earlier)));
        }
    }
}

/// The place the last reference leads to, so that a component is compared once however many operations use it.
fn last_reference<'a>(doc: &'a Value, node: &Node<'a>) -> Node<'a> {
    let alone = |node: &Node<'a>| node.value.as_object().is_some_and(|members| members.len() == 1);
    if node.reference().is_some() && alone(node) { node.resolve(doc) } else { node.clone() }
}

fn or_any(text: &str) -> &str {
    if text.is_empty() { "any" } else { text }
}

/// The order of two JSON numbers: exact between whole numbers, otherwise as floating point.
fn order(one: &Number, other: &Number) -> Option<std::cmp::Ordering> {
    let whole = |number: &Number| number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    match (whole(one), whole(other)) {
        (Some(one), Some(other)) => Some(one.cmp(&other)),
        _ => one.as_f64().zip(other.as_f64()).and_then(|(one, other)| one.partial_cmp(&other)),
    }
}
