//! AVIF, as Pillow reads it (by libavif and dav1d), which shares no code with what wrote it.

use std::{fs, path::Path, process::Command};

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use labelmesh_pixels::{Bounds, Encoding, Error, Fit, Focus, Frames, Limits, Output, Recipe, Source};
use labelmesh_servers::Tools;

use crate::files::{as_it_is, encoded, made_by_pillow, make, photo, pillows_picture, psnr};

fn avif(quality: u8) -> Output {
    Output { encoding: Encoding::Avif { quality }, frames: Frames::First }
}

/// What Pillow says of each file, and what it shows.
pub(crate) fn by_pillow(files: &[Vec<u8>]) -> Vec<(String, DynamicImage)> {
    let folder = tempfile::tempdir().expect("a folder");
    let paths: Vec<_> = (0..files.len()).map(|number| folder.path().join(number.to_string())).collect();
    for (path, bytes) in paths.iter().zip(files) {
        fs::write(path, bytes).expect("written");
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recipes/avif.py");
    let mut python = Command::new("python3");
    python.arg(script).args(&paths).env("PYTHONPATH", Tools::locate().python_clients().expect("./dev parts"));
    let output = python.output().expect("python3");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    let shown = |path: &Path| {
        let png = fs::read(path.with_extension("png")).expect("decoded");
        image::load_from_memory_with_format(&png, ImageFormat::Png).expect("a PNG")
    };
    said.lines().zip(&paths).map(|(said, path)| (said.to_owned(), shown(path))).collect()
}

#[test]
fn pillow_shows_what_was_encoded_whatever_its_size() {
    let sizes = [(1, 1), (1, 40), (40, 1), (2, 3), (7, 5), (64, 64), (65, 63), (321, 199)];
    let photos: Vec<_> = sizes.iter().map(|(width, height)| photo(*width, *height)).collect();
    let made = |photo: &image::RgbImage| {
        let png = encoded(&photo.clone().into(), ImageFormat::Png);
        make(&png, &as_it_is(), avif(90)).expect("made").bytes
    };
    let files: Vec<_> = photos.iter().map(made).collect();
    for ((said, shown), (photo, (width, height))) in by_pillow(&files).iter().zip(photos.iter().zip(sizes)) {
        assert_eq!(said, &format!("AVIF {width} {height} RGB 1"), "nothing but pixels");
        let alike = psnr(&shown.to_rgb8(), photo);
        // In a few pixels there is nothing but edges.
        let least = if width * height < 64 { 28.0 } else { 37.0 };
        assert!(alike > least, "{width} x {height}: {alike:.1} dB");
    }
}

#[test]
fn a_higher_quality_looks_better_and_takes_more_bytes() {
    let picture = photo(320, 240);
    let png = encoded(&picture.clone().into(), ImageFormat::Png);
    let files: Vec<_> =
        [1, 30, 60, 80, 100].map(|quality| make(&png, &as_it_is(), avif(quality)).expect("made").bytes).into();
    let alike: Vec<_> = by_pillow(&files).iter().map(|(_, shown)| psnr(&shown.to_rgb8(), &picture)).collect();
    assert!(alike.is_sorted() && alike[4] > 42.0, "{alike:?}");
    assert!(files.iter().map(Vec::len).is_sorted_by(|one, next| one < next));
    for quality in [0, 101] {
        assert_eq!(make(&png, &as_it_is(), avif(quality)), Err(Error::BadRecipe("a quality is from 1 to 100")),);
    }
}

#[test]
fn what_can_be_seen_through_stays_so_and_hides_nothing() {
    let picture = photo(200, 100);
    // Opaque to the left, clear to the right, and slowly from one to the other.
    let glass = RgbaImage::from_fn(200, 100, |x, y| {
        let [r, g, b] = picture.get_pixel(x, y).0;
        Rgba([r, g, b, (255 - (x.clamp(60, 140) - 60) * 255 / 80) as u8])
    });
    let opaque = RgbaImage::from_fn(200, 100, |x, y| {
        let [r, g, b] = picture.get_pixel(x, y).0;
        Rgba([r, g, b, 255])
    });
    let files = [glass.clone(), opaque]
        .map(|picture| make(&encoded(&picture.into(), ImageFormat::Png), &as_it_is(), avif(90)).expect("made").bytes);
    let [(said, shown), (said_of_opaque, _)] = &by_pillow(&files)[..] else { panic!("two") };
    assert_eq!((said.as_str(), said_of_opaque.as_str()), ("AVIF 200 100 RGBA 1", "AVIF 200 100 RGB 1"));
    let shown = shown.to_rgba8();
    let apart = shown.pixels().zip(glass.pixels()).map(|(is, was)| is.0[3].abs_diff(was.0[3])).max();
    assert!(apart <= Some(12), "{apart:?}");
    for x in 0..60 {
        assert!(shown.get_pixel(x, 50).0[3] >= 250, "{x}");
    }
    // Where nothing is seen there is one color.
    let hidden = |x, y| RgbaImage::get_pixel(&shown, x, y).0[..3].to_vec();
    assert!(hidden(170, 10).iter().zip(hidden(195, 90)).all(|(one, other)| one.abs_diff(other) < 8));
}

#[test]
fn grey_stays_grey_and_all_that_is_read_is_written_upright_without_metadata() {
    let grey = made_by_pillow("grey.jpg");
    let names = ["turned6.jpg", "turned3.jpg", "turned6.webp", "turned6.png", "grey16.png", "animated.gif"];
    let mut files = vec![make(&grey, &as_it_is(), avif(90)).expect("made").bytes];
    files.extend(names.map(|name| make(&made_by_pillow(name), &as_it_is(), avif(95)).expect(name).bytes));
    let read = by_pillow(&files);
    for (said, _) in &read {
        assert!(said.starts_with("AVIF 48 32 ") && said.ends_with(" 1"), "{said}");
    }
    for ((_, shown), name) in read[1..5].iter().zip(names) {
        let alike = psnr(&shown.to_rgb8(), &pillows_picture());
        assert!(alike > 28.0, "{name}: {alike:.1} dB");
    }
    // One plane of three.
    let colors = make(&made_by_pillow("turned1.jpg"), &as_it_is(), avif(90)).expect("made").bytes;
    assert!(files[0].len() < colors.len());
}

#[test]
fn what_it_takes_is_told_before_and_bounded() {
    let bytes = encoded(&photo(1000, 800).into(), ImageFormat::Jpeg);
    let recipe = Recipe::Resize { bounds: Bounds::Width(900), fit: Fit::Inside, enlarge: false, focus: Focus::Center };
    let limits = Limits { max_memory_bytes: 64 << 20, ..Limits::default() };
    let source = Source::open(&bytes, limits).expect("a header");
    let Encoding::Avif { .. } = avif(80).encoding else { panic!("AVIF") };
    let needed = source.memory_bytes_as(&recipe, avif(80).encoding).expect("a plan");
    assert!(needed > source.memory_bytes(&recipe).expect("a plan"));
    assert_eq!(source.make(&recipe, avif(80)), Err(Error::TooMuchMemory { bytes: needed, max_bytes: 64 << 20 }));
    source.make(&recipe, Output { encoding: Encoding::Webp { quality: 80 }, frames: Frames::First }).expect("made");
    // A frame after another is not written.
    let all = Output { frames: Frames::All, ..avif(80) };
    assert!(matches!(make(&made_by_pillow("animated.gif"), &as_it_is(), all), Err(Error::NotHeld(_))));
}
