//! Smaller files that look as good as is promised.

use std::io::Cursor;

use fast_ssim2::{PixelDescriptor, PixelSlice, Ssimulacra2Reference};
use image::{DynamicImage, ImageFormat, Rgba, RgbaImage, codecs::jpeg::JpegEncoder};
use labelmesh_pixels::{Error, Format, Formats, Limits, Optimized, Promise, Source, Written};

use crate::{
    avifs::by_pillow,
    files::{encoded, made_by_pillow, photo, pixels, psnr},
};

fn optimize(bytes: &[u8], score: f64, formats: Formats) -> Result<Optimized, Error> {
    Source::open(bytes, Limits::default())?.optimize(Promise { score, formats })
}

fn jpeg(width: u32, height: u32, quality: u8) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    photo(width, height).write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality)).expect("encodes");
    bytes.into_inner()
}

#[test]
fn a_photo_keeps_its_promise_in_fewer_bytes_and_four_encodes() {
    let original = jpeg(640, 480, 97);
    let mut last = usize::MAX;
    for score in [90.0, 80.0, 70.0] {
        let same = optimize(&original, score, Formats::Same).expect("made");
        assert_eq!((same.format, same.width, same.height), (Written::Read(Format::Jpeg), 640, 480));
        assert!(
            same.score >= score && same.score < 100.0 && same.encodes <= 4,
            "{score}: {} {}",
            same.score,
            same.encodes
        );
        assert!(same.bytes.len() < original.len() && same.bytes.len() < last, "{score}: {}", same.bytes.len());
        assert_eq!(pixels(&same.bytes).dimensions(), (640, 480));
        let any = optimize(&original, score, Formats::Any).expect("made");
        assert!(any.score >= score && any.encodes <= 4, "{score}: {} {}", any.score, any.encodes);
        last = same.bytes.len();
    }
}

#[test]
fn no_file_grows_and_what_can_not_be_made_smaller_stays_as_good_as_it_was() {
    for quality in [5, 30, 75, 97] {
        for score in [1.0, 75.0, 95.0] {
            let original = jpeg(200, 150, quality);
            for formats in [Formats::Same, Formats::Any] {
                let made = optimize(&original, score, formats).expect("made");
                assert!(made.bytes.len() <= original.len(), "{quality} {score}");
                assert!(made.score >= score, "{quality} {score}: {}", made.score);
            }
        }
    }
}

#[test]
fn a_png_loses_nothing_unless_any_format_will_do() {
    let picture = photo(300, 200);
    let original = encoded(&picture.clone().into(), ImageFormat::Png);
    let same = optimize(&original, 75.0, Formats::Same).expect("made");
    assert_eq!((same.format, same.score, same.encodes), (Written::Read(Format::Png), 100.0, 1));
    assert!(same.bytes.len() < original.len() && pixels(&same.bytes) == picture);
    let any = optimize(&original, 75.0, Formats::Any).expect("made");
    assert!(any.bytes.len() < same.bytes.len() / 2 && any.score >= 75.0 && any.encodes <= 4);

    // What can be seen through stays so.
    let glass = RgbaImage::from_fn(300, 200, |x, y| {
        let [r, g, b] = picture.get_pixel(x, y).0;
        Rgba([r, g, b, (x % 256) as u8])
    });
    let original = encoded(&DynamicImage::from(glass), ImageFormat::Png);
    let any = optimize(&original, 75.0, Formats::Any).expect("made");
    let shown = match any.format {
        Written::Avif => by_pillow(&[any.bytes]).remove(0).1,
        Written::Read(_) => image::load_from_memory(&any.bytes).expect("decodes"),
    };
    assert!(shown.color().has_alpha());
}

#[test]
fn avif_is_tried_where_it_may_win_and_its_score_is_what_others_see() {
    let picture = photo(400, 300);
    let original = encoded(&picture.clone().into(), ImageFormat::Png);
    let any = optimize(&original, 80.0, Formats::Any).expect("made");
    assert_eq!((any.format, any.format.media_type()), (Written::Avif, "image/avif"));
    assert!(any.score >= 80.0 && any.encodes <= 4, "{} {}", any.score, any.encodes);
    // What Pillow decodes has the same score, with what it rounds otherwise.
    let shown = by_pillow(&[any.bytes]).remove(0).1.into_rgb8();
    assert!(psnr(&shown, &picture) > 36.0);
    let reference = PixelSlice::new(picture.as_raw(), 400, 300, 1200, PixelDescriptor::RGB8_SRGB).expect("pixels");
    let decoded = PixelSlice::new(shown.as_raw(), 400, 300, 1200, PixelDescriptor::RGB8_SRGB).expect("pixels");
    let score = Ssimulacra2Reference::new(&reference).and_then(|reference| reference.compare(&decoded));
    let score = score.expect("compared");
    assert!((score - any.score).abs() < 2.0, "{score} by Pillow's pixels, {} by ours", any.score);

    // An icon.
    let icon = encoded(&photo(32, 32).into(), ImageFormat::Png);
    assert_ne!(optimize(&icon, 80.0, Formats::Any).expect("made").format, Written::Avif);
}

#[test]
fn a_picture_that_lies_on_its_side_stands_upright() {
    for turn in 1..=8 {
        let made = optimize(&made_by_pillow(&format!("turned{turn}.jpg")), 60.0, Formats::Same).expect("made");
        assert_eq!((made.width, made.height), (48, 32), "{turn}");
        if turn > 1 && made.score < 100.0 {
            assert_eq!(pixels(&made.bytes).dimensions(), (48, 32), "{turn}");
        }
    }
}

#[test]
fn animations_go_on_moving() {
    for (name, format) in
        [("animated.gif", Format::Gif), ("animated.png", Format::Png), ("animated.webp", Format::Webp)]
    {
        let original = made_by_pillow(name);
        let made = optimize(&original, 75.0, Formats::Any).expect("made");
        assert_eq!((made.format, made.score, made.encodes), (Written::Read(format), 100.0, 0), "{name}");
        assert!(made.bytes.len() <= original.len(), "{name}");
    }
}

#[test]
fn what_can_not_be_promised_or_held_is_told() {
    let original = jpeg(64, 64, 90);
    for score in [0.0, 95.5, f64::NAN] {
        let refused = optimize(&original, score, Formats::Same);
        assert_eq!(refused, Err(Error::BadRecipe("a score is from 1 to 95")));
    }
    let svg = br##"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>"##;
    assert!(matches!(optimize(svg, 75.0, Formats::Any), Err(Error::NotHeld(_))));
    assert!(matches!(optimize(&original[..original.len() / 2], 75.0, Formats::Same), Err(Error::Damaged(_))));
    let limits = Limits { max_memory_bytes: 300_000, ..Limits::default() };
    let source = Source::open(&original, limits).expect("a header");
    let bytes = source.optimizing_bytes();
    let refused = source.optimize(Promise { score: 75.0, formats: Formats::Same });
    assert!(bytes > 300_000);
    assert_eq!(refused, Err(Error::TooMuchMemory { bytes, max_bytes: 300_000 }));
    // As small as can be.
    optimize(&encoded(&photo(1, 1).into(), ImageFormat::Png), 75.0, Formats::Any).expect("made");
}
