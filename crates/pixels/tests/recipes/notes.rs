//! What strict readers stop at is noted: each rule broken by itself, beside what Pillow says.

use std::{fs, io::Write as _, path::Path, process::Command};

use flate2::{Compression, Crc, write::ZlibEncoder};
use image::ImageFormat;
use labelmesh_pixels::{Format, Note, notes};
use labelmesh_servers::Tools;

use crate::files::{encoded, made_by_pillow, photo};

/// A chunk of a PNG.
fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(data);
    let length = u32::try_from(data.len()).expect("short").to_be_bytes();
    [&length[..], kind, data, &crc.sum().to_be_bytes()].concat()
}

fn deflated(bytes: usize) -> Vec<u8> {
    let mut deflated = ZlibEncoder::new(Vec::new(), Compression::fast());
    deflated.write_all(&vec![b'a'; bytes]).expect("memory");
    deflated.finish().expect("memory")
}

/// The PNG with chunks behind its header.
fn with(png: &[u8], chunks: &[Vec<u8>]) -> Vec<u8> {
    [&png[..33], &chunks.concat(), &png[33..]].concat()
}

/// Files with what is to be noted of them.
fn pngs() -> Vec<(&'static str, Vec<u8>, Vec<Note>)> {
    const MIB: usize = 1 << 20;
    let png = encoded(&photo(24, 16).into(), ImageFormat::Png);
    let text = |method: u8, bytes| chunk(b"zTXt", &[b"Comment\0", &[method][..], &deflated(bytes)].concat());
    let international =
        |flag: u8, text: &[u8]| chunk(b"iTXt", &[b"Title\0", &[flag, 0][..], b"en\0Titel\0", text].concat());
    let profile = |method: u8, bytes| chunk(b"iCCP", &[b"sRGB\0", &[method][..], &deflated(bytes)].concat());
    let mut wrong = chunk(b"sRGB", &[0]);
    *wrong.last_mut().expect("a checksum") ^= 1;
    let frames = |first: u8, length: usize| {
        let mut frame = vec![0; length];
        frame[3] = first;
        (frame[7], frame[11]) = (24, 16);
        [chunk(b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]), chunk(b"fcTL", &frame)]
    };
    let malformed = || vec![Note::Malformed];
    vec![
        ("sound", png.clone(), vec![]),
        ("made by Pillow", made_by_pillow("grey16.png"), vec![]),
        ("animated by Pillow", made_by_pillow("animated.png"), vec![]),
        ("with a palette", made_by_pillow("palette.png"), vec![]),
        ("unknown chunk", with(&png, &[chunk(b"prVt", b"whatever")]), vec![]),
        ("text", with(&png, &[text(0, MIB)]), vec![]),
        ("international text", with(&png, &[international(0, b"Bild"), international(1, &deflated(MIB))]), vec![]),
        ("profile", with(&png, &[profile(0, 3000)]), vec![]),
        ("broken text", with(&png, &[chunk(b"zTXt", b"Comment\0\0no zlib")]), vec![]),
        ("behind the end", [&png[..], b"film"].concat(), vec![]),
        ("animated", with(&png, &frames(0, 26)), vec![]),
        ("checksum", with(&png, &[wrong]), malformed()),
        ("kind", with(&png, &[chunk(b"a-c!", b"x")]), malformed()),
        ("gamma", with(&png, &[chunk(b"gAMA", &[0, 1])]), malformed()),
        ("primaries", with(&png, &[chunk(b"cHRM", &[0; 31])]), malformed()),
        ("intent", with(&png, &[chunk(b"sRGB", &[])]), malformed()),
        ("resolution", with(&png, &[chunk(b"pHYs", &[0; 8])]), malformed()),
        ("text too long", with(&png, &[text(0, MIB + 1)]), malformed()),
        ("texts too long", with(&png, &vec![text(0, MIB); 65]), malformed()),
        ("international text too long", with(&png, &[international(1, &deflated(MIB + 1))]), malformed()),
        ("profile too long", with(&png, &[profile(0, MIB + 1)]), malformed()),
        ("text by a method", with(&png, &[text(1, 10)]), malformed()),
        ("profile by a method", with(&png, &[profile(2, 10)]), malformed()),
        ("profile without an end of its name", with(&png, &[chunk(b"iCCP", b"SECRETgold")]), malformed()),
        ("profile without a name", with(&png, &[chunk(b"iCCP", b"")]), malformed()),
        ("profile without a method", with(&png, &[chunk(b"iCCP", b"sRGB\0")]), malformed()),
        ("broken profile", with(&png, &[chunk(b"iCCP", b"sRGB\0\0no zlib")]), vec![]),
        ("text without an end of its keyword", with(&png, &[chunk(b"zTXt", b"Comment")]), vec![]),
        ("animation", with(&png, &[chunk(b"acTL", &[0; 7])]), malformed()),
        ("frame", with(&png, &frames(0, 25)), malformed()),
        ("first frame out of sequence", with(&png, &frames(1, 26)), malformed()),
        ("end", png[..png.len() - 6].to_vec(), vec![Note::NoEnd]),
        ("within the checksum of the pixels", png[..png.len() - 14].to_vec(), vec![Note::NoEnd]),
        ("checksum and end", png[..png.len() - 12].to_vec(), vec![Note::NoEnd]),
    ]
}

fn jpegs() -> Vec<(&'static str, Vec<u8>, Vec<Note>)> {
    let jpeg = encoded(&photo(24, 16).into(), ImageFormat::Jpeg);
    let jfif = jpeg.windows(4).position(|bytes| bytes == b"JFIF").expect("JFIF");
    let short = [&jpeg[..jfif - 2], &[0, 7], b"JFIF\0", &jpeg[jfif + 14..]].concat();
    vec![
        ("sound jpeg", jpeg.clone(), vec![]),
        ("restarts", made_by_pillow("restarts.jpg"), vec![]),
        ("inks", made_by_pillow("inks.jpg"), vec![]),
        ("turned", made_by_pillow("turned6.jpg"), vec![]),
        ("filled", [&jpeg[..2], &[0xFF; 5], &jpeg[2..]].concat(), vec![]),
        ("behind the jpeg", [&jpeg[..], b"film"].concat(), vec![]),
        ("garbage", [&jpeg[..2], b"garbage", &jpeg[2..]].concat(), vec![Note::Malformed]),
        ("short JFIF", short, vec![Note::Malformed]),
        ("no end", jpeg[..jpeg.len() - 2].to_vec(), vec![Note::NoEnd]),
    ]
}

/// What Pillow says of each file, in their order.
fn read_by_pillow(files: &[&[u8]]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = files.iter().enumerate().map(|(number, bytes)| {
        let path = folder.path().join(number.to_string());
        fs::write(&path, bytes).expect("written");
        path
    });
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recipes/open.py");
    let mut python = Command::new("python3");
    python.arg(script).args(paths).env("PYTHONPATH", Tools::locate().python_clients().expect("./dev parts"));
    let output = python.output().expect("python3");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8").lines().map(str::to_owned).collect()
}

#[test]
fn what_is_malformed_is_noted_where_pillow_stops_and_only_there() {
    let files: Vec<_> = pngs()
        .into_iter()
        .map(|file| (Format::Png, file))
        .chain(jpegs().into_iter().map(|file| (Format::Jpeg, file)))
        .collect();
    let bytes: Vec<_> = files.iter().map(|(_, (_, bytes, _))| bytes.as_slice()).collect();
    let said = read_by_pillow(&bytes);
    assert_eq!(said.len(), files.len());
    for ((format, (name, bytes, expected)), said) in files.iter().zip(said) {
        assert_eq!(&notes(*format, bytes), expected, "{name}");
        // Whether it stops where only the end is missing depends on what is left of it.
        if !expected.contains(&Note::NoEnd) {
            assert_eq!(expected.is_empty(), said == "read", "{name}: {said}");
        }
    }
}

#[test]
fn a_gif_without_its_trailer_is_noted() {
    let gif = made_by_pillow("animated.gif");
    assert_eq!(notes(Format::Gif, &gif), []);
    assert_eq!(notes(Format::Gif, &gif[..gif.len() - 1]), [Note::NoEnd]);
    assert_eq!(notes(Format::Gif, &gif[..gif.len() - 2]), [Note::NoEnd]);
    assert_eq!(notes(Format::Webp, &made_by_pillow("animated.webp")), []);
}
