//! What the dated facts of a person look like in JSON.

use crate::http::fields::not_blank;
use crate::wire::{
    AccountRef, FactKindWord, InstantText, LeaveKindWord, OneOf, OrganisationRef, PersonFactRef, PersonRef, PostWord,
    StageWord, Text, TitleWord,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_domain::{id::OrganisationId, people::lengths};
use shixun_persistence::{
    org::OrganisationRow,
    people::{Fact, FactRow},
};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// The organisations that facts name, by their numbers.
pub type Places = HashMap<i64, OrganisationRow>;

fn name_of(places: &Places, organisation: OrganisationId) -> String {
    places.get(&organisation.number()).map(|place| place.name.clone()).unwrap_or_default()
}

/// An employment.
#[derive(Debug, Serialize, ToSchema)]
pub struct EmploymentView {
    /// Identifier.
    pub id: PersonFactRef,
    /// Where.
    pub organisation_id: OrganisationRef,
    /// The name of the organisation today.
    pub organisation_name: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; null while it lasts.
    pub valid_to: Option<NaiveDate>,
}

/// A title held.
#[derive(Debug, Serialize, ToSchema)]
pub struct TitleHeldView {
    /// Identifier.
    pub id: PersonFactRef,
    /// The title.
    pub title: TitleWord,
    /// As a roster wrote it, where it was written otherwise.
    pub written: Option<String>,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; null while it lasts.
    pub valid_to: Option<NaiveDate>,
}

/// A stage and subject taught.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeachingView {
    /// Identifier.
    pub id: PersonFactRef,
    /// The stage.
    pub stage: StageWord,
    /// The subject.
    pub subject: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; null while it lasts.
    pub valid_to: Option<NaiveDate>,
}

/// A management post held.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostView {
    /// Identifier.
    pub id: PersonFactRef,
    /// Where.
    pub organisation_id: OrganisationRef,
    /// The name of the organisation today.
    pub organisation_name: String,
    /// The post.
    pub post: PostWord,
    /// The post as the school calls it, such as 教导主任.
    pub category: Option<String>,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; null while it lasts.
    pub valid_to: Option<NaiveDate>,
}

/// A time away.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeaveView {
    /// Identifier.
    pub id: PersonFactRef,
    /// Why.
    pub kind: LeaveKindWord,
    /// Remark.
    pub note: Option<String>,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; null while it lasts.
    pub valid_to: Option<NaiveDate>,
}

impl EmploymentView {
    /// An employment, or nothing for another fact.
    pub fn read(row: &FactRow, places: &Places) -> Option<Self> {
        let Fact::Employment { organisation } = row.fact else { return None };
        Some(EmploymentView {
            id: Text(row.id),
            organisation_id: Text(organisation),
            organisation_name: name_of(places, organisation),
            valid_from: row.span.from,
            valid_to: row.span.to,
        })
    }
}

impl TitleHeldView {
    /// A title, or nothing for another fact.
    pub fn read(row: &FactRow) -> Option<Self> {
        let Fact::Title { title, written } = &row.fact else { return None };
        Some(TitleHeldView {
            id: Text(row.id),
            title: OneOf(*title),
            written: written.clone(),
            valid_from: row.span.from,
            valid_to: row.span.to,
        })
    }
}

impl TeachingView {
    /// A subject taught, or nothing for another fact.
    pub fn read(row: &FactRow) -> Option<Self> {
        let Fact::Teaching { stage, subject } = &row.fact else { return None };
        Some(TeachingView {
            id: Text(row.id),
            stage: OneOf(*stage),
            subject: subject.clone(),
            valid_from: row.span.from,
            valid_to: row.span.to,
        })
    }
}

impl PostView {
    /// A post, or nothing for another fact.
    pub fn read(row: &FactRow, places: &Places) -> Option<Self> {
        let Fact::Post { organisation, post, category } = &row.fact else { return None };
        Some(PostView {
            id: Text(row.id),
            organisation_id: Text(*organisation),
            organisation_name: name_of(places, *organisation),
            post: OneOf(*post),
            category: category.clone(),
            valid_from: row.span.from,
            valid_to: row.span.to,
        })
    }
}

impl LeaveView {
    /// A leave, or nothing for another fact.
    pub fn read(row: &FactRow) -> Option<Self> {
        let Fact::Leave { kind, note } = &row.fact else { return None };
        Some(LeaveView {
            id: Text(row.id),
            kind: OneOf(*kind),
            note: note.clone(),
            valid_from: row.span.from,
            valid_to: row.span.to,
        })
    }
}

/// The dated facts of a person, each kind in the order of first days.
#[derive(Debug, Serialize, ToSchema)]
pub struct FactsView {
    /// Whose.
    pub person_id: PersonRef,
    /// The day asked for; null where all days were.
    pub on: Option<NaiveDate>,
    /// Where the person is employed.
    pub employments: Vec<EmploymentView>,
    /// Titles held.
    pub titles: Vec<TitleHeldView>,
    /// Stages and subjects taught.
    pub teaching: Vec<TeachingView>,
    /// Management posts held.
    pub posts: Vec<PostView>,
    /// Times away.
    pub leaves: Vec<LeaveView>,
    /// What was entered by mistake and withdrawn; nothing where a day was asked for, because it was true on none.
    pub withdrawn: Vec<WithdrawnFactView>,
}

/// A fact that was entered by mistake and withdrawn.
#[derive(Debug, Serialize, ToSchema)]
pub struct WithdrawnFactView {
    /// Identifier that it had.
    pub id: PersonFactRef,
    /// Its kind.
    pub kind: FactKindWord,
    /// The fact as it was shown until then.
    #[schema(value_type = Object)]
    pub content: serde_json::Value,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; null where it had none.
    pub valid_to: Option<NaiveDate>,
    /// Why it was withdrawn.
    pub reason: String,
    /// When.
    pub withdrawn_at: InstantText,
    /// By whom.
    pub withdrawn_by: Option<AccountRef>,
}

/// An employment to be entered. A person has one at a time; work at a second school is a leave of the kind `secondment`.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"organisation_id": "org_a3bk65mwvj56g000ce", "valid_from": "2016-08-01"}))]
pub struct EmploymentIn {
    /// Where.
    pub organisation_id: OrganisationRef,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day, where it is known.
    pub valid_to: Option<NaiveDate>,
}

/// A title to be entered. A person has one at a time: end the one before first.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"title": "first", "valid_from": "2016-12-01"}))]
pub struct TitleHeldIn {
    /// The title.
    pub title: TitleWord,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day, where it is known.
    pub valid_to: Option<NaiveDate>,
}

/// A stage and subject to be entered.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"stage": "primary", "subject": "数学", "valid_from": "2016-08-01"}))]
pub struct TeachingIn {
    /// The stage.
    pub stage: StageWord,
    /// One subject.
    #[validate(length(min = 2, max = lengths::SUBJECT_MAX))]
    #[schema(min_length = 2, max_length = 50)]
    pub subject: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day, where it is known.
    pub valid_to: Option<NaiveDate>,
}

/// A management post to be entered.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"organisation_id": "org_a3bk65mwvj56g000ce", "post": "middle_manager", "category": "教导主任", "valid_from": "2016-08-01"}))]
pub struct PostIn {
    /// Where.
    pub organisation_id: OrganisationRef,
    /// The post; `none` is no post.
    pub post: PostWord,
    /// The post as the school calls it.
    #[validate(length(min = 1, max = lengths::POST_MAX))]
    #[schema(min_length = 1, max_length = 50)]
    pub category: Option<String>,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day, where it is known.
    pub valid_to: Option<NaiveDate>,
}

/// A time away to be entered.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "maternity", "valid_from": "2016-03-01", "valid_to": "2016-08-31"}))]
pub struct LeaveIn {
    /// Why.
    pub kind: LeaveKindWord,
    /// Remark.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub note: Option<String>,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day, where it is known.
    pub valid_to: Option<NaiveDate>,
}

/// When a fact ends.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"last_day": "2016-07-31"}))]
pub struct FactEndIn {
    /// Its last day.
    pub last_day: NaiveDate,
}

/// Why a fact is withdrawn.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "误登为校长，实为教研组长"}))]
pub struct FactWithdrawalIn {
    /// What was wrong with it; it is kept with the fact and in the event log.
    #[validate(length(min = 4, max = 200), custom(function = "not_blank"))]
    #[schema(min_length = 4, max_length = 200)]
    pub reason: String,
}

/// A move to another school of the county.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"organisation_id": "org_a3bk65mwvj56g000ce", "on": "2016-08-01"}))]
pub struct TransferIn {
    /// Where to.
    pub organisation_id: OrganisationRef,
    /// First day there; the employment before ends on the day before.
    pub on: NaiveDate,
}

/// Which facts are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FactsQuery {
    /// Only what was true on this day; without it the whole history.
    pub on: Option<NaiveDate>,
}

/// The fact an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct FactPath {
    /// Identifier of the person.
    pub person_id: PersonRef,
    /// The kind of fact.
    #[param(inline)]
    pub fact_kind: FactKindWord,
    /// Identifier of the fact.
    pub fact_id: PersonFactRef,
}
