//! Faces in real pictures.

use std::{fs, io::Cursor, path::Path};

use image::{DynamicImage, ImageFormat, metadata::Orientation};
use labelmesh_faces::{Detector, MIN_SCORE, portrait};
use labelmesh_pixels::{Limits, Rect, Source};

fn file(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn faces(bytes: &[u8]) -> Vec<Rect> {
    let detector = Detector::load().expect("the model");
    let source = Source::open(bytes, Limits::default()).expect("a picture");
    let faces = detector.faces(&source, MIN_SCORE).expect("looked at");
    faces.into_iter().map(|face| face.place).collect()
}

/// Whether the middle of the astronaut's face is in a rectangle of a picture that is so many times as large as ours.
fn is_her_face(found: Rect, scale: u32) -> bool {
    let (x, y) = (139 * scale, 78 * scale);
    let is_inside = (found.x..found.x + found.width).contains(&x) && (found.y..found.y + found.height).contains(&y);
    is_inside && (40 * scale..80 * scale).contains(&found.width) && (50 * scale..100 * scale).contains(&found.height)
}

fn jpeg(picture: &DynamicImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg).expect("encodes");
    bytes.into_inner()
}

#[test]
fn a_face_is_found_where_it_is_and_none_where_there_is_none() {
    let found = faces(&file("astronaut.jpg"));
    assert!(found.len() == 1 && is_her_face(found[0], 1), "{found:?}");
    assert_eq!(faces(&file("coffee.jpg")), []);
}

#[test]
fn a_face_is_found_in_any_size_of_the_picture() {
    let picture = image::load_from_memory(&file("astronaut.jpg")).expect("decodes");
    for scale in [2, 5] {
        let large = picture.resize_exact(320 * scale, 320 * scale, image::imageops::FilterType::Triangle);
        let found = faces(&jpeg(&large));
        assert!(found.len() == 1 && is_her_face(found[0], scale), "{scale} times: {found:?}");
    }
}

#[test]
fn a_face_is_found_upright_however_the_camera_was_held() {
    let upright = image::load_from_memory(&file("astronaut.jpg")).expect("decodes");
    for exif in 1..=8 {
        let turn = Orientation::from_exif(exif).expect("an orientation");
        let back = match turn {
            Orientation::Rotate90 => Orientation::Rotate270,
            Orientation::Rotate270 => Orientation::Rotate90,
            other => other,
        };
        let mut stored = upright.clone();
        stored.apply_orientation(back);
        let bytes = jpeg(&stored);
        let mut segment =
            b"\xFF\xE1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0".to_vec();
        segment[29] = exif;
        let found = faces(&[&bytes[..2], &segment, &bytes[2..]].concat());
        assert!(found.len() == 1 && is_her_face(found[0], 1), "orientation {exif}: {found:?}");
    }
}

#[test]
fn a_portrait_holds_the_face() {
    let bytes = file("astronaut.jpg");
    let source = Source::open(&bytes, Limits::default()).expect("a picture");
    let detector = Detector::load().expect("the model");
    let face = detector.faces(&source, MIN_SCORE).expect("looked at")[0];
    let part = portrait(&face, (4, 5), 0.4, source.size());
    assert!(part.width * 5 / 4 >= part.height - 1 && part.width < 200, "{part:?}");
    assert!(part.x < face.place.x && part.y < face.place.y, "{part:?} around {face:?}");
}

#[test]
fn a_picture_that_is_damaged_fails_by_name() {
    let bytes = file("astronaut.jpg");
    let source = Source::open(&bytes[..bytes.len() / 2], Limits::default()).expect("its header is there");
    let error = Detector::load().expect("the model").faces(&source, MIN_SCORE).expect_err("half a picture");
    assert!(matches!(error, labelmesh_faces::Error::Picture(labelmesh_pixels::Error::Damaged(_))), "{error}");
}
