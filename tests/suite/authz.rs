//! Every operation × every role: denied unless the published permission is one of the role's.

use crate::{
    demo::{Demo, SMALL},
    examples::walked,
    harness::{CONTRACT, TestApp, both, county, database::Kind, database::postgres_is_here, off_runtime},
};
use actix_web::http::Method;
use serde_json::{Value, json};
use shixun_domain::access::{Permission, Role};
use shixun_persistence::{Keep, WriteTx};

/// An operation as the document publishes it.
pub struct Published {
    id: String,
    /// Its method.
    pub method: Method,
    /// Its path, with samples for parameters.
    pub path: String,
    /// The parameters in its query, each with its longest text in characters, where it has one.
    pub query: Vec<(String, Option<usize>)>,
    /// `None` where everybody may call it; the permissions otherwise, none of them where signing in is enough.
    needs: Option<Vec<String>>,
}

fn resolved(schema: &Value) -> Value {
    match schema["$ref"].as_str() {
        Some(place) => CONTRACT.document().pointer(place.trim_start_matches('#')).unwrap().clone(),
        None => schema.clone(),
    }
}

/// A value for a parameter of the path.
fn sample(parameter: &Value) -> String {
    let schema = resolved(&parameter["schema"]);
    let given = [&parameter["example"], &schema["example"], &schema["examples"][0], &schema["enum"][0]];
    let text = |value: &&Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    given.iter().find_map(text).unwrap_or_else(|| "x".to_owned())
}

pub fn published() -> Vec<Published> {
    let mut found = Vec::new();
    for (path, item) in CONTRACT.document()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let mut path = path.clone();
            let queried = operation["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == "query");
            let longest = |one: &Value| one["schema"]["maxLength"].as_u64().map(|longest| longest.try_into().unwrap());
            let query = queried.map(|one| (one["name"].as_str().unwrap().to_owned(), longest(one))).collect();
            for parameter in operation["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == "path")
            {
                let name = parameter["name"].as_str().unwrap();
                path = path.replace(&format!("{{{name}}}"), &sample(parameter));
            }
            let needs = match &operation["security"] {
                Value::Null => Some(Vec::new()),
                Value::Array(list) if list.is_empty() => None,
                list => Some(
                    list.as_array()
                        .unwrap()
                        .iter()
                        .flat_map(|one| one["bearer"].as_array().unwrap())
                        .map(|word| word.as_str().unwrap().to_owned())
                        .collect(),
                ),
            };
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            found.push(Published {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method,
                path,
                query,
                needs,
            });
        }
    }
    found
}

/// Whether the operation at an address looks at `If-Match`.
fn is_conditional(method: &Method, place: &str) -> bool {
    let is_at = |template: &str| {
        let (mut parts, mut wanted) = (place.split('/'), template.split('/'));
        parts.clone().count() == wanted.clone().count()
            && parts.all(|part| wanted.next().is_some_and(|wanted| wanted == part || wanted.starts_with('{')))
    };
    let paths = CONTRACT.document()["paths"].as_object().unwrap().iter().filter(|(template, _)| is_at(template));
    let operations = paths.filter_map(|(_, item)| item.get(method.as_str().to_lowercase()));
    let mut parameters = operations.flat_map(|operation| operation["parameters"].as_array().into_iter().flatten());
    parameters.any(|parameter| parameter["name"] == "If-Match")
}

/// The role of an account of the test county, read off its name.
fn role(username: &str) -> Role {
    let word = username.trim_start_matches("elsewhere-").split('-').next().unwrap();
    match word {
        "school" => Role::SchoolAdministrator,
        "system" => Role::SystemAdministrator,
        other => other.parse().unwrap(),
    }
}

/// What belongs to no county, or to those above it.
const OF_ALL: &[&str] = &["areas", "problems", "verify", "jobs"];
/// What belongs to one person.
const OF_ONE: &[&str] =
    &["teachers", "enrolments", "hour-entries", "records", "disputes", "waivers", "certificates", "transfers"];
/// How the keys of the demo county begin.
const OF_THE_COUNTY: &str = "_a3bk";

/// Each object that was made, read or changed in the demo county is asked for again, in the same way, by an account of every role in
/// another county; and what belongs to one person also by a colleague, a school and an institution that have nothing to do with it.
async fn what_is_not_one_s_own_is_not_there(kind: Kind) {
    let demo = Demo::on(kind, SMALL).await;
    let shown = walked(&demo).await;
    let at = demo.test.clock.now();
    let make = move |tx: &mut WriteTx<'_>| county::strangers(tx, at);
    let strangers = off_runtime(|| demo.test.app.db.write_blocking(at, Keep::Commit, make).unwrap());
    let neighbours = ["teacher-0120", "school-06", "institution-02"].map(|name| (name, demo.account(name)));
    let (mut asked, mut wrong) = ([0, 0], Vec::new());
    for (method, path, body) in &shown.asked {
        let mut parts = path.split(['/', '?']).skip(1);
        let Some(kind) = (parts.next() == Some("v1")).then(|| parts.next().unwrap()) else { continue };
        if OF_ALL.contains(&kind) || !path.contains(OF_THE_COUNTY) {
            continue;
        }
        let place = path.split('?').next().unwrap();
        let foreign = strangers.iter().map(|(role, account)| (0, role.as_str(), *account));
        let near = neighbours.iter().map(|(name, account)| (1, *name, *account));
        let near = near.filter(|_| OF_ONE.contains(&kind) && place.contains(OF_THE_COUNTY));
        for (who, name, account) in foreign.chain(near) {
            let mut asking = demo.test.caller(account).request(method.clone(), path);
            if is_conditional(method, place) {
                asking = asking.header("If-Match", "\"1\"");
            }
            if let Some(body) = body {
                asking = asking.json(body);
            }
            let answer = asking.send().await;
            asked[who] += 1;
            let forbidden = answer.status == 403 && answer.json()["code"] == "forbidden";
            // A list is asked for with what it shall be about.
            let nothing = !place.contains(OF_THE_COUNTY) && answer.status == 200 && answer.json()["data"] == json!([]);
            if answer.status != 404 && !forbidden && !nothing {
                wrong.push(format!("{name}: {method} {path} answers {}", answer.text()));
            }
        }
    }
    assert!(asked[0] > 1_000 && asked[1] > 100, "{asked:?}");
    assert!(wrong.is_empty(), "{} of {asked:?}: {wrong:#?}", wrong.len());
}

#[actix_web::test]
async fn what_is_not_one_s_own_is_not_there_on_sqlite() {
    what_is_not_one_s_own_is_not_there(Kind::Sqlite).await;
}

#[actix_web::test]
async fn what_is_not_one_s_own_is_not_there_on_postgres() {
    if postgres_is_here() {
        what_is_not_one_s_own_is_not_there(Kind::Postgres).await;
    }
}

both! {
    async fn an_operation_is_denied_to_every_role_that_lacks_its_permission(county: County) {
        county.add_teacher(1, county.schools[0]);
        let operations = published();
        assert!(operations.len() > 60);
        let names: Vec<String> = county.usernames().map(str::to_owned).collect();
        let mut wrong = Vec::new();
        for operation in &operations {
            let anonymous = county.anonymous().request(operation.method.clone(), &operation.path).json(&json!({})).send().await;
            let Some(needs) = &operation.needs else {
                assert_ne!(anonymous.status, 403, "{} is open", operation.id);
                continue;
            };
            if anonymous.status != 401 {
                wrong.push(format!("{} answers {} to nobody", operation.id, anonymous.status));
            }
            for name in &names {
                let may = needs.is_empty() || needs.iter().all(|word| {
                    let permission = Permission::ALL.iter().find(|one| one.as_str() == word).unwrap();
                    permission.roles().contains(&role(name))
                });
                let answer = county.sign_in(name).request(operation.method.clone(), &operation.path).json(&json!({})).send().await;
                let denied = answer.status == 403 && answer.json()["code"] == "forbidden";
                if may == denied {
                    wrong.push(format!("{} answers {} to {name}, who {}", operation.id, answer.status, if may { "may" } else { "may not" }));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    async fn tokens_that_are_not_ours_are_told_apart(county: County) {
        let me = county.sign_in("auditor");
        let header = |alg: &str| {
            use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
            let head = URL_SAFE_NO_PAD.encode(json!({"alg": alg, "kid": "x"}).to_string());
            format!("{head}.{}.c2ln", URL_SAFE_NO_PAD.encode("{}"))
        };
        for (token, code) in [
            (header("none"), "token_algorithm"),
            (header("HS256"), "token_algorithm"),
            (header("EdDSA"), "token_foreign"),
            ("rubbish".into(), "token_malformed"),
            ("a.b.c".into(), "token_malformed"),
        ] {
            me.clone().with_token(&token).get("/v1/me").await.refused(401, code);
        }
        // The same seed makes the same key: the signature is ours.
        let audience = TestApp::with(Kind::Sqlite, |config| config.audience = "another-api".into()).await;
        let issuer = TestApp::with(Kind::Sqlite, |config| config.issuer = "another-county".into()).await;
        let now = county.clock.now();
        for (other, code) in [(audience, "token_audience"), (issuer, "token_issuer")] {
            let token = other.app.auth.tokens().sign(county.account("auditor"), now, "t".into()).unwrap();
            me.clone().with_token(&token).get("/v1/me").await.refused(401, code);
            let (signed, _) = token.rsplit_once('.').unwrap();
            let forged = format!("{signed}.{}", "A".repeat(86));
            me.clone().with_token(&forged).get("/v1/me").await.refused(401, "token_foreign");
        }
        me.get("/v1/me").await.expect(200);
        county.advance_millis(16 * 60_000);
        me.get("/v1/me").await.refused(401, "token_expired");
    }

    async fn a_refresh_token_is_good_once_and_its_reuse_ends_the_sign_in(county: County) {
        let nobody = county.anonymous();
        let body = json!({"username": "auditor", "password": crate::harness::county::PASSWORD});
        let first = nobody.post("/v1/auth/login", body.clone()).await.expect(200);
        let exchange = |token: &Value| json!({"refresh_token": token.clone()});
        let second = nobody.post("/v1/auth/refresh", exchange(&first["refresh_token"])).await.expect(200);
        let again = nobody.post("/v1/auth/refresh", exchange(&first["refresh_token"])).await.expect(200);
        assert_eq!(second["refresh_token"], again["refresh_token"], "an answer that was lost on its way");
        county.advance_millis(11_000);
        nobody.post("/v1/auth/refresh", exchange(&first["refresh_token"])).await.refused(401, "refresh_reused");
        nobody.post("/v1/auth/refresh", exchange(&second["refresh_token"])).await.refused(401, "refresh_invalid");
        let signed_in = nobody.post("/v1/auth/login", body).await.expect(200);
        nobody.post("/v1/auth/logout", exchange(&signed_in["refresh_token"])).await.expect(204);
        nobody.post("/v1/auth/refresh", exchange(&signed_in["refresh_token"])).await.refused(401, "refresh_invalid");
    }

    async fn five_wrong_passwords_lock_a_name_for_a_while_whether_anybody_has_it_or_not(county: County) {
        let nobody = county.anonymous();
        let login = async |username: &str, password: &str| {
            nobody.post("/v1/auth/login", json!({"username": username, "password": password})).await
        };
        let mut told = Vec::new();
        for name in ["auditor", "no-such-user"] {
            let mut answers = Vec::new();
            let mut ask = async |password: &str| {
                let answer = login(name, password).await;
                answers.push((answer.status, answer.header("retry-after"), answer.json()["code"].clone()));
            };
            for _ in 0..6 {
                ask("not this one").await;
            }
            county.advance_millis(31_000);
            ask("not this one").await;
            ask("not this one").await;
            told.push(answers);
        }
        assert_eq!(told[0], told[1], "who is refused does not learn who exists");
        assert_eq!((told[0][4].0, &told[0][5]), (401, &(429, Some("31".into()), json!("sign_in_locked"))));
        assert_eq!((told[0][6].0, told[0][7].1.as_deref()), (401, Some("61")));
        login("auditor", crate::harness::county::PASSWORD).await.refused(429, "sign_in_locked");
        county.advance_millis(61_000);
        login("auditor", crate::harness::county::PASSWORD).await.expect(200);
        login("auditor", "not this one").await.refused(401, "sign_in_failed");
        login("auditor", crate::harness::county::PASSWORD).await.expect(200);
    }
}
