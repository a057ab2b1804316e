//! A certificate on paper: A4, Chinese or English, with tables over several pages, a place for the seal and a QR code.

mod font;
mod print;
mod sheet;

use super::content::{CertificateContentView, CertificateEntryView, CertificateRequirementView};
use crate::problem::{ApiError, Language};
use font::Ruler;
use print::About;
use qrcode::{Color, EcLevel, QrCode};
use sheet::{Align, Column, HEIGHT, Ink, MARGIN, Mark, Sheet, WIDTH};

/// Between the margins.
const INNER: f32 = WIDTH - 2.0 * MARGIN;
/// The side of the QR code, quiet zone included.
const QR_SIDE: f32 = 108.0;
/// Modules of the quiet zone on each side.
const QR_QUIET: u16 = 4;

/// Says a text in the language of the paper.
#[derive(Clone, Copy)]
struct Say(Language);

impl Say {
    const fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self.0 {
            Language::Zh => zh,
            Language::En => en,
        }
    }
}

/// The file.
///
/// # Errors
/// `internal` where it cannot be written.
pub fn pdf(content: &CertificateContentView, language: Language) -> Result<Vec<u8>, ApiError> {
    let ruler = Ruler::new()?;
    let say = Say(language);
    let mut sheet = Sheet::new(&ruler);
    head(&mut sheet, content, say);
    facts(&mut sheet, content, say);
    section(&mut sheet, say.pick("一、达标情况", "1. Requirements"));
    requirements(&mut sheet, content, say);
    // Before the entries, so that the seal always stands on the page of the figures.
    closing(&mut sheet, content, say)?;
    section(&mut sheet, say.pick("二、学时明细", "2. Entries"));
    entries(&mut sheet, content, say);
    feet(&mut sheet, content, say);
    let about = About {
        title: format!("{} {}", say.pick("教师专业发展培训学时证明", "Certificate of training hours"), content.number),
        author: &content.issuer.name,
        language: language.tag(),
        at: content.issued_at.0,
        id: &content.number,
    };
    print::print(&sheet.into_pages(), &about)
}

fn head(sheet: &mut Sheet<'_>, content: &CertificateContentView, say: Say) {
    sheet.centred(11.0, Ink::Grey, &content.issuer.name);
    sheet.down(6.0);
    sheet.centred(20.0, Ink::Strong, say.pick("教师专业发展培训学时证明", "Certificate of Training Hours"));
    let other = say.pick("Certificate of Professional-Development Hours", "教师专业发展培训学时证明");
    sheet.centred(9.0, Ink::Grey, other);
    sheet.down(4.0);
    sheet.centred(9.0, Ink::Black, &format!("{} {}", say.pick("证明编号：", "No."), content.number));
    sheet.down(10.0);
}

/// Label and value, twice in a row.
fn facts(sheet: &mut Sheet<'_>, content: &CertificateContentView, say: Say) {
    let facts: Vec<(&str, String)> = super::book::facts(content, say.0)
        .into_iter()
        .filter(|(_, value)| ![&content.number, &content.code, &content.verify_at].contains(&value))
        .collect();
    let widths = [78.0, INNER / 2.0 - 78.0, 78.0, INNER / 2.0 - 78.0];
    let columns: Vec<Column> =
        widths.iter().map(|width| Column { head: String::new(), width: *width, align: Align::Left }).collect();
    for pair in facts.chunks(2) {
        let mut cells: Vec<&str> = pair.iter().flat_map(|(label, value)| [*label, value.as_str()]).collect();
        cells.resize(4, "");
        sheet.row(&columns, &cells, 9.5, Ink::Black, None);
    }
}

fn section(sheet: &mut Sheet<'_>, title: &str) {
    sheet.need(80.0);
    sheet.down(14.0);
    sheet.paragraph(MARGIN, INNER, 12.0, Ink::Strong, title);
    sheet.down(4.0);
}

fn column(head: &str, width: f32, align: Align) -> Column {
    Column { head: head.to_owned(), width, align }
}

fn requirements(sheet: &mut Sheet<'_>, content: &CertificateContentView, say: Say) {
    let columns = [
        column(say.pick("要求", "Requirement"), INNER - 4.0 * 64.0, Align::Left),
        column(say.pick("应修学时", "Owed"), 64.0, Align::Right),
        column(say.pick("已计学时", "Counted"), 64.0, Align::Right),
        column(say.pick("尚缺学时", "Missing"), 64.0, Align::Right),
        column(say.pick("结论", "Verdict"), 64.0, Align::Middle),
    ];
    let row = |one: &CertificateRequirementView| {
        vec![
            say.pick(&one.name_zh, &one.name_en).to_owned(),
            one.owed.to_string(),
            one.counted.to_string(),
            one.missing.to_string(),
            say.pick(one.verdict.0.zh(), one.verdict.0.en()).to_owned(),
        ]
    };
    let rows: Vec<Vec<String>> = content.requirements.iter().map(row).collect();
    if rows.is_empty() {
        sheet.paragraph(MARGIN, INNER, 9.0, Ink::Grey, say.pick("无", "None"));
    } else {
        sheet.table(&columns, &rows, 9.0);
    }
}

fn entries(sheet: &mut Sheet<'_>, content: &CertificateContentView, say: Say) {
    let columns = [
        column(say.pick("序号", "No."), 32.0, Align::Right),
        column(say.pick("日期", "Date"), 62.0, Align::Middle),
        column(say.pick("培训内容", "Training"), INNER - 32.0 - 62.0 - 58.0 - 42.0 - 2.0 * 54.0, Align::Left),
        column(say.pick("途径", "Route"), 58.0, Align::Middle),
        column(say.pick("级别", "Level"), 42.0, Align::Middle),
        column(say.pick("取得学时", "Earned"), 54.0, Align::Right),
        column(say.pick("计入学时", "Counted"), 54.0, Align::Right),
    ];
    let row = |(place, one): (usize, &CertificateEntryView)| {
        vec![
            place.to_string(),
            one.effective_on.to_string(),
            one.title.clone(),
            say.pick(one.route.0.zh(), one.route.0.en()).to_owned(),
            say.pick(one.level.0.zh(), one.level.0.en()).to_owned(),
            one.earned_in_cycle().to_string(),
            one.counted.to_string(),
        ]
    };
    let mut rows: Vec<Vec<String>> = (1..).zip(&content.entries).map(row).collect();
    let total = say.pick("合计", "Total").to_owned();
    let none = String::new;
    rows.push(vec![none(), none(), total, none(), none(), content.credited.to_string(), content.counted.to_string()]);
    sheet.table(&columns, &rows, 8.5);
}

/// The QR code and how to verify, beside the place for the seal.
fn closing(sheet: &mut Sheet<'_>, content: &CertificateContentView, say: Say) -> Result<(), ApiError> {
    sheet.down(16.0);
    sheet.need(QR_SIDE + 62.0);
    let top = sheet.y();
    qr(sheet, &content.verify_at, MARGIN, top)?;
    let (left, seal) = (MARGIN + QR_SIDE + 10.0, 168.0);
    let width = INNER - QR_SIDE - 20.0 - seal;
    let how = say.pick(
        "扫描二维码或在验证地址输入验证码，可查看本证明的全部内容及其是否有效、已被取代或已撤销。",
        "Scan the code, or enter the verification code at the address, to read all of this certificate and whether it is valid, superseded or revoked.",
    );
    sheet.down(2.0);
    sheet.paragraph(left, width, 8.5, Ink::Black, how);
    sheet.down(4.0);
    sheet.paragraph(left, width, 8.5, Ink::Grey, say.pick("验证码", "Verification code"));
    sheet.paragraph(left, width, 9.0, Ink::Strong, &content.code);
    sheet.down(2.0);
    sheet.paragraph(left, width, 7.5, Ink::Grey, &content.verify_at);
    let x = MARGIN + INNER - seal;
    sheet.frame(x, top, seal, QR_SIDE);
    let line = |sheet: &mut Sheet<'_>, y: f32, ink, text: &str| sheet.text(x + 8.0, top + y, 9.0, ink, text);
    line(sheet, 17.0, Ink::Black, say.pick("出具单位（盖章）：", "Issued by (seal):"));
    line(sheet, 34.0, Ink::Strong, &content.issuer.name);
    line(sheet, QR_SIDE - 26.0, Ink::Black, say.pick("经办人签字：", "Signature:"));
    let day = content.issued_at.0.china_date();
    line(sheet, QR_SIDE - 9.0, Ink::Black, &format!("{}{day}", say.pick("出具日期：", "Date: ")));
    sheet.down((top + QR_SIDE - sheet.y()).max(0.0));
    Ok(())
}

fn qr(sheet: &mut Sheet<'_>, text: &str, x: f32, y: f32) -> Result<(), ApiError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)
        .map_err(|fault| ApiError::internal(format!("a QR code: {fault}")))?;
    let modules = u16::try_from(code.width()).unwrap_or(u16::MAX);
    let side = QR_SIDE / f32::from(modules + 2 * QR_QUIET);
    for (number, colour) in (0_u32..).zip(code.to_colors()) {
        if colour == Color::Dark {
            let place = |number: u32| f32::from(u16::try_from(number).unwrap_or_default() + QR_QUIET) * side;
            let (column, row) = (place(number % u32::from(modules)), place(number / u32::from(modules)));
            // A little wider than a module, so that no printer leaves white lines between.
            let (width, height) = (side * 1.02, side * 1.02);
            sheet.mark(Mark::Field { x: x + column, y: y + row, width, height, ink: Ink::Black });
        }
    }
    Ok(())
}

fn feet(sheet: &mut Sheet<'_>, content: &CertificateContentView, say: Say) {
    let left = format!("{} {}", content.number, content.holder.name);
    let code = format!("{}{}", say.pick("验证码：", "Verification code: "), content.code);
    sheet.feet(|ruler, page, pages| {
        let (size, y) = (8.0, HEIGHT - 36.0);
        let right = match say.0 {
            Language::Zh => format!("第{page}页，共{pages}页"),
            Language::En => format!("page {page} of {pages}"),
        };
        let text = |x: f32, text: &str| Mark::Text { x, y, size, text: ruler.printable(text), ink: Ink::Grey };
        vec![
            Mark::Line { from: (MARGIN, y - 12.0), to: (WIDTH - MARGIN, y - 12.0) },
            text(MARGIN, &left),
            text((WIDTH - ruler.width(&code, size)) / 2.0, &code),
            text(WIDTH - MARGIN - ruler.width(&right, size), &right),
        ]
    });
}
