//! The parts of a programme that are kept as JSON text in one column: they are read and written as a whole.

use crate::{DbError, DbResult};
use serde_json::{Map, Value, json};
use shixun_domain::{
    AreaCode, Hours, Theme, UtcMillis,
    catalogue::{Audience, CurriculumItem, Lecturer, SessionTerms},
    words::Word,
};
use std::str::FromStr;

fn object(column: &'static str, text: &str) -> DbResult<Map<String, Value>> {
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => Ok(fields),
        _ => Err(DbError::damaged(column)),
    }
}

fn objects(column: &'static str, text: &str) -> DbResult<Vec<Map<String, Value>>> {
    serde_json::from_str::<Vec<Map<String, Value>>>(text).map_err(|_| DbError::damaged(column))
}

fn text(column: &'static str, fields: &Map<String, Value>, name: &str) -> DbResult<String> {
    fields.get(name).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| DbError::damaged(column))
}

fn text_opt(fields: &Map<String, Value>, name: &str) -> Option<String> {
    fields.get(name).and_then(Value::as_str).map(str::to_owned)
}

/// A list of texts that are read one by one. A field that is absent is empty: it came later than the row.
fn each<T>(fields: &Map<String, Value>, name: &str, read: impl Fn(&str) -> Option<T>) -> DbResult<Vec<T>> {
    let Some(list) = fields.get(name) else { return Ok(Vec::new()) };
    let read = |item: &Value| item.as_str().and_then(&read);
    list.as_array()
        .and_then(|items| items.iter().map(read).collect())
        .ok_or_else(|| DbError::damaged(format!("audience {name}")))
}

fn parsed<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

/// Reads an audience.
///
/// # Errors
/// [`DbError::Damaged`].
pub fn read_audience(stored: &str) -> DbResult<Audience> {
    let fields = object("programmes.audience", stored)?;
    let flag = |name: &str| fields.get(name).and_then(Value::as_bool).unwrap_or(false);
    let years = |name: &str| fields.get(name).and_then(Value::as_u64).and_then(|years| u8::try_from(years).ok());
    Ok(Audience {
        areas: each(&fields, "areas", parsed::<AreaCode>)?,
        organisations: each(&fields, "organisations", parsed)?,
        stages: each(&fields, "stages", parsed)?,
        subjects: each(&fields, "subjects", |subject| Some(subject.to_owned()))?,
        titles: each(&fields, "titles", parsed)?,
        posts: each(&fields, "posts", parsed)?,
        settings: each(&fields, "settings", parsed)?,
        small_class_only: flag("small_class_only"),
        new_teachers_only: flag("new_teachers_only"),
        service_years_min: years("service_years_min"),
        service_years_max: years("service_years_max"),
    })
}

pub(super) fn write_audience(audience: &Audience) -> String {
    fn words<W: Word>(list: &[W]) -> Vec<&'static str> {
        list.iter().map(|word| word.word()).collect()
    }
    fn texts<T: ToString>(list: &[T]) -> Vec<String> {
        list.iter().map(ToString::to_string).collect()
    }
    json!({
        "areas": texts(&audience.areas),
        "organisations": texts(&audience.organisations),
        "stages": words(&audience.stages),
        "subjects": audience.subjects,
        "titles": words(&audience.titles),
        "posts": words(&audience.posts),
        "settings": words(&audience.settings),
        "small_class_only": audience.small_class_only,
        "new_teachers_only": audience.new_teachers_only,
        "service_years_min": audience.service_years_min,
        "service_years_max": audience.service_years_max,
    })
    .to_string()
}

pub(super) fn read_curriculum(stored: &str) -> DbResult<Vec<CurriculumItem>> {
    let column = "programmes.curriculum";
    let item = |fields: &Map<String, Value>| {
        Ok(CurriculumItem {
            title: text(column, fields, "title")?,
            lecturer: text(column, fields, "lecturer")?,
            hours: text(column, fields, "hours")?.parse().map_err(|_| DbError::damaged(column))?,
        })
    };
    objects(column, stored)?.iter().map(item).collect()
}

pub(super) fn write_curriculum(items: &[CurriculumItem]) -> String {
    let item =
        |item: &CurriculumItem| json!({"title": item.title, "lecturer": item.lecturer, "hours": hours(item.hours)});
    Value::Array(items.iter().map(item).collect()).to_string()
}

fn hours(hours: Hours) -> String {
    hours.to_string()
}

pub(super) fn read_lecturers(stored: &str) -> DbResult<Vec<Lecturer>> {
    let column = "programmes.lecturers";
    let lecturer = |fields: &Map<String, Value>| {
        Ok(Lecturer {
            name: text(column, fields, "name")?,
            title: text_opt(fields, "title"),
            employer: text_opt(fields, "employer"),
        })
    };
    objects(column, stored)?.iter().map(lecturer).collect()
}

pub(super) fn write_lecturers(lecturers: &[Lecturer]) -> String {
    let lecturer =
        |lecturer: &Lecturer| json!({"name": lecturer.name, "title": lecturer.title, "employer": lecturer.employer});
    Value::Array(lecturers.iter().map(lecturer).collect()).to_string()
}

/// Reads themes as a column keeps them.
///
/// # Errors
/// [`DbError::Damaged`].
pub fn read_themes(stored: &str) -> DbResult<Vec<Theme>> {
    stored
        .split(',')
        .filter(|word| !word.is_empty())
        .map(|word| word.parse().map_err(|_| DbError::damaged(format!("theme {word:?}"))))
        .collect()
}

/// Writes themes for a column: each between commas (`,ethics,it,`), so that one is found by `LIKE '%,it,%'`.
pub fn write_themes(themes: &[Theme]) -> String {
    themes.iter().fold(String::from(","), |text, theme| text + theme.as_str() + ",")
}

pub(super) fn read_unit(stored: &str) -> DbResult<super::units::NewUnit> {
    let column = "unit_changes";
    let fields = object(column, stored)?;
    let at = |name: &str| {
        text(column, &fields, name)
            .and_then(|text| UtcMillis::parse_rfc3339(&text).ok_or_else(|| DbError::damaged(column)))
    };
    Ok(super::units::NewUnit {
        starts_at: at("starts_at")?,
        ends_at: at("ends_at")?,
        place: text(column, &fields, "place")?,
        content: text(column, &fields, "content")?,
        lecturer_name: text(column, &fields, "lecturer_name")?,
        lecturer: text_opt(&fields, "lecturer_id")
            .map(|id| id.parse().map_err(|_| DbError::damaged(column)))
            .transpose()?,
        hours: text(column, &fields, "hours")?.parse().map_err(|_| DbError::damaged(column))?,
    })
}

pub(super) fn write_unit(unit: &super::units::NewUnit) -> String {
    json!({
        "starts_at": unit.starts_at.to_string(),
        "ends_at": unit.ends_at.to_string(),
        "place": unit.place,
        "content": unit.content,
        "lecturer_name": unit.lecturer_name,
        "lecturer_id": unit.lecturer.map(|id| id.to_string()),
        "hours": hours(unit.hours),
    })
    .to_string()
}

/// Reads the terms of a session.
///
/// # Errors
/// [`DbError::Damaged`].
pub(super) fn read_terms(stored: &str) -> DbResult<SessionTerms> {
    let column = "session_changes";
    let fields = object(column, stored)?;
    let instant = |name: &str| {
        let at = text(column, &fields, name)?;
        UtcMillis::parse_rfc3339(&at).ok_or_else(|| DbError::damaged(column))
    };
    let day = |name: &str| text(column, &fields, name)?.parse().map_err(|_| DbError::damaged(column));
    let places = |name: &str| {
        let number = fields.get(name).and_then(Value::as_i64);
        number.and_then(|number| i32::try_from(number).ok()).ok_or_else(|| DbError::damaged(column))
    };
    Ok(SessionTerms {
        name: text(column, &fields, "name")?,
        seats: places("seats")?,
        queue_places: places("queue_places")?,
        applications_open_at: instant("applications_open_at")?,
        applications_close_at: instant("applications_close_at")?,
        withdraw_until: instant("withdraw_until")?,
        starts_on: day("starts_on")?,
        ends_on: day("ends_on")?,
    })
}

/// Writes the terms of a session.
pub(super) fn write_terms(terms: &SessionTerms) -> String {
    json!({
        "name": terms.name,
        "seats": terms.seats,
        "queue_places": terms.queue_places,
        "applications_open_at": terms.applications_open_at.to_string(),
        "applications_close_at": terms.applications_close_at.to_string(),
        "withdraw_until": terms.withdraw_until.to_string(),
        "starts_on": terms.starts_on.to_string(),
        "ends_on": terms.ends_on.to_string(),
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shixun_domain::{
        id::{OrganisationId, PersonId},
        words::{Post, Setting, Stage, Title},
    };

    fn county() -> AreaCode {
        AreaCode::new(331_123).unwrap()
    }

    #[test]
    fn what_is_kept_as_a_document_reads_back_as_it_was_written() {
        let audience = Audience {
            areas: vec![county()],
            organisations: vec![OrganisationId::new(county(), 7)],
            stages: vec![Stage::Primary, Stage::Junior],
            subjects: vec!["语文".into(), "\"科学\"".into()],
            titles: vec![Title::None],
            posts: vec![Post::Head],
            settings: vec![Setting::Rural],
            small_class_only: true,
            new_teachers_only: true,
            service_years_min: Some(0),
            service_years_max: Some(5),
        };
        assert_eq!(read_audience(&write_audience(&audience)), Ok(audience));
        assert_eq!(read_audience("{}"), Ok(Audience::default()));
        let items = vec![CurriculumItem { title: "备课".into(), lecturer: "周".into(), hours: Hours::whole(4) }];
        assert_eq!(read_curriculum(&write_curriculum(&items)), Ok(items));
        let lecturers = vec![Lecturer { name: "周".into(), title: None, employer: Some("师范学院".into()) }];
        assert_eq!(read_lecturers(&write_lecturers(&lecturers)), Ok(lecturers));
        let unit = super::super::units::NewUnit {
            starts_at: UtcMillis::from_millis(1_800_000_000_000),
            ends_at: UtcMillis::from_millis(1_800_003_600_000),
            place: "报告厅".into(),
            content: "备课".into(),
            lecturer_name: "周".into(),
            lecturer: Some(PersonId::new(county(), 9)),
            hours: Hours::whole(1),
        };
        assert_eq!(read_unit(&write_unit(&unit)), Ok(unit));
        let terms = SessionTerms {
            name: "第一期".into(),
            seats: 50,
            queue_places: 0,
            applications_open_at: UtcMillis::from_millis(1_800_000_000_000),
            applications_close_at: UtcMillis::from_millis(1_800_003_600_001),
            withdraw_until: UtcMillis::from_millis(1_800_003_600_000),
            starts_on: "2027-01-16".parse().unwrap(),
            ends_on: "2027-01-17".parse().unwrap(),
        };
        assert_eq!(read_terms(&write_terms(&terms)), Ok(terms));
    }

    #[test]
    fn themes_are_kept_between_commas_and_read_with_or_without() {
        let themes: Vec<Theme> = ["ethics", "it"].iter().map(|word| word.parse().unwrap()).collect();
        assert_eq!(write_themes(&themes), ",ethics,it,");
        assert_eq!(read_themes(",ethics,it,"), Ok(themes.clone()));
        assert_eq!(read_themes("ethics,it"), Ok(themes));
        assert_eq!(read_themes(&write_themes(&[])), Ok(Vec::new()));
    }

    #[test]
    fn what_was_changed_from_outside_is_said_to_be_damaged() {
        for stored in ["", "[]", r#"{"stages": ["district"]}"#, r#"{"stages": "primary"}"#] {
            assert!(matches!(read_audience(stored), Err(DbError::Damaged(_))), "{stored}");
        }
        assert!(matches!(read_curriculum(r#"[{"title": "x"}]"#), Err(DbError::Damaged(_))));
    }
}
