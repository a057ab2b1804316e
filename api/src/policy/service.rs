//! Policy packs and cycles: the use cases.

use super::{
    cache::{AreaPolicy, PolicyCache},
    wire::{CycleView, PackNameView, PolicyLintView, PolicyPackSummaryView, PolicyPackView, ThemeView},
};
use crate::{
    access::Actor,
    http::{
        Page, Work,
        body::field_code,
        command::{NOTHING, hex},
        conditions::same_version,
        reasons,
    },
    problem::{ApiError, Code, Example, FieldFault, Words},
    wire::Text,
};
use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use shixun_domain::{
    AreaCode, UtcMillis,
    id::{AccountId, OrganisationId, PolicyPackId},
    policy::{
        Cycle, Fault, Jurisdiction, KnownTheme, Pack, PackFault, PackPublished, PackState, Schools,
        lint::{self, Finding, Gravity},
        packs, with_draft,
        wording::Wording,
    },
    words::OrganisationKind,
};
use shixun_persistence::{
    Conn, DbResult, WriteTx,
    org::{self, OrganisationRow},
    policy::{self, Added, Changed, DraftsSeen, NewPack, PackFilter, PackRow, Published},
};

/// Rules are no secret within their area; another area's are for those above it.
fn may_read(actor: &Actor, area: AreaCode) -> bool {
    area.contains(actor.area()) || actor.reaches_area(area)
}

/// Packs that apply to an area.
///
/// # Errors
/// `not_found` where the area is not the actor's.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    area: Option<AreaCode>,
    mut filter: PackFilter,
    page: &Page,
) -> Result<(Vec<PackRow>, Option<i64>), ApiError> {
    let area = area.unwrap_or(actor.area());
    if !may_read(actor, area) {
        return Err(ApiError::no_area(area));
    }
    filter.drafts = drafts_seen(conn, actor, area)?;
    let rows = policy::list(conn, area, &filter, page.after()?, page.fetch())?;
    Ok((rows, page.counted(|| policy::count(conn, area, &filter))?))
}

/// The county sees all drafts of its area, a school those for itself.
fn drafts_seen(conn: &mut Conn, actor: &Actor, area: AreaCode) -> Result<DraftsSeen, ApiError> {
    if actor.reaches_area(area) {
        return Ok(DraftsSeen::OfArea(area));
    }
    let paths: Vec<String> =
        actor.offices().filter(|scope| scope.area == area).map(|scope| scope.path.clone()).collect();
    Ok(if paths.is_empty() { DraftsSeen::None } else { DraftsSeen::OfSchools(org::below(conn, area, &paths)?) })
}

/// Where a pack stands in its list.
pub fn place(row: &PackRow) -> (i32, String, i32) {
    (row.id.area().get(), row.code.clone(), row.edition)
}

/// One pack.
///
/// # Errors
/// `not_found`, also for a draft of an area or a school that the actor does not look after.
pub fn get(conn: &mut Conn, actor: &Actor, id: PolicyPackId) -> Result<PackRow, ApiError> {
    let area = id.area();
    let row = policy::find(conn, id)?.filter(|_| may_read(actor, area)).ok_or_else(|| ApiError::missing(id))?;
    let visible = row.state == PackState::Published
        || actor.reaches_area(area)
        || match row.organisation {
            Some(school) => org::find(conn, school)?.is_some_and(|row| actor.reaches(area, &row.path)),
            None => false,
        };
    if visible { Ok(row) } else { Err(ApiError::missing(id)) }
}

/// The school that a draft is for, where it is for one: a school that the actor looks after. `place` is where the document stands in
/// the body.
///
/// # Errors
/// `invalid_field` for anything else.
pub(crate) fn school(
    conn: &mut Conn,
    actor: &Actor,
    draft: &Pack,
    place: &str,
) -> Result<Option<OrganisationId>, ApiError> {
    let Some(school) = draft.jurisdiction().school() else { return Ok(None) };
    let own = |row: &OrganisationRow| row.kind == OrganisationKind::School && actor.reaches(school.area(), &row.path);
    match org::find(conn, school)?.filter(own) {
        Some(row) => Ok(Some(row.id)),
        None => Err(ApiError::field(
            format!("{place}/organisation_id"),
            "unknown_reference",
            Words::new("没有这所学校，或不归您管理", "there is no such school, or it is not yours to look after"),
        )),
    }
}

/// Drafts a pack for the actor's own area, or for a school of it that the actor looks after.
///
/// # Errors
/// `invalid_field` with the pointer of the first fault; `policy_edition_taken`.
pub fn draft(work: &mut Work<'_, '_>, actor: &Actor, document: &str) -> Result<PackRow, ApiError> {
    let pack = of_own_area(work.conn(), actor, document)?;
    let digest = digest(document);
    let new = NewPack { created_by: Some(actor.account), ..new_pack(&pack, document, &digest, false) };
    let id = match policy::add(work.tx(), &new)? {
        Added::New(id) => id,
        Added::EditionTaken => return Err(taken(&pack)),
    };
    let row = policy::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    work.record("draft", id, NOTHING, Some(&PolicyPackSummaryView::read(&row)?))?;
    Ok(row)
}

/// Parses a document; packs are drafted only for one's own area, or for a school of it that one looks after.
fn of_own_area(conn: &mut Conn, actor: &Actor, document: &str) -> Result<Pack, ApiError> {
    let pack = Pack::parse(document).map_err(|fault| faulty("", &fault))?;
    let reached = school(conn, actor, &pack, "")?.is_some() || actor.reaches_area(pack.area());
    if pack.area() == actor.area() && reached {
        return Ok(pack);
    }
    if pack.area() == actor.area() {
        let words = Words::new(
            "您只能为所管理的学校起草政策包，请填写organisation_id",
            "you draft packs for a school that you look after: say which",
        );
        return Err(ApiError::field("/organisation_id", "missing", words));
    }
    Err(ApiError::field(
        "/area",
        "foreign_area",
        Words::new(
            format!("只能为本地区（{}）起草政策包", actor.area()),
            format!("packs are drafted for one's own area, {}", actor.area()),
        ),
    ))
}

fn taken(pack: &Pack) -> ApiError {
    ApiError::new(Code::PolicyEditionTaken).with("code", pack.code()).with("edition", pack.version())
}

/// A draft that the actor may change, in the version that the change is based on.
fn changeable(conn: &mut Conn, actor: &Actor, id: PolicyPackId, based_on: i64) -> Result<PackRow, ApiError> {
    let row = policy::find(conn, id)?.ok_or_else(|| ApiError::missing(id))?;
    of_own_area(conn, actor, &row.document).map_err(|_| ApiError::missing(id))?;
    row.state.may_change().map_err(|PackPublished| {
        ApiError::new(Code::PolicyPublished).with("code", row.code.clone()).with("edition", row.edition)
    })?;
    same_version(based_on, row.version)?;
    Ok(row)
}

/// Puts another document in the place of that of a draft of the actor's own area. Whoever does so has drafted it from then on, and somebody else
/// publishes it.
///
/// # Errors
/// `not_found`, `policy_published`, `precondition_failed`, `invalid_field` with the pointer of the first fault, `policy_edition_taken`.
pub fn change(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: PolicyPackId,
    based_on: i64,
    document: &str,
) -> Result<PackRow, ApiError> {
    let before = changeable(work.conn(), actor, id, based_on)?;
    let pack = of_own_area(work.conn(), actor, document)?;
    let digest = digest(document);
    let new = NewPack { created_by: Some(actor.account), ..new_pack(&pack, document, &digest, false) };
    match policy::change(work.tx(), id, based_on, &new)? {
        Changed::Done => {}
        Changed::EditionTaken => return Err(taken(&pack)),
        Changed::Stale => return Err(ApiError::new(Code::PreconditionFailed)),
    }
    let row = policy::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    work.record("change", id, Some(&PolicyPackSummaryView::read(&before)?), Some(&PolicyPackSummaryView::read(&row)?))?;
    Ok(row)
}

/// Withdraws a draft of the actor's own area: it is gone, and the event log keeps what it was.
///
/// # Errors
/// `not_found`, `policy_published`, `precondition_failed`.
pub fn withdraw(work: &mut Work<'_, '_>, actor: &Actor, id: PolicyPackId, based_on: i64) -> Result<(), ApiError> {
    let before = changeable(work.conn(), actor, id, based_on)?;
    if !policy::withdraw(work.tx(), id, based_on)? {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    work.record("withdraw", id, Some(&PolicyPackView::read(&before)?), NOTHING)
}

fn new_pack<'a>(pack: &'a Pack, document: &'a str, digest: &'a str, published: bool) -> NewPack<'a> {
    NewPack {
        jurisdiction: pack.jurisdiction(),
        code: pack.code(),
        edition: pack.version(),
        valid: pack.valid(),
        document,
        digest,
        created_by: None,
        published,
    }
}

fn digest(document: &str) -> String {
    hex(&Sha256::digest(document.as_bytes()))
}

/// A fault of a document as a fault of the body in which the document stands at `place`.
pub(crate) fn faulty(place: &str, fault: &PackFault) -> ApiError {
    let (code, words, values) = match &fault.fault {
        Fault::Shape(detail) => (field_code(detail), reasons::words(detail), reasons::parameters(detail)),
        other => {
            let Wording { zh, en } = other.wording();
            ("invalid_value", Words::new(zh, en), other.parameters())
        }
    };
    let found = FieldFault::new(format!("{place}{}", fault.pointer), code, words).with_all(values);
    found.with_example(fault.example().map(Example::Value)).into()
}

/// What lint finds in a pack among the published ones.
///
/// # Errors
/// As [`get`].
pub fn lint(
    conn: &mut Conn,
    cache: &PolicyCache,
    actor: &Actor,
    id: PolicyPackId,
    now: UtcMillis,
) -> Result<PolicyLintView, ApiError> {
    let row = get(conn, actor, id)?;
    let name = PackNameView { code: row.code.clone(), edition: row.edition };
    let policy = cache.area(conn, id.area(), now)?;
    let findings = lint::lint(policy.packs(), &stored(&row)?, id.area(), now.china_date());
    Ok(PolicyLintView::new(name, findings))
}

/// The pack of a row; it was parsed before it was stored.
fn stored(row: &PackRow) -> Result<Pack, ApiError> {
    Pack::parse(&row.document).map_err(|fault| ApiError::internal(format!("a stored policy pack: {fault}")))
}

/// The errors among what was found, as faults of the draft.
fn mistaken(findings: Vec<Finding>) -> Result<(), ApiError> {
    let errors = findings.into_iter().filter(|finding| finding.gravity() == Gravity::Error);
    let faults: Vec<FieldFault> = errors
        .map(|finding| {
            let Finding { pointer, kind, rules, text, example } = finding;
            let example = Example::Words(Words::new(example.zh, example.en));
            let fault =
                FieldFault::new(pointer, kind.as_str(), Words::new(text.zh, text.en)).with("rules", rules.join(", "));
            fault.with_example(Some(example))
        })
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(ApiError::new(Code::PolicyLintFailed).with_faults(faults)) }
}

/// Publishes a draft that somebody else made, in the version `based_on` where one is named, where lint finds no error and the rules with it can be compiled for every cycle
/// it touches.
///
/// # Errors
/// `not_found`, `policy_not_a_draft`, `policy_four_eyes`, `precondition_failed`, `policy_lint_failed`, `policy_missing`.
pub fn publish(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: PolicyPackId,
    based_on: Option<i64>,
) -> Result<PackRow, ApiError> {
    let reached = |_: &PackRow| actor.reaches_area(id.area());
    policy::lock_publication(work.tx(), id.area())?;
    let before = policy::find(work.conn(), id)?.filter(reached).ok_or_else(|| ApiError::missing(id))?;
    if before.state != PackState::Draft {
        return Err(ApiError::new(Code::PolicyNotADraft));
    }
    if before.created_by == Some(actor.account) {
        return Err(ApiError::new(Code::PolicyFourEyes));
    }
    same_version(based_on.unwrap_or(before.version), before.version)?;
    let (now, pack) = (work.at(), stored(&before)?);
    let published = PolicyCache::default().area(work.conn(), id.area(), now)?;
    mistaken(lint::lint(published.packs(), &pack, id.area(), now.china_date()))?;
    compiles(&published, &pack, now)?;
    for below in policy::areas_with_packs_below(work.conn(), id.area())? {
        let published = PolicyCache::default().area(work.conn(), below, now)?;
        compiles(&published, &pack, now)?;
    }
    let published = policy::publish(work.tx(), id, before.version, actor.account)?;
    let row = policy::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    if published == Published::NotThisDraft {
        let drafted = row.state == PackState::Draft;
        return Err(ApiError::new(if drafted { Code::PreconditionFailed } else { Code::PolicyNotADraft }));
    }
    work.record(
        "publish",
        id,
        Some(&PolicyPackSummaryView::read(&before)?),
        Some(&PolicyPackSummaryView::read(&row)?),
    )?;
    Ok(row)
}

/// Whether the rules of an area with a draft can be compiled for every cycle that it touches.
fn compiles(published: &AreaPolicy, pack: &Pack, now: UtcMillis) -> Result<(), ApiError> {
    let with_it = AreaPolicy::new(published.area(), published.revision(), with_draft(published.packs(), pack));
    for cycle in cycles(&with_it, now.china_date()) {
        if cycle.span().overlaps(&pack.valid()) {
            for schools in judged_by(&with_it, pack) {
                with_it.rules_of(&schools, cycle, cycle.to())?;
            }
        }
    }
    Ok(())
}

/// Those whose rules a pack changes: of a school, its own teachers; of an area, everybody, and those of each school with packs.
fn judged_by(policy: &AreaPolicy, pack: &Pack) -> Vec<Schools> {
    match pack.jurisdiction() {
        Jurisdiction::School(school) => vec![Schools::from(Jurisdiction::School(school))],
        Jurisdiction::Area(area) => {
            let schools = policy.schools().iter().copied().map(Jurisdiction::School);
            [Jurisdiction::Area(area)].into_iter().chain(schools).map(Schools::from).collect()
        }
    }
}

/// Stores a document as a draft of somebody's, for a demonstration.
///
/// # Errors
/// Where the document does not parse or its edition is there.
pub fn store_draft(tx: &mut WriteTx<'_>, document: &str, by: AccountId) -> Result<(), ApiError> {
    let pack = Pack::parse(document).map_err(|fault| ApiError::internal(format!("a shipped draft: {fault}")))?;
    let digest = digest(document);
    let new = NewPack { created_by: Some(by), ..new_pack(&pack, document, &digest, false) };
    match policy::add(tx, &new)? {
        Added::New(_) => Ok(()),
        Added::EditionTaken => Err(taken(&pack)),
    }
}

/// The cycles of an area, from the first day with a pack that sets one to the cycle of today.
fn cycles(policy: &AreaPolicy, today: NaiveDate) -> Vec<Cycle> {
    let setting = policy.packs().iter().filter(|pack| pack.calendar().is_some());
    let Some(first) = setting.map(|pack| pack.valid().from).min() else { return Vec::new() };
    let mut found: Vec<Cycle> = Vec::new();
    let mut day = Some(first);
    while let Some(on) = day.filter(|on| *on <= today.max(first)) {
        let Ok(cycle) = policy.cycle_on(on) else { break };
        day = cycle.to().succ_opt();
        found.push(cycle);
    }
    found
}

/// The cycles of an area on a page.
///
/// # Errors
/// `not_found` where the area is not the actor's.
pub fn list_cycles(
    conn: &mut Conn,
    cache: &PolicyCache,
    actor: &Actor,
    area: Option<AreaCode>,
    page: &Page,
    now: UtcMillis,
) -> Result<(Vec<CycleView>, Option<i64>), ApiError> {
    let area = area.unwrap_or(actor.area());
    if !may_read(actor, area) {
        return Err(ApiError::no_area(area));
    }
    let policy = cache.area(conn, area, now)?;
    let after = page.after::<String>()?;
    let today = now.china_date();
    let cycles = cycles(&policy, today);
    let total = page.total.then(|| i64::try_from(cycles.len()).unwrap_or(i64::MAX));
    let behind = cycles.into_iter().filter(|cycle| after.as_ref().is_none_or(|name| cycle.name() > *name));
    let views = behind
        .take(usize::from(page.limit) + 1)
        .map(|cycle| CycleView {
            name: cycle.name(),
            from: cycle.from(),
            to: cycle.to(),
            current: cycle.contains(today),
            packs: in_force(&policy, cycle),
        })
        .collect();
    Ok((views, total))
}

fn in_force(policy: &AreaPolicy, cycle: Cycle) -> Vec<PackNameView> {
    let of_area = policy.packs().iter().filter(|pack| pack.jurisdiction().school().is_none());
    let here = of_area.filter(|pack| pack.valid().overlaps(&cycle.span()));
    here.map(|pack| PackNameView { code: pack.code().to_owned(), edition: pack.version() }).collect()
}

/// Enters the packs shipped with the program, published, where the database lacks them. Called once when a database is made
/// or opened; gives how many were entered.
///
/// # Errors
/// Where the database does not answer; a shipped document that does not parse is a defect and said to be damaged.
pub fn install_shipped(tx: &mut WriteTx<'_>) -> DbResult<usize> {
    let mut entered = 0;
    for (name, document) in packs::shipped() {
        let pack = Pack::parse(document)
            .map_err(|fault| shixun_persistence::DbError::damaged(format!("the shipped pack {name}: {fault}")))?;
        let added = policy::add(tx, &new_pack(&pack, document, &digest(document), true))?;
        entered += usize::from(matches!(added, Added::New(_)));
    }
    Ok(entered)
}

/// The themes of an area.
///
/// # Errors
/// `not_found` where the area is not the actor's.
pub fn list_themes(
    conn: &mut Conn,
    cache: &PolicyCache,
    actor: &Actor,
    area: AreaCode,
    now: UtcMillis,
) -> Result<Vec<ThemeView>, ApiError> {
    if !may_read(actor, area) {
        return Err(ApiError::no_area(area));
    }
    let view = |theme: &KnownTheme| ThemeView {
        theme: Text(theme.word),
        name_zh: theme.zh.clone(),
        name_en: theme.en.clone(),
        declared_by: theme.declared_by.clone(),
    };
    Ok(cache.area(conn, area, now)?.themes().all().iter().map(view).collect())
}
