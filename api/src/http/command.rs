//! Commands: requests that write. One transaction holds the effect, its record in the event log and the kept answer.

use super::answer::{Answer, Reply};
use crate::{
    access::Actor,
    http::Meta,
    problem::{ApiError, Code, Words},
    state::App,
};
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header::HeaderMap, web::Data};
use serde::Serialize;
use sha2::{Digest, Sha256};
use shixun_domain::{
    AreaCode, Id, UtcMillis,
    id::{AccountId, Kind},
};
use shixun_persistence::{
    Conn, Keep, WriteTx,
    events::{self, NewEvent, ObjectChange},
    idempotency::{self, Kept, KeptAnswer},
};
use std::future::{Ready, ready};

/// The longest `Idempotency-Key`.
const KEY_LENGTH_MAX: usize = 100;

/// Where a command comes from, for the event log.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Who is asking.
    pub actor: Option<AccountId>,
    /// The request.
    pub request_id: String,
    /// The peer's address.
    pub address: String,
}

/// The transaction of a command, with what the event log must know.
pub struct Work<'t, 'c> {
    tx: &'t mut WriteTx<'c>,
    origin: &'t Origin,
    /// The last record, which is written together with what follows it.
    last: Option<Record>,
}

/// A record of the event log before it is written.
struct Record {
    area: AreaCode,
    on_behalf_of: Option<AccountId>,
    action: String,
    object_kind: &'static str,
    object_id: String,
    before: Option<String>,
    after: Option<String>,
}

impl Record {
    fn event<'a>(&'a self, origin: &'a Origin) -> NewEvent<'a> {
        NewEvent {
            area: self.area,
            actor: origin.actor,
            on_behalf_of: self.on_behalf_of,
            action: &self.action,
            object_kind: self.object_kind,
            object_id: &self.object_id,
            before: self.before.as_deref(),
            after: self.after.as_deref(),
            request_id: &origin.request_id,
            address: &origin.address,
        }
    }
}

impl<'t, 'c> Work<'t, 'c> {
    /// Runs a use case outside a request: for the command line, the demo county.
    ///
    /// # Errors
    /// What the use case says, or where its records cannot be written.
    pub fn run<T>(
        tx: &'t mut WriteTx<'c>,
        origin: &'t Origin,
        f: impl FnOnce(&mut Self) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let mut work = Work { tx, origin, last: None };
        let done = f(&mut work)?;
        work.write_last()?;
        Ok(done)
    }

    /// [`Work::run`] for a use case whose answer is kept under a key, in one statement with its last record.
    fn run_and_keep(
        tx: &'t mut WriteTx<'c>,
        origin: &'t Origin,
        keyed: Option<&Keyed>,
        f: impl FnOnce(&mut Self) -> Result<Reply, ApiError>,
    ) -> Result<Reply, ApiError> {
        let Some(keyed) = keyed else { return Work::run(tx, origin, f) };
        let mut work = Work { tx, origin, last: None };
        let reply = f(&mut work)?;
        let last = work.last.take();
        let event = last.as_ref().map(|record| record.event(origin));
        match idempotency::keep(work.tx, keyed.account, &keyed.key, &keyed.answer(&reply), event.as_ref())? {
            Kept::Taken => Err(running()),
            Kept::New => Ok(reply),
        }
    }

    fn write_last(&mut self) -> Result<(), ApiError> {
        if let Some(record) = self.last.take() {
            events::append(self.tx, &record.event(self.origin))?;
        }
        Ok(())
    }

    /// The transaction.
    pub fn tx(&mut self) -> &mut WriteTx<'c> {
        self.tx
    }

    /// Its connection.
    pub fn conn(&mut self) -> &mut Conn {
        self.tx.conn()
    }

    /// When the command happens.
    pub fn at(&self) -> UtcMillis {
        self.tx.at()
    }

    /// The request it came with.
    pub fn request_id(&self) -> &str {
        &self.origin.request_id
    }

    /// Who gave it.
    pub fn actor(&self) -> Option<AccountId> {
        self.origin.actor
    }

    /// Writes down what was done, in the same transaction. Objects must show no secret and mask personal data.
    ///
    /// # Errors
    /// Where the record cannot be written.
    pub fn record<K: Kind, B: Serialize, A: Serialize>(
        &mut self,
        action: &str,
        id: Id<K>,
        before: Option<&B>,
        after: Option<&A>,
    ) -> Result<(), ApiError> {
        self.record_for(None, action, id, before, after)
    }

    /// [`Work::record`] of what the caller did for somebody else: that one record says for whom.
    ///
    /// # Errors
    /// Where the record cannot be written.
    pub fn record_for<K: Kind, B: Serialize, A: Serialize>(
        &mut self,
        on_behalf_of: Option<AccountId>,
        action: &str,
        id: Id<K>,
        before: Option<&B>,
        after: Option<&A>,
    ) -> Result<(), ApiError> {
        self.append(Record {
            area: id.area(),
            on_behalf_of: on_behalf_of.filter(|account| Some(*account) != self.origin.actor),
            action: action.to_owned(),
            object_kind: K::WORD,
            object_id: id.to_string(),
            before: json(before)?,
            after: json(after)?,
        })
    }

    /// Writes down what was done with a whole area, such as a file of its roster.
    ///
    /// # Errors
    /// Where the record cannot be written.
    pub fn record_of_area<A: Serialize>(
        &mut self,
        action: &str,
        object_kind: &'static str,
        area: AreaCode,
        after: Option<&A>,
    ) -> Result<(), ApiError> {
        self.append(Record {
            area,
            on_behalf_of: None,
            action: action.to_owned(),
            object_kind,
            object_id: area.to_string(),
            before: None,
            after: json(after)?,
        })
    }

    fn append(&mut self, record: Record) -> Result<(), ApiError> {
        self.write_last()?;
        self.last = Some(record);
        Ok(())
    }
}

fn json<T: Serialize>(value: Option<&T>) -> Result<Option<String>, ApiError> {
    value.map(serde_json::to_string).transpose().map_err(|error| ApiError::internal(error.to_string()))
}

impl Work<'_, '_> {
    /// Writes down what was done to many objects of one kind, in the same transaction.
    ///
    /// # Errors
    /// Where the records cannot be written.
    pub fn record_many(&mut self, area: AreaCode, object_kind: &str, objects: &[ObjectChange]) -> Result<(), ApiError> {
        let event = NewEvent {
            area,
            actor: self.origin.actor,
            on_behalf_of: None,
            action: "",
            object_kind,
            object_id: "",
            before: None,
            after: None,
            request_id: &self.origin.request_id,
            address: &self.origin.address,
        };
        self.write_last()?;
        Ok(events::append_many(self.tx, &event, objects)?)
    }
}

/// For `record` where nothing stood before or stands after.
pub const NOTHING: Option<&()> = None;

/// A request that writes, before it runs.
pub struct Command {
    app: Data<App>,
    meta: Meta,
    key: Option<String>,
    target: String,
}

impl FromRequest for Command {
    type Error = ApiError;
    type Future = Ready<Result<Command, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(read(request, payload))
    }
}

fn read(request: &HttpRequest, payload: &mut Payload) -> Result<Command, ApiError> {
    let app = request.app_data::<Data<App>>().cloned().ok_or_else(|| ApiError::internal("no app"))?;
    let meta = Meta::from_request(request, payload).into_inner()?;
    let key = idempotency_key(request.headers())?.map(str::to_owned);
    let target = format!("{} {}", request.method(), request.uri());
    Ok(Command { app, meta, key, target })
}

/// The `Idempotency-Key` of a request, where it has one.
///
/// # Errors
/// `invalid_header` where it could not be one.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, ApiError> {
    let Some(value) = headers.get("Idempotency-Key") else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let printable = text.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
    if text.is_empty() || text.len() > KEY_LENGTH_MAX || !printable {
        return Err(ApiError::new(Code::InvalidHeader).with("name", "Idempotency-Key").with_words(
            "reason",
            Words::new(
                "应为1到100个可见的ASCII字符，不含空格",
                "takes 1 to 100 printable ASCII characters without spaces",
            ),
        ));
    }
    Ok(Some(text))
}

/// A command that ran, now or at an earlier request with the same key.
#[derive(Debug)]
pub struct Settled {
    /// The reply as it is kept.
    pub reply: Reply,
    /// Whether it is that of an earlier request.
    pub again: bool,
}

impl Settled {
    fn again(kept: KeptAnswer) -> Settled {
        let status = u16::try_from(kept.status).unwrap_or(200);
        Settled { reply: Reply { status, body: kept.body, etag: kept.etag, location: kept.location }, again: true }
    }
}

/// An `Idempotency-Key` with the account that sent it and the hash of the request it came with.
#[derive(Debug, Clone)]
struct Keyed {
    account: AccountId,
    key: String,
    request_hash: String,
}

impl Keyed {
    fn answer(&self, reply: &Reply) -> KeptAnswer {
        KeptAnswer {
            request_hash: self.request_hash.clone(),
            status: reply.status.into(),
            body: reply.body.clone(),
            etag: reply.etag.clone(),
            location: reply.location.clone(),
        }
    }
}

fn running() -> ApiError {
    ApiError::new(Code::IdempotencyRunning).retry_after(1)
}

impl Command {
    /// The time: a moment before the command happens.
    pub fn at(&self) -> UtcMillis {
        self.app.clock.now()
    }

    /// The shared state.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The shared state, for what comes after the command.
    pub fn app_data(&self) -> Data<App> {
        self.app.clone()
    }

    /// [`Command::run_or_try`], kept.
    ///
    /// # Errors
    /// As [`Command::run_or_try`].
    pub async fn run<F>(self, who: &Actor, digest: [u8; 32], f: F) -> Answer
    where
        F: FnMut(&mut Work<'_, '_>) -> Result<Reply, ApiError> + Send + 'static,
    {
        self.run_or_try(who, digest, Keep::Commit, f).await
    }

    /// Runs a use case once, however often the request is sent with the same key, and answers after the commit. With
    /// `Keep::DryRun` the same path is rolled back and nothing is kept.
    ///
    /// # Errors
    /// What the use case says, or a problem with the key or the database; then nothing was written.
    pub async fn run_or_try<F>(self, who: &Actor, digest: [u8; 32], keep: Keep, mut f: F) -> Answer
    where
        F: FnMut(&mut Work<'_, '_>) -> Result<Reply, ApiError> + Send + 'static,
    {
        let settled = self.settle_or_try(who, digest, keep, |_| Ok(()), move |work, _| f(work)).await?;
        // The version of what was taken back is yet to be given to another change, which must not look like this one.
        let etag = settled.reply.etag.filter(|_| keep == Keep::Commit);
        Ok(Reply { etag, ..settled.reply }.into_response(settled.again))
    }

    /// [`Command::run_or_try`] before it becomes an answer: for what the answer shows and nothing may keep, such as a
    /// password or a revealed number. It is added to the kept reply after the commit.
    ///
    /// # Errors
    /// As [`Command::run_or_try`].
    pub async fn settle<F>(self, who: &Actor, digest: [u8; 32], mut f: F) -> Result<Settled, ApiError>
    where
        F: FnMut(&mut Work<'_, '_>) -> Result<Reply, ApiError> + Send + 'static,
    {
        self.settle_or_try(who, digest, Keep::Commit, |_| Ok(()), move |work, _| f(work)).await
    }

    /// [`Command::settle`], or the same path rolled back.
    ///
    /// # Errors
    /// As [`Command::run_or_try`].
    pub async fn settle_or_roll_back<F>(
        self,
        who: &Actor,
        digest: [u8; 32],
        keep: Keep,
        mut f: F,
    ) -> Result<Settled, ApiError>
    where
        F: FnMut(&mut Work<'_, '_>) -> Result<Reply, ApiError> + Send + 'static,
    {
        self.settle_or_try(who, digest, keep, |_| Ok(()), move |work, _| f(work)).await
    }

    /// [`Command::run`] behind a look at the database: what `look` refuses outside the transaction is not tried inside it. For
    /// commands that are refused often, so that those who come too late do not stand in the way of the others. The use case
    /// is given what was seen the first time it runs; the database has the last word.
    ///
    /// # Errors
    /// What `look` says, and as [`Command::run_or_try`].
    pub async fn run_after<S, L, F>(self, who: &Actor, digest: [u8; 32], look: L, f: F) -> Answer
    where
        L: FnOnce(&mut Conn) -> Result<S, ApiError> + Send + 'static,
        F: FnMut(&mut Work<'_, '_>, Option<S>) -> Result<Reply, ApiError> + Send + 'static,
        S: Send + 'static,
    {
        let settled = self.settle_or_try(who, digest, Keep::Commit, look, f).await?;
        Ok(settled.reply.into_response(settled.again))
    }

    async fn settle_or_try<S, L, F>(
        self,
        who: &Actor,
        digest: [u8; 32],
        keep: Keep,
        look: L,
        mut f: F,
    ) -> Result<Settled, ApiError>
    where
        L: FnOnce(&mut Conn) -> Result<S, ApiError> + Send + 'static,
        F: FnMut(&mut Work<'_, '_>, Option<S>) -> Result<Reply, ApiError> + Send + 'static,
        S: Send + 'static,
    {
        let origin = Origin {
            actor: Some(who.account),
            request_id: self.meta.request_id().to_owned(),
            address: self.meta.address().to_owned(),
        };
        let keyed = self.keyed(who, digest, keep);
        let _running = match &keyed {
            Some(keyed) => Some(self.app.running.claim(keyed.account, &keyed.key).ok_or_else(running)?),
            None => None,
        };
        // Not before the whole body is there, which the sender may take minutes for: what is written says when it was, and a report that
        // was confirmed meanwhile must not find something older behind it.
        let (in_transaction, at) = (keyed.clone(), self.app.clock.now());
        let write = move |tx: &mut WriteTx<'_>, seen: Option<S>| {
            let reply = Work::run_and_keep(tx, &origin, in_transaction.as_ref(), |work| f(work, seen))?;
            Ok(Settled { reply, again: false })
        };
        // A new key is the rule, so it is not looked for first: a retry is refused by the use case or by the unique key, and
        // rolled back, before the kept answer is looked for.
        let refused = move |conn: &mut Conn, refusal| kept_or(conn, keyed, at, refusal);
        self.app.db.write_after(at, keep, look, write, refused).await
    }

    /// The key of this command, where its effect is to be kept.
    fn keyed(&self, who: &Actor, digest: [u8; 32], keep: Keep) -> Option<Keyed> {
        let key = self.key.clone().filter(|_| keep == Keep::Commit)?;
        Some(Keyed { account: who.account, key, request_hash: self.request_hash(digest) })
    }

    fn request_hash(&self, digest: [u8; 32]) -> String {
        let mut hash = Sha256::new();
        hash.update(self.target.as_bytes());
        hash.update([0]);
        hash.update(digest);
        hex(&hash.finalize())
    }
}

/// The answer kept under the key; without one, the refusal.
fn kept_or(conn: &mut Conn, keyed: Option<Keyed>, at: UtcMillis, refusal: ApiError) -> Result<Settled, ApiError> {
    let Some(Keyed { account, key, request_hash }) = keyed else { return Err(refusal) };
    match idempotency::find(conn, account, &key, at)? {
        None => Err(refusal),
        Some(kept) if kept.request_hash == request_hash => Ok(Settled::again(kept)),
        Some(_) => Err(ApiError::new(Code::IdempotencyMismatch)),
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest of a command without a body.
pub const NO_BODY: [u8; 32] = [0; 32];
