//! From committed rows to leaves: none twice, none left out, whatever comes in between.

use super::{broken, sequenced};
use crate::{
    harness::{County, both, database::Kind, off_runtime},
    ledger::fixture::{entry, post, sql, with_teacher, write},
};
use diesel::{RunQueryDsl, connection::SimpleConnection};
use shixun_api::log::{Look, sequence};
use shixun_domain::{
    AreaCode,
    log::{LeafKind, leaf_hash},
};
use shixun_persistence::{
    Conn, DbError,
    log::{self, Appended, Growth, sources::Which},
};
use std::collections::HashSet;

fn area() -> AreaCode {
    AreaCode::new(331_123).unwrap()
}

fn read<T: Send>(county: &County, f: impl FnOnce(&mut Conn) -> Result<T, DbError> + Send) -> T {
    let db = county.app.db.clone();
    off_runtime(|| db.read_blocking(f).unwrap())
}

fn size(county: &County) -> u64 {
    read(county, |conn| log::head(conn, area())).unwrap_or_default()
}

fn event(number: i64) -> String {
    format!(
        "INSERT INTO event_log (area, id, at, action, object_kind, object_id, request_id) \
         VALUES (331123, {number}, '2026-11-23 01:00:00', 'x', 'y', 'z', 'r')"
    )
}

both! {
    async fn every_row_becomes_a_leaf_once_and_what_grew_is_signed(county: County) {
        let person = with_teacher(county);
        post(county, (1..=9).map(|day| entry(person, &format!("2017-05-0{day}"), "8")).collect());
        let (leaves, checkpoints) = sequenced(county, Look::All);
        assert!(leaves >= 9 && checkpoints >= 2, "{leaves} leaves, {checkpoints} checkpoints: the packs of the province have a log of their own");
        assert_eq!(sequenced(county, Look::All), (0, 0), "again changes nothing");
        post(county, vec![entry(person, "2017-06-01", "8")]);
        assert_eq!(sequenced(county, Look::New), (1, 1));
        assert_eq!(broken(county), Vec::new());
    }

    async fn a_row_that_is_committed_late_with_an_earlier_number_is_found(county: County) {
        let now = log::first_number(county.clock.now());
        sql(county, &event(now + 2_000)).unwrap();
        sequenced(county, Look::All);
        sql(county, &event(now + 1_000)).unwrap();
        assert_eq!(sequenced(county, Look::New).0, 0, "it lies before the last one");
        assert_eq!(sequenced(county, Look::Back).0, 1);
        sql(county, &event(log::first_number(county.clock.now().plus_millis(-3_600_000)))).unwrap();
        assert_eq!(sequenced(county, Look::Back).0, 0, "longer ago than any transaction lasts");
        assert_eq!(sequenced(county, Look::All).0, 1, "but the daily look finds it");
        assert_eq!(broken(county), Vec::new());
    }

    async fn a_transaction_that_is_still_open_is_not_passed_over(county: County) {
        if county.database.kind() == Kind::Sqlite {
            // One writer: what is numbered first is committed first.
            return;
        }
        let now = log::first_number(county.clock.now());
        let mut slow = county.database.url().connect(false).unwrap();
        slow.batch_execute("BEGIN").unwrap();
        diesel::sql_query(event(now + 1)).execute(&mut slow).unwrap();
        sql(county, &event(now + 2)).unwrap();
        sequenced(county, Look::All);
        let before = size(county);
        slow.batch_execute("COMMIT").unwrap();
        assert_eq!((sequenced(county, Look::Back).0, size(county)), (1, before + 1));
        assert_eq!(broken(county), Vec::new());
    }

    async fn two_servers_that_sequence_at_once_share_the_rows(county: County) {
        let now = log::first_number(county.clock.now());
        write(county, move |tx| {
            for number in 0..4_000 {
                diesel::sql_query(event(now + number)).execute(tx.conn())?;
            }
            Ok(())
        });
        let databases = [county.database.open(), county.database.open()];
        let (signer, at) = (county.app.log.clone(), county.clock.now());
        let leaves: u64 = std::thread::scope(|scope| {
            let signer = &signer;
            let passes: Vec<_> =
                databases.iter().map(|db| scope.spawn(move || sequence(db, signer, at, Look::All).unwrap().leaves)).collect();
            passes.into_iter().map(|pass| pass.join().unwrap()).sum()
        });
        let placed = read(county, |conn| log::leaves(conn, area(), 0, 100_000));
        let others = read(county, |conn| log::head(conn, AreaCode::new(330_000).unwrap())).unwrap_or_default();
        assert_eq!(leaves, u64::try_from(placed.len()).unwrap() + others, "each counted by the one that added it");
        assert!(placed.iter().zip(0..).all(|(leaf, position)| leaf.position == position));
        let rows: HashSet<_> = placed.iter().map(|leaf| (leaf.kind, leaf.number)).collect();
        assert_eq!(rows.len(), placed.len());
        assert!(placed.iter().filter(|leaf| leaf.kind == LeafKind::Event).count() >= 4_000);
        assert_eq!(broken(county), Vec::new());
    }

    async fn a_crash_between_batches_or_before_the_checkpoint_is_taken_up_again(county: County) {
        let now = log::first_number(county.clock.now());
        sequenced(county, Look::All);
        let before = size(county);
        for number in 0..5 {
            sql(county, &event(now + 100_000 + number)).unwrap();
        }
        let signer = county.app.log.clone();
        let waiting = read(county, |conn| {
            let page = log::sources::unlogged(conn, signer.salts(), area(), LeafKind::Event, i64::MIN);
            page.map(|page| page.unwrap().leaves)
        });
        assert_eq!(waiting.len(), 5);
        let mut edge = read(county, |conn| log::frontier(conn, area()));
        let first = waiting.iter().take(2).map(|row| (LeafKind::Event, row.number, row.hash())).collect();
        let growth = Growth::new(area(), &mut edge, first);
        let again = growth.clone();
        assert_eq!(write(county, move |tx| log::append(tx, &growth)), Appended::Done);
        assert_eq!(write(county, move |tx| log::append(tx, &again)), Appended::Raced, "the same place is not given away twice");
        assert_eq!(read(county, |conn| log::latest(conn, area())).unwrap().size, before, "no checkpoint yet");
        assert_eq!(sequenced(county, Look::New), (3, 1));
        assert_eq!(read(county, |conn| log::latest(conn, area())).unwrap().size, before + 5);
        assert_eq!(broken(county), Vec::new());
    }

    async fn a_draft_gets_into_the_log_when_it_is_published(county: County) {
        let (bureau, centre) = (county.sign_in("bureau"), county.sign_in("centre"));
        let drafted = centre.post("/v1/policy-packs", crate::policy::pack(7)).await.expect(201);
        let id: shixun_domain::id::PolicyPackId = drafted["pack"]["id"].as_str().unwrap().parse().unwrap();
        sequenced(county, Look::All);
        let placed = |county: &County| read(county, |conn| log::places(conn, area(), LeafKind::PolicyPack, &[id.number()]));
        assert!(placed(county).is_empty());
        bureau.act(&format!("/v1/policy-packs/{id}/publish")).await.expect(200);
        sequenced(county, Look::New);
        assert_eq!(placed(county).len(), 1);
        assert_eq!(broken(county), Vec::new());
    }

    async fn leaves_hold_no_personal_data_and_are_never_changed(county: County) {
        county.add_teacher(5, county.schools[0]);
        let person = with_teacher(county);
        post(county, vec![entry(person, "2017-05-01", "8")]);
        sequenced(county, Look::All);
        let signer = county.app.log.clone();
        for kind in LeafKind::ALL {
            let numbers: Vec<i64> = read(county, |conn| log::leaves(conn, area(), 0, 10_000))
                .into_iter().filter(|leaf| leaf.kind == *kind).map(|leaf| leaf.number).collect();
            let rows = read(county, |conn| log::sources::rows(conn, signer.salts(), area(), *kind, Which::Of(&numbers)));
            for row in rows {
                assert!(!row.bytes.contains("3311991980"), "{}", row.bytes);
                assert_eq!(row.hash(), leaf_hash(row.bytes.as_bytes()));
            }
        }
        for table in ["log_leaves", "log_checkpoints"] {
            for statement in [format!("UPDATE {table} SET area = area"), format!("DELETE FROM {table}")] {
                let refused = sql(county, &statement);
                assert!(matches!(&refused, Err(DbError::Refused(text)) if text.contains("append-only")), "{statement}: {refused:?}");
            }
        }
    }
}
