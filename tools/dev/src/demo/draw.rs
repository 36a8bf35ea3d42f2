//! Pictures in a terminal, drawn with half blocks: each character shows two pixels, one above the other.

use anyhow::Context as _;
use image::imageops::FilterType;

/// The width and height of a drawing, in pixels: so many columns and half as many lines.
const SIDE: u32 = 18;
/// What is darker is ink.
const INK: u8 = 128;
/// Between two drawings of a row.
const GAP: &str = "  ";
/// So many stand side by side.
const ACROSS: usize = 4;

/// A picture with what stands below it.
pub(crate) struct Framed<'a> {
    /// The bytes of a picture, dark ink on a light ground.
    pub(crate) data: &'a [u8],
    /// Each a line of its own, cut to the picture's width.
    pub(crate) captions: Vec<String>,
}

/// All pictures, row by row, as lines.
///
/// # Errors
/// If one can't be decoded.
pub(crate) fn draw(pictures: &[Framed<'_>]) -> anyhow::Result<Vec<String>> {
    let mut lines = Vec::new();
    for row in pictures.chunks(ACROSS) {
        let drawings = row.iter().map(|framed| drawing(framed.data)).collect::<anyhow::Result<Vec<_>>>()?;
        for line in 0..SIDE as usize / 2 {
            let parts: Vec<&str> = drawings.iter().map(|drawing| drawing[line].as_str()).collect();
            lines.push(parts.join(GAP).trim_end().to_owned());
        }
        let captions = row.iter().map(|framed| framed.captions.len()).max().unwrap_or_default();
        for caption in 0..captions {
            let parts: Vec<String> = row.iter().map(|framed| pad(framed.captions.get(caption))).collect();
            lines.push(parts.join(GAP).trim_end().to_owned());
        }
        lines.push(String::new());
    }
    Ok(lines)
}

fn drawing(data: &[u8]) -> anyhow::Result<Vec<String>> {
    let picture = image::load_from_memory(data).context("a picture can't be decoded")?;
    let small = picture.resize_exact(SIDE, SIDE, FilterType::Triangle).to_luma8();
    let is_ink = |x, y| small.get_pixel(x, y).0[0] < INK;
    let line = |y| (0..SIDE).map(|x| half_blocks(is_ink(x, y), is_ink(x, y + 1))).collect();
    Ok((0..SIDE).step_by(2).map(line).collect())
}

fn half_blocks(upper: bool, lower: bool) -> char {
    match (upper, lower) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    }
}

fn pad(caption: Option<&String>) -> String {
    let width = SIDE as usize;
    let caption: String = caption.map(|caption| caption.chars().take(width).collect()).unwrap_or_default();
    format!("{caption:<width$}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::digits;

    #[test]
    fn a_one_is_drawn_as_a_stroke_with_its_caption_below() {
        let pictures = digits::load(2).expect("two pictures");
        let framed = Framed { data: &pictures[1].data, captions: vec!["one".to_owned()] };
        let lines = draw(&[framed]).expect("a drawing");
        assert_eq!(lines.len(), 9 + 1 + 1);
        assert!(lines[4].contains("██"), "{lines:#?}");
        assert_eq!(lines[9], "one");
    }
}
