//! A random history of the whole ledger, driven as clients drive it, against a small model that keeps what stands in a list.

mod model;

use super::fixture::{self, sql};
use super::{grounds, known_at::asked};
use crate::{
    harness::{Answered, Caller, County, both, training::identity},
    log::sequenced,
    records::{steps as records, transfers::issued},
};
use actix_web::http::Method;
use model::{Cycle, Dice, Entry, Model};
use serde_json::{Value, json};
use shixun_domain::{access::Role, id::TeacherId};
use shixun_persistence::check;

/// Steps of one history.
const STEPS: usize = 160;
const MINUTE: i64 = 60_000;

/// What was answered at an instant, and how it was asked.
struct Kept {
    path: String,
    bytes: Vec<u8>,
}

struct World<'c> {
    county: &'c County,
    model: Model,
    dice: Dice,
    /// Records that nobody decided yet: place, and whether they were examined.
    open_records: Vec<(usize, String, bool)>,
    open_disputes: Vec<(usize, String, String)>,
    /// What counted of each person and cycle, until rules change.
    counted: Vec<[Option<i64>; 2]>,
    kept: Vec<Kept>,
    packs: i64,
    certificates: usize,
    keys: usize,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

fn hundredths(value: &Value) -> i64 {
    value.as_str().unwrap().parse::<shixun_domain::Hours>().unwrap().hundredths()
}

fn hours(hundredths: i64) -> String {
    shixun_domain::Hours::from_hundredths(hundredths).to_string()
}

impl<'c> World<'c> {
    fn by(&self, name: &str) -> Caller<'c> {
        self.county.sign_in(name)
    }

    fn key(&mut self, word: &str) -> String {
        self.keys += 1;
        format!("{word}-{}", self.keys)
    }

    fn teacher(&self, person: usize) -> String {
        self.model.people[person].person.teacher().to_string()
    }

    fn statement_path(&self, person: usize, cycle: Cycle) -> String {
        format!("/v1/teachers/{}/statement?{}", self.teacher(person), cycle.query())
    }

    /// One step; gives the person whose hours it was about.
    async fn step(&mut self) -> Option<usize> {
        let person = self.dice.below(self.model.people.len());
        match self.dice.below(21) {
            0..=5 => self.enter(person).await,
            6..=8 => self.reverse(person).await,
            9..=11 => self.record(person).await,
            12..=14 => return self.examine_or_verify().await,
            15 => return self.import().await,
            16 => return self.transfer().await,
            17 => self.publish().await,
            18 => self.dispute(person).await,
            19 => self.certify(person).await,
            _ => return self.decide().await,
        }
        Some(person)
    }

    async fn enter(&mut self, person: usize) {
        let (key, nominal) = (self.key("N"), self.dice.between(100, 6_000));
        let attended = nominal - if self.dice.one_in(3) { self.dice.between(0, nominal) } else { 0 };
        let earliest = if self.model.people[person].newcomer { 2026 } else { 2021 };
        let on = self.dice.day(earliest);
        let (route, form) =
            [("self_selected", "lecture"), ("school_based", "school_based"), ("self_selected", "online")]
                [self.dice.below(3)];
        let theme = ["subject", "ethics"][self.dice.below(2)];
        let body = json!({"title": format!("培训 {key}"), "effective_on": on, "route": route, "delivery_form": form, "level": "county",
            "themes": [theme], "nominal": hours(nominal), "attended": hours(attended), "reference": key});
        let path = format!("/v1/teachers/{}/hour-entries", self.teacher(person));
        let made = self.by("centre").post(&path, body.clone()).await.expect(201);
        let pending = format!("/v1/hour-entries/{}", text(&made["id"]));
        self.by("centre").act(&format!("{pending}/post")).await.refused(403, "entry_four_eyes");
        if self.dice.one_in(6) {
            self.by("centre").post(&format!("{pending}/void"), json!({"reason": "误录"})).await.expect(201);
            self.model.idle(person, 2);
            return;
        }
        let posted = self.by("centre-2").act(&format!("{pending}/post")).await.expect(201);
        self.model.idle(person, 1);
        self.model.posted(person, Entry::new(&posted["id"], &on, attended, "record", None));
        if self.dice.one_in(4) {
            self.by("centre-2").post(&path, body).await.refused(409, "duplicate_source");
        }
    }

    async fn reverse(&mut self, person: usize) {
        let disputed: Vec<String> = self.open_disputes.iter().map(|(_, entry, _)| entry.clone()).collect();
        let Some(wrong) = self.model.pick(person, &mut self.dice, &disputed) else { return };
        let path = format!("/v1/hour-entries/{}/reverse", wrong.id);
        let right = (wrong.credited > 1_000 && self.dice.one_in(2)).then(|| self.dice.between(1_000, wrong.credited));
        let right = right.filter(|right| *right != wrong.credited);
        let body = match right {
            Some(right) => json!({"reason": "误录", "replacement": {"attended": hours(right)}}),
            None => json!({"reason": "误录"}),
        };
        let done = if wrong.on.as_str() < "2026" {
            self.by("centre").post(&path, body.clone()).await.refused(409, "reversal_needs_approval");
            let decided = fixture::corrected(self.county, &wrong.id, body.clone()).await;
            json!({"reversal": {"id": decided["reversal_id"]}, "replacement": decided["replacement_id"].as_str().map(|id| json!({"id": id}))})
        } else {
            self.by("centre").post(&path, body.clone()).await.expect(201)
        };
        let replacement = right.map(|right| (text(&done["replacement"]["id"]), right));
        self.model.reversed(person, &wrong, &done["reversal"]["id"], replacement);
        self.by("centre-2").post(&path, body).await.refused(409, "entry_already_reversed");
    }

    async fn record(&mut self, person: usize) {
        let key = self.key("R");
        let mut body = records::record(&key);
        body["hours"] = json!(hours(self.dice.between(1_000, 4_000)));
        let school = if self.county.schools[0] == self.model.people[person].school { "school-1" } else { "school-2" };
        let made = self.by(school).post(&records::of(self.model.people[person].person), body).await;
        made.expect(201);
        self.open_records.push((person, records::at(&made), false));
    }

    async fn examine_or_verify(&mut self) -> Option<usize> {
        if self.open_records.is_empty() {
            return None;
        }
        let place = self.dice.below(self.open_records.len());
        let (person, path, examined) = self.open_records[place].clone();
        if self.dice.one_in(6) {
            let who = if examined { "monitor" } else { "centre-2" };
            records::decide(&self.by(who), &path, "reject", "材料不足").await.expect(200);
            self.open_records.remove(place);
        } else if examined {
            let done = records::step(&self.by("monitor"), &path, "verify").await.expect(200);
            let entry = Entry::new(
                &done["hour_entry_id"],
                &text(&done["ends_on"]),
                hundredths(&done["hours"]),
                "record",
                Some(text(&done["id"])),
            );
            self.model.posted(person, entry);
            self.open_records.remove(place);
        } else {
            records::step(&self.by("centre-2"), &path, "examine").await.expect(200);
            self.open_records[place].2 = true;
        }
        Some(person)
    }

    /// A file of the platform with a row for each of two people; the records begin their way through the stages.
    async fn import(&mut self) -> Option<usize> {
        let mut file =
            "姓名,身份证号码,学时编号,培训项目,开始日期,结束日期,学时,实践学时,学时途径,级别,主题\n".to_owned();
        let mut keys = Vec::new();
        for person in 0..2 {
            let (key, amount) = (self.key("P"), hours(self.dice.between(1_000, 3_000)));
            let (number, on) = (self.model.people[person].number, format!("2026-0{}-15", self.dice.between(1, 9)));
            file.push_str(&format!(
                "教师{number},{},{key},项目{key},{on},{on},{amount},0,自主选课,省级,学科\n",
                identity(number).as_str()
            ));
            keys.push((person, key));
        }
        let send = |query: &str| {
            let centre = self
                .by("centre")
                .request(Method::POST, &format!("/v1/imports?kind=records&file_name=省平台.csv{query}"));
            centre.body("text/csv", file.clone().into_bytes()).send()
        };
        let dry = send("&dry_run=true").await.expect(200);
        let done = send("").await.expect(201);
        assert_eq!((&dry["created"], &done["created"]), (&json!(2), &json!(2)), "{done:#}");
        assert_eq!(send("").await.expect(201)["created"], 0, "the same file again changes nothing");
        let bureau = self.by("bureau");
        for (person, key) in keys {
            let listed =
                bureau.get(&format!("/v1/records?teacher_id={}&limit=200", self.teacher(person))).await.expect(200);
            let found = listed["data"].as_array().unwrap().iter().find(|row| row["source_key"] == key.as_str());
            let place = format!("/v1/records/{}", text(&found.unwrap()["id"]));
            self.open_records.push((person, place, false));
        }
        None
    }

    /// Who came in 2026 brings hours of the years before, once.
    async fn transfer(&mut self) -> Option<usize> {
        let person = self.model.people.iter().position(|one| one.newcomer && !one.moved)?;
        let lines: Vec<Value> = (2022..=2025)
            .map(|year| {
                json!({"on": format!("{year}-11-30"), "route": "mandated",
            "delivery_form": "lecture", "level": "county", "themes": [], "block_key": null, "practice": "0",
            "hours": hours(self.dice.between(500, 5_000))})
            })
            .collect();
        let total: i64 = lines.iter().map(|line| hundredths(&line["hours"])).sum();
        let certificate = json!({"format": "shixun-transfer-1", "area": "331124", "county": "松阳县", "moved_on": "2026-01-01",
            "teacher_name": format!("教师{}", self.model.people[person].number), "total": hours(total), "lines": lines});
        let id = self.teacher(person).parse::<TeacherId>().unwrap().person();
        let body = issued(self.county, id, certificate).await;
        let path = format!("/v1/teachers/{}/transfers", self.teacher(person));
        let tried = self.by("centre").post(&format!("{path}?dry_run=true"), body.clone()).await.expect(201);
        let taken = self.by("centre").post(&path, body.clone()).await.expect(201);
        assert_eq!(tried["state"], taken["state"]);
        let transfer = text(&taken["id"]);
        for (line, id) in lines.iter().zip(taken["hour_entry_ids"].as_array().unwrap()) {
            let entry =
                Entry::new(id, &text(&line["on"]), hundredths(&line["hours"]), "opening", Some(transfer.clone()));
            self.model.posted(person, entry);
        }
        self.by("centre-2").post(&path, body).await.refused(409, "transfer_known");
        self.model.people[person].moved = true;
        Some(person)
    }

    /// Another cap on school-based hours, from a day that may be long past.
    async fn publish(&mut self) {
        self.packs += 1;
        let cap = self.dice.between(500, 5_000);
        let figure =
            json!({"value": hours(cap), "source": "A", "article": format!("第{}条", self.packs), "confidence": "R"});
        let document = json!({
            "code": "SX-HISTORY", "version": self.packs, "area": "331123", "valid": {"from": self.dice.day(2021)}, "zh": "校本上限", "en": "cap",
            "sources": {"A": {"title": "县教育局通知"}},
            "rules": [{"id": "school_based.cap.year", "zh": "校本研修", "en": "school-based training", "rule": {"cap": {
                "of": {"routes": ["school_based"], "without_marks": ["certified_elsewhere"]}, "period": "year", "hours": figure}}}]
        });
        let drafted = self.by("centre").post("/v1/policy-packs", document).await.expect(201);
        let place = format!("/v1/policy-packs/{}/publish", text(&drafted["pack"]["id"]));
        self.by("bureau").act(&place).await.expect(200);
        self.counted.iter_mut().for_each(|known| *known = [None; 2]);
    }

    async fn dispute(&mut self, person: usize) {
        let disputed: Vec<String> = self.open_disputes.iter().map(|(_, entry, _)| entry.clone()).collect();
        let Some(entry) = self.model.pick(person, &mut self.dice, &disputed) else { return };
        let teacher = self.county.caller(self.model.people[person].account);
        let opened =
            teacher.post(&format!("/v1/hour-entries/{}/disputes", entry.id), json!({"claim": "少记学时"})).await;
        // A dispute is opened once about an entry, and in time.
        if opened.status == 201 {
            self.open_disputes.push((person, entry.id, records::at(&opened)));
        } else {
            assert_eq!(opened.status, 409, "{opened:?}");
        }
    }

    /// A certificate of what stands now; whatever becomes of the hours later, it was right.
    async fn certify(&mut self, person: usize) {
        let path = format!("/v1/teachers/{}/certificates", self.teacher(person));
        let cycle = Cycle::BOTH[self.dice.below(2)];
        let (_, name) = cycle.query().split_once('=').unwrap();
        let issued = self.by("centre").post(&path, json!({"cycle": name})).await.expect(201);
        let earned: i64 = self.model.expected(person, cycle).iter().map(|entry| entry.credited).sum();
        assert_eq!(hundredths(&issued["content"]["credited"]), earned);
        self.certificates += 1;
    }

    async fn decide(&mut self) -> Option<usize> {
        if self.open_disputes.is_empty() {
            return None;
        }
        let (person, entry, place) = self.open_disputes.remove(self.dice.below(self.open_disputes.len()));
        let shown = self.by("bureau").get(&format!("/v1/hour-entries/{entry}")).await.expect(200);
        let own = shown["recognised_by"] == self.county.account("bureau").to_string();
        // Who made an entry decides no dispute about it.
        let decider = self.by(if own { "centre" } else { "bureau" });
        let etag = decider.get(&place).await.etag();
        let send = |verb: &str, body: Value| {
            decider.request(Method::POST, &format!("{place}/{verb}")).header("If-Match", &etag).json(&body).send()
        };
        if self.dice.one_in(2) {
            send("dismiss", json!({"reason": "核查无误"})).await.expect(200);
        } else {
            let wrong = self.model.standing(person, &entry);
            let right = wrong.credited + 100;
            let body =
                json!({"reason": "属实", "replacement": {"nominal": hours(right + 6_000), "attended": hours(right)}});
            let done = send("uphold", body).await.expect(200);
            self.model.reversed(person, &wrong, &done["reversal_id"], Some((text(&done["replacement_id"]), right)));
        }
        Some(person)
    }

    /// The statement shows what the model says stands, the same when it is asked again.
    async fn compare(&mut self, person: usize, cycle: Cycle) -> Answered {
        let path = self.statement_path(person, cycle);
        let centre = self.by("centre");
        let answer = centre.get(&path).await;
        let read = answer.expect(200);
        assert_eq!(centre.get(&path).await.bytes, answer.bytes, "asked twice");
        grounds::every_figure_has_its_grounds(&read);
        let shown: Vec<Entry> = read["entries"].as_array().unwrap().iter().map(Entry::shown).collect();
        assert_eq!(shown, self.model.expected(person, cycle), "{path}");
        let corrections: Vec<(String, i64)> = read["corrections"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| (text(&row["id"]), hundredths(&row["credited"])))
            .collect();
        assert_eq!(corrections, self.model.corrections(person, cycle), "{path}");
        let disputed: Vec<String> = read["entries"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row["disputed"] == true)
            .map(|row| text(&row["id"]))
            .collect();
        for entry in disputed {
            assert!(self.open_disputes.iter().any(|(_, known, _)| *known == entry));
        }
        answer
    }

    /// Hours that were added never lowered what counts, and hours that were taken back never raised it.
    async fn look(&mut self, person: usize) {
        for cycle in Cycle::BOTH {
            let earned: i64 = self.model.expected(person, cycle).iter().map(|entry| entry.credited).sum();
            let read = self.compare(person, cycle).await.expect(200);
            assert_eq!(hundredths(&read["credited"]), earned);
            let counted = hundredths(&read["counted"]);
            let place = cycle.place();
            if let Some(known) = self.counted[person][place] {
                let change = self.model.change(person, cycle);
                assert!(
                    change.added.is_empty() || !change.taken.is_empty() || counted >= known,
                    "{change:?}: {known} became {counted}"
                );
                assert!(
                    change.taken.is_empty() || !change.added.is_empty() || counted <= known,
                    "{change:?}: {known} became {counted}"
                );
                assert!(
                    !change.added.is_empty() || !change.taken.is_empty() || counted == known,
                    "nothing happened: {known} became {counted}"
                );
            }
            self.counted[person][place] = Some(counted);
            self.model.settle(person, cycle);
        }
    }

    /// Keeps what is answered as known now.
    async fn keep(&mut self, person: usize, cycle: Cycle) {
        let as_of = if cycle == Cycle::Running {
            format!("&as_of={}", self.county.clock.now().china_date())
        } else {
            String::new()
        };
        let path = format!("{}{as_of}&{}", self.statement_path(person, cycle), asked(self.county.clock.now()));
        let answer = self.by("centre").get(&path).await;
        let (mut then, mut now) = (answer.expect(200), self.compare(person, cycle).await.expect(200));
        then["known_at"].take();
        now["known_at"].take();
        assert_eq!(then, now, "what is known now is what there is");
        self.kept.push(Kept { path, bytes: answer.bytes.to_vec() });
    }
}

async fn lived(county: &mut County, seed: u64) {
    county.add_account("centre-2", Role::Centre, county.bureau, None);
    let mut model = Model::default();
    for number in [1, 3, 5, 7, 9] {
        let school = county.schools[usize::from(number > 4)];
        let teacher = county.add_teacher(number, school);
        // The last two came from another county.
        let newcomer = number > 6;
        if newcomer {
            let own = teacher.person.number();
            sql(county, &format!("UPDATE employments SET valid_from = '2026-01-01' WHERE person_id = {own}")).unwrap();
        }
        model.meet(number, teacher.person, teacher.account, school, newcomer);
    }
    fixture::install_packs(county);
    let counted = vec![[None; 2]; model.people.len()];
    let mut world = World {
        county,
        model,
        dice: Dice(seed),
        open_records: Vec::new(),
        open_disputes: Vec::new(),
        counted,
        kept: Vec::new(),
        packs: 0,
        certificates: 0,
        keys: 0,
    };
    for step in 0..STEPS {
        world.county.advance_millis(MINUTE);
        if let Some(person) = world.step().await {
            world.look(person).await;
        }
        if step % 8 == 0 {
            let (person, cycle) = (world.dice.below(5), Cycle::BOTH[world.dice.below(2)]);
            world.keep(person, cycle).await;
        }
    }
    world.county.advance_millis(MINUTE);
    for person in 0..5 {
        world.look(person).await;
        let path = format!("/v1/teachers/{}/hour-entries?limit=200&include=total", world.teacher(person));
        let list = world.by("auditor").get(&path).await.expect(200);
        assert_eq!(list["total"], world.model.rows(person), "every row is there, and none beside");
        let rows = list["data"].as_array().unwrap().iter().filter(|row| row["kind"] != "pending");
        let net: i64 = rows.map(|row| hundredths(&row["credited"])).sum();
        assert_eq!(net, world.model.net(person), "what was taken back and what stands add up to what was posted");
    }
    for Kept { path, bytes } in &world.kept {
        let again = world.by("centre").get(path).await;
        let same = again.bytes.iter().zip(bytes).take_while(|(one, other)| one == other).count();
        let from = |bytes: &[u8]| {
            String::from_utf8_lossy(&bytes[same.saturating_sub(40)..bytes.len().min(same + 40)]).into_owned()
        };
        assert!(again.bytes[..] == bytes[..], "{path}: {} was {}", from(&again.bytes), from(bytes));
    }
    assert!(
        world.model.is_rich() && world.packs > 2 && world.kept.len() >= STEPS / 8,
        "the history has some of everything"
    );
    sequenced(world.county, shixun_api::log::Look::All);
    let (db, now) = (world.county.app.db.clone(), world.county.clock.now());
    let checked = crate::harness::off_runtime(|| db.read_blocking(|conn| check::run(conn, now, |_| {})).unwrap());
    let broken: Vec<_> = checked.iter().filter(|one| one.count > 0).collect();
    assert!(broken.is_empty(), "{broken:#?}");
    let db = world.county.app.db.clone();
    let certified = crate::harness::off_runtime(|| db.read_blocking(shixun_api::certificates::check::check).unwrap());
    assert!(world.certificates > 2 && certified.count == 0, "{} certificates: {certified:#?}", world.certificates);
}

both! {
    async fn a_random_history_leaves_what_the_model_says_and_what_was_known_stays_known(county: County) {
        lived(county, 20_160_901).await;
    }

    async fn another_random_history_does_so_too(county: County) {
        lived(county, 331_123).await;
    }
}
