//! The schools of the demo county: the towns are those of Suichang, the schools are invented.

use super::School;
use shixun_domain::words::{
    Setting::{self, Rural, Town, Urban},
    Stage::{self, Junior, Kindergarten, Primary, Senior, Special, Vocational},
};

/// Name, stage, where it stands, small classes, size against the others.
type Place = (&'static str, Stage, Setting, bool, u32);

/// The first few have one of every common kind, so that a small county has them too.
const PLACES: [Place; 60] = [
    ("妙高实验小学", Primary, Urban, false, 90),
    ("遂昌第三初级中学", Junior, Urban, false, 80),
    ("妙高中心幼儿园", Kindergarten, Urban, false, 40),
    ("濂竹乡小学", Primary, Rural, true, 16),
    ("平昌高级中学", Senior, Urban, false, 130),
    ("金竹镇中心小学", Primary, Town, false, 38),
    ("云峰初级中学", Junior, Urban, false, 62),
    ("遂昌职业中等专业学校", Vocational, Urban, false, 110),
    ("遂昌特殊教育学校", Special, Urban, false, 22),
    ("云峰中心小学", Primary, Urban, false, 76),
    ("大柘镇中心小学", Primary, Town, false, 48),
    ("石练镇中心小学", Primary, Town, false, 46),
    ("北界镇中心小学", Primary, Town, false, 44),
    ("王村口镇中心小学", Primary, Town, false, 34),
    ("黄沙腰镇中心小学", Primary, Town, false, 32),
    ("新路湾镇中心小学", Primary, Town, false, 36),
    ("三仁畲族乡小学", Primary, Rural, true, 20),
    ("应村乡小学", Primary, Rural, true, 18),
    ("高坪乡小学", Primary, Rural, true, 14),
    ("湖山乡小学", Primary, Rural, false, 26),
    ("蔡源乡小学", Primary, Rural, true, 12),
    ("焦滩乡小学", Primary, Rural, true, 12),
    ("龙洋乡小学", Primary, Rural, true, 13),
    ("柘岱口乡小学", Primary, Rural, true, 12),
    ("西畈乡小学", Primary, Rural, true, 11),
    ("垵口乡小学", Primary, Rural, true, 12),
    ("育才小学", Primary, Urban, false, 84),
    ("梅溪小学", Primary, Urban, false, 70),
    ("后江小学", Primary, Urban, false, 58),
    ("大柘镇初级中学", Junior, Town, false, 44),
    ("石练镇初级中学", Junior, Town, false, 42),
    ("北界镇初级中学", Junior, Town, false, 40),
    ("王村口镇初级中学", Junior, Town, false, 30),
    ("金竹镇初级中学", Junior, Town, false, 34),
    ("黄沙腰镇九年一贯制学校", Junior, Town, false, 36),
    ("新路湾镇九年一贯制学校", Junior, Town, false, 38),
    ("三仁九年一贯制学校", Junior, Rural, true, 24),
    ("育才初级中学", Junior, Urban, false, 66),
    ("湖山乡初级中学", Junior, Rural, false, 22),
    ("遂昌第二高级中学", Senior, Urban, false, 96),
    ("平昌外国语学校", Senior, Urban, false, 60),
    ("遂昌旅游职业学校", Vocational, Town, false, 54),
    ("云峰中心幼儿园", Kindergarten, Urban, false, 36),
    ("育才幼儿园", Kindergarten, Urban, false, 34),
    ("梅溪幼儿园", Kindergarten, Urban, false, 30),
    ("后江幼儿园", Kindergarten, Urban, false, 28),
    ("大柘镇中心幼儿园", Kindergarten, Town, false, 22),
    ("石练镇中心幼儿园", Kindergarten, Town, false, 22),
    ("北界镇中心幼儿园", Kindergarten, Town, false, 20),
    ("王村口镇中心幼儿园", Kindergarten, Town, false, 14),
    ("金竹镇中心幼儿园", Kindergarten, Town, false, 16),
    ("黄沙腰镇中心幼儿园", Kindergarten, Town, false, 14),
    ("新路湾镇中心幼儿园", Kindergarten, Town, false, 16),
    ("三仁畲族乡幼儿园", Kindergarten, Rural, true, 10),
    ("应村乡幼儿园", Kindergarten, Rural, true, 10),
    ("濂竹乡幼儿园", Kindergarten, Rural, true, 9),
    ("湖山乡幼儿园", Kindergarten, Rural, true, 10),
    ("龙洋乡幼儿园", Kindergarten, Rural, true, 8),
    ("文化幼儿园", Kindergarten, Urban, false, 26),
    ("上江小学", Primary, Urban, false, 40),
];

/// The first two digits of a school's code (教育部 学校标识码).
const fn type_digits(stage: Stage) -> &'static str {
    match stage {
        Kindergarten => "11",
        Primary => "21",
        Junior => "31",
        Senior => "34",
        Vocational => "36",
        Special => "51",
    }
}

/// The first `count` schools, 60 at most.
pub(super) fn schools(count: usize) -> Vec<School> {
    let taken = PLACES.iter().zip(1..).take(count.max(1));
    taken
        .map(|((name, stage, setting, small_class, _), number)| School {
            code: format!("{}3300{:04}", type_digits(*stage), 1_100 + number),
            name: (*name).to_owned(),
            stage: *stage,
            setting: *setting,
            small_class: *small_class,
        })
        .collect()
}

/// The school of each of `teachers` teachers: in the order of the schools, by their size.
pub(super) fn school_of_each(schools: usize, teachers: usize) -> Vec<usize> {
    let sizes: Vec<usize> =
        PLACES.iter().take(schools.max(1)).map(|(.., size)| usize::try_from(*size).unwrap_or(1)).collect();
    let whole: usize = sizes.iter().sum();
    let mut upto = 0;
    let ends: Vec<usize> = sizes
        .iter()
        .map(|size| {
            upto += size;
            upto
        })
        .collect();
    let place = |teacher: usize| {
        let mark = teacher * whole / teachers.max(1);
        ends.iter().take_while(|end| **end <= mark).count()
    };
    (0..teachers).map(place).collect()
}

/// What is taught at a stage.
pub(super) const fn subjects(stage: Stage) -> &'static [&'static str] {
    match stage {
        Kindergarten => &["学前教育"],
        Primary => &["语文", "语文", "数学", "数学", "英语", "科学", "音乐", "体育", "美术", "道德与法治", "信息科技"],
        Junior => &["语文", "数学", "英语", "科学", "历史与社会", "道德与法治", "体育", "音乐", "美术", "信息科技"],
        Senior => &["语文", "数学", "英语", "物理", "化学", "生物", "历史", "地理", "思想政治", "体育", "技术"],
        Vocational => &["语文", "数学", "英语", "旅游服务", "电子技术", "汽车维修", "会计", "体育"],
        Special => &["特殊教育", "康复训练", "语文", "数学"],
    }
}
