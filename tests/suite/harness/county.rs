//! A county with two of everything, so that a test sees at once when one of two is mixed up with the other.

use super::{Caller, TestApp, database::Kind, off_runtime};
use shixun_domain::{
    AreaCode, UtcMillis,
    access::Role,
    id::{AccountId, OrganisationId},
    time::DateSpan,
    words::{OrganisationKind, Setting, Stage},
};
use shixun_persistence::{
    DbError, Keep, WriteTx,
    accounts::{self, AddedAccount},
    catalogue::filing::{self, NewFilingWindow},
    org::{self, NewOrganisation, Saved},
};
use std::ops::Deref;

/// The county of every test: 遂昌县.
pub const COUNTY: i32 = 331_123;

/// A server with a county in its database.
pub struct County {
    test: TestApp,
    /// The bureau, above everything in the county.
    pub bureau: OrganisationId,
    /// Two primary schools.
    pub schools: [OrganisationId; 2],
    /// Two training institutions.
    pub institutions: [OrganisationId; 2],
    accounts: Vec<(String, AccountId)>,
    /// The bureau of another county, and an account there with every role.
    pub elsewhere: OrganisationId,
}

impl Deref for County {
    type Target = TestApp;

    fn deref(&self) -> &TestApp {
        &self.test
    }
}

/// The password of every account of the county.
pub const PASSWORD: &str = "correct horse battery";

impl County {
    /// On a fresh database.
    pub async fn on(kind: Kind) -> County {
        County::in_app(TestApp::on(kind).await)
    }

    /// In a server that was started already.
    pub fn in_app(test: TestApp) -> County {
        let at = test.clock.now();
        let hash = test.app.auth.passwords.hash(PASSWORD).unwrap();
        let made =
            off_runtime(|| test.app.db.write_blocking(at, Keep::Commit, move |tx| found(tx, at, &hash)).unwrap());
        County {
            bureau: made.bureau,
            schools: made.schools,
            institutions: made.institutions,
            accounts: made.accounts,
            elsewhere: made.elsewhere,
            test,
        }
    }

    /// The account with a user name: `bureau`, `centre`, `monitor`, `finance`, `auditor`, `system`, `school-1`, `school-2`,
    /// `institution-1`, `institution-2`, or `elsewhere-` and a role for the other county.
    pub fn account(&self, username: &str) -> AccountId {
        self.accounts
            .iter()
            .find(|(name, _)| name == username)
            .unwrap_or_else(|| {
                panic!(
                    "no account {username}: there are {:?}; add_teacher and add_account make more",
                    self.usernames().collect::<Vec<_>>()
                )
            })
            .1
    }

    /// A signed-in caller by user name.
    pub fn sign_in(&self, username: &str) -> Caller<'_> {
        self.test.caller(self.account(username))
    }

    /// The names of all accounts, with the role of each.
    pub fn usernames(&self) -> impl Iterator<Item = &str> {
        self.accounts.iter().map(|(name, _)| name.as_str())
    }

    /// Makes an account with a role, as `name`.
    pub fn add_account(
        &mut self,
        name: &str,
        role: Role,
        organisation: OrganisationId,
        person: Option<shixun_domain::id::PersonId>,
    ) -> AccountId {
        let at = self.test.clock.now();
        let hash = self.test.app.auth.passwords.hash(PASSWORD).unwrap();
        let username = name.to_owned();
        let make = move |tx: &mut WriteTx<'_>| account(tx, at, &username, &hash, role, organisation, person);
        let id = off_runtime(|| self.test.app.db.write_blocking(at, Keep::Commit, make).unwrap());
        self.accounts.push((name.to_owned(), id));
        id
    }

    /// Gives an account one more role.
    pub fn add_role(&self, name: &str, role: Role, organisation: OrganisationId) {
        let (at, id) = (self.test.clock.now(), self.account(name));
        let span = DateSpan { from: at.china_date(), to: None };
        let give = move |tx: &mut WriteTx<'_>| accounts::grant(tx, id, role, organisation, span, None);
        let db = self.test.app.db.clone();
        off_runtime(|| db.write_blocking(at, Keep::Commit, give).unwrap());
    }

    /// Makes an organisation in `area`, at the top or below `parent`.
    pub fn add_organisation(
        &self,
        area: AreaCode,
        kind: OrganisationKind,
        (code, name): (Option<&'static str>, &'static str),
        parent: Option<OrganisationId>,
    ) -> OrganisationId {
        let at = self.test.clock.now();
        let db = self.test.app.db.clone();
        let make = move |tx: &mut WriteTx<'_>| organisation(tx, area, kind, code, name, parent);
        off_runtime(|| db.write_blocking(at, Keep::Commit, make).unwrap())
    }
}

struct Founded {
    bureau: OrganisationId,
    schools: [OrganisationId; 2],
    institutions: [OrganisationId; 2],
    accounts: Vec<(String, AccountId)>,
    elsewhere: OrganisationId,
}

fn found(tx: &mut WriteTx<'_>, at: UtcMillis, hash: &str) -> Result<Founded, DbError> {
    let county = AreaCode::new(COUNTY).unwrap();
    let other = AreaCode::new(331_124).unwrap();
    let bureau = organisation(tx, county, OrganisationKind::Bureau, None, "遂昌县教育局", None)?;
    let schools = [
        organisation(tx, county, OrganisationKind::School, Some("2133000101"), "实验小学", Some(bureau))?,
        organisation(tx, county, OrganisationKind::School, Some("2133000104"), "山区中心小学", Some(bureau))?,
    ];
    let institutions = [
        organisation(tx, county, OrganisationKind::Institution, None, "县教师进修学校", Some(bureau))?,
        organisation(tx, county, OrganisationKind::Institution, None, "师范学院培训部", Some(bureau))?,
    ];
    let elsewhere = organisation(tx, other, OrganisationKind::Bureau, None, "松阳县教育局", None)?;
    // A window of the county's own, so that tests need not wait for the months of the packs.
    let (opens_on, closes_on) = ("2026-01-01".parse().unwrap(), "2027-12-31".parse().unwrap());
    filing::add(tx, county, &NewFilingWindow { name: "常年申报".into(), opens_on, closes_on })?;
    let wanted = [
        ("bureau", Role::Bureau, bureau),
        ("centre", Role::Centre, bureau),
        ("monitor", Role::Monitor, bureau),
        ("finance", Role::Finance, bureau),
        ("auditor", Role::Auditor, bureau),
        ("system", Role::SystemAdministrator, bureau),
        ("school-1", Role::SchoolAdministrator, schools[0]),
        ("school-2", Role::SchoolAdministrator, schools[1]),
        ("institution-1", Role::Institution, institutions[0]),
        ("institution-2", Role::Institution, institutions[1]),
        ("elsewhere-bureau", Role::Bureau, elsewhere),
        ("elsewhere-centre", Role::Centre, elsewhere),
        ("elsewhere-auditor", Role::Auditor, elsewhere),
        ("elsewhere-school", Role::SchoolAdministrator, elsewhere),
        ("elsewhere-institution", Role::Institution, elsewhere),
    ];
    let mut accounts = Vec::new();
    for (name, role, organisation) in wanted {
        accounts.push((name.to_owned(), account(tx, at, name, hash, role, organisation, None)?));
    }
    Ok(Founded { bureau, schools, institutions, accounts, elsewhere })
}

/// Another county, to which nobody and nothing belongs but an account of each role; gives them by role.
pub fn strangers(tx: &mut WriteTx<'_>, at: UtcMillis) -> Result<Vec<(Role, AccountId)>, DbError> {
    let area = AreaCode::new(331_124).unwrap();
    let bureau = organisation(tx, area, OrganisationKind::Bureau, None, "松阳县教育局", None)?;
    let school = organisation(tx, area, OrganisationKind::School, Some("2133000201"), "西屏小学", Some(bureau))?;
    let institution = organisation(tx, area, OrganisationKind::Institution, None, "松阳县教师进修学校", Some(bureau))?;
    let one = |role: &Role| {
        let home = match role {
            Role::SchoolAdministrator | Role::Teacher => school,
            Role::Institution | Role::Lecturer => institution,
            _ => bureau,
        };
        Ok((*role, account(tx, at, &format!("stranger-{role}"), "no password", *role, home, None)?))
    };
    Role::ALL.iter().map(one).collect()
}

fn organisation(
    tx: &mut WriteTx<'_>,
    area: AreaCode,
    kind: OrganisationKind,
    code: Option<&str>,
    name: &str,
    parent: Option<OrganisationId>,
) -> Result<OrganisationId, DbError> {
    let school = kind == OrganisationKind::School;
    let new = NewOrganisation {
        kind,
        code: code.map(str::to_owned),
        name: name.to_owned(),
        parent,
        stage: school.then_some(Stage::Primary),
        setting: school.then_some(Setting::Town),
        small_class: false,
    };
    match org::add(tx, area, &new)? {
        Saved::Done(id) => Ok(id),
        other => panic!("{name}: {other:?}"),
    }
}

fn account(
    tx: &mut WriteTx<'_>,
    at: UtcMillis,
    username: &str,
    hash: &str,
    role: Role,
    organisation: OrganisationId,
    person: Option<shixun_domain::id::PersonId>,
) -> Result<AccountId, DbError> {
    let AddedAccount::New(id) = accounts::add(tx, organisation.area(), username, hash, person, false)? else {
        panic!("{username} exists")
    };
    let span = DateSpan { from: at.china_date(), to: None };
    accounts::grant(tx, id, role, organisation, span, None)?;
    Ok(id)
}
