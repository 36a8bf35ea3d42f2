//! `labelmesh image`: from file to file.

use std::{fs, path::Path};

use image::{Rgb, RgbImage};
use serde_json::json;
use tempfile::TempDir;

use crate::program::{Ran, labelmesh, run};

/// A folder with a picture.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let picture = RgbImage::from_fn(400, 300, |x, y| Rgb([(x / 2) as u8, (y / 2) as u8, 90]));
    picture.save(folder.path().join("photo.jpg")).expect("written");
    folder
}

fn image(folder: &TempDir, arguments: &[&str]) -> Ran {
    run(labelmesh(folder.path()).current_dir(folder.path()).arg("image").args(arguments))
}

fn size(folder: &TempDir, name: &str) -> (u32, u32) {
    image::image_dimensions(folder.path().join(name)).expect("a picture")
}

#[test]
fn a_picture_is_made_smaller_beside_itself_or_where_one_says() {
    let folder = folder();
    let ran = image(&folder, &["resize", "photo.jpg", "--width", "200"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with("photo-200x150.jpg: 200 x 150 pixels, "), "{}", ran.out);
    assert_eq!(size(&folder, "photo-200x150.jpg"), (200, 150));

    let cover = "resize photo.jpg --width 64 --height 64 --fit cover --output small.webp --json";
    let cover: Vec<&str> = cover.split(' ').collect();
    let told = image(&folder, &cover).json();
    assert_eq!((&told["file"], &told["mediaType"]), (&json!("small.webp"), &json!("image/webp")));
    assert_eq!(told["bytes"], json!(fs::metadata(folder.path().join("small.webp")).expect("written").len()));
    assert_eq!((&told["window"]["width"], &told["window"]["height"]), (&json!(300), &json!(300)));
    assert_eq!(size(&folder, "small.webp"), (64, 64));

    for written in [&["--output", "small.avif"][..], &["--format", "avif", "--quality", "60"]] {
        let told = image(&folder, &[&["resize", "photo.jpg", "--width", "64", "--json"], written].concat()).json();
        assert_eq!(told["mediaType"], json!("image/avif"), "{told}");
        let file = told["file"].as_str().expect("a name");
        let bytes = fs::read(folder.path().join(file)).expect("written");
        assert!(file.ends_with(".avif") && bytes[4..12] == *b"ftypavif", "{told}");
    }
}

#[test]
fn a_part_is_cut_out_by_ratio_per_cent_size_or_box() {
    let folder = folder();
    for (window, wanted) in [
        (&["--ratio", "16:9"][..], (400, 225)),
        (&["--percent", "50x10"], (200, 30)),
        (&["--size", "80x60", "--focus", "0,0"], (80, 60)),
        (&["--box", "10,20,30,40"], (30, 40)),
    ] {
        let ran = image(&folder, &[&["crop", "photo.jpg", "--format", "png", "--output", "part"], window].concat());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{window:?}");
        let bytes = fs::read(folder.path().join("part")).expect("written");
        let picture = image::load_from_memory(&bytes).expect("a PNG");
        assert_eq!((picture.width(), picture.height()), wanted, "{window:?}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_option_and_its_rule() {
    let folder = folder();
    fs::write(folder.path().join("half.jpg"), &fs::read(folder.path().join("photo.jpg")).expect("there")[..1500])
        .expect("written");
    fs::write(folder.path().join("text.jpg"), "no picture").expect("written");
    for (arguments, code, said) in [
        (&["crop", "photo.jpg", "--ratio", "16/9"][..], 2, "two whole numbers from 1 on, such as 16:9"),
        (&["crop", "photo.jpg", "--percent", "50x0"], 2, "from 1 to 100, such as 50x10"),
        (&["crop", "photo.jpg"], 2, "required"),
        (
            &["crop", "photo.jpg", "--size", "401x1"],
            6,
            "--size: the window lies outside the picture, which has 400 x 300",
        ),
        (&["crop", "photo.jpg", "--box", "399,0,2,2"], 6, "--box: the window lies outside"),
        (&["crop", "photo.jpg", "--ratio", "1:1", "--focus", "400,0"], 6, "--focus: the window lies outside"),
        (&["crop", "photo.jpg", "--box", "0,0,2,2", "--focus", "center"], 2, "--focus"),
        (&["resize", "photo.jpg"], 2, "--width"),
        (&["resize", "photo.jpg", "--width", "0"], 2, "--width"),
        (&["resize", "photo.jpg", "--width", "9", "--fit", "cover"], 2, "need both --width and --height"),
        (&["resize", "photo.jpg", "--width", "9", "--focus", "center"], 2, "--focus needs --fit cover"),
        (&["resize", "photo.jpg", "--width", "9", "--quality", "101"], 2, "--quality"),
        (&["resize", "photo.jpg", "--width", "9", "--quality", "9", "--format", "png"], 2, "--quality tells nothing"),
        (&["resize", "photo.jpg", "--width", "9", "--output", "./photo.jpg"], 2, "would write over what is read"),
        (&["resize", "-", "--width", "9"], 2, "--output is needed"),
        (&["resize", "none.jpg", "--width", "9"], 5, "none.jpg: "),
        (&["resize", "half.jpg", "--width", "9"], 6, "half.jpg: it is damaged: pixels are missing"),
        (&["resize", "text.jpg", "--width", "9"], 6, "text.jpg: it is not a JPEG, PNG, WebP, GIF or SVG"),
        (&["resize", "photo.jpg", "--width", "60000", "--enlarge"], 6, "--max-megapixels"),
    ] {
        let ran = image(&folder, arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(said), "{arguments:?}: {}", ran.err);
    }
    // Nothing was written for any of them.
    let names: Vec<_> =
        fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("a file").file_name()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
}

#[test]
fn what_can_not_be_written_leaves_nothing_behind_and_an_old_file_as_it_was() {
    let folder = folder();
    fs::create_dir(folder.path().join("old.png")).expect("a folder");
    let ran = image(&folder, &["resize", "photo.jpg", "--width", "9", "--output", "old.png"]);
    assert_eq!(ran.code, 6, "{}", ran.err);
    assert!(ran.err.contains("old.png: "), "{}", ran.err);
    assert!(folder.path().join("old.png").is_dir() && !folder.path().join("old.png.part").exists());
}

#[test]
fn a_file_is_made_smaller_by_a_promise_and_what_came_of_it_is_told() {
    let folder = folder();
    let told = image(&folder, &["optimize", "photo.jpg", "--score", "60", "--json"]).json();
    assert_eq!((&told["file"], &told["mediaType"]), (&json!("photo-optimized.jpg"), &json!("image/jpeg")));
    let bytes = |name: &str| json!(fs::metadata(folder.path().join(name)).expect("there").len());
    assert_eq!((&told["originalBytes"], &told["bytes"]), (&bytes("photo.jpg"), &bytes("photo-optimized.jpg")));
    assert!(told["score"].as_f64().is_some_and(|score| (60.0..=100.0).contains(&score)), "{told}");
    assert_eq!(size(&folder, "photo-optimized.jpg"), (400, 300));

    let ran = image(&folder, &["optimize", "photo.jpg", "--format", "any", "--output", "small"]);
    assert!(ran.out.starts_with("small: ") && ran.out.contains(" % fewer, score "), "{} {}", ran.out, ran.err);
    for (arguments, code, said) in [
        (&["optimize", "photo.jpg", "--score", "96"][..], 2, "a number from 1 to 95, such as 75"),
        (&["optimize", "photo.jpg", "--max-memory", "1"], 6, "(--max-memory)"),
        (&["optimize", "photo.jpg", "--output", "photo.jpg"], 2, "would write over what is read"),
    ] {
        let ran = image(&folder, arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(said), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn faces_are_cut_out_and_kept() {
    let folder = folder();
    let astronaut = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/faces/tests/files/astronaut.jpg");
    fs::copy(astronaut, folder.path().join("her.jpg")).expect("copied");
    let told = image(&folder, &["portrait", "her.jpg", "--ratio", "1:1", "--max-faces", "9", "--json"]).json();
    let portraits = told["portraits"].as_array().expect("a list");
    assert_eq!((portraits.len(), &portraits[0]["file"]), (1, &json!("her-portrait-1.jpg")), "{told}");
    assert!(portraits[0]["score"].as_f64().is_some_and(|score| score > 0.75), "{told}");
    let (width, height) = size(&folder, "her-portrait-1.jpg");
    assert!(width == height && width < 200, "{width} x {height}");
    // A strip would lie across her suit otherwise.
    let told = image(&folder, &["crop", "her.jpg", "--ratio", "3:1", "--json"]).json();
    let (face, strip) = (&portraits[0]["face"], &told["window"]);
    let ends = |place: &serde_json::Value| (place["y"].as_u64(), place["y"].as_u64().zip(place["height"].as_u64()));
    let ((top, face_end), (strip_top, strip_end)) = (ends(face), ends(strip));
    assert!(strip_top <= top && face_end.map(|(y, h)| y + h) <= strip_end.map(|(y, h)| y + h), "{strip} for {face}");

    let ran = image(&folder, &["portrait", "photo.jpg", "--no-face", "center", "--output", "middle.jpg"]);
    assert_eq!((ran.code, size(&folder, "middle.jpg")), (0, (240, 300)), "{}", ran.err);
    for (arguments, code, said) in [
        (&["portrait", "photo.jpg"][..], 6, "there is no face in it"),
        (&["portrait", "her.jpg", "--max-faces", "2", "--output", "x.jpg"], 2, "--max-faces may make more"),
        (&["portrait", "her.jpg", "--min-score", "2"], 2, "a number from 0 to 1"),
        (&["portrait", "her.jpg", "--ratio", "4"], 2, "such as 16:9"),
    ] {
        let ran = image(&folder, arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(said), "{arguments:?}: {}", ran.err);
    }
}
