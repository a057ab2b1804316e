//! Writes the people down, with everything dated.

use super::{Offices, at};
use crate::{
    demo::plan::{Plan, Teacher},
    problem::ApiError,
};
use shixun_domain::{AreaCode, id::PersonId, time::DateSpan};
use shixun_persistence::{
    WriteTx,
    people::{self, Fact, NewFact, PersonData},
};

/// The keys of the people, in the order of the plan.
pub(super) struct Staffed {
    pub(super) teachers: Vec<PersonId>,
    pub(super) lecturers: Vec<PersonId>,
}

pub(super) fn write(tx: &mut WriteTx<'_>, area: AreaCode, plan: &Plan, offices: &Offices) -> Result<Staffed, ApiError> {
    let data: Vec<PersonData> = plan
        .teachers
        .iter()
        .zip(1..)
        .map(|(teacher, number)| PersonData {
            name: teacher.name.clone(),
            identity: teacher.identity.clone(),
            phone: None,
            email: Some(format!("teacher-{number:04}@example.org")),
            entered_on: Some(teacher.entered_on),
            probation_ends_on: Some(teacher.probation_ends_on),
            retires_on: teacher.retires_on,
            duty: (number % 4 == 0).then(|| "班主任".to_owned()),
            remark: None,
        })
        .collect();
    let teachers = people::add_many(tx, area, &data)?;
    let data: Vec<PersonData> = plan
        .lecturers
        .iter()
        .map(|lecturer| PersonData {
            name: lecturer.name.clone(),
            identity: lecturer.identity.clone(),
            phone: None,
            email: None,
            entered_on: Some(lecturer.entered_on),
            probation_ends_on: None,
            retires_on: None,
            duty: None,
            remark: None,
        })
        .collect();
    let lecturers = people::add_many(tx, area, &data)?;
    let mut facts = Vec::new();
    for (teacher, person) in plan.teachers.iter().zip(&teachers) {
        career(teacher, *person, offices, &mut facts)?;
    }
    for (lecturer, person) in plan.lecturers.iter().zip(&lecturers) {
        let span = DateSpan { from: lecturer.entered_on, to: None };
        facts.push(NewFact { person: *person, fact: Fact::Employment { organisation: offices.centre }, span });
        let title = Fact::Title { title: lecturer.title, written: None };
        facts.push(NewFact { person: *person, fact: title, span });
    }
    people::add_facts(tx, &facts)?;
    Ok(Staffed { teachers, lecturers })
}

fn career(teacher: &Teacher, person: PersonId, offices: &Offices, facts: &mut Vec<NewFact>) -> Result<(), ApiError> {
    let mut add = |fact: Fact, span: DateSpan| facts.push(NewFact { person, fact, span });
    let left_on = teacher.employments.last().and_then(|(_, span)| span.to);
    for (school, span) in &teacher.employments {
        add(Fact::Employment { organisation: *at(&offices.schools, *school)? }, *span);
    }
    for (title, span) in &teacher.titles {
        add(Fact::Title { title: *title, written: None }, *span);
    }
    for subject in &teacher.subjects {
        let taught = Fact::Teaching { stage: teacher.stage, subject: (*subject).to_owned() };
        add(taught, DateSpan { from: teacher.entered_on, to: left_on });
    }
    if let Some(post) = teacher.post {
        let organisation = *at(&offices.schools, teacher.last_school())?;
        let held = Fact::Post { organisation, post: post.post, category: Some(post.category.to_owned()) };
        add(held, DateSpan { from: post.from, to: None });
    }
    if let Some((kind, span)) = teacher.leave {
        add(Fact::Leave { kind, note: None }, span);
    }
    Ok(())
}
