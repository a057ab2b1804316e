//! A bundle: a statement with all it rests on, as a zip file that anybody checks without a network. `docs/bundle.md` is its format.
//!
//! [`of_statement`], [`of_area`] and [`ReportBundle`] write bundles, [`verify`] checks them. Both judge hours with the same function over the same
//! leaves, so that a statement in a bundle is what the leaves and the packs beside it give, or is found not to be.

mod files;
mod judge;
mod layout;
mod report;
mod report_check;
mod stated;
mod verify;
mod write;

pub use report::ReportBundle;
pub use verify::{Finding, LogSeen, Report, verify};
pub use write::{of_area, of_statement};

use std::borrow::Cow;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type},
    },
};

/// The media type of a bundle.
pub const BUNDLE_TYPE: &str = "application/zip";

/// The first line of every manifest.
const FORMAT: &str = "shixun-bundle/1";
const README: &str = "README.txt";
const STATEMENT: &str = "statement.json";
const LEAVES: &str = "leaves.jsonl";
const PROOFS: &str = "proofs.jsonl";
const KEYS: &str = "keys.txt";
const MANIFEST: &str = "manifest.txt";
/// The folder of the statements in the bundle of an area.
const STATEMENTS: &str = "statements/";

/// The file with a frozen report.
const REPORT: &str = "report.json";
/// The folder with the entries of a frozen report.
const ENTRIES: &str = "entries/";

/// What a bundle says to whoever opens it without having heard of it.
const README_TEXT: &str = include_str!("README.txt");

/// The same of the bundle of a frozen report.
const REPORT_README_TEXT: &str = include_str!("README-report.txt");

/// The subject of the manifest of a frozen report.
fn report_subject(id: shixun_domain::id::FrozenReportId, cycle: &str) -> String {
    format!("frozen_report {id} {cycle}")
}

/// The names of the two files of a portion of entries: the leaves, and what proves them.
fn portion_files(portion: usize) -> (String, String) {
    (format!("{ENTRIES}{portion:05}.jsonl"), format!("{ENTRIES}{portion:05}.proof.json"))
}

/// The name of the file with an area's checkpoint.
fn checkpoint_file(area: shixun_domain::AreaCode) -> String {
    format!("checkpoint-{area}.txt")
}

/// A bundle in the document.
pub struct BundleFile;

impl PartialSchema for BundleFile {
    fn schema() -> RefOr<Schema> {
        RefOr::T(
            ObjectBuilder::new()
                .schema_type(Type::String)
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
                .content_media_type(BUNDLE_TYPE)
                .description(Some("A zip file as docs/bundle.md describes it."))
                .into(),
        )
    }
}

impl ToSchema for BundleFile {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("BundleFile")
    }
}
