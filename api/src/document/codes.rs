//! Words that programs decide by and that become more with time: codes and permissions. A schema names those there are, so that a
//! generated client can check its cases, and leaves room for others, so that it bears those that are added.

use crate::problem::{Code, FieldCode};
use shixun_domain::access;
use std::{borrow::Cow, collections::BTreeSet};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Ref, RefOr,
        schema::{AnyOfBuilder, ObjectBuilder, Schema, Type},
    },
};

/// The schemas that are registered with one.
type Schemas = Vec<(String, RefOr<Schema>)>;

macro_rules! open_words {
    ($($(#[$about:meta])* $type:ident = $name:literal of $known:literal, $description:literal: $words:expr;)+) => {$(
        $(#[$about])*
        pub enum $type {}

        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                let known = Ref::from_schema_name($known);
                let other = ObjectBuilder::new().schema_type(Type::String);
                RefOr::T(AnyOfBuilder::new().item(known).item(other).description(Some($description)).into())
            }
        }

        impl ToSchema for $type {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed($name)
            }

            fn schemas(schemas: &mut Schemas) {
                let words: BTreeSet<&str> = $words.collect();
                let known = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words));
                let known = known.description(Some(concat!("What there is of `", $name, "` in this version.")));
                schemas.push(($known.to_owned(), RefOr::T(known.into())));
            }
        }
    )+};
}

open_words! {
    /// The code of a problem, in the document.
    ProblemCodeWord = "ProblemCode" of "KnownProblemCode",
        "The stable code of a problem: one of those that `GET /v1/problems` lists. Take a code that is not known by its status.":
        Code::ALL.iter().map(|code| code.as_str());
    /// The code of a single fault, in the document.
    FieldCodeWord = "FieldCode" of "KnownFieldCode",
        "The stable code of a single fault: one of those that `GET /v1/problems/fields` lists, or, at the row of a file, that of a problem.":
        FieldCode::ALL.iter().map(|known| known.code);
    /// A permission, in the document.
    PermissionWord = "Permission" of "KnownPermission",
        "A permission, as the operations name it in `security`.":
        access::Permission::ALL.iter().map(|permission| permission.as_str());
}
