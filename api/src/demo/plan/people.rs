//! The teachers: names, numbers, careers. Nobody in it lives: the numbers begin with 331199, which was given to no county.

use super::{School, day, dice::Dice, later, places};
use chrono::{Datelike, NaiveDate};
use shixun_domain::{
    people::{
        IdentityFault, IdentityNumber,
        facts::{LeaveKind, probation_end},
    },
    time::DateSpan,
    words::{Post, Sex, Stage, Title},
};
use std::collections::HashSet;

/// How a teacher fared in the cycle 2016–2020.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record {
    /// Everything there.
    Full,
    /// Hours enough, but never a concentrated block.
    NoBlock,
    /// Every year its least and a block, but not the total.
    TooFew,
    /// Hours enough on paper; the caps on school-based and online training cut them below the total.
    CutByCaps,
    /// One year with too little.
    ThinYear(i32),
    /// Half a year away.
    OnLeave(i32),
}

/// A management post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldPost {
    /// Which.
    pub post: Post,
    /// What the school calls it.
    pub category: &'static str,
    /// Since when.
    pub from: NaiveDate,
}

/// A teacher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Teacher {
    /// Name.
    pub name: String,
    /// Identity number.
    pub identity: IdentityNumber,
    /// Entry into the profession.
    pub entered_on: NaiveDate,
    /// Last day of probation.
    pub probation_ends_on: NaiveDate,
    /// Last day at work, where it is known.
    pub retires_on: Option<NaiveDate>,
    /// The schools, by place in the plan, the earliest first.
    pub employments: Vec<(usize, DateSpan)>,
    /// Titles, the earliest first.
    pub titles: Vec<(Title, DateSpan)>,
    /// Stage taught.
    pub stage: Stage,
    /// Subjects taught: two at a school with small classes.
    pub subjects: Vec<&'static str>,
    /// The post held, if any.
    pub post: Option<HeldPost>,
    /// Time away, if any.
    pub leave: Option<(LeaveKind, DateSpan)>,
    /// How the cycle 2016–2020 went.
    pub record: Record,
}

impl Teacher {
    /// The school on a day, by place in the plan.
    pub fn school_on(&self, on: NaiveDate) -> Option<usize> {
        self.employments.iter().find(|(_, span)| span.contains(on)).map(|(school, _)| *school)
    }

    /// The last school, by place in the plan.
    pub fn last_school(&self) -> usize {
        self.employments.last().map_or(0, |(school, _)| *school)
    }

    /// The title on a day.
    pub fn title_on(&self, on: NaiveDate) -> Option<Title> {
        self.titles.iter().find(|(_, span)| span.contains(on)).map(|(title, _)| *title)
    }

    /// Whether on leave on a day.
    pub fn is_away(&self, on: NaiveDate) -> bool {
        self.leave.is_some_and(|(_, span)| span.contains(on))
    }
}

/// Somebody of the training centre who teaches sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lecturer {
    /// Name.
    pub name: String,
    /// Identity number.
    pub identity: IdentityNumber,
    /// Employed at the centre since.
    pub entered_on: NaiveDate,
    /// Title.
    pub title: Title,
}

const SURNAMES: [&str; 72] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "林", "郭", "何", "高",
    "罗", "郑", "梁", "谢", "宋", "唐", "许", "邓", "冯", "韩", "曹", "曾", "彭", "萧", "蔡", "潘", "田", "董", "袁",
    "于", "余", "叶", "蒋", "杜", "苏", "魏", "程", "吕", "丁", "沈", "任", "姚", "卢", "傅", "钟", "姜", "崔", "谭",
    "廖", "范", "汪", "陆", "金", "石", "戴", "贾", "韦", "夏", "邱", "方", "蓝", "雷", "毛",
];
const OF_WOMEN: [&str; 40] = [
    "丽", "娟", "敏", "静", "燕", "芳", "霞", "玲", "艳", "萍", "红", "梅", "莉", "蓉", "慧", "洁", "琴", "颖", "雪",
    "婷", "晓", "云", "雅", "佳", "怡", "欣", "琳", "倩", "月", "兰", "英", "春", "秀", "文", "美", "小", "海", "素",
    "仙", "青",
];
const OF_MEN: [&str; 40] = [
    "伟", "强", "军", "勇", "杰", "涛", "超", "明", "刚", "平", "辉", "鹏", "华", "飞", "鑫", "波", "斌", "宇", "浩",
    "凯", "建", "志", "国", "永", "文", "俊", "晓", "海", "林", "峰", "剑", "新", "立", "春", "松", "良", "根", "荣",
    "水", "土",
];

fn name(dice: &mut Dice, sex: Sex) -> String {
    let given: &[&'static str] = match sex {
        Sex::Female => &OF_WOMEN,
        Sex::Male => &OF_MEN,
    };
    let mut name = dice.word(&SURNAMES).to_owned();
    name.push_str(dice.word(given));
    if !dice.once_in(4) {
        name.push_str(dice.word(given));
    }
    name
}

/// A number of the prefix that nobody has, with its check character. Numbers already given are passed over.
fn identity(dice: &mut Dice, sex: Sex, born: NaiveDate, given: &mut HashSet<String>) -> IdentityNumber {
    loop {
        let serial = dice.below(500) * 2 + u32::from(sex == Sex::Male);
        let body = format!("331199{}{serial:03}", born.format("%Y%m%d"));
        // The reader of numbers knows the check character, and says it where another stands.
        let read = match IdentityNumber::parse(&format!("{body}X")) {
            Err(IdentityFault::WrongCheckDigit { expected }) => IdentityNumber::parse(&format!("{body}{expected}")),
            other => other,
        };
        if let Ok(number) = read
            && given.insert(number.as_str().to_owned())
        {
            return number;
        }
    }
}

/// The 15 people of the training centre who teach. `given` holds the identity numbers that are taken.
pub(super) fn lecturers(seed: u64, given: &mut HashSet<String>) -> Vec<Lecturer> {
    (0..15)
        .map(|number| {
            let mut dice = Dice::of(seed, "lecturer", number);
            let sex = if dice.once_in(2) { Sex::Female } else { Sex::Male };
            let born = day(dice.between(1971, 1984), 1 + dice.below(12), 1 + dice.below(28));
            Lecturer {
                name: name(&mut dice, sex),
                identity: identity(&mut dice, sex, born, given),
                entered_on: day(born.year() + 23, 8, 20),
                title: if number % 5 == 0 { Title::ProfessorSenior } else { Title::Senior },
            }
        })
        .collect()
}

/// The year in which retirement comes is on record where it lies before the end of the cycle of `today`.
fn retirement(born: NaiveDate, sex: Sex, horizon: NaiveDate) -> Option<NaiveDate> {
    let age = if sex == Sex::Female { 55 } else { 60 };
    let next_month =
        if born.month() == 12 { day(born.year() + age + 1, 1, 1) } else { day(born.year() + age, born.month() + 1, 1) };
    Some(later(next_month, -1)).filter(|on| *on <= horizon)
}

/// Teachers of the first year that has begun by `today`.
fn newest_year(today: NaiveDate) -> i32 {
    if today.month() >= 10 { today.year() } else { today.year() - 1 }
}

/// Every teacher, in the order of the schools. `given` holds the identity numbers that are taken.
pub(super) fn teachers(
    seed: u64,
    schools: &[School],
    count: usize,
    today: NaiveDate,
    given: &mut HashSet<String>,
) -> Vec<Teacher> {
    let homes = places::school_of_each(schools.len(), count);
    let mut teachers: Vec<Teacher> = homes
        .into_iter()
        .enumerate()
        .filter_map(|(number, home)| schools.get(home).map(|school| (number, home, school)))
        .map(|(number, home, school)| one(seed, number, home, school, schools, today, given))
        .collect();
    give_posts(&mut teachers, schools.len(), today);
    teachers
}

fn one(
    seed: u64,
    number: usize,
    home: usize,
    school: &School,
    schools: &[School],
    today: NaiveDate,
    given: &mut HashSet<String>,
) -> Teacher {
    let mut dice = Dice::of(seed, "teacher", number);
    let dice = &mut dice;
    let horizon = day(2020 + (today.year() - 2016).div_euclid(5) * 5, 12, 31);
    // One in 97 retired, or is about to, at the end of the cycle 2016–2020.
    let old_hand = number % 97 == 50;
    let woman = school.stage == Stage::Kindergarten || dice.below(100) < 62;
    let sex = if woman && !old_hand { Sex::Female } else { Sex::Male };
    let entry_year = match (number, dice.below(1_000)) {
        (0, _) => 2008,
        _ if old_hand => 1981,
        (_, 0..780) => dice.between(1994, 2014),
        (_, 780..870) => dice.between(2015, 2019),
        (_, 870..975) => dice.between(2020, newest_year(today).max(2020)),
        _ => newest_year(today),
    };
    let entered_on = later(day(entry_year, 8, 15), dice.between(0, 16));
    let born = if !old_hand {
        day(entry_year - dice.between(22, 24), 1 + dice.below(12), 1 + dice.below(28))
    } else if (number / 97).is_multiple_of(2) {
        day(1960, 12, 1 + dice.below(28))
    } else {
        day(dice.between(1957, 1959), 1 + dice.below(12), 1 + dice.below(28))
    };
    let retires_on = retirement(born, sex, horizon);
    let left_on = retires_on.filter(|on| *on < today);
    let subject = dice.word(places::subjects(school.stage));
    let mut subjects = vec![if number == 0 { "语文" } else { subject }];
    if school.small_class {
        let second = dice.word(places::subjects(school.stage));
        subjects.extend(Some(second).filter(|second| *second != subject));
    }
    Teacher {
        name: name(dice, sex),
        identity: identity(dice, sex, born, given),
        entered_on,
        probation_ends_on: probation_end(entered_on),
        retires_on,
        employments: employments(dice, number, home, schools, DateSpan { from: entered_on, to: left_on }, today),
        titles: titles(dice, entry_year, today),
        stage: school.stage,
        subjects,
        post: None,
        record: record(dice, number, old_hand),
        leave: None,
    }
    .with_leave(number, today)
}

impl Teacher {
    /// Those whose record says so were away in that year; some are away today.
    fn with_leave(mut self, number: usize, today: NaiveDate) -> Teacher {
        let woman = self.identity.sex() == Sex::Female;
        let since = day(newest_year(today), 9, 1);
        self.leave = match self.record {
            Record::OnLeave(year) => {
                let kind = if woman { LeaveKind::Maternity } else { LeaveKind::Sick };
                Some((kind, DateSpan { from: day(year, 2, 10), to: Some(day(year, 9, 20)) }))
            }
            _ if number % 101 == 33 && self.retires_on.is_none() => {
                Some((if woman { LeaveKind::Maternity } else { LeaveKind::Study }, DateSpan { from: since, to: None }))
            }
            _ => None,
        };
        self.leave = self.leave.filter(|(_, span)| span.from > self.probation_ends_on);
        self
    }
}

/// One school all along, or a move to the present one on a first of September.
fn employments(
    dice: &mut Dice,
    number: usize,
    home: usize,
    schools: &[School],
    whole: DateSpan,
    today: NaiveDate,
) -> Vec<(usize, DateSpan)> {
    let stage = schools.get(home).map(|school| school.stage);
    let others: Vec<usize> = (0..schools.len())
        .filter(|other| *other != home && schools.get(*other).map(|school| school.stage) == stage)
        .collect();
    let moved_on = day(dice.between(2017, 2024), 9, 1);
    let place = usize::try_from(dice.below(u32::try_from(others.len()).unwrap_or(0))).unwrap_or(0);
    let fits = number % 23 == 7 && moved_on.year() > whole.from.year() + 1 && moved_on < today;
    match others.get(place).filter(|_| fits && whole.to.is_none_or(|to| moved_on < to)) {
        Some(other) => vec![
            (*other, DateSpan { from: whole.from, to: Some(later(moved_on, -1)) }),
            (home, DateSpan { from: moved_on, to: whole.to }),
        ],
        None => vec![(home, whole)],
    }
}

/// Second grade after the first year, then higher as the years go; not everybody becomes senior.
fn titles(dice: &mut Dice, entry_year: i32, today: NaiveDate) -> Vec<(Title, DateSpan)> {
    let first = entry_year + dice.between(7, 9);
    let senior = first + dice.between(8, 12);
    let mut steps = vec![(Title::Second, day(entry_year + 1, 9, 1)), (Title::First, day(first, 12, 1))];
    if !dice.once_in(3) {
        steps.push((Title::Senior, day(senior, 12, 1)));
        if dice.once_in(60) {
            steps.push((Title::ProfessorSenior, day(senior + 8, 12, 1)));
        }
    }
    steps.retain(|(_, from)| *from <= today);
    let ends: Vec<Option<NaiveDate>> =
        steps.iter().skip(1).map(|(_, next)| Some(later(*next, -1))).chain([None]).collect();
    steps.into_iter().zip(ends).map(|((title, from), to)| (title, DateSpan { from, to })).collect()
}

fn record(dice: &mut Dice, number: usize, old_hand: bool) -> Record {
    let (fate, year) = (dice.below(1_000), dice.between(2017, 2019));
    match fate {
        _ if number == 0 || old_hand => Record::Full,
        0..40 => Record::NoBlock,
        40..80 => Record::TooFew,
        80..110 => Record::CutByCaps,
        110..130 => Record::ThinYear(year),
        130..150 => Record::OnLeave(year),
        _ => Record::Full,
    }
}

/// A head, a deputy and up to two middle managers for each school: those longest in the profession. Every seventh school got a
/// new head in the cycle 2016–2020, every seventh in the last summer.
fn give_posts(teachers: &mut [Teacher], schools: usize, today: NaiveDate) {
    for school in 0..schools {
        let may = |teacher: &Teacher| {
            teacher.school_on(today) == Some(school)
                && teacher.employments.len() == 1
                && teacher.record == Record::Full
                && teacher.entered_on.year() <= 2008
        };
        // The first teacher of the county stays without a post, as an example of a plain one.
        let mut able: Vec<(NaiveDate, usize)> = (1..)
            .zip(teachers.iter().skip(1))
            .filter(|(_, teacher)| may(teacher))
            .map(|(place, teacher)| (teacher.entered_on, place))
            .collect();
        able.sort_unstable();
        let head_since = match school % 7 {
            3 => day(2018, 8, 1),
            5 => day(newest_year(today), 8, 1),
            _ => day(2012, 8, 1),
        };
        let wanted = [
            (Post::Head, "校长", head_since),
            (Post::DeputyHead, "副校长", day(2014, 8, 1)),
            (Post::MiddleManager, "教务主任", day(2015, 8, 1)),
            (Post::MiddleManager, "德育主任", day(2019, 8, 1)),
        ];
        for ((_, place), (post, category, from)) in able.into_iter().zip(wanted) {
            if let Some(teacher) = teachers.get_mut(place) {
                teacher.post = Some(HeldPost { post, category, from: from.max(teacher.entered_on) });
            }
        }
    }
}
