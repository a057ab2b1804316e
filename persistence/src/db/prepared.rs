//! Statements whose text never changes, prepared once on each connection.

use diesel::{
    QueryResult, RunQueryDsl,
    backend::Backend,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    query_dsl::methods::LoadQuery,
};
use std::marker::PhantomData;

/// A statement that is prepared once on each connection and found again by the place in the source where it stands.
///
/// Diesel prepares inserts and updates anew at every use, because a changeset may leave columns out and a value may be the
/// column's default: on PostgreSQL that is a round trip and a plan each time. It also walks through a query to see whether it
/// may be kept. For the few statements of the hottest paths, made by [`kept!`].
pub struct Prepared<T, P> {
    statement: T,
    place: PhantomData<fn() -> P>,
}

impl<T, P> Prepared<T, P> {
    /// The first argument has a type of its own for every place in the source: it is a closure. Use [`kept!`].
    pub fn at(_: P, statement: T) -> Self {
        Prepared { statement, place: PhantomData }
    }

    /// How many rows a statement that returns one number of each wrote.
    pub fn rows<'query, C>(self, conn: &mut C) -> QueryResult<usize>
    where
        Self: LoadQuery<'query, C, i64>,
    {
        // Only what is handed over as a value may say by itself that it is kept.
        self.load::<i64>(conn).map(|rows| rows.len())
    }
}

/// Keeps the prepared form of a statement whose text is the same at each use: no `eq_any` of a list, no boxed query, no
/// changeset with an `Option` in the place of an assignment. Run it with `rows`, `load` or `get_result`, not with `execute`.
macro_rules! kept {
    ($statement:expr $(,)?) => {
        $crate::db::Prepared::at(|| (), $statement)
    };
}
pub(crate) use kept;

impl<DB: Backend, T: QueryFragment<DB>, P> QueryFragment<DB> for Prepared<T, P> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.statement.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<T, P: 'static> QueryId for Prepared<T, P> {
    type QueryId = P;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<T: Query, P> Query for Prepared<T, P> {
    type SqlType = T::SqlType;
}

impl<T, P, C> RunQueryDsl<C> for Prepared<T, P> {}

/// A statement without values, kept by its text.
pub struct Fixed(pub &'static str);

impl<DB: Backend> QueryFragment<DB> for Fixed {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        pass.push_sql(self.0);
        Ok(())
    }
}

impl QueryId for Fixed {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C> RunQueryDsl<C> for Fixed {}
