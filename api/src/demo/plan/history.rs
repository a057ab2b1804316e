//! Hours from outside the catalogue: the cycle 2016–2020 in full, and what the running cycle has seen so far.

use super::{Teacher, day, dice::Dice, later, people::Record};
use chrono::{Datelike, NaiveDate};
use shixun_domain::{
    Hours,
    words::{DeliveryForm, Level, Post, Route},
};

/// What became of an entry after it was posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It stands.
    Stands,
    /// It was reversed, for this reason.
    TakenBack(&'static str),
    /// It was reversed for this reason, and these hours were posted in its place.
    Mended(&'static str, Hours),
}

/// Hours that were entered with evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Whose, by place in the plan.
    pub teacher: usize,
    /// Route.
    pub route: Route,
    /// Delivery form.
    pub form: DeliveryForm,
    /// Level.
    pub level: Level,
    /// The one theme.
    pub theme: &'static str,
    /// A concentrated block of its own.
    pub block: bool,
    /// Title.
    pub title: String,
    /// Hours as first posted.
    pub hours: Hours,
    /// Practice within them.
    pub practice: Hours,
    /// The day to which they belong.
    pub on: NaiveDate,
    /// What became of it.
    pub fate: Fate,
}

impl Entry {
    /// The hours that stand today.
    pub fn standing(&self) -> Hours {
        match self.fate {
            Fate::Stands => self.hours,
            Fate::TakenBack(_) => Hours::ZERO,
            Fate::Mended(_, hours) => hours,
        }
    }
}

/// What an entry is, before it is known when and for how long.
#[derive(Clone, Copy)]
struct Sort {
    route: Route,
    form: DeliveryForm,
    level: Level,
    theme: &'static str,
    titles: &'static [&'static str],
}

const SCHOOL_BASED: Sort = Sort {
    route: Route::SchoolBased,
    form: DeliveryForm::SchoolBased,
    level: Level::School,
    theme: "practice",
    titles: &[
        "校本研修：同课异构",
        "校本研修：集体备课",
        "校本研修：课例研讨",
        "校本研修：读书分享",
        "校本研修：教研沙龙",
    ],
};
const ONLINE: Sort = Sort {
    route: Route::Mandated,
    form: DeliveryForm::Online,
    level: Level::Province,
    theme: "it",
    titles: &["网络研修：信息技术应用", "网络研修：教学资源应用", "网络研修：在线教学设计"],
};
const ETHICS: Sort = Sort {
    route: Route::Mandated,
    form: DeliveryForm::Lecture,
    level: Level::County,
    theme: "ethics",
    titles: &["暑期师德集中学习", "师德师风专题教育"],
};
const SELF_SELECTED: [Sort; 5] = [
    Sort {
        route: Route::SelfSelected,
        form: DeliveryForm::Topical,
        level: Level::County,
        theme: "subject",
        titles: &["学科教学专题研修", "教材教法专题研修", "命题技术专题研修"],
    },
    Sort {
        route: Route::SelfSelected,
        form: DeliveryForm::Lecture,
        level: Level::City,
        theme: "subject",
        titles: &["市级学科讲座", "课程改革专家讲座"],
    },
    Sort {
        route: Route::SelfSelected,
        form: DeliveryForm::StudyTrip,
        level: Level::City,
        theme: "practice",
        titles: &["杭州跟岗研修", "宁波名校考察"],
    },
    Sort {
        route: Route::SelfSelected,
        form: DeliveryForm::TouringMaster,
        level: Level::County,
        theme: "subject",
        titles: &["名师巡讲", "特级教师送教"],
    },
    Sort {
        route: Route::SelfSelected,
        form: DeliveryForm::Blended,
        level: Level::Province,
        theme: "class_head",
        titles: &["班主任能力提升研修", "省级混合式研修"],
    },
];
const CONVERTED: Sort = Sort {
    route: Route::Converted,
    form: DeliveryForm::Pairing,
    level: Level::County,
    theme: "practice",
    titles: &["县级公开课折算", "优质课评比获奖折算", "教学论文发表折算"],
};
const BLOCK: Sort = Sort {
    route: Route::SelfSelected,
    form: DeliveryForm::Topical,
    level: Level::City,
    theme: "subject",
    titles: &["90学时集中培训", "骨干教师集中培训（90学时）"],
};
const PROBATION: Sort = Sort {
    route: Route::Mandated,
    form: DeliveryForm::Blended,
    level: Level::County,
    theme: "new_teacher",
    titles: &["新教师试用期培训"],
};
const HEADSHIP: Sort = Sort {
    route: Route::Mandated,
    form: DeliveryForm::Topical,
    level: Level::Province,
    theme: "head_qualification",
    titles: &["校长任职资格培训"],
};

/// The entries of one teacher, as they are being thrown.
struct Book<'a> {
    dice: Dice,
    number: usize,
    teacher: &'a Teacher,
    /// The last day for which something can have been entered.
    until: NaiveDate,
    entries: Vec<Entry>,
}

/// Everybody's entries, teacher by teacher.
pub(super) fn entries(seed: u64, teachers: &[Teacher], today: NaiveDate) -> Vec<Entry> {
    let running = (2016 + (today.year() - 2016).div_euclid(5) * 5).max(2021);
    let mut entries = Vec::new();
    for (number, teacher) in teachers.iter().enumerate() {
        let until = teacher.retires_on.map_or(later(today, -1), |last| last.min(later(today, -1)));
        let mut book = Book { dice: Dice::of(seed, "history", number), number, teacher, until, entries: Vec::new() };
        book.probation();
        book.headship();
        book.block();
        for year in 2016..=2020 {
            book.year(year, teacher.record, true);
        }
        // In the running cycle the sessions of the catalogue are what teachers choose themselves.
        for year in running..=today.year() {
            book.year(year, Record::Full, false);
        }
        book.entries.sort_by_key(|entry| entry.on);
        entries.append(&mut book.entries);
    }
    entries
}

impl Book<'_> {
    /// Adds an entry, unless the teacher was not employed, in probation or away on that day.
    fn add(&mut self, sort: Sort, hours: i32, on: NaiveDate) {
        let on = later(on, self.dice.between(0, 6));
        let new_teacher = sort.theme == "new_teacher";
        let begun = if new_teacher { self.teacher.entered_on <= on } else { self.teacher.probation_ends_on < on };
        if !begun || on > self.until || self.teacher.is_away(on) {
            return;
        }
        let title = format!("{}年{}", on.year(), self.dice.word(sort.titles));
        let practice = match sort.theme {
            "new_teacher" => hours / 2,
            "practice" => hours / 4,
            _ if hours >= 90 => hours / 3,
            _ => 0,
        };
        let entry = Entry {
            teacher: self.number,
            route: sort.route,
            form: sort.form,
            level: sort.level,
            theme: sort.theme,
            block: hours >= 90 && !new_teacher,
            title,
            hours: Hours::whole(hours),
            practice: Hours::whole(practice),
            on,
            fate: Fate::Stands,
        };
        self.sometimes_wrong(entry);
    }

    /// A few entries were entered twice, or with wrong hours, and were put right.
    fn sometimes_wrong(&mut self, entry: Entry) {
        if entry.hours < Hours::whole(90) && self.dice.once_in(400) {
            self.entries.push(Entry { fate: Fate::TakenBack("重复登记"), ..entry.clone() });
        } else if entry.hours < Hours::whole(90) && self.dice.once_in(400) {
            let wrong = entry.hours.plus(Hours::whole(4));
            let fate = Fate::Mended("学时录入有误，按签到册更正", entry.hours);
            self.entries.push(Entry { hours: wrong, fate, ..entry });
            return;
        }
        self.entries.push(entry);
    }

    /// 180 hours in the year of probation, half of them practice, for those whose probation lies in a cycle that is kept.
    fn probation(&mut self) {
        let entered = self.teacher.entered_on.year();
        let kept = (2015..=2020).contains(&entered) || entered >= self.until.year() - 1;
        if kept {
            self.add(PROBATION, 90, day(entered, 11, 3));
            self.add(PROBATION, 90, day(entered + 1, 4, 12));
        }
    }

    /// 300 hours in the first year for those who became heads in the cycle 2016–2020; one in three has not finished.
    fn headship(&mut self) {
        let Some(post) = self.teacher.post.filter(|post| post.post == Post::Head) else { return };
        if (2016..=2019).contains(&post.from.year()) {
            self.add(HEADSHIP, 90, day(post.from.year(), 11, 12));
            let rest = if self.dice.once_in(3) { 60 } else { 70 };
            for month in [3, 4, 5] {
                self.add(HEADSHIP, rest, day(post.from.year() + 1, month, 9));
            }
        }
    }

    /// A concentrated block in one of the five years.
    fn block(&mut self) {
        let year = self.dice.between(2016, 2020);
        let hours = if self.dice.once_in(5) { 96 } else { 90 };
        if self.teacher.record != Record::NoBlock && self.teacher.entered_on.year() <= 2016 {
            // Whoever was in probation when the block of that year was held went in the last year.
            let year = if self.teacher.entered_on.year() >= 2015 { 2020 } else { year };
            // A block in the half year away would be no block.
            let month = if self.teacher.record == Record::OnLeave(year) { 10 } else { 7 };
            self.add(BLOCK, hours, day(year, month, 8));
        }
    }

    /// A year. Full years hold about 72 hours: 24 school-based, 22 self-selected, 10 online, 16 of ethics.
    fn year(&mut self, year: i32, record: Record, self_selected: bool) {
        let thin = record == Record::ThinYear(year);
        let cut = record == Record::CutByCaps;
        for (month, on) in [(3, 20), (5, 25), (10, 12), (12, 3)] {
            if thin && month < 10 {
                continue;
            }
            let hours = match self.dice.below(12) {
                _ if cut => 11,
                0 => 8,
                _ => 6,
            };
            self.add(SCHOOL_BASED, hours, day(year, month, on));
        }
        let online = if cut { 10 } else { 5 + self.dice.between(0, 1) };
        self.add(ONLINE, online, day(year, 5, 2));
        self.add(ONLINE, online, day(year, 6, 14));
        let ethics = if record == Record::TooFew { 15 } else { 16 + 2 * self.dice.between(0, 1) };
        self.add(ETHICS, ethics, day(year, 8, 20));
        if !self_selected || thin || cut || record == Record::TooFew {
            return;
        }
        // Those without a block made up for its hours; newcomers, whose first months give little, do a little more.
        let newcomer = self.teacher.entered_on.year() >= 2014;
        let lengths: &[i32] = match record {
            Record::NoBlock => &[14, 14, 12],
            _ if newcomer => &[12, 12, 10],
            _ => &[12, 10],
        };
        for (hours, (month, on)) in lengths.iter().zip([(4, 12), (11, 8), (9, 24)]) {
            let place = usize::try_from(self.dice.below(5)).unwrap_or(0);
            if let Some(sort) = SELF_SELECTED.get(place) {
                self.add(*sort, *hours, day(year, month, on));
            }
        }
        if self.dice.once_in(12) {
            self.add(CONVERTED, 6, day(year, 9, 26));
        }
    }
}
