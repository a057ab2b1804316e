//! The ledger in the database: nothing is changed, nothing is posted twice, and pending hours do not count.

use super::fixture::*;
use crate::harness::{both, database::Kind};
use shixun_domain::{
    Id,
    id::HourEntryId,
    ledger::{Amounts, EntryKind},
};
use shixun_persistence::{
    DbError,
    ledger::{self, Appended, NewEntry},
};

both! {
    async fn no_entry_is_ever_updated_or_deleted(county: County) {
        let person = with_teacher(county);
        let ids = post(county, vec![entry(person, "2017-05-01", "48")]);
        let mut statements = vec!["UPDATE hour_entries SET credited = 1", "DELETE FROM hour_entries"];
        if county.database.kind() == Kind::Postgres {
            // Disputes refer to entries: without CASCADE the database refuses for that reason.
            statements.push("TRUNCATE hour_entries CASCADE");
        } else {
            statements.push("INSERT OR REPLACE INTO hour_entries SELECT * FROM hour_entries");
        }
        for statement in statements {
            let refused = sql(county, statement);
            assert!(matches!(&refused, Err(DbError::Refused(text)) if text.contains("append-only")), "{statement}: {refused:?}");
        }
        // What the hours rest on cannot go either.
        for statement in ["DELETE FROM persons WHERE id = 101", "UPDATE persons SET id = 7 WHERE id = 101"] {
            assert!(matches!(sql(county, statement), Err(DbError::Reference(_))), "{statement}");
        }
        let view = county.sign_in("bureau").get(&format!("/v1/hour-entries/{}", ids[0])).await.expect(200);
        assert_eq!(view["credited"], "48.00");
    }

    async fn hours_of_a_session_are_posted_once(county: County) {
        let person = with_teacher(county);
        let appended: Vec<Appended> = write(county, move |tx| {
            let new = NewEntry { source_key: "session:1".into(), ..entry(person, "2017-05-01", "48") };
            let again = NewEntry { effective_on: day("2017-06-01"), ..new.clone() };
            Ok(vec![ledger::append(tx, &new)?, ledger::append(tx, &again)?])
        });
        assert!(matches!(appended[..], [Appended::New(_), Appended::Duplicate]), "{appended:?}");
        assert_eq!(statement(&county.sign_in("bureau"), person, CYCLE).await["counted"], "48.00");
    }

    async fn an_entry_has_one_successor_even_when_two_are_appended_at_once(county: County) {
        let person = with_teacher(county);
        let id = post(county, vec![entry(person, "2017-05-01", "48")])[0];
        let reverse = |key: &str| {
            let base = entry(person, "2017-05-01", "48");
            NewEntry {
                kind: EntryKind::Reversed,
                refers_to: Some(id),
                source_key: key.into(),
                amounts: base.amounts.reversed(),
                reason: Some("误录".into()),
                ..base
            }
        };
        let reversals: Vec<NewEntry> = (0..8).map(|n| reverse(&format!("r{n}"))).collect();
        let (app, at) = (county.app.clone(), county.clock.now());
        let appended: Vec<Appended> = crate::harness::off_runtime(|| {
            std::thread::scope(|scope| {
                let running: Vec<_> = reversals
                    .into_iter()
                    .map(|new| {
                        let db = app.db.clone();
                        scope.spawn(move || {
                            db.write_blocking(at, shixun_persistence::Keep::Commit, move |tx| ledger::append(tx, &new)).unwrap()
                        })
                    })
                    .collect();
                running.into_iter().map(|thread| thread.join().unwrap()).collect()
            })
        });
        assert_eq!(appended.iter().filter(|one| matches!(one, Appended::New(_))).count(), 1);
        assert_eq!(statement(&county.sign_in("bureau"), person, CYCLE).await["counted"], "0.00");
    }

    async fn pending_hours_are_shown_and_do_not_count(county: County) {
        let person = with_teacher(county);
        let pending = NewEntry { kind: EntryKind::Pending, source_key: "p1".into(), ..entry(person, "2017-05-01", "30") };
        let doomed = NewEntry { kind: EntryKind::Pending, source_key: "p2".into(), ..entry(person, "2017-06-01", "10") };
        let ids: Vec<HourEntryId> = post(county, vec![pending, doomed]);
        let bureau = county.sign_in("bureau");
        let read = statement(&bureau, person, CYCLE).await;
        assert_eq!((read["pending"].as_str(), read["counted"].as_str()), (Some("40.00"), Some("0.00")));
        let voided = NewEntry {
            kind: EntryKind::Voided,
            refers_to: Some(ids[1]),
            source_key: "v2".into(),
            amounts: Amounts::NOTHING,
            reason: Some("班期取消".into()),
            ..entry(person, "2017-06-01", "10")
        };
        let posted = NewEntry { refers_to: Some(ids[0]), source_key: "post:p1".into(), ..entry(person, "2017-05-01", "28") };
        post(county, vec![voided, posted]);
        let read = statement(&bureau, person, CYCLE).await;
        assert_eq!((read["pending"].as_str(), read["counted"].as_str()), (Some("0.00"), Some("28.00")));
        let reversal = bureau.post(&format!("/v1/hour-entries/{}/reverse", ids[0]), serde_json::json!({"reason": "误录"})).await;
        reversal.refused(409, "entry_not_posted");
    }

    async fn many_entries_are_appended_at_once(county: County) {
        let person = with_teacher(county);
        let ids = write(county, move |tx| {
            let entries: Vec<NewEntry> = (0..2_000)
                .map(|n| NewEntry { source_key: format!("k{n}"), ..entry(person, "2017-05-01", "0.01") })
                .collect();
            ledger::append_all(tx, &entries)
        });
        assert_eq!(ids.len(), 2_000);
        assert_eq!(statement(&county.sign_in("bureau"), person, CYCLE).await["credited"], "20.00");
        assert_ne!(ids[0], Id::new(ids[0].area(), 0));
    }
}
