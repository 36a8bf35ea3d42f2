//! What is made, against the slow way to it.

use image::{DynamicImage, ImageFormat};
use labelmesh_pixels::{Bounds, Encoding, Fit, Focus, Frames, Output, Recipe, Rect, Window};

use crate::files::{PNG, as_it_is, encoded, made_by_pillow, make, photo, pillows_picture, pixels, psnr, reference};

fn resize(bounds: Bounds, fit: Fit) -> Recipe {
    Recipe::Resize { bounds, fit, enlarge: false, focus: Focus::Center }
}

#[test]
fn a_picture_made_smaller_by_any_factor_is_what_the_slow_way_makes_of_it() {
    let photo = DynamicImage::from(photo(640, 480));
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let bytes = encoded(&photo, format);
        // A JPEG is decoded at 1/8, 2/8, ... 7/8 and 8/8 for these.
        for width in [37, 40, 75, 101, 160, 200, 222, 250, 300, 320, 500, 639] {
            let made = make(&bytes, &resize(Bounds::Width(width), Fit::Inside), PNG).expect("made");
            assert_eq!(made.width, width);
            let should = reference(&bytes, made.window, (made.width, made.height));
            let alike = psnr(&pixels(&made.bytes), &should);
            assert!(alike > 33.0, "{format:?} {width}: {alike:.1} dB");
        }
    }
}

#[test]
fn covering_cuts_and_filling_distorts() {
    let bytes = encoded(&photo(640, 480).into(), ImageFormat::Jpeg);
    let made = make(&bytes, &resize(Bounds::Both(100, 100), Fit::Cover), PNG).expect("made");
    assert_eq!(made.window, Rect { x: 80, y: 0, width: 480, height: 480 });
    assert!(psnr(&pixels(&made.bytes), &reference(&bytes, made.window, (100, 100))) > 33.0);
    let made = make(&bytes, &resize(Bounds::Both(300, 50), Fit::Fill), PNG).expect("made");
    assert_eq!(made.window, Rect { x: 0, y: 0, width: 640, height: 480 });
    assert!(psnr(&pixels(&made.bytes), &reference(&bytes, made.window, (300, 50))) > 33.0);
}

#[test]
fn a_part_is_what_was_there_pixel_by_pixel() {
    let photo = DynamicImage::from(photo(320, 240));
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let bytes = encoded(&photo, format);
        let window = Rect { x: 33, y: 21, width: 77, height: 150 };
        let recipe = Recipe::Crop { window: Window::Box(window), focus: Focus::Center };
        let made = make(&bytes, &recipe, PNG).expect("made");
        assert_eq!(pixels(&made.bytes), photo.crop_imm(33, 21, 77, 150).into_rgb8(), "{format:?}");
    }
}

#[test]
fn all_eight_orientations_stand_upright_whatever_is_cut_out_of_them() {
    let picture = DynamicImage::from(pillows_picture());
    for turn in 1..=8 {
        let bytes = made_by_pillow(&format!("turned{turn}.jpg"));
        let made = make(&bytes, &as_it_is(), PNG).expect("made");
        let alike = psnr(&pixels(&made.bytes), &pillows_picture());
        assert!(alike > 30.0, "{turn}: {alike:.1} dB");
        // An edge lies within each of these.
        for window in [
            Rect { x: 3, y: 5, width: 30, height: 20 },
            Rect { x: 20, y: 1, width: 27, height: 18 },
            Rect { x: 0, y: 9, width: 25, height: 23 },
        ] {
            let recipe = Recipe::Crop { window: Window::Box(window), focus: Focus::Center };
            let made = make(&bytes, &recipe, PNG).expect("made");
            let should = picture.crop_imm(window.x, window.y, window.width, window.height).into_rgb8();
            let alike = psnr(&pixels(&made.bytes), &should);
            assert!(alike > 27.0, "{turn} {window:?}: {alike:.1} dB");
        }
        let made = make(&bytes, &resize(Bounds::Width(12), Fit::Inside), PNG).expect("made");
        let alike = psnr(&pixels(&made.bytes), &reference(&bytes, made.window, (12, 8)));
        assert!(alike > 25.0, "{turn} small: {alike:.1} dB");
    }
    for name in ["turned6.png", "turned6.webp"] {
        let made = make(&made_by_pillow(name), &as_it_is(), PNG).expect("made");
        let alike = psnr(&pixels(&made.bytes), &pillows_picture());
        assert!(alike > 30.0, "{name}: {alike:.1} dB");
    }
}

#[test]
fn what_other_programs_write_is_read() {
    for (name, least) in [("grey.jpg", 40.0), ("inks.jpg", 30.0), ("grey16.png", 40.0), ("palette.png", 15.0)] {
        let bytes = made_by_pillow(name);
        let made = make(&bytes, &as_it_is(), PNG).expect(name);
        let should = reference(&bytes, made.window, (48, 32));
        let alike = psnr(&pixels(&made.bytes), &should);
        assert!(alike > least, "{name}: {alike:.1} dB");
    }
}

#[test]
fn all_formats_are_written_and_read_again() {
    let photo = photo(320, 240);
    let bytes = encoded(&photo.clone().into(), ImageFormat::Png);
    for (encoding, begins) in [
        (Encoding::Jpeg { quality: 80 }, &b"\xFF\xD8\xFF"[..]),
        (Encoding::Jpeg { quality: 95 }, b"\xFF\xD8\xFF"),
        (Encoding::Webp { quality: 90 }, b"RIFF"),
        (Encoding::Png, b"\x89PNG"),
    ] {
        let made = make(&bytes, &as_it_is(), Output { encoding, frames: Frames::First }).expect("made");
        assert!(made.bytes.starts_with(begins), "{encoding:?}");
        let alike = psnr(&pixels(&made.bytes), &photo);
        assert!(alike > 30.0, "{encoding:?}: {alike:.1} dB");
    }
}

#[test]
fn what_can_be_seen_through_is_white_in_a_jpeg_and_stays_so_elsewhere() {
    let clear = DynamicImage::new_rgba8(20, 20);
    let bytes = encoded(&clear, ImageFormat::Png);
    let output = |encoding| Output { encoding, frames: Frames::First };
    let made = make(&bytes, &as_it_is(), output(Encoding::Jpeg { quality: 90 })).expect("made");
    assert!(pixels(&made.bytes).pixels().all(|pixel| pixel.0.iter().all(|value| *value > 250)));
    for encoding in [Encoding::Png, Encoding::Webp { quality: 90 }] {
        let made = make(&bytes, &as_it_is(), output(encoding)).expect("made");
        let picture = image::load_from_memory(&made.bytes).expect("decodes").into_rgba8();
        assert!(picture.pixels().all(|pixel| pixel.0[3] == 0), "{encoding:?}");
    }
}

#[test]
fn a_jpeg_of_a_jpeg_keeps_its_colors() {
    let jpeg = Output { encoding: Encoding::Jpeg { quality: 95 }, frames: Frames::First };
    let bytes = encoded(&photo(640, 480).into(), ImageFormat::Jpeg);
    for width in [75, 160, 250, 500, 640] {
        let made = make(&bytes, &resize(Bounds::Width(width), Fit::Inside), jpeg).expect("made");
        let should = reference(&bytes, made.window, (made.width, made.height));
        let alike = psnr(&pixels(&made.bytes), &should);
        assert!(alike > 33.0, "{width}: {alike:.1} dB");
    }
    for turn in 1..=8 {
        let made = make(&made_by_pillow(&format!("turned{turn}.jpg")), &as_it_is(), jpeg).expect("made");
        let alike = psnr(&pixels(&made.bytes), &pillows_picture());
        assert!(alike > 29.0, "{turn}: {alike:.1} dB");
    }
    for (name, least) in [("grey.jpg", 38.0), ("inks.jpg", 30.0)] {
        let made = make(&made_by_pillow(name), &as_it_is(), jpeg).expect(name);
        let alike = psnr(&pixels(&made.bytes), &reference(&made_by_pillow(name), made.window, (48, 32)));
        assert!(alike > least, "{name}: {alike:.1} dB");
    }
}
