//! Jobs: what takes longer than a request may, followed from its beginning to its end, step by step.

use crate::{
    harness::{Answered, Caller, County, TestApp, both, off_runtime},
    ledger::{
        fixture::{employ, entry, post, school_based, sql, teacher},
        simulation::{SIMULATE, cap, simulated},
    },
    schema::Schema,
};
use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};
use shixun_api::{
    config::Config,
    housekeeping::sweep,
    jobs::{self, After, Kind, Taken},
    problem::{ApiError, Code},
    state::App,
};
use shixun_domain::jobs::{JobKind, JobState, KEPT_MILLIS, SILENCE_MILLIS_MAX};
use std::collections::BTreeSet;

const DONE: After = After::Ended(JobState::Done);
const CANCELLED: After = After::Ended(JobState::Cancelled);
const AS_JOB: &str = "/v1/policy-packs/simulate?as_job=true";

/// Lets the server do the job that waits longest, to its end.
pub(crate) fn run_next(test: &TestApp) -> Option<After> {
    let app = test.app.clone();
    off_runtime(move || jobs::run_next(&app, app.jobs.kinds()).unwrap())
}

/// A runner that has taken a job, on a thread of its own as in the server, and does a step when it is told to.
struct Runner {
    orders: std::sync::mpsc::Sender<()>,
    states: std::sync::mpsc::Receiver<Option<After>>,
}

impl Runner {
    /// Takes a job; nothing where there is none.
    fn take(test: &TestApp) -> Option<Runner> {
        let app = test.app.clone();
        let (orders, told) = std::sync::mpsc::channel();
        let (say, states) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut taken: Option<Taken> = jobs::take(&app, app.jobs.kinds()).unwrap();
            say.send(taken.as_ref().map(|_| After::More)).unwrap();
            while let (Ok(()), Some(taken)) = (told.recv(), &mut taken) {
                say.send(Some(taken.step(&app).unwrap())).unwrap();
            }
        });
        let runner = Runner { orders, states };
        runner.states.recv().unwrap().map(|_| runner)
    }

    fn step(&self) -> After {
        self.orders.send(()).unwrap();
        self.states.recv().unwrap().unwrap()
    }
}

/// A county of the same kind with three teachers and other settings.
async fn county_with(county: &County, change: impl FnOnce(&mut Config)) -> County {
    let other = County::in_app(TestApp::with(county.database.kind(), change).await);
    three_teachers(&other);
    other
}

/// Three teachers in two schools, two of whom a lower cap on school-based hours would hit; steps of one teacher each.
async fn step_by_step(county: &County) -> County {
    county_with(county, |config| config.simulation_teachers_a_step = 1).await
}

fn three_teachers(county: &County) {
    let one = teacher(county, 101, "雷晓燕", county.schools[0]);
    let two = teacher(county, 103, "蓝", county.schools[1]);
    let three = teacher(county, 104, "雷", county.schools[0]);
    post(
        county,
        vec![
            school_based(one, "2018-04-01", "30"),
            entry(one, "2019-05-01", "70"),
            school_based(two, "2018-04-01", "24"),
            entry(three, "2018-03-01", "12"),
        ],
    );
}

async fn asked(caller: &Caller<'_>) -> String {
    let answer = caller.post(AS_JOB, simulated(cap("8"))).await;
    let job = answer.expect(202);
    assert_eq!(answer.header("retry-after").as_deref(), Some("1"));
    let place = answer.header("location").unwrap();
    assert_eq!(place, format!("/v1/jobs/{}", job["id"].as_str().unwrap()));
    assert_eq!(
        (&job["state"], &job["kind"], &job["total"]),
        (&json!("queued"), &json!("policy_simulation"), &Value::Null)
    );
    place
}

/// State and progress of a job.
async fn seen(caller: &Caller<'_>, place: &str) -> (String, Value, Value) {
    let job = caller.get(place).await.expect(200);
    (job["state"].as_str().unwrap().to_owned(), job["done"].clone(), job["total"].clone())
}

async fn cancel(caller: &Caller<'_>, place: &str) -> Answered {
    caller.act(&format!("{place}/cancel")).await
}

/// How many rows each table has.
fn rows(county: &County) -> BTreeSet<String> {
    let mut conn = county.database.url().connect(false).unwrap();
    let schema = Schema::of(&mut conn);
    schema.rows(&mut conn)
}

both! {
    async fn a_job_tells_bit_for_bit_what_is_told_at_once(county: County) {
        for a_step in [1, 2, 2_000] {
            let county = county_with(county, |config| config.simulation_teachers_a_step = a_step).await;
            let centre = county.sign_in("centre");
            let at_once = centre.post(SIMULATE, simulated(cap("8"))).await;
            assert_eq!(at_once.expect(200)["changed_total"], 2);
            let place = asked(&centre).await;
            assert_eq!(run_next(&county), Some(DONE));
            let job = centre.get(&place).await.expect(200);
            assert_eq!(job["result"].to_string(), at_once.text(), "{a_step} a step");
            assert_eq!((&job["state"], &job["done"], &job["total"], &job["unit"]), (&json!("done"), &json!(3), &json!(3), &json!("teachers")));
            assert_eq!(job["problem"], Value::Null);
        }
    }

    async fn the_steps_of_a_job_show_in_its_progress(county: County) {
        let county = step_by_step(county).await;
        let centre = county.sign_in("centre");
        let place = asked(&centre).await;
        let waiting = centre.get(&place).await;
        assert_eq!(waiting.header("retry-after").as_deref(), Some("1"));
        let runner = Runner::take(&county).unwrap();
        assert_eq!(seen(&centre, &place).await, ("running".into(), json!(0), Value::Null));
        let mut tags = vec![waiting.etag()];
        for done in 0..3 {
            assert_eq!(runner.step(), After::More);
            assert_eq!(seen(&centre, &place).await, ("running".into(), json!(done), json!(3)));
            let again = centre.get(&place).await;
            assert_eq!(again.header("retry-after").as_deref(), Some("1"));
            assert!(!tags.contains(&again.etag()), "what shows another progress has another tag");
            tags.push(again.etag());
            let unchanged = centre.request(Method::GET, &place).header("If-None-Match", &again.etag()).send().await;
            assert_eq!(unchanged.status, 304);
        }
        assert_eq!(runner.step(), DONE);
        let done = centre.get(&place).await;
        assert_eq!((done.expect(200)["done"].clone(), done.header("retry-after")), (json!(3), None));
        let end = done.json();
        assert!(end["started_at"].is_string() && end["finished_at"].is_string());
        assert_eq!(end["kept_until"], county.clock.now().plus_millis(KEPT_MILLIS).to_string());
    }

    async fn a_job_that_waits_is_cancelled_at_once(county: County) {
        let county = step_by_step(county).await;
        let centre = county.sign_in("centre");
        let place = asked(&centre).await;
        let cancelled = cancel(&centre, &place).await.expect(200);
        assert_eq!((&cancelled["state"], &cancelled["cancel_requested"]), (&json!("cancelled"), &json!(true)));
        assert_eq!(run_next(&county), None);
        let problem = cancel(&centre, &place).await.refused(409, "job_ended");
        assert_eq!(problem["parameters"]["state"], "cancelled");
    }

    async fn a_running_job_is_cancelled_before_its_next_step(county: County) {
        let county = step_by_step(county).await;
        let centre = county.sign_in("centre");
        // After the beginning, in the middle, and before the last step, whose result then comes too late.
        for steps in [1, 2, 3] {
            let place = asked(&centre).await;
            let runner = Runner::take(&county).unwrap();
            (0..steps).for_each(|_| assert_eq!(runner.step(), After::More));
            let told = cancel(&centre, &place).await.expect(200);
            assert_eq!((&told["state"], &told["cancel_requested"]), (&json!("running"), &json!(true)));
            assert_eq!(cancel(&centre, &place).await.expect(200)["state"], "running", "twice is once");
            assert_eq!(runner.step(), CANCELLED);
            let job = centre.get(&place).await.expect(200);
            assert_eq!((&job["state"], &job["result"]), (&json!("cancelled"), &Value::Null));
            cancel(&centre, &place).await.refused(409, "job_ended");
        }
    }

    async fn asking_again_with_the_same_key_gives_the_same_job(county: County) {
        three_teachers(county);
        let centre = county.sign_in("centre");
        let send = |body: Value| centre.request(Method::POST, AS_JOB).header("Idempotency-Key", "try-1").json(&body).send();
        let first = send(simulated(cap("8"))).await;
        let job = first.expect(202);
        assert_eq!(run_next(county), Some(DONE));
        let again = send(simulated(cap("8"))).await;
        assert_eq!((again.expect(202), again.header("location")), (job.clone(), first.header("location")));
        assert_eq!(again.header("idempotency-hit").as_deref(), Some("true"));
        send(simulated(cap("9"))).await.refused(422, "idempotency_mismatch");
        let own = centre.get("/v1/jobs").await.expect(200);
        assert_eq!(own["data"].as_array().unwrap().len(), 1);
        assert_eq!(own["data"][0]["id"], job["id"]);
    }

    async fn a_job_is_seen_by_who_asked_and_by_who_may_do_the_same_for_the_whole_county(county: County) {
        three_teachers(county);
        let place = asked(&county.sign_in("centre")).await;
        assert_eq!(run_next(county), Some(DONE));
        for name in ["centre", "bureau"] {
            let told = county.sign_in(name).get(&place).await.expect(200);
            assert_eq!(told["result"]["before"]["teachers"], 3, "{name}");
        }
        for name in ["auditor", "school-1", "institution-1", "system", "elsewhere-bureau", "elsewhere-centre"] {
            county.sign_in(name).get(&place).await.refused(404, "not_found");
            cancel(&county.sign_in(name), &place).await.refused(404, "not_found");
        }
        county.sign_in("bureau").get(&format!("{}x", &place[..place.len() - 1])).await.refused(400, "invalid_id");
        let second = asked(&county.sign_in("centre")).await;
        assert_eq!(cancel(&county.sign_in("bureau"), &second).await.expect(200)["state"], "cancelled");
        assert_eq!(county.sign_in("bureau").get("/v1/jobs").await.expect(200)["data"], json!([]), "only one's own are listed");
        let object = second.rsplit('/').next().unwrap();
        let logged = county.sign_in("auditor").get(&format!("/v1/events?object_id={object}")).await.expect(200);
        let actions: BTreeSet<&str> = logged["data"].as_array().unwrap().iter().map(|event| event["action"].as_str().unwrap()).collect();
        assert_eq!(actions, BTreeSet::from(["create", "cancel"]));
    }

    async fn whoever_lost_the_permission_sees_the_jobs_no_more(county: County) {
        three_teachers(county);
        let place = asked(&county.sign_in("centre")).await;
        let number = county.account("centre").number();
        sql(county, &format!("UPDATE role_grants SET valid_from = '2026-10-01', valid_to = '2026-11-01' WHERE account_id = {number}")).unwrap();
        county.app.auth.forget(county.account("centre"));
        let centre = county.sign_in("centre");
        centre.get(&place).await.refused(404, "not_found");
        assert_eq!(centre.get("/v1/jobs").await.expect(200)["data"], json!([]));
    }

    async fn ones_own_jobs_are_listed_page_by_page_and_by_state(county: County) {
        three_teachers(county);
        let centre = county.sign_in("centre");
        let mut places = Vec::new();
        for _ in 0..3 {
            places.push(asked(&centre).await);
        }
        assert_eq!(run_next(county), Some(DONE));
        cancel(&centre, &places[2]).await.expect(200);
        let ids = |list: &Value| -> Vec<String> {
            list["data"].as_array().unwrap().iter().map(|job| format!("/v1/jobs/{}", job["id"].as_str().unwrap())).collect()
        };
        let first = centre.get("/v1/jobs?limit=2").await.expect(200);
        let rest = centre.get(&format!("/v1/jobs?limit=2&cursor={}", first["next_cursor"].as_str().unwrap())).await.expect(200);
        let (latest, both) = ([&places[2], &places[1]], [ids(&first), ids(&rest)].concat());
        assert_eq!(ids(&first).iter().collect::<Vec<_>>(), latest);
        assert_eq!((both.len(), &rest["next_cursor"]), (3, &Value::Null));
        assert!(first["data"].as_array().unwrap().iter().all(|job| job["result"].is_null()));
        for (state, place) in [("done", &places[0]), ("queued", &places[1]), ("cancelled", &places[2])] {
            let found = ids(&centre.get(&format!("/v1/jobs?state={state}")).await.expect(200));
            assert_eq!(found.iter().collect::<Vec<_>>(), [place], "{state}");
        }
        centre.get("/v1/jobs?state=asleep").await.refused(400, "invalid_parameter");
    }

    async fn what_cannot_be_tried_is_refused_before_it_is_a_job(county: County) {
        let centre = county.sign_in("centre");
        let mut late = simulated(cap("8"));
        late["as_of"] = json!("2021-01-01");
        centre.post(AS_JOB, late).await.refused(422, "invalid_field");
        let mut foreign = simulated(cap("8"));
        foreign["area"] = json!("331122");
        county.sign_in("bureau").post(AS_JOB, foreign).await.refused(404, "not_found");
        county.sign_in("monitor").post(AS_JOB, simulated(cap("8"))).await.refused(403, "forbidden");
        county.sign_in("school-1").post(AS_JOB, simulated(cap("8"))).await.refused(404, "not_found");
        assert_eq!(centre.get("/v1/jobs").await.expect(200)["data"], json!([]));
    }

    async fn a_large_county_is_asked_to_send_a_job(county: County) {
        let county = county_with(county, |config| config.simulation_teachers_at_once = 3).await;
        let centre = county.sign_in("centre");
        centre.post(SIMULATE, simulated(cap("8"))).await.expect(200);
        employ(&county, 2_000, 104, county.schools[1], "2019-09-01");
        let problem = centre.post(SIMULATE, simulated(cap("8"))).await.refused(409, "job_needed");
        assert_eq!(problem["parameters"]["most"], "3");
        asked(&centre).await;
        assert_eq!(run_next(&county), Some(DONE));
    }

    async fn an_account_has_ten_jobs_open_at_most(county: County) {
        let (centre, bureau) = (county.sign_in("centre"), county.sign_in("bureau"));
        let mut places = Vec::new();
        for _ in 0..10 {
            places.push(asked(&centre).await);
        }
        let problem = centre.post(AS_JOB, simulated(cap("8"))).await.refused(409, "jobs_waiting");
        assert_eq!(problem["parameters"]["most"], "10");
        asked(&bureau).await;
        cancel(&centre, &places[4]).await.expect(200);
        asked(&centre).await;
    }

    async fn a_job_whose_server_died_is_begun_again_once_and_then_fails(county: County) {
        let county = step_by_step(county).await;
        let place = asked(&county.sign_in("centre")).await;
        let dead = Runner::take(&county).unwrap();
        assert_eq!([dead.step(), dead.step()], [After::More; 2]);
        county.advance_millis(SILENCE_MILLIS_MAX - 1);
        assert!(Runner::take(&county).is_none(), "it may still live");
        county.advance_millis(1);
        let second = Runner::take(&county).unwrap();
        assert_eq!(second.step(), After::More);
        let centre = county.sign_in("centre");
        assert_eq!(seen(&centre, &place).await, ("running".into(), json!(0), json!(3)), "it begins from the start");
        // What was taken for dead comes back to life: the job is not its own any more.
        assert_eq!(dead.step(), After::Lost);
        assert_eq!(dead.step(), After::Lost);
        assert_eq!(seen(&centre, &place).await, ("running".into(), json!(0), json!(3)));
        county.advance_millis(SILENCE_MILLIS_MAX);
        assert!(Runner::take(&county).is_none(), "twice is enough");
        assert_eq!(second.step(), After::Lost);
        let job = centre.get(&place).await.expect(200);
        assert_eq!((&job["state"], &job["problem"]["code"]), (&json!("failed"), &json!("job_interrupted")));
        assert_eq!(job["problem"]["zh"]["title"], "任务中断");
        assert_eq!(job["problem"]["en"]["title"], "The job was interrupted");
        assert_eq!(job["problem"]["en"]["request_id"], "test-request");
    }

    async fn a_job_that_was_interrupted_once_comes_to_its_end(county: County) {
        let county = step_by_step(county).await;
        let centre = county.sign_in("centre");
        let at_once = centre.post(SIMULATE, simulated(cap("8"))).await.text();
        let place = asked(&centre).await;
        Runner::take(&county).unwrap().step();
        county.advance_millis(SILENCE_MILLIS_MAX);
        assert_eq!(run_next(&county), Some(DONE));
        assert_eq!(county.sign_in("centre").get(&place).await.expect(200)["result"].to_string(), at_once);
    }

    async fn a_server_that_stops_puts_its_job_back(county: County) {
        let county = step_by_step(county).await;
        let centre = county.sign_in("centre");
        let place = asked(&centre).await;
        county.app.jobs.stop();
        assert_eq!(run_next(&county), Some(After::More));
        let job = centre.get(&place).await.expect(200);
        assert_eq!((&job["state"], &job["done"], &job["total"], &job["started_at"]), (&json!("queued"), &json!(0), &Value::Null, &Value::Null));
        assert!(Runner::take(&county).is_some(), "the next server takes it at once");
    }

    async fn a_panic_fails_the_job_and_not_the_server(county: County) {
        three_teachers(county);
        let centre = county.sign_in("centre");
        let place = asked(&centre).await;
        fn panics(_: &App, _: &str) -> Result<Box<dyn jobs::Steps>, ApiError> {
            panic!("a defect, made for a test");
        }
        let kinds = [Kind { word: JobKind::PolicySimulation, result: "SimulationView", begin: panics }];
        let app = county.app.clone();
        let ended = off_runtime(move || jobs::run_next(&app, &kinds).unwrap());
        assert_eq!(ended, Some(After::Ended(JobState::Failed)));
        let job = centre.get(&place).await.expect(200);
        assert_eq!((&job["problem"]["code"], &job["result"]), (&json!("internal"), &Value::Null));
        asked(&centre).await;
        assert_eq!(run_next(county), Some(DONE));
    }

    async fn a_job_that_is_refused_says_why_in_both_languages(county: County) {
        let centre = county.sign_in("centre");
        let place = asked(&centre).await;
        fn refuses(_: &App, _: &str) -> Result<Box<dyn jobs::Steps>, ApiError> {
            Err(ApiError::new(Code::CycleUnknown).with("area", "331123").with("cycle", "1999-2003"))
        }
        let kinds = [Kind { word: JobKind::PolicySimulation, result: "SimulationView", begin: refuses }];
        let app = county.app.clone();
        off_runtime(move || jobs::run_next(&app, &kinds).unwrap());
        let problem = centre.get(&place).await.expect(200)["problem"].clone();
        assert_eq!((&problem["code"], &problem["en"]["status"]), (&json!("cycle_unknown"), &json!(400)));
        assert_eq!(problem["en"]["detail"], "331123 has no cycle 1999-2003; GET /v1/cycles lists those there are.");
        assert_eq!(problem["zh"]["detail"], "331123没有周期1999-2003；可用周期见GET /v1/cycles。");
    }

    async fn of_many_runners_one_takes_a_job(county: County) {
        three_teachers(county);
        let places = [asked(&county.sign_in("centre")).await, asked(&county.sign_in("bureau")).await];
        let app = &county.app;
        let taken = off_runtime(|| {
            std::thread::scope(|scope| {
                let runners: Vec<_> = (0..6).map(|_| scope.spawn(|| jobs::take(app, app.jobs.kinds()).unwrap().map(|job| job.id()))).collect();
                runners.into_iter().filter_map(|runner| runner.join().unwrap()).map(|id| format!("/v1/jobs/{id}")).collect::<BTreeSet<_>>()
            })
        });
        assert_eq!(taken, BTreeSet::from(places));
        assert!(Runner::take(county).is_none());
    }

    async fn of_a_cancellation_and_an_end_one_counts(county: County) {
        three_teachers(county);
        let centre = county.sign_in("centre");
        for _ in 0..4 {
            let place = asked(&centre).await;
            let runner = Runner::take(county).unwrap();
            runner.step();
            runner.orders.send(()).unwrap();
            let answers = join_all((0..3).map(|_| cancel(&centre, &place))).await;
            let ended = runner.states.recv().unwrap().unwrap();
            let told = answers.iter().any(|answer| answer.status == 200);
            assert_eq!(ended, if told { CANCELLED } else { DONE }, "{answers:?}");
            assert_eq!(seen(&centre, &place).await.0, if told { "cancelled" } else { "done" });
        }
    }

    async fn a_simulation_writes_its_job_and_nothing_else(county: County) {
        three_teachers(county);
        let centre = county.sign_in("centre");
        asked(&centre).await;
        let before = rows(county);
        assert_eq!(run_next(county), Some(DONE));
        assert_eq!(rows(county), before);
        asked(&centre).await;
        let asking: Vec<String> = rows(county).difference(&before).cloned().collect();
        assert_eq!(asking, ["event_log has 2 rows", "jobs has 2 rows"], "a record that it was asked for");
    }

    async fn jobs_are_kept_for_a_week_after_their_end(county: County) {
        three_teachers(county);
        let centre = county.sign_in("centre");
        let (done, waiting) = (asked(&centre).await, asked(&centre).await);
        assert_eq!(run_next(county), Some(DONE));
        let (db, now) = (county.app.db.clone(), county.clock.now());
        assert_eq!(sweep(&db, now.plus_millis(KEPT_MILLIS - 1)).await.unwrap().jobs, 0);
        centre.get(&done).await.expect(200);
        assert_eq!(sweep(&db, now.plus_millis(KEPT_MILLIS)).await.unwrap().jobs, 1);
        centre.get(&done).await.refused(404, "not_found");
        assert_eq!(sweep(&db, now.plus_millis(400 * KEPT_MILLIS)).await.unwrap().jobs, 0);
        assert_eq!(seen(&centre, &waiting).await.0, "queued");
    }
}

#[test]
fn every_kind_of_job_is_done_by_some_feature() {
    let known: Vec<JobKind> = shixun_api::server::JOB_KINDS.iter().map(|kind| kind.word).collect();
    assert_eq!(known, JobKind::ALL);
}
