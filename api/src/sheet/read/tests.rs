use super::*;
use encoding_rs::GB18030;

fn texts(grid: &Grid) -> Vec<Vec<String>> {
    grid.sheets[0].rows.iter().map(|cells| cells.iter().map(Cell::text).collect()).collect()
}

fn check_csv(bytes: &[u8], expected: &[&[&str]]) {
    let grid = read_grid(bytes).unwrap();
    assert_eq!(texts(&grid), expected, "{:?}", String::from_utf8_lossy(bytes));
}

#[test]
fn csv_is_read_in_every_encoding_offices_use() {
    let text = "姓名,学校\r\n张三,实验小学\r\n";
    let expected: &[&[&str]] = &[&["姓名", "学校"], &["张三", "实验小学"]];
    check_csv(text.as_bytes(), expected);
    check_csv(format!("\u{FEFF}{text}").as_bytes(), expected);
    check_csv(&GB18030.encode(text).0, expected);
    let wide: Vec<u8> = "\u{FEFF}姓名\t学校\r\n张三\t实验小学\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    check_csv(&wide, expected);
    let wide: Vec<u8> = format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect();
    check_csv(&wide, expected);
    check_csv(&GB18030.encode("姓名\n龚䶮\n𠮷野\n").0, &[&["姓名"], &["龚䶮"], &["𠮷野"]]);
}

#[test]
fn csv_is_read_however_it_is_divided() {
    let expected: &[&[&str]] = &[&["姓名", "学科"], &["张三", "语文;数学"]];
    check_csv("姓名,学科\n张三,语文;数学".as_bytes(), expected);
    check_csv("姓名\t学科\n张三\t语文;数学".as_bytes(), expected);
    check_csv("姓名;学科\n张三;\"语文;数学\"\n".as_bytes(), expected);
    check_csv("sep=;\r\n姓名;学科\r\n张三;\"语文;数学\"\r\n".as_bytes(), expected);
    check_csv("姓名,学科\r张三,语文;数学\r".as_bytes(), expected);
    check_csv("姓名\n张三\n".as_bytes(), &[&["姓名"], &["张三"]]);
}

#[test]
fn rows_have_the_numbers_that_a_spreadsheet_gives_them() {
    let grid = read_grid("\n\r\n姓名,备注\n\n张三,\"一\n二\n三\"\n\n\n李四,\n,\n王五,".as_bytes()).unwrap();
    let numbered: Vec<(usize, String)> = texts(&grid)
        .into_iter()
        .enumerate()
        .filter_map(|(row, cells)| cells.first().filter(|name| !name.is_empty()).map(|name| (row + 1, name.clone())))
        .collect();
    let expected = [(3, "姓名"), (5, "张三"), (8, "李四"), (10, "王五")];
    assert_eq!(numbered, expected.map(|(row, name)| (row, name.to_owned())));
}

#[test]
fn apostrophes_and_formula_wrappers_of_text_are_taken_away() {
    check_csv(
        "a,b,c,d\n'=1+1,\"=\"\"331199199205119087\"\"\",'331199,=1\n".as_bytes(),
        &[&["a", "b", "c", "d"], &["=1+1", "331199199205119087", "'331199", "=1"]],
    );
}

#[test]
fn a_file_that_is_no_sheet_is_refused_with_the_reason() {
    let cfb = |tail: &[u8]| [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], tail].concat();
    let encrypted: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cases: [(Vec<u8>, SheetFault); 14] = [
        (vec![], SheetFault::Empty),
        (b" \r\n\t".to_vec(), SheetFault::Empty),
        (vec![0xEF, 0xBB, 0xBF], SheetFault::Empty),
        (cfb(&[0; 600]), SheetFault::OldWorkbook),
        (cfb(&encrypted), SheetFault::Encrypted),
        (b"<html><table><tr><td>1</td></tr></table>".to_vec(), SheetFault::Markup),
        (b"\xEF\xBB\xBF<?xml version=\"1.0\"?>".to_vec(), SheetFault::Markup),
        (b"%PDF-1.4 x".to_vec(), SheetFault::NotASheet),
        (b"\x89PNG\r\n\x1a\n\0\0".to_vec(), SheetFault::NotASheet),
        (b"a,b\0c".to_vec(), SheetFault::NotASheet),
        (b"a,\xFF\xFFb".to_vec(), SheetFault::UnknownEncoding),
        (b"PK\x03\x04garbage".to_vec(), SheetFault::Damaged),
        (b"PK\x05\x06".to_vec(), SheetFault::Damaged),
        (b"a,b\n1,\"2\n3,4\n5,6\n".to_vec(), SheetFault::UnclosedQuote { row: 2 }),
    ];
    for (bytes, fault) in cases {
        assert_eq!(read_grid(&bytes), Err(fault), "{:?}", String::from_utf8_lossy(&bytes));
    }
}

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut writer, content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn workbook(sheet_data: &str) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let book = format!(
        "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let relations = format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
    );
    let sheet = format!("<worksheet xmlns=\"{main}\">{sheet_data}</worksheet>");
    let root = format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    archive(&[
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

#[test]
fn archives_that_are_no_workbook_are_told_apart() {
    assert_eq!(read_grid(&archive(&[("word/document.xml", b"<a/>")])), Err(SheetFault::OtherWorkbook));
    assert_eq!(read_grid(&archive(&[("content.xml", b"<a/>")])), Err(SheetFault::OtherWorkbook));
    assert_eq!(read_grid(&archive(&[("xl/workbook.xml", b"<a")])), Err(SheetFault::Damaged));
    let whole = workbook("<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData>");
    assert_eq!(texts(&read_grid(&whole).unwrap()), [["1"]]);
    for length in [whole.len() / 2, whole.len() - 10] {
        assert_eq!(read_grid(&whole[..length]), Err(SheetFault::Damaged));
    }
}

#[test]
fn a_file_made_to_fill_the_memory_is_refused() {
    let blanks = vec![b' '; 600_000];
    let bomb = archive(&[("xl/workbook.xml", &blanks), ("xl/sharedStrings.xml", &blanks)]);
    assert!(bomb.len() < 10_000);
    assert_eq!(check_archive(&bomb, 1_199_999), Err(SheetFault::TooLarge));
    assert_eq!(check_archive(&bomb, 1_200_000), Ok(()));
}

#[test]
fn a_cell_at_the_end_of_each_row_costs_the_whole_row() {
    let rows = |wanted: usize, column: &str| {
        let row = |row: usize| format!("<row r=\"{row}\"><c r=\"{column}{row}\"><v>1</v></c></row>");
        workbook(&format!("<sheetData>{}</sheetData>", (1..=wanted).map(row).collect::<String>()))
    };
    let (fits, spread) = (rows(20_000, "GR"), rows(30_000, "GR"));
    assert!(spread.len() < 2_000_000, "{}", spread.len());
    assert_eq!(read_grid(&spread), Err(SheetFault::TooManyCells));
    assert_eq!(read_grid(&fits).unwrap().sheets[0].rows.len(), 20_000);
    assert!(read_grid(&rows(ROWS_MAX, "AZ")).is_ok(), "a roster as long as it may be, with fifty columns");
    let commas = (",".repeat(COLUMNS_MAX - 1) + "\n").repeat(30_000);
    assert_eq!(read_grid(commas.as_bytes()), Err(SheetFault::TooManyCells));
}

#[test]
fn what_lies_beyond_the_limits_is_refused_and_empty_formatting_is_not() {
    let cell = |place: &str| format!("<sheetData><row><c r=\"{place}\"><v>1</v></c></row></sheetData>");
    assert_eq!(read_grid(&workbook(&cell("A50001"))), Err(SheetFault::TooManyRows));
    assert_eq!(read_grid(&workbook(&cell("GS1"))), Err(SheetFault::TooManyColumns));
    assert!(read_grid(&workbook(&cell("GR50000"))).is_ok());
    let formatted = "<dimension ref=\"A1:XFD1048576\"/><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\" s=\"0\"/></row></sheetData>";
    assert_eq!(texts(&read_grid(&workbook(formatted)).unwrap()), [["1"]]);
    let wide = ",".repeat(COLUMNS_MAX) + "x\n";
    assert_eq!(read_grid(wide.as_bytes()), Err(SheetFault::TooManyColumns));
    let long = "x\n".repeat(ROWS_MAX + 1);
    assert_eq!(read_grid(long.as_bytes()), Err(SheetFault::TooManyRows));
    let letters = format!("a,b\n{},1\n", "字".repeat(CELL_LETTERS_MAX + 1));
    assert_eq!(read_grid(letters.as_bytes()).unwrap().sheets[0].rows[1][0], Cell::Broken(BrokenCell::TooLong));
}

#[test]
fn cells_of_every_type_are_read() {
    let sheet = "<sheetData><row r=\"2\">\
        <c r=\"A2\"><v>3.311991986032518e+17</v></c><c r=\"B2\"><v>2014.8</v></c><c r=\"C2\" t=\"b\"><v>1</v></c>\
        <c r=\"D2\" t=\"e\"><v>#N/A</v></c><c r=\"E2\" t=\"inlineStr\"><is><t>张三</t></is></c>\
        <c r=\"F2\" t=\"str\"><f>A1</f><v>李四</v></c><c r=\"G2\" t=\"d\"><v>2014-08-01</v></c><c r=\"H2\"/></row></sheetData>";
    let grid = read_grid(&workbook(sheet)).unwrap();
    assert_eq!(grid.sheets[0].rows[0], []);
    assert_eq!(
        grid.sheets[0].rows[1],
        [
            Cell::Number("331199198603251800".into()),
            Cell::Number("2014.8".into()),
            Cell::Bool(true),
            Cell::Broken(BrokenCell::Formula("#N/A".into())),
            Cell::Text("张三".into()),
            Cell::Text("李四".into()),
            Cell::Date("2014-08-01".parse().unwrap()),
        ]
    );
}

#[test]
fn merged_areas_are_handed_over() {
    let sheet = "<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData><mergeCells count=\"1\"><mergeCell ref=\"A1:B3\"/></mergeCells>";
    let grid = read_grid(&workbook(sheet)).unwrap();
    assert_eq!(grid.sheets[0].merged, [MergedArea { top: 0, bottom: 2, left: 0, right: 1 }]);
}

#[test]
fn every_fault_has_a_code_and_two_languages() {
    let fault = SheetFault::UnclosedQuote { row: 7 };
    assert_eq!(fault.code(), "file_unclosed_quote");
    assert!(fault.zh().contains("第 7 行") && fault.to_string().contains("row 7"));
}
