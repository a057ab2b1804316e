//! Writes whose text never changes, prepared once.

use diesel::{
    QueryResult,
    backend::Backend,
    query_builder::{AstPass, QueryFragment, QueryId},
};

/// `Prepared(statement)` keeps the prepared form of an insert or update on its connection.
///
/// Diesel prepares these anew at every use, because a changeset may leave columns out and a value may be the column's default:
/// on PostgreSQL that is a round trip and a plan each time. Here the text of the statement is the key of what is kept, so that
/// another shape is another statement. For the few writes of the hottest commands, whose shapes are few.
pub struct Prepared<T>(pub T);

impl<DB: Backend, T: QueryFragment<DB>> QueryFragment<DB> for Prepared<T> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<T> QueryId for Prepared<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T, C> diesel::RunQueryDsl<C> for Prepared<T> {}
