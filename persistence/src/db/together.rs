//! What only PostgreSQL needs, where each statement is a journey: two writing statements in one.

use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{BigInt, Nullable},
};

/// Two writing statements that each return one column, in one round trip: says what the first returned, the greatest of several rows,
/// and how many rows the second wrote. The second may read what the first returned as the table `first_written`. Both see the rows as
/// they were before either.
pub struct Together<A, B>(pub A, pub B);

diesel::table! {
    /// What the first statement of a [`Together`] returned.
    first_written (id) {
        /// The column it returns.
        id -> BigInt,
    }
}

impl<A: QueryFragment<Pg>, B: QueryFragment<Pg>> QueryFragment<Pg> for Together<A, B> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        pass.push_sql("WITH first_written (id) AS (");
        self.0.walk_ast(pass.reborrow())?;
        pass.push_sql("), second_written AS (");
        self.1.walk_ast(pass.reborrow())?;
        pass.push_sql(
            ") SELECT (SELECT CAST(max(id) AS BIGINT) FROM first_written), (SELECT count(*) FROM second_written)",
        );
        Ok(())
    }
}

impl<A: QueryId, B: QueryId> QueryId for Together<A, B> {
    type QueryId = Together<A::QueryId, B::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = A::HAS_STATIC_QUERY_ID && B::HAS_STATIC_QUERY_ID;
}

impl<A, B> Query for Together<A, B> {
    type SqlType = (Nullable<BigInt>, BigInt);
}
