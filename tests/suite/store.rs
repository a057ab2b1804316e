//! The door to the database, from outside.

use crate::harness::{County, database::Kind, off_runtime};
use shixun_domain::{AreaCode, access::Scope};
use shixun_persistence::{
    Conn, Db, DbError, DbOptions,
    db::DbUrl,
    org::{self, OrganisationFilter},
};

fn organisations(conn: &mut Conn) -> Result<i64, DbError> {
    let area = AreaCode::new(331_123).unwrap();
    let everywhere = Scope { area, organisation: 0, path: "/".into() };
    org::count(conn, &everywhere, area, &OrganisationFilter::default())
}

#[actix_web::test]
async fn a_backup_of_a_database_in_use_holds_what_was_committed() {
    let county = County::on(Kind::Sqlite).await;
    let file = crate::harness::database::folder().join("backup-of-a-county.db");
    std::fs::remove_file(&file).ok();
    let db = county.app.db.clone();
    off_runtime(|| {
        db.backup_to(&file).unwrap();
        let url: DbUrl = format!("sqlite:{}", file.display()).parse().unwrap();
        let copy = Db::open(&url, &DbOptions { connections: 1, ..DbOptions::default() }).unwrap();
        assert_eq!(copy.read_blocking(organisations), db.read_blocking(organisations));
        assert!(db.backup_to(&file).is_err(), "a backup never overwrites a file");
    });
    std::fs::remove_file(&file).unwrap();
}
