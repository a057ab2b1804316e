//! Statements that both databases can render but the enum's own backend refuses, such as `ON CONFLICT`.

use super::conn::{Conn, MultiBackend};
use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sqlite::Sqlite,
};

/// `Both(statement)` runs an upsert through the enum: `Both(insert_into(t).values(v).on_conflict(k).do_nothing())`.
///
/// It leans on `MultiBackend::walk_variant_ast`, which the derive makes public without documenting it.
pub struct Both<T>(pub T);

impl<T> QueryFragment<MultiBackend> for Both<T>
where
    T: QueryFragment<Pg> + QueryFragment<Sqlite>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(&self.0, pass)
    }
}

impl<T: QueryId> QueryId for Both<T> {
    type QueryId = T::QueryId;
    const HAS_STATIC_QUERY_ID: bool = T::HAS_STATIC_QUERY_ID;
}

impl<T: Query> Query for Both<T> {
    type SqlType = T::SqlType;
}

impl<T> diesel::RunQueryDsl<Conn> for Both<T> {}
