//! The import of a roster: 10,000 new persons in one workbook.

use crate::{
    bench::{Bench, needs},
    client::once,
    fault::{Outcome, fault},
    http,
    report::{Bound, Report, Row},
    seed::{County, office_account, sign},
    stats::{float, median},
};
use rust_xlsxwriter::Workbook;
use serde_json::Value;
use std::time::Instant;

const ROWS: u32 = 10_000;
const IMPORT: &str = "/v1/imports?kind=roster&file_name=roster.xlsx";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const HEADERS: [&str; 12] = [
    "序号",
    "姓名",
    "性别",
    "身份证号码",
    "学校标识码",
    "所在学校",
    "学段",
    "任教学科",
    "专业技术职务",
    "行政职务",
    "参加工作时间",
    "联系电话",
];

/// Imports a workbook of persons nobody knew for each repeat, and the last of them once more.
pub fn run(bench: &Bench, report: &mut Report) -> Outcome<()> {
    let store = bench.fresh("import")?;
    County::SMALL.seed(&store)?;
    let token = sign(&store, std::iter::once(office_account(0)))?.pop().unwrap_or_default();
    let server = bench.serve(&store)?;
    needs(&server, "post", "/v1/imports")?;
    let idle = server.memory()?;
    let mut seconds = Vec::new();
    let (mut again, mut bytes) = (0.0, 0);
    for repeat in 0..bench.pace.repeats {
        let file = workbook(u32::try_from(repeat)?)?;
        bytes = file.len();
        let mut request = Vec::new();
        http::post(&mut request, IMPORT, &token, XLSX, &[], &file);
        let ask = |field: &str| {
            let begun = Instant::now();
            let done = once(server.address, &request, |answer| match answer.status {
                201 => Ok(answer.json()?.get(field).and_then(Value::as_u64)),
                status => fault(format!("answered {status}: {}", answer.excerpt())),
            })?;
            if done == Some(u64::from(ROWS)) {
                Ok(begun.elapsed().as_secs_f64())
            } else {
                fault(format!("{field} is {done:?} instead of {ROWS}"))
            }
        };
        seconds.push(ask("created")?);
        again = ask("unchanged")?;
    }
    let persons = store.number("SELECT count(*) AS number FROM persons")?;
    if persons != County::SMALL.teachers + bench.pace.repeats * i64::from(ROWS) {
        return fault(format!("{persons} persons are in the database"));
    }
    let seconds = median(seconds);
    report.check("import", bench.database(), "seconds", Bound::Below, 5.0, seconds);
    report.add(Row {
        scenario: "import".into(),
        database: bench.database(),
        seconds: Some(seconds),
        memory: Some((idle, server.memory_peak()?)),
        note: format!(
            "{ROWS} new persons, {:.0} kB of XLSX; the same file once more, with nothing new: {again:.2} s",
            float(bytes) / 1_000.0
        ),
        ..Row::default()
    });
    server.stop()
}

fn workbook(repeat: u32) -> Outcome<Vec<u8>> {
    let letters = |text: &str, number: u32| -> String {
        let all: Vec<char> = text.chars().collect();
        let place = usize::try_from(number).unwrap_or(0) % all.len().max(1);
        all.get(place).into_iter().collect()
    };
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, header) in (0..).zip(HEADERS) {
        sheet.write_string(0, column, header)?;
    }
    for row in 0..ROWS {
        let school = row % 59;
        let name = letters("赵钱孙李周吴郑王冯陈", row)
            + &letters("伟芳娜敏静丽强磊军洋", row / 10)
            + &letters("华国文玉英平红春建志", row / 100);
        let cells = [
            (row + 1).to_string(),
            name,
            if row % 2 == 1 { "男" } else { "女" }.to_owned(),
            identity(repeat, row),
            format!("2133{school:06}"),
            format!("第{school}小学"),
            "小学".to_owned(),
            letters("语数英", row) + &letters("文学语", row),
            ["高级教师", "一级教师", "二级教师"].get(usize::try_from(row % 3)?).copied().unwrap_or_default().to_owned(),
            if row % 40 == 0 { "校长" } else { "" }.to_owned(),
            format!("20{:02}-09-01", 5 + row % 20),
            format!("138{row:08}"),
        ];
        for (column, cell) in (0..).zip(&cells) {
            sheet.write_string(row + 1, column, cell)?;
        }
    }
    Ok(book.save_to_buffer()?)
}

/// A valid identity number (GB 11643) that no other row and no seeded teacher has: those are numbered from 100 to 599.
fn identity(repeat: u32, row: u32) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let (day, number) = (row / 400, 600 + row % 400);
    let head = format!("331123{}{:02}{:02}{number}", 1980 + repeat, day / 28 + 1, day % 28 + 1);
    let sum: u32 =
        head.chars().filter_map(|digit| digit.to_digit(10)).zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let check = "10X98765432".chars().nth(usize::try_from(sum % 11).unwrap_or(0)).unwrap_or_default();
    format!("{head}{check}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use shixun_domain::people::IdentityNumber;

    #[test]
    fn identity_numbers_are_valid_and_never_come_twice() {
        let made: std::collections::HashSet<String> =
            (0..3).flat_map(|repeat| (0..ROWS).map(move |row| identity(repeat, row))).collect();
        assert_eq!(made.len(), 30_000);
        assert!(made.iter().all(|number| IdentityNumber::parse(number).is_ok()));
    }
}
