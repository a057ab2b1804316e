//! What persons and teachers look like in JSON. Personal data is masked in every view but [`RevealView`].

use super::service::Known;
use crate::{
    http::{
        Etag,
        page::{list_of, list_query, sort_of},
    },
    people::facts_wire::{LeaveView, PostView, TeachingView},
    wire::{
        AreaText, ClearFieldWord, InstantText, OneOf, OrganisationRef, PersonRef, SettingWord, SexWord, StageWord,
        TeacherRef, Text, TitleWord,
    },
};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use shixun_domain::people::{contact, lengths};
use shixun_persistence::{org::OrganisationRow, people::Fact};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// The organisation a person is employed at.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceView {
    /// Identifier.
    pub id: OrganisationRef,
    /// Name.
    pub name: String,
    /// School identification code, or the institution's own code.
    pub code: Option<String>,
    /// The stage of a school.
    pub stage: Option<StageWord>,
    /// Urban, town or rural.
    pub setting: Option<SettingWord>,
}

impl From<&OrganisationRow> for PlaceView {
    fn from(row: &OrganisationRow) -> Self {
        PlaceView {
            id: Text(row.id),
            name: row.name.clone(),
            code: row.code.clone(),
            stage: row.stage.map(OneOf),
            setting: row.setting.map(OneOf),
        }
    }
}

/// A person, personal data masked.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonView {
    /// Identifier.
    pub id: PersonRef,
    /// The same person as a teacher, as the addresses of statements, hours and certificates name it.
    pub teacher_id: TeacherRef,
    /// The area it belongs to.
    pub area: AreaText,
    /// Name.
    pub name: String,
    /// Sex, by the identity number.
    pub sex: SexWord,
    /// Identity number, the birth date hidden.
    #[schema(example = "331199**********87")]
    pub identity_number: String,
    /// Telephone numbers, all but the last two digits hidden.
    #[schema(example = "*********52")]
    pub phone: Option<String>,
    /// E-mail address, all but the first letter and the host hidden.
    #[schema(example = "z***@school.cn")]
    pub email: Option<String>,
    /// Entry into the profession (参加工作时间).
    pub entered_on: Option<NaiveDate>,
    /// Last day of probation.
    pub probation_ends_on: Option<NaiveDate>,
    /// Last day at work, where it is known.
    pub retires_on: Option<NaiveDate>,
    /// Duties that are no management post, such as 班主任.
    pub duty: Option<String>,
    /// Remark.
    pub remark: Option<String>,
    /// Where the person is employed today.
    pub organisation: Option<PlaceView>,
    /// The title held today.
    pub title: Option<TitleWord>,
    /// Counts the changes, those of dated facts too.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When the person was entered.
    pub created_at: InstantText,
    /// When the person was last changed.
    pub updated_at: InstantText,
}

list_of! {
    /// Persons in the order of their names.
    PersonList of PersonView
}

impl From<&Known> for PersonView {
    fn from(known: &Known) -> Self {
        let (row, data) = (&known.person, &known.person.data);
        PersonView {
            id: Text(row.id),
            teacher_id: Text(row.id.teacher()),
            area: Text(row.id.area()),
            name: data.name.clone(),
            sex: OneOf(data.identity.sex()),
            identity_number: data.identity.masked(),
            phone: data.phone.as_deref().map(contact::masked_phone),
            email: data.email.as_deref().map(contact::masked_email),
            entered_on: data.entered_on,
            probation_ends_on: data.probation_ends_on,
            retires_on: data.retires_on,
            duty: data.duty.clone(),
            remark: data.remark.clone(),
            organisation: known.employed_at().map(PlaceView::from),
            title: known.title().map(|(title, _)| OneOf(title)),
            version: row.version,
            created_at: Text(row.created_at),
            updated_at: Text(row.updated_at),
        }
    }
}

/// The tag of what is shown of a person on a day: dated facts begin and end without a change of the row, and the
/// organisation has a version of its own.
pub fn etag(known: &Known) -> Etag {
    let place = known.employed_at().map_or(0, |place| place.version);
    Etag::version_and(known.person.version, &[i64::from(known.on.num_days_from_ce()), place])
}

/// Where a new person works.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct FirstEmploymentIn {
    /// The organisation.
    pub organisation_id: OrganisationRef,
    /// First day there.
    pub valid_from: NaiveDate,
}

/// A person to be entered.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "龚敏超", "identity_number": "331199199205119087", "phone": "19943192252", "entered_on": "2014-08-01",
    "employment": {"organisation_id": "org_a3bk65mwvj56g000ce", "valid_from": "2014-08-01"}
}))]
pub struct PersonIn {
    /// Name.
    #[validate(length(min = 1, max = 50))]
    #[schema(min_length = 1, max_length = 50)]
    pub name: String,
    /// Identity number of 18 characters (GB 11643), or an old one of 15.
    #[validate(length(min = 15, max = 40))]
    #[schema(min_length = 15, max_length = 40)]
    pub identity_number: String,
    /// Telephone numbers, several with `/` between.
    #[validate(length(min = 1, max = lengths::PHONE_MAX))]
    #[schema(min_length = 1, max_length = 100)]
    pub phone: Option<String>,
    /// E-mail address.
    #[validate(length(min = 1, max = 254))]
    #[schema(min_length = 1, max_length = 254)]
    pub email: Option<String>,
    /// Entry into the profession (参加工作时间).
    pub entered_on: NaiveDate,
    /// Last day of probation; a year from entry where it is not given.
    pub probation_ends_on: Option<NaiveDate>,
    /// Last day at work, where it is known.
    pub retires_on: Option<NaiveDate>,
    /// Duties that are no management post, such as 班主任.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub duty: Option<String>,
    /// Remark.
    #[validate(length(min = 1, max = lengths::REMARK_MAX))]
    #[schema(min_length = 1, max_length = 500)]
    pub remark: Option<String>,
    /// Where the person works. A school administrator must give it; other roles may enter somebody who works nowhere yet.
    #[validate(nested)]
    pub employment: Option<FirstEmploymentIn>,
}

/// Reads a field that cannot be emptied: it is there with a value, or not there.
fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// Tells a field that is null from one that is not there.
fn given<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

/// What shall change of a person: fields that are not given stay, null empties a field.
#[derive(Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"phone": "19943192252", "remark": null}))]
pub struct PersonChangeIn {
    /// Name.
    #[serde(deserialize_with = "present")]
    #[validate(length(min = 1, max = 50))]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 50)]
    pub name: Option<String>,
    /// Identity number, where it was entered wrongly.
    #[serde(deserialize_with = "present")]
    #[validate(length(min = 15, max = 40))]
    #[schema(value_type = String, required = false, min_length = 15, max_length = 40)]
    pub identity_number: Option<String>,
    /// Telephone numbers, several with `/` between. A masked number is refused.
    #[serde(deserialize_with = "given")]
    #[validate(length(min = 1, max = lengths::PHONE_MAX))]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    pub phone: Option<Option<String>>,
    /// E-mail address. A masked one is refused.
    #[serde(deserialize_with = "given")]
    #[validate(length(min = 1, max = 254))]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 254)]
    pub email: Option<Option<String>>,
    /// Entry into the profession.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = NaiveDate, required = false)]
    pub entered_on: Option<NaiveDate>,
    /// Last day of probation.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<NaiveDate>)]
    pub probation_ends_on: Option<Option<NaiveDate>>,
    /// Last day at work.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<NaiveDate>)]
    pub retires_on: Option<Option<NaiveDate>>,
    /// Duties that are no management post.
    #[serde(deserialize_with = "given")]
    #[validate(length(min = 1, max = 100))]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    pub duty: Option<Option<String>>,
    /// Remark.
    #[serde(deserialize_with = "given")]
    #[validate(length(min = 1, max = lengths::REMARK_MAX))]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    pub remark: Option<Option<String>>,
}

/// What is asked for in clear, and why.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"fields": ["identity_number", "phone"], "reason": "办理教师资格定期注册"}))]
pub struct RevealIn {
    /// Which fields.
    #[validate(length(min = 1, max = 5))]
    #[schema(min_items = 1, max_items = 5)]
    pub fields: Vec<ClearFieldWord>,
    /// What it is needed for; it is kept in the event log with who asked.
    #[validate(length(min = 4, max = 200))]
    #[schema(min_length = 4, max_length = 200)]
    pub reason: String,
}

/// Personal data in clear. Show it, do not store it, and forget it at `valid_until`.
#[derive(Serialize, ToSchema)]
pub struct RevealView {
    /// Whose.
    pub person_id: PersonRef,
    /// Identity number, where it was asked for.
    pub identity_number: Option<String>,
    /// Birth date, where it was asked for.
    pub birth_date: Option<NaiveDate>,
    /// Telephone numbers, where they were asked for.
    pub phone: Option<String>,
    /// E-mail address, where it was asked for.
    pub email: Option<String>,
    /// Last day at work, where it was asked for.
    pub retires_on: Option<NaiveDate>,
    /// A client forgets the answer then; a retry with the same `Idempotency-Key` gives it again until then.
    pub valid_until: InstantText,
}

/// A person as a teacher, today.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeacherView {
    /// Identifier; the same number as the person's with another prefix.
    pub id: TeacherRef,
    /// The person.
    pub person_id: PersonRef,
    /// Name.
    pub name: String,
    /// The school.
    pub school: Option<PlaceView>,
    /// First day of the employment there.
    pub at_school_since: Option<NaiveDate>,
    /// The title.
    pub title: Option<TitleWord>,
    /// The title as a roster wrote it, where it was written otherwise.
    pub title_written: Option<String>,
    /// Stages and subjects taught.
    pub teaching: Vec<TeachingView>,
    /// Management posts.
    pub posts: Vec<PostView>,
    /// The leave the teacher is on, if any.
    pub leave: Option<LeaveView>,
    /// Entry into the profession.
    pub entered_on: Option<NaiveDate>,
    /// Last day of probation.
    pub probation_ends_on: Option<NaiveDate>,
    /// Whether today lies within probation.
    pub on_probation: bool,
    /// Counts the changes of the person.
    #[schema(minimum = 1)]
    pub version: i64,
}

list_of! {
    /// Teachers in the order of their names.
    TeacherList of TeacherView
}

impl From<&Known> for TeacherView {
    fn from(known: &Known) -> Self {
        let (row, data) = (&known.person, &known.person.data);
        let title = known.title();
        let employment = known.facts.iter().find(|fact| matches!(fact.fact, Fact::Employment { .. }));
        let leave = known.facts.iter().find_map(LeaveView::read);
        TeacherView {
            id: Text(row.id.teacher()),
            person_id: Text(row.id),
            name: data.name.clone(),
            school: known.employed_at().map(PlaceView::from),
            at_school_since: employment.map(|fact| fact.span.from),
            title: title.map(|(title, _)| OneOf(title)),
            title_written: title.and_then(|(_, written)| written.map(str::to_owned)),
            teaching: known.facts.iter().filter_map(TeachingView::read).collect(),
            posts: known.facts.iter().filter_map(|fact| PostView::read(fact, &known.places)).collect(),
            leave,
            entered_on: data.entered_on,
            probation_ends_on: data.probation_ends_on,
            on_probation: data.entered_on.is_some_and(|entered| entered <= known.on)
                && data.probation_ends_on.is_some_and(|last| known.on <= last),
            version: row.version,
        }
    }
}

/// The person an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PersonPath {
    /// Identifier of the person.
    pub person_id: PersonRef,
}

/// The teacher an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct TeacherPath {
    /// Identifier of the teacher.
    pub teacher_id: TeacherRef,
}

sort_of! {
    /// The order of persons.
    PersonSort = "name" | "-name", usually Ascending
}

list_query! {
    /// Which persons are wanted.
    PersonQuery by PersonSort {
        /// The area; the caller's own where it is not given.
        pub area: Option<AreaText>,
        /// Only those whose name contains this.
        #[param(max_length = 50)]
        pub name: Option<String>,
        /// Only those employed there or below.
        pub organisation_id: Option<OrganisationRef>,
        /// Only holders of this title.
        pub title: Option<TitleWord>,
        /// Only those who teach at this stage.
        pub stage: Option<StageWord>,
        /// Only those who teach this subject.
        #[param(max_length = 50)]
        pub subject: Option<String>,
        /// Only those employed on this day. Organisation, title, stage and subject are looked at on this day too; without it
        /// they are looked at today.
        pub employed_on: Option<NaiveDate>,
    }
}

list_query! {
    /// Which teachers are wanted.
    TeacherQuery by PersonSort {
        /// The area; the caller's own where it is not given.
        pub area: Option<AreaText>,
        /// Only those whose name contains this.
        #[param(max_length = 50)]
        pub name: Option<String>,
        /// Only those employed there or below.
        pub organisation_id: Option<OrganisationRef>,
        /// Only holders of this title.
        pub title: Option<TitleWord>,
        /// Only those who teach at this stage.
        pub stage: Option<StageWord>,
        /// Only those who teach this subject.
        #[param(max_length = 50)]
        pub subject: Option<String>,
    }
}
