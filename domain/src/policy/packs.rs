//! The packs shipped with the program.
//!
//! Every figure is a default to be checked by the county against the official text; its source and how sure it is stand
//! beside it in the document.

/// File name and document of every pack that is in force from the start, the widest area and the oldest first.
pub const fn shipped() -> [(&'static str, &'static str); 3] {
    [
        ("ZJ-2010", include_str!("../../packs/ZJ-2010.json")),
        ("ZJ-2016", include_str!("../../packs/ZJ-2016.json")),
        ("331123", include_str!("../../packs/331123.json")),
    ]
}

/// File name and document of the packs that are shipped as drafts: the second edition of the county's overlay, with IT capability by the
/// end of 2017, three days of ethics each summer, the floor of a block's year, district and managers' training, and practice within an
/// uninterrupted block.
///
/// Nobody is judged by them before a county publishes them. They are read in single documents of other places or of one year, so that a
/// county has to want them; and the cycle 2016–2020, about which they are, was lived under the rules in force, whose worked examples
/// and known totals stay what they were.
pub const fn drafts() -> [(&'static str, &'static str); 1] {
    [("331123-2", include_str!("../../packs/drafts/331123-2.json"))]
}
