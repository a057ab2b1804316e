//! Pages as PDF. The same pages give the same bytes.

use super::{
    font::FONT,
    sheet::{HEIGHT, Ink, Mark, WIDTH},
};
use crate::problem::ApiError;
use chrono::{Datelike, Timelike};
use krilla::{
    Document,
    color::rgb,
    geom::{Path, PathBuilder, Point, Rect},
    metadata::{DateTime, Metadata},
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, Stroke},
    surface::Surface,
    text::{Font, TextDirection},
};
use shixun_domain::UtcMillis;

/// Width of the lines of tables.
const LINE: f32 = 0.5;

/// What a file says of itself.
pub struct About<'a> {
    /// Its title.
    pub title: String,
    /// Who vouches for it.
    pub author: &'a str,
    /// The language it is read in.
    pub language: &'static str,
    /// When it was issued.
    pub at: UtcMillis,
    /// What tells it from every other file.
    pub id: &'a str,
}

/// The file.
///
/// # Errors
/// `internal` where it cannot be written.
pub fn print(pages: &[Vec<Mark>], about: &About<'_>) -> Result<Vec<u8>, ApiError> {
    let font = Font::new(FONT.into(), 0).ok_or_else(|| ApiError::internal("the font cannot be read"))?;
    let mut document = Document::new();
    for marks in pages {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| ApiError::internal("the size of a page"))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for mark in marks {
            draw(&mut surface, &font, mark);
        }
        surface.finish();
        page.finish();
    }
    document.set_metadata(
        Metadata::new()
            .title(about.title.clone())
            .authors(vec![about.author.to_owned()])
            .creator("shixun".to_owned())
            .language(about.language.to_owned())
            .document_id(about.id.to_owned())
            .creation_date(date(about.at)),
    );
    document.finish().map_err(|fault| ApiError::internal(format!("a PDF: {fault:?}")))
}

fn date(at: UtcMillis) -> DateTime {
    let at = at.naive();
    let small = |number: u32| u8::try_from(number).unwrap_or_default();
    DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

fn colour(ink: Ink) -> rgb::Color {
    match ink {
        Ink::Black | Ink::Strong => rgb::Color::black(),
        Ink::Grey => rgb::Color::new(90, 90, 90),
        Ink::Pale => rgb::Color::new(236, 239, 244),
    }
}

fn fill(ink: Ink) -> Option<Fill> {
    Some(Fill { paint: colour(ink).into(), opacity: NormalizedF32::ONE, rule: Default::default() })
}

fn stroke(width: f32) -> Option<Stroke> {
    Some(Stroke { paint: rgb::Color::black().into(), width, ..Stroke::default() })
}

fn draw(surface: &mut Surface<'_>, font: &Font, mark: &Mark) {
    match mark {
        Mark::Text { x, y, size, text, ink } => {
            surface.set_fill(fill(*ink));
            surface.set_stroke(if *ink == Ink::Strong { stroke(size * 0.03) } else { None });
            surface.draw_text(Point::from_xy(*x, *y), font.clone(), *size, text, false, TextDirection::LeftToRight);
        }
        Mark::Line { from, to } => {
            let mut path = PathBuilder::new();
            path.move_to(from.0, from.1);
            path.line_to(to.0, to.1);
            surface.set_fill(None);
            surface.set_stroke(stroke(LINE));
            shape(surface, path.finish());
        }
        Mark::Field { x, y, width, height, ink } => {
            let mut path = PathBuilder::new();
            if let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) {
                path.push_rect(rect);
            }
            surface.set_fill(fill(*ink));
            surface.set_stroke(None);
            shape(surface, path.finish());
        }
    }
}

fn shape(surface: &mut Surface<'_>, path: Option<Path>) {
    if let Some(path) = path {
        surface.draw_path(&path);
    }
}
