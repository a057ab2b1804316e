//! The packs shipped with the program.
//!
//! Every figure is a default to be checked by the county against the official text; its source and how sure it is stand
//! beside it in the document.

/// File name and document of every shipped pack, the widest area and the oldest first.
pub const fn shipped() -> [(&'static str, &'static str); 3] {
    [
        ("ZJ-2010", include_str!("../../packs/ZJ-2010.json")),
        ("ZJ-2016", include_str!("../../packs/ZJ-2016.json")),
        ("331123", include_str!("../../packs/331123.json")),
    ]
}
