//! Two pixels a character: the upper half block in one colour on another.

use std::fmt::Write as _;

use image::{DynamicImage, Rgb};

use super::{Room, fitted};

/// The most pixels that are shown in a place.
pub(super) fn pixels(room: Room) -> (u32, u32) {
    (room.columns, room.rows * 2)
}

/// Draws an image in true colour.
pub(super) fn draw(image: &DynamicImage, room: Room) -> String {
    let (width, height) = pixels(room);
    let pixels = fitted(image, width, height);
    let (width, height) = pixels.dimensions();
    let mut text = String::new();
    for y in (0..height).step_by(2) {
        for x in 0..width {
            let Rgb([r, g, b]) = pixels.get_pixel(x, y);
            write!(text, "\x1b[38;2;{r};{g};{b}m").expect("a string takes everything");
            if let Some(Rgb([r, g, b])) = pixels.get_pixel_checked(x, y + 1) {
                write!(text, "\x1b[48;2;{r};{g};{b}m").expect("a string takes everything");
            }
            text.push('▀');
        }
        text.push_str("\x1b[0m\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_is_two_pixels() {
        let mut image = image::RgbImage::new(1, 3);
        image.put_pixel(0, 0, Rgb([1, 2, 3]));
        image.put_pixel(0, 1, Rgb([4, 5, 6]));
        let text = draw(&DynamicImage::ImageRgb8(image), Room { columns: 1, rows: 2 });
        let expected = "\x1b[38;2;1;2;3m\x1b[48;2;4;5;6m▀\x1b[0m\n\x1b[38;2;0;0;0m▀\x1b[0m\n";
        assert_eq!(text, expected);
    }
}
