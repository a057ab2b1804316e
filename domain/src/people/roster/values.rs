//! Single values of a roster row: sex, stage, subjects, title, post, contact.

use super::grid::Cell;
use crate::fold;
use crate::words::{Post, Sex, Stage, Title};

/// Reads a sex; `Ok(None)` for blank and for the "unknown" and "not said" of GB/T 2261.1 (0 and 9).
pub(super) fn read_sex(cell: &Cell) -> Result<Option<Sex>, String> {
    let shown = cell.compact();
    match shown.trim_start_matches('\'').to_lowercase().as_str() {
        "" | "0" | "9" | "未知" | "-" => Ok(None),
        "男" | "男性" | "m" | "male" | "1" | "1男" | "1-男" | "男1" | "01" => Ok(Some(Sex::Male)),
        "女" | "女性" | "f" | "female" | "2" | "2女" | "2-女" | "女2" | "02" => Ok(Some(Sex::Female)),
        _ => Err(cell.text()),
    }
}

/// Reads a stage; `Ok(None)` for blank, an error for what names none or several.
pub(super) fn read_stage(cell: &Cell) -> Result<Option<Stage>, String> {
    let shown = cell.compact().to_lowercase();
    if matches!(shown.as_str(), "" | "-" | "/" | "无") {
        return Ok(None);
    }
    let known: &[(Stage, &[&str])] = &[
        (Stage::Kindergarten, &["幼儿", "学前", "幼教", "kindergarten", "preschool"]),
        (Stage::Primary, &["小学", "primary", "elementary"]),
        (Stage::Junior, &["初中", "初级中学", "junior", "lowersecondary"]),
        (Stage::Senior, &["高中", "高级中学", "普高", "senior", "uppersecondary"]),
        (Stage::Vocational, &["中职", "职高", "职业", "中专", "技校", "vocational"]),
        (Stage::Special, &["特教", "特殊教育", "special"]),
    ];
    let mut named = known.iter().filter(|(_, words)| words.iter().any(|word| shown.contains(word)));
    match (named.next(), named.next()) {
        (Some((stage, _)), None) => Ok(Some(*stage)),
        _ => Err(cell.text()),
    }
}

/// The subjects of one or several cells, in the order written, each once. `语`, `数` and other one-letter forms become the
/// full word.
pub(super) fn read_subjects(cell: &Cell, subjects: &mut Vec<String>) {
    let dividing = |letter: char| {
        matches!(letter, '、' | ',' | '，' | '/' | ';' | '；' | '|' | '\\' | '+' | '&' | '。' | '\n' | '\r' | '\t')
    };
    let raw = match cell {
        Cell::Text(text) => text.clone(),
        other => other.text(),
    };
    let wide: String = raw.trim().trim_start_matches('\'').chars().map(fold::half_width).collect();
    for part in wide.split(dividing) {
        let pieces: Vec<&str> = part.split(fold::is_blank).filter(|piece| !piece.is_empty()).collect();
        // 数　学 is one padded word; 语文 数学 are two.
        if pieces.len() > 1 && pieces.iter().all(|piece| piece.chars().count() == 1) {
            add_subject(&pieces.concat(), subjects);
        } else if pieces.iter().all(|piece| piece.is_ascii()) {
            add_subject(&pieces.join(" "), subjects);
        } else {
            pieces.iter().for_each(|piece| add_subject(piece, subjects));
        }
    }
}

fn add_subject(word: &str, subjects: &mut Vec<String>) {
    let full = match word {
        "" | "-" | "无" => return,
        "语" => "语文",
        "数" => "数学",
        "英" => "英语",
        "音" => "音乐",
        "体" => "体育",
        "美" => "美术",
        "科" => "科学",
        "社" => "社会",
        other => other,
    };
    if !subjects.iter().any(|known| known == full) {
        subjects.push(full.to_owned());
    }
}

/// Reads a title; an error for one that is on no list.
pub(super) fn read_title(cell: &Cell) -> Result<Title, String> {
    let shown = cell.compact();
    let bare = shown.trim_start_matches('\'');
    let without_brackets = bare.split_once(['(', '[', '【']).map_or(bare, |(head, _)| head);
    // Old codes lose their leading zero where a spreadsheet takes them for numbers.
    let padded = if matches!(cell, Cell::Number(_)) { format!("{bare:0>3}") } else { String::new() };
    [bare, without_brackets, &bare.to_lowercase(), padded.as_str()]
        .into_iter()
        .filter(|text| !text.is_empty() || bare.is_empty())
        .find_map(Title::from_roster)
        .ok_or_else(|| cell.text())
}

/// Reads a management post, the highest where several are written; an error for one that is on no list. A class head
/// (班主任) and the head of a teaching group hold no management post.
pub(super) fn read_post(cell: &Cell) -> Result<Post, String> {
    let shown = cell.compact();
    let mut best = Post::None;
    let mut strange = false;
    // Our own label 校长（园长） holds brackets; what stands in them only explains.
    let bare = without_bracketed(shown.trim_start_matches('\''));
    for part in bare.split(['、', ',', '，', '/', ';', '；', '兼', '。']).filter(|part| !part.is_empty()) {
        match post_of(part) {
            Some(Post::Head) => best = Post::Head,
            Some(Post::DeputyHead) if best != Post::Head => best = Post::DeputyHead,
            Some(Post::MiddleManager) if best == Post::None => best = Post::MiddleManager,
            Some(_) => {}
            None => strange = true,
        }
    }
    if strange && best == Post::None { Err(cell.text()) } else { Ok(best) }
}

fn without_bracketed(text: &str) -> String {
    let mut depth = 0_u32;
    let mut kept = String::new();
    for letter in text.chars() {
        match letter {
            '(' | '【' | '[' => depth += 1,
            ')' | '】' | ']' => depth = depth.saturating_sub(1),
            letter if depth == 0 => kept.push(letter),
            _ => {}
        }
    }
    kept
}

fn post_of(part: &str) -> Option<Post> {
    if let Ok(post) = part.to_lowercase().parse() {
        return Some(post);
    }
    let has = |words: &[&str]| words.iter().any(|word| part.contains(word));
    let plain =
        ["-", "无", "教师", "专任教师", "普通教师", "任课教师", "班主任", "副班主任", "教研组长", "备课组长", "保育员"];
    if plain.contains(&part) || has(&["班主任", "教研组", "备课组", "学科组"]) {
        Some(Post::None)
    } else if has(&["校长助理", "园长助理", "团委", "团支部", "团总支", "少先队", "大队辅导员", "工会", "妇委"])
    {
        Some(Post::MiddleManager)
    } else if has(&["副校长", "副园长", "副书记", "校级副职"]) {
        Some(Post::DeputyHead)
    } else if has(&["校长", "园长", "书记"]) {
        Some(Post::Head)
    } else if has(&["主任", "处长", "科长", "中层", "段长", "年级组长", "总务", "教导", "政教", "德育", "教科", "部长"])
    {
        Some(Post::MiddleManager)
    } else {
        None
    }
}

/// A phone number: digits with an optional plus sign, 7 to 15 of them; several are kept apart by `/`.
pub(super) fn read_phone(cell: &Cell) -> Result<Option<String>, String> {
    let shown = cell.compact();
    let bare = shown.trim_start_matches('\'');
    if bare.is_empty() || matches!(bare, "-" | "/" | "无") {
        return Ok(None);
    }
    let mut numbers = Vec::new();
    for part in bare.split(['/', '、', ',', '，', ';', '；']).filter(|part| !part.is_empty()) {
        let number: String = part.chars().filter(|letter| !matches!(letter, '-' | '(' | ')' | '—')).collect();
        let digits = number.strip_prefix('+').unwrap_or(&number);
        if !(7..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(cell.text());
        }
        numbers.push(number);
    }
    Ok(Some(numbers.join("/")))
}

/// An e-mail address: one `@` with something on both sides and a point in the host.
pub(super) fn read_email(cell: &Cell) -> Result<Option<String>, String> {
    let shown = cell.compact();
    let bare = shown.trim_start_matches('\'');
    if bare.is_empty() || matches!(bare, "-" | "/" | "无") {
        return Ok(None);
    }
    let fits = bare.len() <= 254
        && bare.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty()
                && !host.contains('@')
                && host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
        });
    if fits { Ok(Some(bare.to_owned())) } else { Err(cell.text()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.into())
    }

    #[test]
    fn sexes_are_read_in_words_letters_and_codes() {
        for (shown, sex) in [
            ("男", Some(Sex::Male)),
            (" 女\u{3000}", Some(Sex::Female)),
            ("M", Some(Sex::Male)),
            ("f", Some(Sex::Female)),
            ("Ｆ", Some(Sex::Female)),
            ("1", Some(Sex::Male)),
            ("2", Some(Sex::Female)),
            ("", None),
        ] {
            assert_eq!(read_sex(&text(shown)), Ok(sex), "{shown:?}");
        }
        assert_eq!(read_sex(&Cell::Number("2".into())), Ok(Some(Sex::Female)));
        assert_eq!(read_sex(&text("汉")), Err("汉".into()));
    }

    #[test]
    fn several_subjects_in_one_cell_are_told_apart() {
        for (shown, expected) in [
            ("数学、语文", vec!["数学", "语文"]),
            ("语文/英语", vec!["语文", "英语"]),
            ("语文，数学,英语；科学;社会", vec!["语文", "数学", "英语", "科学", "社会"]),
            ("语文 数学", vec!["语文", "数学"]),
            ("数\u{3000}学", vec!["数学"]),
            ("音、体、美", vec!["音乐", "体育", "美术"]),
            ("语文、语文", vec!["语文"]),
            ("道德与法治\n科学", vec!["道德与法治", "科学"]),
            ("Physical education", vec!["Physical education"]),
            ("", vec![]),
        ] {
            let mut subjects = Vec::new();
            read_subjects(&text(shown), &mut subjects);
            assert_eq!(subjects, expected, "{shown:?}");
        }
    }

    #[test]
    fn old_and_new_titles_are_read() {
        for (shown, title) in [
            ("一级教师", Title::First),
            ("中学高级教师", Title::Senior),
            ("小学高级教师", Title::First),
            ("幼儿园高级教师", Title::First),
            ("高级", Title::Senior),
            ("中小学一级教师（2015年）", Title::First),
            ("高级教师(副高)", Title::Senior),
            ("未评职称", Title::None),
            ("", Title::None),
            ("Senior", Title::Senior),
        ] {
            assert_eq!(read_title(&text(shown)), Ok(title), "{shown:?}");
        }
        assert_eq!(read_title(&Cell::Number("52".into())), Ok(Title::Senior));
        assert_eq!(read_title(&text("会计师")), Err("会计师".into()));
        for title in Title::ALL {
            assert_eq!(read_title(&text(title.zh())), Ok(*title));
        }
    }

    #[test]
    fn the_highest_post_counts() {
        for (shown, post) in [
            ("校长", Post::Head),
            ("党支部书记、副校长", Post::Head),
            ("副校长兼教导主任", Post::DeputyHead),
            ("副园长", Post::DeputyHead),
            ("校长助理", Post::MiddleManager),
            ("政教处副主任", Post::MiddleManager),
            ("团委书记", Post::MiddleManager),
            ("总务主任", Post::MiddleManager),
            ("班主任", Post::None),
            ("教研组长", Post::None),
            ("", Post::None),
        ] {
            assert_eq!(read_post(&text(shown)), Ok(post), "{shown:?}");
        }
        assert_eq!(read_post(&text("司机")), Err("司机".into()));
        for post in Post::ALL {
            assert_eq!(read_post(&text(post.zh())), Ok(*post));
            assert_eq!(read_post(&text(post.as_str())), Ok(*post));
        }
    }

    #[test]
    fn stages_are_read_and_two_at_once_are_not() {
        for stage in Stage::ALL {
            assert_eq!(read_stage(&text(stage.zh())), Ok(Some(*stage)));
            assert_eq!(read_stage(&text(stage.as_str())), Ok(Some(*stage)));
        }
        assert_eq!(read_stage(&text("小 学")), Ok(Some(Stage::Primary)));
        assert_eq!(read_stage(&text("普通高中")), Ok(Some(Stage::Senior)));
        assert!(read_stage(&text("九年一贯制")).is_err() && read_stage(&text("小学、初中")).is_err());
    }

    #[test]
    fn contacts_are_read_or_left_out() {
        assert_eq!(read_phone(&Cell::Number("19943192252".into())), Ok(Some("19943192252".into())));
        assert_eq!(read_phone(&text("0578-8123456 / 199 4319 2252")), Ok(Some("05788123456/19943192252".into())));
        assert_eq!(read_phone(&text("'+8619943192252")), Ok(Some("+8619943192252".into())));
        assert_eq!(read_phone(&text("见备注")), Err("见备注".into()));
        assert_eq!(read_email(&text("a.b@c.cn")), Ok(Some("a.b@c.cn".into())));
        assert!(read_email(&text("a@b")).is_err() && read_email(&text("a.b")).is_err());
    }
}
