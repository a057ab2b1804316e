//! For whom a programme is, and what keeps a person out.

use crate::{
    AreaCode,
    id::OrganisationId,
    words::{Post, Setting, Stage, Title},
};

/// For whom a programme is. Each field narrows the audience; an empty list, `false` or `None` narrows nothing, so that the
/// default audience is everybody. Within a list one match is enough; all fields that narrow must match.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Audience {
    /// Areas whose people may come; a city or province stands for the counties inside.
    pub areas: Vec<AreaCode>,
    /// Schools or other organisations whose people may come; one stands for everything below it.
    pub organisations: Vec<OrganisationId>,
    /// Stages of schooling of which one must be taught.
    pub stages: Vec<Stage>,
    /// Subjects of which one must be taught, as the teacher's record writes them (`语文`).
    pub subjects: Vec<String>,
    /// Professional titles.
    pub titles: Vec<Title>,
    /// Posts of which one must be held; `none` stands for teachers without a post.
    pub posts: Vec<Post>,
    /// Urban, town or rural: where the person's school stands.
    pub settings: Vec<Setting>,
    /// Only teachers of schools with small classes (小班化).
    pub small_class_only: bool,
    /// Only teachers in their probation (见习期).
    pub new_teachers_only: bool,
    /// Full years in the profession at least (0 to 60).
    pub service_years_min: Option<u8>,
    /// Full years in the profession at most (0 to 60).
    pub service_years_max: Option<u8>,
}

/// What is known of a person on the day of the question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudienceFacts {
    /// The area that the person belongs to.
    pub area: AreaCode,
    /// The school where the person works and every organisation above it.
    pub organisations: Vec<OrganisationId>,
    /// The stages taught.
    pub stages: Vec<Stage>,
    /// The subjects taught.
    pub subjects: Vec<String>,
    /// The title, [`Title::None`] where there is none.
    pub title: Title,
    /// The posts held; empty where there is none.
    pub posts: Vec<Post>,
    /// Where the school stands.
    pub setting: Option<Setting>,
    /// Whether the school teaches in small classes.
    pub small_class: bool,
    /// Whether the person is in probation.
    pub new_teacher: bool,
    /// Full years in the profession; `None` where the entry is not on record.
    pub service_years: Option<u8>,
}

/// One reason why a person is outside an audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AudienceGap {
    /// Of another area.
    Area(Vec<AreaCode>),
    /// Of another organisation.
    Organisation,
    /// Teaches none of these stages.
    Stage(Vec<Stage>),
    /// Teaches none of these subjects.
    Subject(Vec<String>),
    /// Has none of these titles.
    Title(Vec<Title>),
    /// Holds none of these posts.
    Post(Vec<Post>),
    /// The school stands elsewhere.
    Setting(Vec<Setting>),
    /// The school does not teach in small classes.
    SmallClass,
    /// Not in probation.
    NewTeacher,
    /// Fewer years in the profession than this, or no entry on record.
    TooFewYears(u8),
    /// More years in the profession than this, or no entry on record.
    TooManyYears(u8),
}

fn misses<T: PartialEq>(wanted: &[T], has: &[T]) -> bool {
    !wanted.is_empty() && !wanted.iter().any(|one| has.contains(one))
}

impl Audience {
    /// Everything that keeps a person out, in the order of the fields; nothing where the person belongs to the audience.
    pub fn gap(&self, facts: &AudienceFacts) -> Vec<AudienceGap> {
        let mut gaps = Vec::new();
        let mut note = |out: bool, gap: AudienceGap| {
            if out {
                gaps.push(gap);
            }
        };
        let foreign = !self.areas.is_empty() && !self.areas.iter().any(|area| area.contains(facts.area));
        note(foreign, AudienceGap::Area(self.areas.clone()));
        note(misses(&self.organisations, &facts.organisations), AudienceGap::Organisation);
        note(misses(&self.stages, &facts.stages), AudienceGap::Stage(self.stages.clone()));
        note(misses(&self.subjects, &facts.subjects), AudienceGap::Subject(self.subjects.clone()));
        note(misses(&self.titles, &[facts.title]), AudienceGap::Title(self.titles.clone()));
        let posts = if facts.posts.is_empty() { &[Post::None][..] } else { &facts.posts };
        note(misses(&self.posts, posts), AudienceGap::Post(self.posts.clone()));
        note(misses(&self.settings, facts.setting.as_slice()), AudienceGap::Setting(self.settings.clone()));
        note(self.small_class_only && !facts.small_class, AudienceGap::SmallClass);
        note(self.new_teachers_only && !facts.new_teacher, AudienceGap::NewTeacher);
        if let Some(min) = self.service_years_min {
            note(facts.service_years.is_none_or(|years| years < min), AudienceGap::TooFewYears(min));
        }
        if let Some(max) = self.service_years_max {
            note(facts.service_years.is_none_or(|years| years > max), AudienceGap::TooManyYears(max));
        }
        gaps
    }

    /// True where everybody belongs to it.
    pub fn is_everybody(&self) -> bool {
        *self == Audience::default()
    }
}

impl AudienceGap {
    /// The stable code of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            AudienceGap::Area(_) => "audience_area",
            AudienceGap::Organisation => "audience_organisation",
            AudienceGap::Stage(_) => "audience_stage",
            AudienceGap::Subject(_) => "audience_subject",
            AudienceGap::Title(_) => "audience_title",
            AudienceGap::Post(_) => "audience_post",
            AudienceGap::Setting(_) => "audience_setting",
            AudienceGap::SmallClass => "audience_small_class",
            AudienceGap::NewTeacher => "audience_new_teacher",
            AudienceGap::TooFewYears(_) => "audience_too_few_years",
            AudienceGap::TooManyYears(_) => "audience_too_many_years",
        }
    }

    /// What a Chinese reader is told.
    pub fn zh(&self) -> String {
        fn list<T>(words: &[T], label: impl Fn(&T) -> String) -> String {
            words.iter().map(label).collect::<Vec<_>>().join("、")
        }
        match self {
            AudienceGap::Area(areas) => format!("仅面向行政区划代码为{}的地区", list(areas, ToString::to_string)),
            AudienceGap::Organisation => "仅面向指定学校或单位的人员".to_owned(),
            AudienceGap::Stage(stages) => format!("仅面向任教{}的教师", list(stages, |stage| stage.zh().to_owned())),
            AudienceGap::Subject(subjects) => format!("仅面向任教{}的教师", list(subjects, Clone::clone)),
            AudienceGap::Title(titles) => format!("仅面向职称为{}的教师", list(titles, |title| title.zh().to_owned())),
            AudienceGap::Post(posts) => format!("仅面向职务为{}的人员", list(posts, |post| post.zh().to_owned())),
            AudienceGap::Setting(places) => format!("仅面向{}学校的教师", list(places, |place| place.zh().to_owned())),
            AudienceGap::SmallClass => "仅面向小班化学校的教师".to_owned(),
            AudienceGap::NewTeacher => "仅面向见习期内的新教师".to_owned(),
            AudienceGap::TooFewYears(min) => format!("要求教龄不少于{min}年"),
            AudienceGap::TooManyYears(max) => format!("要求教龄不超过{max}年"),
        }
    }

    /// What an English reader is told.
    pub fn en(&self) -> String {
        fn list<T>(words: &[T], label: impl Fn(&T) -> String) -> String {
            words.iter().map(label).collect::<Vec<_>>().join(", ")
        }
        match self {
            AudienceGap::Area(areas) => format!("only for people of the areas {}", list(areas, ToString::to_string)),
            AudienceGap::Organisation => "only for people of named schools or organisations".to_owned(),
            AudienceGap::Stage(stages) => {
                format!("only for teachers of these stages: {}", list(stages, |stage| stage.en().to_owned()))
            }
            AudienceGap::Subject(subjects) => {
                format!("only for teachers of these subjects: {}", list(subjects, Clone::clone))
            }
            AudienceGap::Title(titles) => {
                format!("only for teachers with these titles: {}", list(titles, |title| title.en().to_owned()))
            }
            AudienceGap::Post(posts) => {
                format!("only for people with these posts: {}", list(posts, |post| post.en().to_owned()))
            }
            AudienceGap::Setting(places) => {
                format!("only for teachers of these schools: {}", list(places, |place| place.en().to_owned()))
            }
            AudienceGap::SmallClass => "only for teachers of schools with small classes".to_owned(),
            AudienceGap::NewTeacher => "only for new teachers in their probation".to_owned(),
            AudienceGap::TooFewYears(min) => format!("only with at least {min} years in the profession"),
            AudienceGap::TooManyYears(max) => format!("only with at most {max} years in the profession"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn county() -> AreaCode {
        AreaCode::new(331_123).unwrap()
    }

    fn organisation(number: i64) -> OrganisationId {
        OrganisationId::new(county(), number)
    }

    fn teacher() -> AudienceFacts {
        AudienceFacts {
            area: county(),
            organisations: vec![organisation(12), organisation(1)],
            stages: vec![Stage::Primary],
            subjects: vec!["语文".into(), "科学".into()],
            title: Title::First,
            posts: Vec::new(),
            setting: Some(Setting::Rural),
            small_class: true,
            new_teacher: false,
            service_years: Some(10),
        }
    }

    #[track_caller]
    fn check(audience: Audience, expected: &[&str]) {
        let codes: Vec<_> = audience.gap(&teacher()).iter().map(AudienceGap::code).collect();
        assert_eq!(codes, expected, "{audience:?}");
    }

    #[test]
    fn an_empty_audience_is_everybody() {
        assert!(Audience::default().is_everybody());
        check(Audience::default(), &[]);
    }

    #[test]
    fn one_match_in_a_list_is_enough() {
        let none = Audience::default;
        check(Audience { areas: vec![AreaCode::new(331_100).unwrap()], ..none() }, &[]);
        check(Audience { organisations: vec![organisation(3), organisation(1)], ..none() }, &[]);
        check(Audience { stages: vec![Stage::Junior, Stage::Primary], ..none() }, &[]);
        check(Audience { subjects: vec!["科学".into()], ..none() }, &[]);
        check(Audience { titles: vec![Title::First, Title::Second], ..none() }, &[]);
        check(Audience { posts: vec![Post::None], ..none() }, &[]);
        check(Audience { settings: vec![Setting::Rural], small_class_only: true, ..none() }, &[]);
        check(Audience { service_years_min: Some(10), service_years_max: Some(10), ..none() }, &[]);
    }

    #[test]
    fn every_reason_is_named_and_not_only_the_first() {
        let audience = Audience {
            areas: vec![AreaCode::new(331_124).unwrap()],
            organisations: vec![organisation(3)],
            stages: vec![Stage::Senior],
            subjects: vec!["数学".into()],
            titles: vec![Title::None],
            posts: vec![Post::Head],
            settings: vec![Setting::Urban],
            small_class_only: true,
            new_teachers_only: true,
            service_years_min: Some(11),
            service_years_max: Some(9),
        };
        let mut stranger = teacher();
        stranger.small_class = false;
        let gaps = audience.gap(&stranger);
        assert_eq!(gaps.len(), 11);
        let mut codes: Vec<_> = gaps.iter().map(AudienceGap::code).collect();
        codes.dedup();
        assert_eq!(codes.len(), 11);
        assert!(gaps.iter().all(|gap| !gap.zh().is_empty() && !gap.en().is_empty()));
    }

    #[test]
    fn a_person_of_whom_the_fact_is_unknown_does_not_slip_in() {
        let mut unknown = teacher();
        unknown.service_years = None;
        unknown.setting = None;
        let audience = Audience { service_years_max: Some(5), settings: vec![Setting::Rural], ..Audience::default() };
        assert_eq!(audience.gap(&unknown), [AudienceGap::Setting(vec![Setting::Rural]), AudienceGap::TooManyYears(5)]);
    }
}
