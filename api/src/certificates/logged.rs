//! What certificates and their revocations are, against the records of the event log that tell of them, each a leaf of the log: whoever changes a
//! certificate behind the back of the program would have to change those, too.

use crate::{canonical, problem::ApiError};
use serde::Deserialize;
use shixun_domain::id::{Certificate, Kind};
use shixun_persistence::{
    Conn, certificates,
    check::{Breach, Checked},
    events,
};
use std::collections::HashMap;

/// Rows read at a time.
const TOGETHER: i64 = 200;

/// What the event log tells of a certificate.
#[derive(Default)]
struct Told {
    /// The digest with which it was issued.
    digest: Option<String>,
    /// Why it was revoked.
    revoked: Option<String>,
}

/// A certificate as a record shows it.
#[derive(Deserialize)]
struct Shown {
    digest: String,
    revocation: Option<Reason>,
}

#[derive(Deserialize)]
struct Reason {
    reason: String,
}

/// Every certificate is the one that was issued, and is revoked where and why the event log says so.
///
/// # Errors
/// Where the database does not answer.
pub fn check(conn: &mut Conn) -> Result<Checked, ApiError> {
    let mut told = told(conn)?;
    let (mut breaches, mut after) = (Vec::new(), None);
    loop {
        let page = certificates::page(conn, after, TOGETHER)?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        for row in page {
            let object = row.id.to_string();
            let Told { digest, revoked } = told.remove(&object).unwrap_or_default();
            let revocation = certificates::revocation(conn, row.id)?.map(|revocation| revocation.reason);
            let detail = if row.digest != canonical::digest(&row.document) {
                "its digest is not that of its content"
            } else if digest.as_ref() != Some(&row.digest) {
                "it is not the one that was issued"
            } else if revoked != revocation {
                "its revocation is not the one that was recorded"
            } else {
                continue;
            };
            breaches.push(Breach { object, detail: detail.to_owned() });
        }
    }
    breaches.extend(told.into_keys().map(|object| Breach { object, detail: "it was issued, and is gone".to_owned() }));
    Ok(Checked {
        name: "certificates_as_recorded",
        about: "certificates and revocations are what the event log tells of them",
        count: u64::try_from(breaches.len()).unwrap_or(u64::MAX),
        breaches,
    })
}

fn told(conn: &mut Conn) -> Result<HashMap<String, Told>, ApiError> {
    let (mut told, mut after) = (HashMap::<String, Told>::new(), None);
    loop {
        let page = events::of_kind(conn, Certificate::WORD, after, TOGETHER)?;
        let Some(last) = page.last() else { return Ok(told) };
        after = Some(last.id);
        for event in page {
            let shown = event.after.as_deref().and_then(|after| serde_json::from_str::<Shown>(after).ok());
            let Some(Shown { digest, revocation }) = shown else { continue };
            let certificate = told.entry(event.object_id).or_default();
            // A later record shows the certificate as it was found then.
            certificate.digest.get_or_insert(digest);
            certificate.revoked = revocation.map(|revocation| revocation.reason);
        }
    }
}
