use super::super::read::read_grid;
use super::*;
use shixun_domain::people::roster::Cell;
use std::io::Cursor;

fn column(zh: &str, en: &str, kind: Kind) -> Column {
    Column { header_zh: zh.into(), header_en: en.into(), kind, width: 12 }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn table() -> Table<Vec<Vec<Value>>> {
    let rows = vec![
        vec![
            Value::Text("=cmd|' /C calc'!A0".into()),
            Value::Text("331199199205119087".into()),
            Value::Hours(Hours::from_hundredths(15_250)),
            Value::Money(Fen::from_hundredths(-1_250)),
            Value::Integer(42),
            Value::Date(day("2014-08-01")),
            Value::Percent(8_550),
        ],
        vec![Value::Text("张三, \"三\"\n李四".into()), Value::Empty, Value::Empty, Value::Integer(i64::MAX)],
    ];
    Table {
        title: "县域/汇总".into(),
        columns: vec![
            column("姓名", "Name", Kind::Text),
            column("身份证号码", "Identity number", Kind::Text),
            column("学时", "Hours", Kind::Hours),
            column("金额", "Money", Kind::Money),
            column("人数", "Persons", Kind::Integer),
            column("日期", "Date", Kind::Date),
            column("完成率", "Share", Kind::Percent),
        ],
        rows,
        chart: Some(Chart { kind: ChartKind::Columns, title: "各校学时".into(), categories: 0, values: vec![2] }),
    }
}

#[test]
fn csv_has_crlf_chinese_headers_and_guarded_text() {
    let mut out = Vec::new();
    let count = write_csv(&mut out, table(), CsvOptions { bom: true, language: Language::Zh }).unwrap();
    assert_eq!(count, 2);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "\u{FEFF}姓名,身份证号码,学时,金额,人数,日期,完成率\r\n\
         '=cmd|' /C calc'!A0,331199199205119087,152.50,-12.50,42,2014-08-01,85.50%\r\n\
         \"张三, \"\"三\"\"\n李四\",,,9223372036854775807,,,\r\n"
    );
    let mut english = Vec::new();
    write_csv(&mut english, table(), CsvOptions { bom: false, language: Language::En }).unwrap();
    assert!(english.starts_with(b"Name,Identity number,"));
}

#[test]
fn a_workbook_keeps_kinds_and_reads_back() {
    let mut writer = WorkbookWriter::new(Language::Zh);
    assert_eq!(writer.add(table()).unwrap(), 2);
    writer.add(table()).unwrap();
    let bytes = writer.into_bytes().unwrap();
    let grid = read_grid(&bytes).unwrap();
    let names: Vec<&str> = grid.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(names, ["县域 汇总", "县域 汇总 2"]);
    let rows = &grid.sheets[0].rows;
    let text = |text: &str| Cell::Text(text.into());
    assert_eq!(rows[0][1], text("身份证号码"));
    assert_eq!(
        rows[1],
        [
            text("=cmd|' /C calc'!A0"),
            text("331199199205119087"),
            Cell::Number("152.5".into()),
            Cell::Number("-12.5".into()),
            Cell::Number("42".into()),
            Cell::Date(day("2014-08-01")),
            Cell::Number("0.855".into()),
        ]
    );
    assert_eq!(rows[2][3], text("9223372036854775807"), "a number that a spreadsheet would round is text");
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    io::read_to_string(archive.by_name(name).unwrap()).unwrap()
}

#[test]
fn a_sheet_is_one_that_a_clerk_would_print() {
    let mut writer = WorkbookWriter::new(Language::Zh);
    writer.add(table()).unwrap();
    let mut out = Cursor::new(Vec::new());
    writer.finish(&mut out).unwrap();
    let bytes = out.into_inner();
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    for piece in [
        "<pane ySplit=\"1\"",
        "state=\"frozen\"",
        "<autoFilter ref=\"A1:G3\"",
        "orientation=\"landscape\"",
        "paperSize=\"9\"",
        "'=cmd",
    ] {
        assert!(sheet.contains(piece), "{piece} is missing");
    }
    assert!(!sheet.contains("<f>"), "no cell is a formula");
    let styles = part(&bytes, "xl/styles.xml");
    assert!(styles.contains("yyyy\\-mm\\-dd") || styles.contains("yyyy-mm-dd"));
    assert!(part(&bytes, "xl/charts/chart1.xml").contains("各校学时"));
}

#[test]
fn rows_are_taken_one_by_one() {
    let rows = (0..2_000_i64).map(|number| vec![Value::Integer(number)]);
    let columns = vec![column("号", "No.", Kind::Integer)];
    let mut writer = WorkbookWriter::new(Language::Zh);
    let written = writer.add(Table { title: String::new(), columns: columns.clone(), rows, chart: None }).unwrap();
    let grid = read_grid(&writer.into_bytes().unwrap()).unwrap();
    assert_eq!((written, grid.sheets[0].rows.len()), (2_000, 2_001));
    assert_eq!(grid.sheets[0].name, "Sheet");
    let empty = Table { title: "空".into(), columns, rows: Vec::new(), chart: None };
    let mut writer = WorkbookWriter::new(Language::En);
    assert_eq!(writer.add(empty).unwrap(), 0);
    assert_eq!(read_grid(&writer.into_bytes().unwrap()).unwrap().sheets[0].rows.len(), 1);
}

#[test]
fn odd_sheet_names_and_long_texts_are_made_to_fit() {
    let mut writer = WorkbookWriter::new(Language::Zh);
    for title in ["'", &"长".repeat(40), &"长".repeat(40), "a:b*c?[d]\\e"] {
        let rows = vec![vec![Value::Text("字".repeat(40_000))]];
        writer
            .add(Table { title: title.into(), columns: vec![column("文", "Text", Kind::Text)], rows, chart: None })
            .unwrap();
    }
    let grid = read_grid(&writer.into_bytes().unwrap()).unwrap();
    let names: Vec<&str> = grid.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    let long = "长".repeat(31);
    let second = format!("{} 2", "长".repeat(29));
    assert_eq!(names, ["Sheet", &long, &second, "a b c  d  e"]);
}
