//! Pages being written: text, lines and fields at places, with a cursor that moves down and on to the next page.

use super::font::Ruler;

/// A4, in points.
pub const WIDTH: f32 = 595.28;
/// A4, in points.
pub const HEIGHT: f32 = 841.89;
/// Left and right of everything.
pub const MARGIN: f32 = 48.0;
/// Above everything.
const TOP: f32 = 52.0;
/// Below the text; the foot of the page stands under it.
const BOTTOM: f32 = 64.0;
/// Between the lines of a text, as a multiple of its size.
const LEADING: f32 = 1.35;
/// Between the border of a cell and its text.
const PADDING: f32 = 4.0;

/// What stands on a page.
#[derive(Debug, Clone)]
pub enum Mark {
    /// A text whose baseline begins at a place.
    Text { x: f32, y: f32, size: f32, text: String, ink: Ink },
    /// A thin line.
    Line { from: (f32, f32), to: (f32, f32) },
    /// A field that is filled.
    Field { x: f32, y: f32, width: f32, height: f32, ink: Ink },
}

/// Colours, all of which are read on a black and white copy too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Text.
    Black,
    /// Headings: black, drawn a little wider.
    Strong,
    /// What is beside the matter.
    Grey,
    /// The field behind the heads of tables.
    Pale,
}

/// Where a text stands in its cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Short words.
    Middle,
    /// Figures.
    Right,
}

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    /// What stands above it.
    pub head: String,
    /// In points.
    pub width: f32,
    /// Where the text stands.
    pub align: Align,
}

/// Pages being written.
pub struct Sheet<'a> {
    ruler: &'a Ruler<'a>,
    pages: Vec<Vec<Mark>>,
    y: f32,
}

impl<'a> Sheet<'a> {
    /// An empty first page.
    pub fn new(ruler: &'a Ruler<'a>) -> Sheet<'a> {
        Sheet { ruler, pages: vec![Vec::new()], y: TOP }
    }

    /// The pages.
    pub fn into_pages(self) -> Vec<Vec<Mark>> {
        self.pages
    }

    /// Where the cursor is.
    pub fn y(&self) -> f32 {
        self.y
    }

    /// Moves the cursor down.
    pub fn down(&mut self, by: f32) {
        self.y += by;
    }

    /// Begins a page where less than `height` is left. True where it did.
    pub fn need(&mut self, height: f32) -> bool {
        let full = self.y + height > HEIGHT - BOTTOM;
        if full {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
        full
    }

    /// Puts a mark on the page.
    pub fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Puts one line of text at a place.
    pub fn text(&mut self, x: f32, y: f32, size: f32, ink: Ink, text: &str) {
        let text = self.ruler.printable(text);
        self.mark(Mark::Text { x, y, size, text, ink });
    }

    /// Puts one line of text in the middle of the page and moves below it.
    pub fn centred(&mut self, size: f32, ink: Ink, text: &str) {
        self.y += size;
        let x = (WIDTH - self.ruler.width(text, size)) / 2.0;
        self.text(x, self.y, size, ink, text);
        self.y += size * (LEADING - 1.0);
    }

    /// A frame of lines.
    pub fn frame(&mut self, x: f32, y: f32, width: f32, height: f32) {
        let corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)];
        for (from, to) in corners.iter().zip(corners.iter().skip(1)) {
            self.mark(Mark::Line { from: *from, to: *to });
        }
    }

    /// A text in lines no wider than `width`, from the cursor on; the cursor moves below it.
    pub fn paragraph(&mut self, x: f32, width: f32, size: f32, ink: Ink, text: &str) {
        for line in self.ruler.wrap(text, size, width) {
            self.need(size * LEADING);
            self.y += size;
            self.text(x, self.y, size, ink, &line);
            self.y += size * (LEADING - 1.0);
        }
    }

    /// One row of a table, as high as its longest text, in a frame.
    pub fn row(&mut self, columns: &[Column], cells: &[&str], size: f32, ink: Ink, back: Option<Ink>) {
        let lines: Vec<Vec<String>> = columns
            .iter()
            .zip(cells)
            .map(|(column, cell)| self.ruler.wrap(cell, size, column.width - 2.0 * PADDING))
            .collect();
        let height = row_height(&lines, size);
        let (mut x, top) = (MARGIN, self.y);
        for (column, lines) in columns.iter().zip(&lines) {
            if let Some(ink) = back {
                self.mark(Mark::Field { x, y: top, width: column.width, height, ink });
            }
            self.frame(x, top, column.width, height);
            let above = (height - size * LEADING * count(lines)) / 2.0;
            let mut baseline = top + above + size;
            for line in lines {
                let room = column.width - 2.0 * PADDING - self.ruler.width(line, size);
                let indent = match column.align {
                    Align::Left => 0.0,
                    Align::Middle => room / 2.0,
                    Align::Right => room,
                };
                self.text(x + PADDING + indent, baseline, size, ink, line);
                baseline += size * LEADING;
            }
            x += column.width;
        }
        self.y += height;
    }

    /// How high a row would be.
    fn height(&self, columns: &[Column], cells: &[&str], size: f32) -> f32 {
        let lines: Vec<Vec<String>> = columns
            .iter()
            .zip(cells)
            .map(|(column, cell)| self.ruler.wrap(cell, size, column.width - 2.0 * PADDING))
            .collect();
        row_height(&lines, size)
    }

    /// A table whose head stands on every page that it reaches.
    pub fn table(&mut self, columns: &[Column], rows: &[Vec<String>], size: f32) {
        let heads: Vec<&str> = columns.iter().map(|column| column.head.as_str()).collect();
        let middle: Vec<Column> =
            columns.iter().map(|column| Column { align: Align::Middle, ..column.clone() }).collect();
        let head_height = self.height(columns, &heads, size);
        let first = rows.first().map(|row| row.iter().map(String::as_str).collect::<Vec<_>>()).unwrap_or_default();
        self.need(head_height + self.height(columns, &first, size));
        self.row(&middle, &heads, size, Ink::Strong, Some(Ink::Pale));
        for row in rows {
            let cells: Vec<&str> = row.iter().map(String::as_str).collect();
            if self.need(self.height(columns, &cells, size)) {
                self.row(&middle, &heads, size, Ink::Strong, Some(Ink::Pale));
            }
            self.row(columns, &cells, size, Ink::Black, None);
        }
    }

    /// Puts `foot` on every page: it is told the page, how many there are, and where to write.
    pub fn feet(&mut self, mut foot: impl FnMut(&Ruler<'_>, usize, usize) -> Vec<Mark>) {
        let count = self.pages.len();
        for (place, page) in self.pages.iter_mut().enumerate() {
            page.extend(foot(self.ruler, place + 1, count));
        }
    }
}

fn count(lines: &[String]) -> f32 {
    u16::try_from(lines.len()).map_or(1.0, f32::from)
}

fn row_height(lines: &[Vec<String>], size: f32) -> f32 {
    let most = lines.iter().map(|lines| count(lines)).fold(1.0_f32, f32::max);
    most * size * LEADING + 2.0 * PADDING
}
