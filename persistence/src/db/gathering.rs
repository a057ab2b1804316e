//! Questions that many callers ask at the same time, answered by one statement: on PostgreSQL each statement is a journey, and most
//! of its cost is that of travelling.

use super::{Conn, DatabaseKind, Db};
use crate::error::{DbError, DbResult};
use shixun_domain::{AreaCode, Id};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    hash::Hash,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::oneshot;

/// Something small that is looked up by a key, many times a second.
pub trait LookedUp: Clone + Send + 'static {
    /// What it is found by.
    type Key: Copy + Eq + Hash + Send + 'static;

    /// That of one key; `None` where there is none.
    ///
    /// # Errors
    /// A [`DbError`] where the database does not answer.
    fn one(conn: &mut Conn, key: Self::Key) -> DbResult<Option<Self>>;

    /// Those of many keys that differ; a key without one is left out.
    ///
    /// # Errors
    /// As [`LookedUp::one`].
    fn many(conn: &mut Conn, keys: &[Self::Key]) -> DbResult<HashMap<Self::Key, Self>>;
}

/// The numbers of keys, each once, by area: a statement asks one node of a cluster.
pub(crate) fn by_area<K>(keys: impl IntoIterator<Item = Id<K>>) -> BTreeMap<AreaCode, Vec<i64>> {
    let mut areas: BTreeMap<AreaCode, Vec<i64>> = BTreeMap::new();
    for key in keys {
        areas.entry(key.area()).or_default().push(key.number());
    }
    for numbers in areas.values_mut() {
        numbers.sort_unstable();
        numbers.dedup();
    }
    areas
}

/// How many statements are under way at once: while they are, the next questions gather.
const UNDER_WAY_MAX: usize = 2;

type Answer<V> = oneshot::Sender<DbResult<Option<V>>>;

/// Where the questions of all callers gather. Cheap to clone.
pub struct Gathering<V: LookedUp>(Arc<Mutex<Gathered<V>>>);

struct Gathered<V: LookedUp> {
    /// Asked, and not yet on their way.
    waiting: Vec<(V::Key, Answer<V>)>,
    under_way: usize,
}

impl<V: LookedUp> Default for Gathering<V> {
    fn default() -> Self {
        Gathering(Arc::new(Mutex::new(Gathered { waiting: Vec::new(), under_way: 0 })))
    }
}

impl<V: LookedUp> Clone for Gathering<V> {
    fn clone(&self) -> Self {
        Gathering(Arc::clone(&self.0))
    }
}

impl<V: LookedUp> Gathering<V> {
    /// What there is under a key, read after the call began; `None` where there is nothing.
    ///
    /// # Errors
    /// A [`DbError`] where the database does not answer.
    pub async fn find(&self, db: &Db, key: V::Key) -> DbResult<Option<V>> {
        if db.kind() == DatabaseKind::Sqlite {
            return db.read(move |conn| V::one(conn, key)).await;
        }
        let (answer, answered) = oneshot::channel();
        let departs = {
            let mut gathered = self.lock();
            gathered.waiting.push((key, answer));
            let departs = gathered.under_way < UNDER_WAY_MAX;
            gathered.under_way += usize::from(departs);
            departs
        };
        if departs {
            let (db, gathering) = (db.clone(), self.clone());
            tokio::task::spawn_blocking(move || journey(&gathering, &db));
        }
        answered.await.unwrap_or_else(|_| Err(DbError::Other("a question was dropped".into())))
    }

    fn lock(&self) -> MutexGuard<'_, Gathered<V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The questions that wait. Where there are none, one journey fewer is under way: said under one lock, so that nobody takes for
    /// under way what has ended.
    fn take(&self) -> Option<Vec<(V::Key, Answer<V>)>> {
        let mut gathered = self.lock();
        if gathered.waiting.is_empty() {
            gathered.under_way = gathered.under_way.saturating_sub(1);
            return None;
        }
        Some(std::mem::take(&mut gathered.waiting))
    }
}

/// Answers those who wait, until nobody does. A panic ends the questions of one statement, whose callers are told, and not those that gathered
/// meanwhile.
fn journey<V: LookedUp>(gathering: &Gathering<V>, db: &Db) {
    while let Some(asked) = gathering.take() {
        let keys: HashSet<V::Key> = asked.iter().map(|(key, _)| *key).collect();
        let keys: Vec<V::Key> = keys.into_iter().collect();
        let Ok(found) = catch_unwind(AssertUnwindSafe(|| db.read_blocking(|conn| V::many(conn, &keys)))) else {
            continue;
        };
        for (key, answer) in asked {
            let one = found.as_ref().map(|found| found.get(&key).cloned()).map_err(Clone::clone);
            // Whoever asked may have gone meanwhile.
            answer.send(one).ok();
        }
    }
}
