//! Persons, teachers and their dated facts.

use crate::harness::{CONTRACT, Caller, County, both};
use serde_json::{Value, json};
use shixun_domain::{access::Role, id::PersonId, people::lengths};

/// Identity numbers of nobody: the prefix belongs to no county.
pub const NUMBERS: [&str; 4] = ["331199199205119087", "331199197702117489", "331199199010260355", "331199196011137486"];

/// One person at each of the two schools, entered by the centre.
pub async fn two_persons(county: &County) -> [Value; 2] {
    let centre = county.sign_in("centre");
    let mut made = Vec::new();
    for (place, name) in ["龚敏超", "史娟明"].into_iter().enumerate() {
        let body = json!({
            "name": name, "identity_number": NUMBERS[place], "phone": format!("1994319225{place}"),
            "email": format!("teacher.{place}@school.cn"), "entered_on": "2014-08-01",
            "employment": {"organisation_id": county.schools[place].to_string(), "valid_from": "2014-08-01"}
        });
        made.push(centre.post("/v1/persons", body).await.expect(201));
    }
    made.try_into().unwrap()
}

/// The address of a person.
pub fn place(person: &Value) -> String {
    format!("/v1/persons/{}", person["id"].as_str().unwrap())
}

/// The address of a person as a teacher.
pub fn teacher(person: &Value) -> String {
    let id: PersonId = person["id"].as_str().unwrap().parse().unwrap();
    format!("/v1/teachers/{}", id.teacher())
}

fn names(list: &Value) -> Vec<&str> {
    list["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect()
}

async fn list(caller: &Caller<'_>, query: &str) -> Vec<String> {
    let list = caller.get(&format!("/v1/persons{query}")).await.expect(200);
    names(&list).into_iter().map(str::to_owned).collect()
}

#[test]
fn what_is_published_of_lengths_is_what_rosters_are_held_to() {
    for (field, longest) in [
        ("PersonIn/properties/phone", lengths::PHONE_MAX),
        ("PersonIn/properties/remark", lengths::REMARK_MAX),
        ("PersonChangeIn/properties/phone", lengths::PHONE_MAX),
        ("PersonChangeIn/properties/remark", lengths::REMARK_MAX),
        ("TeachingIn/properties/subject", lengths::SUBJECT_MAX),
        ("PostIn/properties/category", lengths::POST_MAX),
    ] {
        let published = CONTRACT.document().pointer(&format!("/components/schemas/{field}/maxLength"));
        assert_eq!(published.and_then(Value::as_u64), Some(longest), "{field}");
    }
}

both! {
    async fn a_person_is_entered_read_and_changed_and_stays_masked(county: County) {
        let [one, _] = two_persons(county).await;
        assert_eq!(one["identity_number"], "331199**********87");
        assert_eq!((&one["sex"], &one["phone"], &one["email"]), (&json!("female"), &json!("*********50"), &json!("t***@school.cn")));
        assert_eq!(one["probation_ends_on"], "2015-07-31");
        assert_eq!(one["organisation"]["name"], "实验小学");
        let centre = county.sign_in("centre");
        let read = centre.get(&place(&one)).await;
        assert_eq!(read.expect(200), one);
        let change = json!({"phone": "05788123456", "email": null, "remark": "　班级 负责 "});
        let changed = centre.patch(&place(&one), &read.etag(), change.clone()).await.expect(200);
        assert_eq!((&changed["phone"], &changed["email"]), (&json!("*********56"), &Value::Null));
        assert_eq!((&changed["remark"], &changed["version"]), (&json!("班级 负责"), &json!(2)));
        centre.patch(&place(&one), &read.etag(), change).await.refused(412, "precondition_failed");
    }

    async fn whoever_reads_a_person_reads_when_the_person_retires(county: County) {
        let [one, _] = two_persons(county).await;
        let centre = county.sign_in("centre");
        let etag = centre.get(&place(&one)).await.etag();
        let changed = centre.patch(&place(&one), &etag, json!({"retires_on": "2047-05-31"})).await.expect(200);
        assert_eq!(changed["retires_on"], "2047-05-31");
        for reader in ["school-1", "auditor"] {
            assert_eq!(county.sign_in(reader).get(&place(&one)).await.expect(200), changed);
        }
    }

    async fn a_fact_that_was_entered_by_mistake_is_withdrawn_and_kept_with_the_reason(county: County) {
        let [one, _] = two_persons(county).await;
        let centre = county.sign_in("centre");
        let own = place(&one);
        let head = json!({"organisation_id": county.schools[0].to_string(), "post": "head", "valid_from": "2026-09-01"});
        let post = centre.post(&format!("{own}/posts"), head.clone()).await.expect(201);
        let path = format!("{own}/posts/{}/withdraw", post["id"].as_str().unwrap());
        centre.post(&path, json!({"reason": "    "})).await.refused(422, "invalid_field");
        let reason = json!({"reason": "误登为校长"});
        let left = centre.post(&path, reason.clone()).await.expect(200);
        assert_eq!(left["posts"], json!([]));
        let kept = &left["withdrawn"][0];
        assert_eq!((&kept["id"], &kept["kind"], &kept["content"]), (&post["id"], &json!("posts"), &post));
        assert_eq!((&kept["reason"], &kept["withdrawn_by"]), (&json!("误登为校长"), &json!(county.account("centre").to_string())));
        assert_eq!(centre.get(&format!("{own}/facts")).await.expect(200), left);
        let of_the_day = centre.get(&format!("{own}/facts?on=2026-09-01")).await.expect(200);
        assert_eq!((&of_the_day["posts"], &of_the_day["withdrawn"]), (&json!([]), &json!([])));
        centre.post(&path, reason.clone()).await.refused(409, "fact_withdrawn");
        centre.post(&path.replace("/posts/", "/titles/"), reason).await.refused(404, "not_found");
        centre.post(&format!("{own}/posts"), head).await.expect(201);
        let log = county.sign_in("auditor").get("/v1/events?action=withdraw_posts").await.expect(200);
        assert_eq!((&log["data"][0]["before"], &log["data"][0]["after"]["reason"]), (&post, &json!("误登为校长")));
    }

    async fn a_school_withdraws_what_it_may_enter_and_no_post_elsewhere(county: County) {
        let [one, two] = two_persons(county).await;
        let (centre, school) = (county.sign_in("centre"), county.sign_in("school-1"));
        let reason = || json!({"reason": "登记有误"});
        let post = async |person: &Value, place_of: usize| {
            let body = json!({"organisation_id": county.schools[place_of].to_string(), "post": "middle_manager", "valid_from": "2026-09-01"});
            let made = centre.post(&format!("{}/posts", place(person)), body).await.expect(201);
            format!("{}/posts/{}/withdraw", place(person), made["id"].as_str().unwrap())
        };
        school.post(&post(&one, 1).await, reason()).await.refused(404, "not_found");
        school.post(&post(&two, 1).await, reason()).await.refused(404, "not_found");
        school.post(&post(&one, 0).await, reason()).await.expect(200);
        county.sign_in("auditor").post(&post(&one, 0).await, reason()).await.refused(403, "forbidden");
    }

    async fn what_was_read_masked_never_overwrites_what_is_kept(county: County) {
        let [one, _] = two_persons(county).await;
        let centre = county.sign_in("centre");
        let etag = centre.get(&place(&one)).await.etag();
        let masked = json!({"phone": one["phone"], "email": one["email"], "identity_number": one["identity_number"]});
        let problem = centre.patch(&place(&one), &etag, masked).await.refused(422, "invalid_field");
        let at: Vec<&str> = problem["errors"].as_array().unwrap().iter().map(|fault| fault["pointer"].as_str().unwrap()).collect();
        assert_eq!(at, ["/identity_number", "/phone", "/email"]);
    }

    async fn a_wrong_identity_number_or_a_doubled_one_is_refused(county: County) {
        two_persons(county).await;
        let centre = county.sign_in("centre");
        let body = |number: &str| json!({"name": "甲", "identity_number": number, "entered_on": "2014-08-01"});
        centre.post("/v1/persons", body(NUMBERS[0])).await.refused(409, "identity_number_taken");
        let problem = centre.post("/v1/persons", body("331199199205119086")).await.refused(422, "invalid_field");
        assert_eq!(problem["errors"][0]["code"], "bad_identity_number");
        assert!(!problem.to_string().contains("331199199205119086"), "the number is not repeated");
        centre.post("/v1/persons", json!({"name": "A1", "identity_number": NUMBERS[2], "entered_on": "1989-01-01", "duty": "校长"}))
            .await.refused(422, "invalid_field")["errors"].as_array().map(|errors| assert_eq!(errors.len(), 2)).unwrap();
    }

    async fn a_school_sees_and_manages_its_own_persons_and_no_others(county: County) {
        let [one, two] = two_persons(county).await;
        let (first, second) = (county.sign_in("school-1"), county.sign_in("school-2"));
        assert_eq!(list(&first, "").await, ["龚敏超"]);
        assert_eq!(list(&second, "").await, ["史娟明"]);
        assert_eq!(list(&county.sign_in("auditor"), "").await.len(), 2);
        first.get(&place(&one)).await.expect(200);
        for path in [place(&two), teacher(&two), format!("{}/facts", place(&two))] {
            first.get(&path).await.refused(404, "not_found");
        }
        first.patch(&place(&two), "\"1\"", json!({"remark": "x"})).await.refused(404, "not_found");
        first.post(&format!("{}/titles", place(&two)), json!({"title": "first", "valid_from": "2016-09-01"})).await.refused(404, "not_found");
        let reveal = json!({"fields": ["phone"], "reason": "联系教师"});
        first.post(&format!("{}/reveal", place(&two)), reveal).await.refused(404, "not_found");
        first.get(&format!("/v1/persons?organisation_id={}", county.schools[1])).await.refused(404, "not_found");
        for elsewhere in ["elsewhere-bureau", "elsewhere-school"] {
            assert_eq!(list(&county.sign_in(elsewhere), "").await, Vec::<String>::new());
            county.sign_in(elsewhere).get(&place(&one)).await.refused(404, "not_found");
        }
        county.sign_in("finance").get("/v1/persons").await.refused(403, "forbidden");
        county.sign_in("finance").get(&teacher(&one)).await.refused(404, "not_found");
    }

    async fn a_school_enters_persons_at_the_own_school_only(county: County) {
        let school = county.sign_in("school-1");
        let body = |organisation: Option<String>| {
            let employment = organisation.map(|id| json!({"organisation_id": id, "valid_from": "2020-08-01"}));
            json!({"name": "甲", "identity_number": NUMBERS[2], "entered_on": "2020-08-01", "employment": employment})
        };
        school.post("/v1/persons", body(None)).await.refused(422, "invalid_field");
        school.post("/v1/persons", body(Some(county.schools[1].to_string()))).await.refused(422, "invalid_field");
        let made = school.post("/v1/persons", body(Some(county.schools[0].to_string()))).await.expect(201);
        school.get(&place(&made)).await.expect(200);
        county.sign_in("school-2").get(&place(&made)).await.refused(404, "not_found");
    }

    async fn a_teacher_reads_oneself_and_nobody_else(county: County) {
        let [one, two] = two_persons(county).await;
        let school = county.schools[0];
        let person: PersonId = one["id"].as_str().unwrap().parse().unwrap();
        county.add_account("teacher-1", Role::Teacher, school, Some(person));
        let caller = county.sign_in("teacher-1");
        let own = caller.get(&teacher(&one)).await;
        assert_eq!(own.expect(200)["name"], "龚敏超");
        assert_eq!(caller.get("/v1/me").await.expect(200)["person_id"], one["id"]);
        caller.get(&teacher(&two)).await.refused(404, "not_found");
        for path in ["/v1/persons".to_owned(), "/v1/teachers".to_owned(), place(&one), format!("{}/facts", place(&one))] {
            caller.get(&path).await.refused(403, "forbidden");
        }
        let seen_by_school = county.sign_in("school-1").get(&teacher(&one)).await;
        assert_eq!(seen_by_school.etag(), own.etag(), "the tag does not depend on who asks");
    }

    async fn history_is_kept_by_date_and_facts_of_a_kind_do_not_overlap(county: County) {
        let [one, _] = two_persons(county).await;
        let school = county.sign_in("school-1");
        let path = |kind: &str| format!("{}/{kind}", place(&one));
        let second = school.post(&path("titles"), json!({"title": "second", "valid_from": "2015-12-01"})).await.expect(201);
        let early = json!({"title": "first", "valid_from": "2020-12-01"});
        let problem = school.post(&path("titles"), early.clone()).await.refused(409, "fact_overlaps");
        assert_eq!(problem["parameters"]["from"], "2015-12-01");
        let end = format!("{}/titles/{}/end", place(&one), second["id"].as_str().unwrap());
        school.post(&end, json!({"last_day": "2015-11-30"})).await.refused(422, "fact_span_invalid");
        school.post(&end, json!({"last_day": "2020-11-30"})).await.expect(200);
        school.post(&end, json!({"last_day": "2021-11-30"})).await.refused(409, "fact_ended_already");
        school.post(&path("titles"), early).await.expect(201);
        for subject in ["数学", "科学"] {
            let body = json!({"stage": "primary", "subject": subject, "valid_from": "2014-08-01"});
            school.post(&path("teaching"), body.clone()).await.expect(201);
            school.post(&path("teaching"), body).await.refused(409, "fact_overlaps");
        }
        school.post(&path("teaching"), json!({"stage": "primary", "subject": "语文、英语", "valid_from": "2014-08-01"})).await.refused(422, "invalid_field");
        let leave = json!({"kind": "maternity", "valid_from": "2018-03-01", "valid_to": "2018-08-31"});
        school.post(&path("leaves"), leave).await.expect(201);
        let post = json!({"organisation_id": county.schools[0].to_string(), "post": "middle_manager", "category": "教导主任", "valid_from": "2022-08-01"});
        school.post(&path("posts"), post).await.expect(201);
        let on = |day: &str| format!("{}/facts?on={day}", place(&one));
        let then = school.get(&on("2018-05-01")).await.expect(200);
        assert_eq!((&then["titles"][0]["title"], then["titles"].as_array().unwrap().len()), (&json!("second"), 1));
        assert_eq!((&then["leaves"][0]["kind"], &then["posts"]), (&json!("maternity"), &json!([])));
        let now = school.get(&teacher(&one)).await.expect(200);
        assert_eq!((&now["title"], &now["leave"], &now["posts"][0]["category"]), (&json!("first"), &Value::Null, &json!("教导主任")));
        assert_eq!(now["teaching"].as_array().unwrap().len(), 2);
        let all = school.get(&format!("{}/facts", place(&one))).await.expect(200);
        assert_eq!(all["titles"].as_array().unwrap().len(), 2);
    }

    async fn a_second_employment_is_refused_and_a_move_keeps_everything(county: County) {
        let [one, two] = two_persons(county).await;
        let (centre, first, second) = (county.sign_in("centre"), county.sign_in("school-1"), county.sign_in("school-2"));
        let there = county.schools[1].to_string();
        centre.post(&format!("{}/employments", place(&one)), json!({"organisation_id": there, "valid_from": "2020-08-01"})).await.refused(409, "fact_overlaps");
        first.post(&format!("{}/titles", place(&one)), json!({"title": "first", "valid_from": "2016-09-01"})).await.expect(201);
        let post = json!({"organisation_id": county.schools[0].to_string(), "post": "deputy_head", "valid_from": "2022-08-01"});
        first.post(&format!("{}/posts", place(&one)), post).await.expect(201);
        let transfer = format!("{}/transfer", place(&one));
        let body = json!({"organisation_id": there, "on": "2026-09-01"});
        first.post(&transfer, body.clone()).await.refused(422, "invalid_field");
        let after = centre.post(&transfer, body.clone()).await.expect(200);
        assert_eq!((&after["employments"][0]["organisation_name"], &after["posts"]), (&json!("山区中心小学"), &json!([])));
        centre.post(&transfer, body).await.refused(409, "employed_there_already");
        centre.post(&transfer, json!({"organisation_id": county.schools[0].to_string(), "on": "2025-01-01"})).await.refused(409, "later_fact_known");
        first.get(&place(&one)).await.refused(404, "not_found");
        let seen = second.get(&teacher(&one)).await.expect(200);
        assert_eq!((&seen["title"], &seen["at_school_since"]), (&json!("first"), &json!("2026-09-01")));
        let day_before = second.get(&format!("{}/facts?on=2026-08-31", place(&one))).await.expect(200);
        assert_eq!(day_before["employments"][0]["organisation_name"], "实验小学");
        assert_eq!(day_before["posts"][0]["post"], "deputy_head");
        let other = second.get(&teacher(&two)).await.expect(200);
        assert_eq!(other["at_school_since"], "2014-08-01", "the other person did not move");
    }

    async fn two_moves_at_once_leave_one_employment(county: County) {
        let [one, _] = two_persons(county).await;
        let centre = county.sign_in("centre");
        let transfer = format!("{}/transfer", place(&one));
        let body = json!({"organisation_id": county.schools[1].to_string(), "on": "2026-09-01"});
        let answers = futures_join(
            centre.post(&transfer, body.clone()),
            centre.post(&transfer, body),
        ).await;
        let mut statuses = [answers.0.status, answers.1.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        let facts = centre.get(&format!("{}/facts", place(&one))).await.expect(200);
        assert_eq!(facts["employments"].as_array().unwrap().len(), 2);
    }

    async fn the_list_is_filtered_by_name_place_title_subject_and_day(county: County) {
        let [one, two] = two_persons(county).await;
        let centre = county.sign_in("centre");
        centre.post(&format!("{}/titles", place(&one)), json!({"title": "senior", "valid_from": "2016-09-01"})).await.expect(201);
        centre.post(&format!("{}/teaching", place(&two)), json!({"stage": "primary", "subject": "音乐", "valid_from": "2016-09-01"})).await.expect(201);
        for (query, expected) in [
            ("?name=%E6%95%8F".to_owned(), vec!["龚敏超"]),
            ("?title=senior".to_owned(), vec!["龚敏超"]),
            ("?stage=primary&subject=%E9%9F%B3%E4%B9%90".to_owned(), vec!["史娟明"]),
            ("?stage=junior".to_owned(), vec![]),
            ("?title=senior&employed_on=2015-01-01".to_owned(), vec![]),
            ("?employed_on=2013-01-01".to_owned(), vec![]),
            (format!("?organisation_id={}", county.schools[1]), vec!["史娟明"]),
            (format!("?organisation_id={}", county.bureau), vec!["史娟明", "龚敏超"]),
        ] {
            assert_eq!(list(&centre, &query).await, expected, "{query}");
        }
        centre.get("/v1/persons?school=x").await.refused(400, "unknown_parameter");
        let total = centre.get("/v1/persons?limit=1&include=total").await.expect(200);
        assert_eq!((&total["total"], names(&total)), (&json!(2), vec!["史娟明"]));
        let next = format!("/v1/persons?limit=1&cursor={}", total["next_cursor"].as_str().unwrap());
        let rest = centre.get(&next).await.expect(200);
        assert_eq!((names(&rest), &rest["next_cursor"]), (vec!["龚敏超"], &Value::Null));
        let teachers = centre.get("/v1/teachers?title=senior").await.expect(200);
        assert_eq!((names(&teachers), &teachers["data"][0]["school"]["name"]), (vec!["龚敏超"], &json!("实验小学")));
    }

    async fn a_retired_person_is_seen_by_the_county_and_not_by_the_school(county: County) {
        let [one, _] = two_persons(county).await;
        let (centre, school) = (county.sign_in("centre"), county.sign_in("school-1"));
        let facts = centre.get(&format!("{}/facts", place(&one))).await.expect(200);
        let end = format!("{}/employments/{}/end", place(&one), facts["employments"][0]["id"].as_str().unwrap());
        school.post(&end, json!({"last_day": "2026-08-31"})).await.expect(200);
        school.get(&place(&one)).await.refused(404, "not_found");
        assert_eq!(centre.get(&place(&one)).await.expect(200)["organisation"], Value::Null);
        assert_eq!(names(&centre.get("/v1/teachers").await.expect(200)), ["史娟明"]);
        assert_eq!(list(&centre, "?employed_on=2026-08-31").await.len(), 2);
    }
}

async fn futures_join<A: Future, B: Future>(one: A, two: B) -> (A::Output, B::Output) {
    let (mut one, mut two) = (Box::pin(one), Box::pin(two));
    let (mut first, mut second) = (None, None);
    std::future::poll_fn(move |context| {
        if first.is_none()
            && let std::task::Poll::Ready(value) = one.as_mut().poll(context)
        {
            first = Some(value);
        }
        if second.is_none()
            && let std::task::Poll::Ready(value) = two.as_mut().poll(context)
        {
            second = Some(value);
        }
        match (first.take(), second.take()) {
            (Some(a), Some(b)) => std::task::Poll::Ready((a, b)),
            (a, b) => {
                (first, second) = (a, b);
                std::task::Poll::Pending
            }
        }
    })
    .await
}
