//! Statements whose text never changes, prepared once on each connection.

use diesel::{
    PgConnection, QueryResult, RunQueryDsl, SqliteConnection,
    backend::Backend,
    dsl::sql,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    query_dsl::methods::LoadQuery,
    sql_types::{BigInt, Integer},
    sqlite::Sqlite,
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

/// Keeps the prepared form of a statement whose text is the same at each use: no `eq_any` of a list, no boxed query, no
/// changeset with an `Option` in the place of an assignment. Run it with `written`, `load` or `get_result`, not with `execute`.
macro_rules! kept {
    ($statement:expr $(,)?) => {
        $crate::db::Prepared::at(|| (), $statement)
    };
}
pub(crate) use kept;

impl<T, P> Prepared<T, P> {
    /// The first argument has a type of its own for every place in the source: it is a closure. Use [`kept!`].
    pub fn at(_: P, statement: T) -> Self {
        Prepared { statement, place: PhantomData }
    }

    /// Runs a statement that writes, and says how many rows it wrote.
    ///
    /// # Errors
    /// Where the database does not answer or refuses.
    pub fn written<'query, C>(self, conn: &mut C) -> QueryResult<usize>
    where
        C: CountsRows,
        Prepared<Counted<T>, P>: LoadQuery<'query, C, i32>,
    {
        let counted = Prepared { statement: Counted(self.statement), place: self.place };
        // Only what is handed over as a value may say by itself that it is kept: a query, never `execute`.
        let returned = counted.load::<i32>(conn)?.len();
        conn.written(returned)
    }
}

/// A statement that writes, in the form of a query by which its rows can be counted. On PostgreSQL it returns one for each. SQLite
/// would first gather them in a table that it makes for the purpose, which takes longer than most of what is written.
pub struct Counted<T>(pub T);

impl<T: QueryFragment<Pg>> QueryFragment<Pg> for Counted<T> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(pass.reborrow())?;
        pass.push_sql(" RETURNING 1");
        Ok(())
    }
}

impl<T: QueryFragment<Sqlite>> QueryFragment<Sqlite> for Counted<T> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }
}

impl<T> Query for Counted<T> {
    type SqlType = Integer;
}

/// A connection that says how many rows a [`Counted`] statement wrote.
pub trait CountsRows {
    /// How many, where it returned so many.
    ///
    /// # Errors
    /// Where the database does not answer.
    fn written(&mut self, returned: usize) -> QueryResult<usize>;
}

impl CountsRows for PgConnection {
    fn written(&mut self, returned: usize) -> QueryResult<usize> {
        Ok(returned)
    }
}

impl CountsRows for SqliteConnection {
    fn written(&mut self, _: usize) -> QueryResult<usize> {
        let changes: i64 = kept!(diesel::select(sql::<BigInt>("changes()"))).get_result(self)?;
        Ok(usize::try_from(changes).unwrap_or_default())
    }
}

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
