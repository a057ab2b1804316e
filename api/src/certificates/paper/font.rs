//! The font: how wide its letters are, and where a text is broken.

use crate::problem::ApiError;
use ttf_parser::Face;

/// Noto Sans CJK SC, every unified ideograph of the basic block, under the SIL Open Font License (`api/fonts/OFL.txt`). It lies in
/// the program's read-only data and comes into memory where a page is printed.
pub const FONT: &[u8] = include_bytes!("../../../fonts/NotoSansSC-Subset.otf");

/// Stands for a letter that the font does not have, so that nobody takes it for a blank.
const MISSING: char = '〓';

/// Measures texts.
pub struct Ruler<'a> {
    face: Face<'a>,
    per_em: f32,
}

impl Ruler<'_> {
    /// Over the font.
    ///
    /// # Errors
    /// `internal`, never in practice: the font is part of the program.
    pub fn new() -> Result<Ruler<'static>, ApiError> {
        let face = Face::parse(FONT, 0).map_err(|fault| ApiError::internal(format!("the font: {fault}")))?;
        let per_em = f32::from(face.units_per_em());
        Ok(Ruler { face, per_em })
    }

    /// The text as it can be printed: control characters are left out, and what the font lacks is shown as such.
    pub fn printable(&self, text: &str) -> String {
        let shown = |letter: char| if self.face.glyph_index(letter).is_some() { letter } else { MISSING };
        text.chars().filter(|letter| !letter.is_control()).map(shown).collect()
    }

    fn letter(&self, letter: char, size: f32) -> f32 {
        let glyph = self.face.glyph_index(letter).or_else(|| self.face.glyph_index(MISSING));
        let advance = glyph.and_then(|glyph| self.face.glyph_hor_advance(glyph));
        advance.map_or(size, |advance| f32::from(advance) * size / self.per_em)
    }

    /// How wide a text is, in points.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|letter| self.letter(letter, size)).sum()
    }

    /// The text in lines no wider than `width`: Chinese breaks anywhere, other words at blanks where they fit a line.
    pub fn wrap(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        // Where the line may be broken last, in bytes.
        let mut break_at = 0;
        for letter in text.chars().filter(|letter| !letter.is_control()) {
            if !line.is_empty() && self.width(&line, size) + self.letter(letter, size) > width {
                let cut = if break_at > 0 && !breaks(letter) { break_at } else { line.len() };
                let rest = line.split_off(cut);
                lines.push(line.trim_end().to_owned());
                line = rest.trim_start().to_owned();
                break_at = 0;
            }
            if letter == ' ' && line.is_empty() {
                continue;
            }
            line.push(letter);
            if breaks(letter) {
                break_at = line.len();
            }
        }
        if !line.is_empty() || lines.is_empty() {
            lines.push(line);
        }
        lines
    }
}

/// A line may end behind it.
fn breaks(letter: char) -> bool {
    letter == ' ' || letter == '-' || letter == '/' || !letter.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_breaks_anywhere_and_words_at_blanks() {
        let ruler = Ruler::new().unwrap();
        assert_eq!(ruler.width("学时", 10.0), 20.0);
        assert_eq!(ruler.wrap("专业发展培训", 10.0, 40.0), ["专业发展", "培训"]);
        let lines = ruler.wrap("hours of training earned", 10.0, 60.0);
        assert!(lines.len() > 1 && lines.iter().all(|line| ruler.width(line, 10.0) <= 60.0), "{lines:?}");
        assert_eq!(lines.join(" "), "hours of training earned");
        let long = ruler.wrap(&"x".repeat(100), 10.0, 60.0);
        assert!(long.iter().all(|line| ruler.width(line, 10.0) <= 60.0));
        assert_eq!(long.concat().len(), 100, "a word that is too long is broken and nothing of it is lost");
        assert_eq!(ruler.wrap("", 10.0, 60.0), [""]);
    }

    #[test]
    fn the_font_has_rare_names_and_says_what_it_lacks() {
        let ruler = Ruler::new().unwrap();
        assert_eq!(ruler.printable("王喆、李翀、张旻昇、龘，2016–2020（①）"), "王喆、李翀、张旻昇、龘，2016–2020（①）");
        assert_eq!(ruler.printable("\u{20000}\n"), "〓");
    }
}
