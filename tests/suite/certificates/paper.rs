//! The paper as a reader and a camera see it: its size, its text, and the QR code, decoded from the drawing.

use super::{certified, code, issue, place};
use crate::harness::{County, database::Kind};
use std::{collections::BTreeMap, io::Read};

/// What stands on the pages of a PDF file that krilla wrote: text as it can be copied, and squares (left, bottom, side) in points.
#[derive(Default)]
struct Seen {
    text: String,
    squares: Vec<(f64, f64, f64)>,
}

/// A word of a content stream.
#[derive(Debug, Clone)]
enum Word {
    Number(f64),
    Text(Vec<u8>),
    Other(String),
}

/// The unpacked streams of a file, each with the dictionary before it.
fn streams(pdf: &[u8]) -> Vec<(String, Vec<u8>)> {
    let find =
        |from: usize, what: &[u8]| pdf[from..].windows(what.len()).position(|here| here == what).map(|at| from + at);
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(start) = find(from, b"\nstream\n") {
        let end = find(start, b"\nendstream").unwrap();
        let head = String::from_utf8_lossy(&pdf[from..start]).into_owned();
        let dictionary = head[head.rfind(" obj").unwrap_or(0)..].to_owned();
        let raw = &pdf[start + 8..end];
        let mut content = Vec::new();
        if dictionary.contains("/FlateDecode") {
            flate2::read::ZlibDecoder::new(raw).read_to_end(&mut content).unwrap();
        } else {
            content = raw.to_vec();
        }
        found.push((dictionary, content));
        from = end;
    }
    found
}

fn words(content: &[u8]) -> Vec<Word> {
    let (mut words, mut at) = (Vec::new(), 0);
    while at < content.len() {
        match content[at] {
            b'(' => {
                let (mut text, mut depth) = (Vec::new(), 1);
                at += 1;
                while depth > 0 {
                    match content[at] {
                        b'\\' => {
                            at += 1;
                            text.push(match content[at] {
                                b'n' => b'\n',
                                b'r' => b'\r',
                                b't' => b'\t',
                                b'b' => 8,
                                b'f' => 12,
                                digit @ b'0'..=b'7' => {
                                    at += 2;
                                    (digit - b'0') * 64 + (content[at - 1] - b'0') * 8 + (content[at] - b'0')
                                }
                                other => other,
                            });
                        }
                        byte => {
                            depth += i32::from(byte == b'(') - i32::from(byte == b')');
                            if depth > 0 {
                                text.push(byte);
                            }
                        }
                    }
                    at += 1;
                }
                words.push(Word::Text(text));
            }
            b'<' if content.get(at + 1) != Some(&b'<') => {
                let end = at + content[at..].iter().position(|byte| *byte == b'>').unwrap();
                let digits: Vec<u8> = content[at + 1..end].iter().copied().filter(u8::is_ascii_hexdigit).collect();
                let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
                words.push(Word::Text(digits.chunks(2).map(byte).collect()));
                at = end + 1;
            }
            byte if byte.is_ascii_whitespace() || b"[]<>".contains(&byte) => at += 1,
            _ => {
                let end =
                    content[at + 1..].iter().position(|byte| byte.is_ascii_whitespace() || b"[]<>(/".contains(byte));
                let end = end.map_or(content.len(), |length| at + 1 + length);
                let word = String::from_utf8_lossy(&content[at..end]).into_owned();
                words.push(word.parse().map_or(Word::Other(word), Word::Number));
                at = end;
            }
        }
    }
    words
}

fn glyph(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte))
}

fn letters(utf16: &[u8]) -> String {
    let units: Vec<u16> = utf16.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    String::from_utf16(&units).unwrap()
}

/// What each glyph of the one font means, by its table for copying text.
fn unicode(table: &[u8]) -> BTreeMap<u32, String> {
    let (mut meanings, mut texts) = (BTreeMap::new(), Vec::new());
    for word in words(table) {
        match word {
            Word::Text(text) => texts.push(text),
            Word::Other(word) if word.starts_with("begin") => texts.clear(),
            Word::Other(word) if word == "endbfchar" => {
                meanings.extend(texts.chunks(2).map(|pair| (glyph(&pair[0]), letters(&pair[1]))));
            }
            Word::Other(word) => assert_ne!(word, "endbfrange", "krilla writes no ranges"),
            Word::Number(_) => {}
        }
    }
    meanings
}

fn seen(pdf: &[u8]) -> Seen {
    let all = streams(pdf);
    let tables: Vec<_> =
        all.iter().filter(|(_, content)| content.windows(9).any(|here| here == b"endbfchar")).collect();
    assert_eq!(tables.len(), 1, "one font");
    let meanings = unicode(&tables[0].1);
    let mut seen = Seen::default();
    for (_, content) in all.iter().filter(|(_, content)| content.windows(4).any(|here| here == b"\nBT ")) {
        let (mut stack, mut matrix) = (Vec::new(), [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        let (mut before, mut path): (Vec<Word>, Vec<(f64, f64)>) = (Vec::new(), Vec::new());
        for word in words(content) {
            let Word::Other(operator) = word else {
                before.push(word);
                continue;
            };
            let numbers: Vec<f64> = before
                .iter()
                .filter_map(|word| if let Word::Number(number) = word { Some(*number) } else { None })
                .collect();
            let on_page =
                |x: f64, y: f64| (matrix[0] * x + matrix[2] * y + matrix[4], matrix[1] * x + matrix[3] * y + matrix[5]);
            match operator.as_str() {
                "q" => stack.push(matrix),
                "Q" => matrix = stack.pop().unwrap(),
                "cm" => {
                    let [a, b, c, d, e, f] = numbers[..] else { panic!("{numbers:?}") };
                    let (origin, along, up) = (on_page(e, f), on_page(a + e, b + f), on_page(c + e, d + f));
                    matrix =
                        [along.0 - origin.0, along.1 - origin.1, up.0 - origin.0, up.1 - origin.1, origin.0, origin.1];
                }
                "m" | "l" => path.push(on_page(numbers[0], numbers[1])),
                "re" => path.extend([
                    on_page(numbers[0], numbers[1]),
                    on_page(numbers[0] + numbers[2], numbers[1] + numbers[3]),
                ]),
                "f" | "f*" | "S" | "B" | "n" => {
                    let (xs, ys): (Vec<f64>, Vec<f64>) = path.drain(..).unzip();
                    let ends = |all: &[f64]| {
                        (all.iter().copied().fold(f64::MAX, f64::min), all.iter().copied().fold(f64::MIN, f64::max))
                    };
                    let ((left, right), (bottom, top)) = (ends(&xs), ends(&ys));
                    if operator.starts_with('f') && ((right - left) - (top - bottom)).abs() < 0.01 {
                        seen.squares.push((left, bottom, right - left));
                    }
                }
                "Tj" | "TJ" => {
                    for word in &before {
                        if let Word::Text(text) = word {
                            text.chunks(2).for_each(|bytes| seen.text.push_str(&meanings[&glyph(bytes)]));
                        }
                    }
                    seen.text.push('\n');
                }
                _ => {}
            }
            // A name stands before its operator.
            if !operator.starts_with('/') {
                before.clear();
            }
        }
    }
    seen
}

/// What a camera reads of the squares: they are drawn as dots of eight, with the white that a reader needs around them.
fn scanned(squares: &[(f64, f64, f64)]) -> String {
    const DOTS: usize = 8;
    let least = |of: &dyn Fn(&(f64, f64, f64)) -> f64| squares.iter().map(of).fold(f64::MAX, f64::min);
    let (left, bottom, side) = (least(&|square| square.0), least(&|square| square.1), least(&|square| square.2));
    let place = |at: f64, from: f64| ((at - from) / (side / 1.02)).round() as usize;
    let modules: Vec<(usize, usize)> = squares.iter().map(|(x, y, _)| (place(*x, left), place(*y, bottom))).collect();
    let width = modules.iter().map(|(x, _)| x + 1).max().unwrap();
    let dots = (width + 8) * DOTS;
    let dark = |x: usize, y: usize| {
        let module = |dot: usize| (dot / DOTS).checked_sub(4);
        module(x).zip(module(dots - 1 - y)).is_some_and(|module| modules.contains(&module))
    };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(dots, dots, |x, y| if dark(x, y) { 0 } else { 255 });
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "one QR code of {width} modules");
    grids[0].decode().unwrap().1
}

#[actix_web::test]
async fn the_paper_is_a4_and_its_qr_code_leads_to_the_address_that_verifies_it() {
    let mut county = County::on(Kind::Sqlite).await;
    let person = certified(&mut county);
    let teacher = county.sign_in("teacher-1");
    let made = issue(&teacher, person).await;
    for caller in [&teacher, &teacher.clone().in_chinese()] {
        let pdf = caller.get(&format!("{}/file?format=pdf", place(&made))).await.bytes;
        let raw = String::from_utf8_lossy(&pdf).into_owned();
        let boxes: Vec<&str> =
            raw.match_indices("/MediaBox").map(|(at, _)| raw[at..].split(']').next().unwrap()).collect();
        assert!(!boxes.is_empty());
        for one in boxes {
            let sides: Vec<f64> = one.split(['[', ' ']).filter_map(|number| number.parse().ok()).collect();
            assert!((sides[2] - 595.28).abs() < 0.1 && (sides[3] - 841.89).abs() < 0.1, "A4, 210 by 297 mm: {one}");
        }
        let seen = seen(&pdf);
        let address = made["content"]["verify_at"].as_str().unwrap();
        let one_line = seen.text.replace('\n', "");
        for said in [address, code(&made), made["content"]["number"].as_str().unwrap(), "78.00"] {
            assert!(one_line.contains(said), "{said:?} in {:?}", seen.text);
        }
        assert_eq!(scanned(&seen.squares), address);
    }
}
