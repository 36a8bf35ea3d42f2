//! Terminals that take images as images.

use std::io::Cursor;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use image::{DynamicImage, ImageFormat};

use super::{Room, fitted};

/// A character is about so large; terminals scale to the room they are told.
const CHARACTER: (u32, u32) = (10, 20);
/// The longest piece that kitty takes at once.
const PIECE: usize = 4096;

/// The most pixels that are shown in a place.
pub(super) fn pixels(room: Room) -> (u32, u32) {
    (room.columns * CHARACTER.0, room.rows * CHARACTER.1)
}

/// <https://sw.kovidgoyal.net/kitty/graphics-protocol/>: forgets what was shown and shows this.
pub(super) fn kitty(image: &DynamicImage, room: Room) -> String {
    let (encoded, size) = encode(image, room);
    let pieces: Vec<&[u8]> = encoded.as_bytes().chunks(PIECE).collect();
    let mut text = String::from("\x1b_Ga=d,q=2\x1b\\");
    for (number, piece) in pieces.iter().enumerate() {
        let more = u8::from(number + 1 < pieces.len());
        let head = match number {
            0 => format!("a=T,f=100,q=2,c={},r={},m={more}", size.columns, size.rows),
            _ => format!("m={more}"),
        };
        text += &format!("\x1b_G{head};{}\x1b\\", String::from_utf8_lossy(piece));
    }
    text + "\n"
}

/// <https://iterm2.com/documentation-images.html>
pub(super) fn iterm(image: &DynamicImage, room: Room) -> String {
    let (encoded, size) = encode(image, room);
    format!("\x1b]1337;File=inline=1;width={};height={}:{encoded}\x07\n", size.columns, size.rows)
}

/// A PNG that fits, in Base64, and how many characters it takes.
fn encode(image: &DynamicImage, room: Room) -> (String, Room) {
    let (width, height) = pixels(room);
    let pixels = fitted(image, width, height);
    let size = Room { columns: pixels.width().div_ceil(CHARACTER.0), rows: pixels.height().div_ceil(CHARACTER.1) };
    let mut png = Cursor::new(Vec::new());
    pixels.write_to(&mut png, ImageFormat::Png).expect("pixels become a PNG in memory");
    (STANDARD.encode(png.into_inner()), size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_sent_in_pieces_that_know_of_more() {
        let noise = image::RgbImage::from_fn(80, 80, |x, y| {
            let value = (x * 7919 + y * 104_729) % 251;
            image::Rgb([value as u8, (value * 3 % 251) as u8, (value * 7 % 251) as u8])
        });
        let room = Room { columns: 8, rows: 4 };
        let text = kitty(&DynamicImage::ImageRgb8(noise.clone()), room);
        assert!(text.contains("c=8,r=4,m=1;") && text.contains("\x1b_Gm=0;"), "{text:?}");
        assert!(iterm(&DynamicImage::ImageRgb8(noise), room).starts_with("\x1b]1337;File=inline=1;width=8;height=4:"));
    }
}
