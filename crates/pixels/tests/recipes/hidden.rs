//! Whatever hides a text in a file, operators get the picture without it.

use std::io::Write as _;

use flate2::{Compression, Crc, write::ZlibEncoder};
use image::{DynamicImage, ImageFormat};
use labelmesh_pixels::{Format, Limits, Source, for_operators};
use moxcms::{ColorProfile, LocalizableString, ProfileText};

use crate::files::{PNG, as_it_is, encoded, made_by_pillow, photo, pixels};

const SECRET: &[u8] = b"48.1372 N, 11.5755 E; gold: cat";

fn has_secret(bytes: &[u8]) -> bool {
    bytes.windows(SECRET.len()).any(|window| window == SECRET)
}

/// Puts something into a file.
fn with(bytes: &[u8], at: usize, what: &[u8]) -> Vec<u8> {
    [&bytes[..at], what, &bytes[at..]].concat()
}

/// What is seen of the first frame.
fn seen(bytes: &[u8]) -> image::RgbImage {
    let source = Source::open(bytes, Limits::default()).expect("a header");
    pixels(&source.make(&as_it_is(), PNG).expect("made").bytes)
}

/// Operators get what is seen of a file, and nothing of the secret.
fn is_kept_from_operators(format: Format, name: &str, bytes: &[u8], shown: &image::RgbImage) {
    assert!(has_secret(bytes), "{name}: there is a secret");
    let plain = for_operators(format, bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    let plain = plain.unwrap_or_else(|| panic!("{name}: other bytes"));
    assert!(!has_secret(&plain), "{name}");
    assert!(seen(&plain) == *shown, "{name}: it looks the same");
    assert_eq!(for_operators(format, &plain), Ok(None), "{name}: twice is once");
}

fn profile(text: &str) -> Vec<u8> {
    let mut profile = ColorProfile::new_display_p3();
    let text = LocalizableString::new("en".to_owned(), "US".to_owned(), text.to_owned());
    profile.description = Some(ProfileText::Localizable(vec![text]));
    profile.encode().expect("a profile")
}

/// A profile with the secret as its maker wrote it: a tag of a kind that nobody knows.
fn talkative_profile() -> Vec<u8> {
    let mut profile = profile("Display P3");
    let description = profile.windows(4).position(|name| name == b"desc").expect("a description");
    profile[description..description + 4].copy_from_slice(b"note");
    let at = u32::try_from(profile.len()).expect("short").to_be_bytes();
    profile[description + 4..description + 8].copy_from_slice(&at);
    profile[description + 8..description + 12].copy_from_slice(&[0, 0, 0, SECRET.len() as u8]);
    profile.extend(SECRET);
    let length = u32::try_from(profile.len()).expect("short").to_be_bytes();
    profile[..4].copy_from_slice(&length);
    profile
}

mod jpeg {
    use super::*;

    fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len() + 2).expect("short").to_be_bytes();
        [&[0xFF, marker], &length[..], data].concat()
    }

    /// Where segments begin, the start of the scan the last of them.
    fn borders(bytes: &[u8]) -> Vec<usize> {
        let mut borders = vec![2];
        while let Some(&at) = borders.last().filter(|at| bytes[**at + 1] != 0xDA) {
            borders.push(at + 2 + usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]])));
        }
        borders
    }

    fn find(bytes: &[u8], marker: u8) -> usize {
        bytes.windows(2).position(|pair| pair == [0xFF, marker]).expect("the marker")
    }

    fn files() -> Vec<(&'static str, Vec<u8>)> {
        vec![
            ("baseline", encoded(&photo(40, 24).into(), ImageFormat::Jpeg)),
            ("by Pillow", made_by_pillow("turned1.jpg")),
            ("in scans", made_by_pillow("turned2.jpg")),
            ("grey", made_by_pillow("grey.jpg")),
            ("restarts", made_by_pillow("restarts.jpg")),
        ]
        .into_iter()
        // Upright, and without the secrets of `make.py`.
        .map(|(name, bytes)| {
            let mut bytes = bytes;
            while let Some(at) = borders(&bytes).into_iter().find(|at| matches!(bytes[at + 1], 0xE1 | 0xFE)) {
                let length = usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]));
                bytes.drain(at..at + 2 + length);
            }
            (name, bytes)
        })
        .collect()
    }

    #[test]
    fn at_no_border_of_a_segment_a_text_stays() {
        for (name, bytes) in files() {
            let shown = seen(&bytes);
            for at in borders(&bytes) {
                for marker in (0x02..=0xBF).chain(0xDC..=0xDC).chain(0xDE..=0xFE) {
                    // Of the reserved ones some.
                    if marker < 0xC0 && marker % 31 != 2 {
                        continue;
                    }
                    let hidden = with(&bytes, at, &segment(marker, SECRET));
                    is_kept_from_operators(Format::Jpeg, &format!("{name}: {marker:x} at {at}"), &hidden, &shown);
                }
                is_kept_from_operators(
                    Format::Jpeg,
                    &format!("{name}: garbage at {at}"),
                    &with(&bytes, at, SECRET),
                    &shown,
                );
            }
        }
    }

    #[test]
    fn no_text_stays_behind_the_last_pixel_of_a_scan_or_before_a_restart() {
        for (name, bytes) in files() {
            let shown = seen(&bytes);
            let scan = find(&bytes, 0xDA);
            let ends = (scan + 2..bytes.len() - 1).filter(|at| bytes[*at] == 0xFF && bytes[at + 1] != 0);
            for end in ends {
                // A marker within a scan's data, or behind them: at both a decoder looks for the next.
                let is_header = !matches!(bytes[end + 1], 0xC4 | 0xD0..=0xDA);
                if !is_header {
                    is_kept_from_operators(
                        Format::Jpeg,
                        &format!("{name}: before {end}"),
                        &with(&bytes, end, SECRET),
                        &shown,
                    );
                }
            }
            let again =
                [&bytes[..bytes.len() - 2], &segment(0xDA, &bytes[scan + 4..scan + 6]), SECRET, b"\xff\xd9"].concat();
            if name == "baseline" {
                is_kept_from_operators(Format::Jpeg, "another scan", &again, &shown);
            }
            let few = with(&bytes, bytes.len() - 2, b"cat");
            let plain = for_operators(Format::Jpeg, &few).expect("upright").expect("other bytes");
            assert!(!plain.windows(5).any(|window| window == b"cat\xff\xd9"), "{name}: three letters");
            assert!(seen(&plain) == shown, "{name}");
        }
    }

    #[test]
    fn no_table_and_no_header_has_room_for_one() {
        for (name, bytes) in files() {
            let shown = seen(&bytes);
            let text = [SECRET, SECRET, SECRET].concat();
            let quantization = [&[3], &text[..64]].concat();
            let codes = [&[0x13][..], &[0; 15], &[64], &text[..64]].concat();
            let tables = find(&bytes, 0xDB);
            let mut hidden = vec![
                ("DQT", with(&bytes, tables, &segment(0xDB, &quantization))),
                ("DHT", with(&bytes, tables, &segment(0xC4, &codes))),
                ("JFIF", with(&bytes, 2, &segment(0xE0, &[b"JFIF\0\x01\x02\0\0\x01\0\x01\x03\x03", SECRET].concat()))),
                ("profile", with(&bytes, 2, &segment(0xE2, &[b"ICC_PROFILE\0\x01\x01", SECRET].concat()))),
                ("piece", with(&bytes, 2, &segment(0xE2, &[b"ICC_PROFILE\0\x02\x03", SECRET].concat()))),
            ];
            if name != "grey" {
                let adobe = segment(0xEE, &[b"Adobe\0\x64\0\0\0\0\x01", SECRET].concat());
                hidden.push(("Adobe", with(&bytes, 2, &adobe)));
            }
            for (what, hidden) in hidden {
                is_kept_from_operators(Format::Jpeg, &format!("{name}: {what}"), &hidden, &shown);
            }
        }
    }

    #[test]
    fn a_profile_tells_colors_and_nothing_else() {
        let bytes = encoded(&photo(40, 24).into(), ImageFormat::Jpeg);
        let in_pieces = |profile: &[u8]| {
            let half = profile.len() / 2;
            let pieces = [(1, &profile[..half]), (2, &profile[half..])];
            let pieces = pieces.map(|(at, piece)| segment(0xE2, &[b"ICC_PROFILE\0", &[at, 2][..], piece].concat()));
            with(&bytes, 2, &pieces.concat())
        };
        let shown = seen(&in_pieces(&profile("")));
        assert!(shown != seen(&bytes), "a profile is seen");
        is_kept_from_operators(Format::Jpeg, "a tag", &in_pieces(&talkative_profile()), &shown);
        let behind = [&profile(""), SECRET].concat();
        is_kept_from_operators(Format::Jpeg, "behind", &in_pieces(&behind), &shown);
        let mut header = profile("");
        header[44..44 + 20].copy_from_slice(&SECRET[..20]);
        let plain = for_operators(Format::Jpeg, &in_pieces(&header)).expect("upright").expect("other bytes");
        assert!(!plain.windows(20).any(|window| window == &SECRET[..20]));
    }
}

mod png {
    use super::*;

    fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let mut crc = Crc::new();
        crc.update(kind);
        crc.update(data);
        let length = u32::try_from(data.len()).expect("short").to_be_bytes();
        [&length[..], kind, data, &crc.sum().to_be_bytes()].concat()
    }

    /// Chunks with their kinds.
    fn chunks(bytes: &[u8]) -> Vec<(usize, [u8; 4], &[u8])> {
        let (mut chunks, mut at) = (Vec::new(), 8);
        while at < bytes.len() {
            let length = u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four")) as usize;
            chunks.push((at, bytes[at + 4..at + 8].try_into().expect("four"), &bytes[at + 8..at + 8 + length]));
            at += 12 + length;
        }
        chunks
    }

    /// Compressed so that it can be read as it is.
    fn stored(data: &[u8]) -> Vec<u8> {
        let mut stored = ZlibEncoder::new(Vec::new(), Compression::none());
        stored.write_all(data).expect("memory");
        stored.finish().expect("memory")
    }

    fn files() -> Vec<(&'static str, Vec<u8>)> {
        vec![
            ("colors", encoded(&photo(40, 24).into(), ImageFormat::Png)),
            ("glass", encoded(&DynamicImage::from(photo(40, 24)).into_rgba8().into(), ImageFormat::Png)),
            ("palette", made_by_pillow("palette.png")),
            ("grey of 16 bits", made_by_pillow("grey16.png")),
            ("animated", made_by_pillow("animated.png")),
        ]
    }

    #[test]
    fn at_no_border_of_a_chunk_a_text_stays() {
        const KINDS: [&[u8; 4]; 24] = [
            b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"pHYs", b"sBIT", b"bKGD", b"hIST", b"sPLT", b"gAMA", b"cHRM",
            b"sRGB", b"cICP", b"mDCV", b"cLLI", b"iCCP", b"prVt", b"caBX", b"oFFs", b"sCAL", b"pCAL", b"dSIG", b"tRNS",
        ];
        for (name, bytes) in files() {
            let shown = seen(&bytes);
            for (at, _, _) in chunks(&bytes).into_iter().skip(1) {
                for kind in KINDS {
                    // Of a palette it is the transparency of its colors, which is seen.
                    if kind == b"tRNS" && name == "palette" {
                        continue;
                    }
                    let hidden = with(&bytes, at, &chunk(kind, SECRET));
                    let name = format!("{name}: {} at {at}", String::from_utf8_lossy(kind));
                    let plain = for_operators(Format::Png, &hidden).expect("upright").expect("other bytes");
                    assert!(!has_secret(&plain), "{name}");
                    assert!(seen(&plain) == shown, "{name}");
                }
            }
        }
    }

    /// The file with other compressed pixels.
    fn with_pixels(bytes: &[u8], pixels: &[u8]) -> Vec<u8> {
        let mut file = bytes[..8].to_vec();
        let mut has_pixels = false;
        for (_, kind, data) in chunks(bytes) {
            if &kind != b"IDAT" {
                file.extend(chunk(&kind, data));
            } else if !has_pixels {
                file.extend(chunk(b"IDAT", pixels));
                has_pixels = true;
            }
        }
        file
    }

    #[test]
    fn no_text_stays_behind_the_pixels() {
        for (name, bytes) in files() {
            let shown = seen(&bytes);
            let all: Vec<u8> = chunks(&bytes)
                .iter()
                .filter(|(_, kind, _)| kind == b"IDAT")
                .flat_map(|(.., data)| *data)
                .copied()
                .collect();
            let mut rows = Vec::new();
            std::io::Read::read_to_end(&mut flate2::read::ZlibDecoder::new(&all[..]), &mut rows).expect("pixels");
            let behind = with_pixels(&bytes, &[&all[..], SECRET].concat());
            let within = with_pixels(&bytes, &stored(&[&rows[..], SECRET].concat()));
            let (last, ..) = chunks(&behind).into_iter().rfind(|(_, kind, _)| kind == b"IDAT").expect("pixels");
            let another = with(&with_pixels(&bytes, &all), last + 12 + all.len(), &chunk(b"IDAT", SECRET));
            for (what, hidden) in [("behind", behind), ("within", within), ("another", another)] {
                is_kept_from_operators(Format::Png, &format!("{name}: {what}"), &hidden, &shown);
            }
        }
    }

    #[test]
    fn no_frame_of_an_animation_has_room_for_one() {
        let bytes = made_by_pillow("animated.png");
        let shown = seen(&bytes);
        assert_eq!(for_operators(Format::Png, &bytes), Ok(None));
        let frame = chunks(&bytes).into_iter().rfind(|(_, kind, _)| kind == b"fdAT").expect("a frame");
        let longer = chunk(b"fdAT", &[frame.2, SECRET].concat());
        let hidden = [&bytes[..frame.0], &longer, &bytes[frame.0 + 12 + frame.2.len()..]].concat();
        is_kept_from_operators(Format::Png, "a frame", &hidden, &shown);
        // Frames that nothing announces are no animation.
        let still = encoded(&photo(40, 24).into(), ImageFormat::Png);
        let hidden = with(&still, still.len() - 12, &chunk(b"fdAT", &[&[0; 4], SECRET].concat()));
        is_kept_from_operators(Format::Png, "no animation", &hidden, &seen(&still));
    }

    #[test]
    fn a_profile_has_no_name_and_tells_colors_alone() {
        let bytes = encoded(&photo(40, 24).into(), ImageFormat::Png);
        let with_profile =
            |name: &[u8], compressed: &[u8]| with(&bytes, 33, &chunk(b"iCCP", &[name, &[0, 0], compressed].concat()));
        let shown = seen(&with_profile(b"P3", &stored(&profile(""))));
        assert!(shown != seen(&bytes), "a profile is seen");
        for (what, hidden) in [
            ("name", with_profile(SECRET, &stored(&profile("")))),
            ("tag", with_profile(b"P3", &stored(&talkative_profile()))),
            ("behind", with_profile(b"P3", &[&stored(&profile("")), SECRET].concat())),
        ] {
            is_kept_from_operators(Format::Png, what, &hidden, &shown);
        }
        is_kept_from_operators(Format::Png, "none", &with_profile(b"P3", &stored(SECRET)), &seen(&bytes));
    }
}

mod gif {
    use super::*;

    fn sub_blocks(bytes: &[u8], mut at: usize) -> usize {
        while bytes[at] > 0 {
            at += 1 + usize::from(bytes[at]);
        }
        at + 1
    }

    /// Where blocks begin, the trailer the last of them.
    fn borders(bytes: &[u8]) -> Vec<usize> {
        let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
        let mut borders = vec![13 + table(bytes[10])];
        while let Some(&at) = borders.last().filter(|at| bytes[**at] != 0x3B) {
            borders.push(match bytes[at] {
                0x21 => sub_blocks(bytes, at + 2),
                _ => sub_blocks(bytes, at + 11 + table(bytes[at + 9])),
            });
        }
        borders
    }

    fn extension(kind: u8, pieces: &[&[u8]]) -> Vec<u8> {
        let mut extension = vec![0x21, kind];
        for piece in pieces {
            extension.push(u8::try_from(piece.len()).expect("short"));
            extension.extend(*piece);
        }
        extension.push(0);
        extension
    }

    fn files() -> [(&'static str, Vec<u8>); 2] {
        let still = DynamicImage::from(photo(40, 24)).into_rgba8().into();
        [("still", encoded(&still, ImageFormat::Gif)), ("animated", made_by_pillow("animated.gif"))]
    }

    #[test]
    fn at_no_border_of_a_block_a_text_stays() {
        for (name, bytes) in files() {
            let shown = seen(&bytes);
            for at in borders(&bytes) {
                for (what, block) in [
                    ("comment", extension(0xFE, &[SECRET])),
                    ("text", extension(0x01, &[&[0; 12], SECRET])),
                    ("unknown", extension(0x20, &[SECRET])),
                    ("application", extension(0xFF, &[b"XMP DataXMP", SECRET])),
                    ("profile", extension(0xFF, &[b"ICCRGBG1012", SECRET])),
                    ("repeated", extension(0xFF, &[b"NETSCAPE2.0", b"\x01\0\0", SECRET])),
                    ("buffered", extension(0xFF, &[b"NETSCAPE2.0", b"\x02\0\0", SECRET])),
                ] {
                    is_kept_from_operators(
                        Format::Gif,
                        &format!("{name}: {what} at {at}"),
                        &with(&bytes, at, &block),
                        &shown,
                    );
                }
            }
            is_kept_from_operators(Format::Gif, name, &[&bytes[..], SECRET].concat(), &shown);
        }
    }

    #[test]
    fn no_text_stays_behind_the_pixels_of_a_frame() {
        for (name, bytes) in files() {
            let shown = seen(&bytes);
            let ends = borders(&bytes);
            for pair in ends.windows(2).filter(|pair| bytes[pair[0]] == 0x2C) {
                let piece = [&[u8::try_from(SECRET.len()).expect("short")], SECRET].concat();
                is_kept_from_operators(
                    Format::Gif,
                    &format!("{name}: {pair:?}"),
                    &with(&bytes, pair[1] - 1, &piece),
                    &shown,
                );
            }
        }
    }

    #[test]
    fn one_control_stays_for_each_frame() {
        for (name, bytes) in files() {
            let frame = borders(&bytes).into_iter().find(|at| bytes[*at] == 0x2C).expect("a frame");
            let controls: Vec<u8> = SECRET.chunks_exact(4).flat_map(|piece| extension(0xF9, &[piece])).collect();
            let last = extension(0xF9, &[&[0; 4]]);
            let one = for_operators(Format::Gif, &with(&bytes, frame, &last)).expect("upright");
            let many =
                for_operators(Format::Gif, &with(&bytes, frame, &[controls, last.clone()].concat())).expect("upright");
            let one = one.unwrap_or_else(|| with(&bytes, frame, &last));
            assert_eq!(many, Some(one), "{name}");
        }
    }
}

mod webp {
    use super::*;

    fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).expect("short").to_le_bytes();
        [kind, &length[..], data, &vec![0; data.len() % 2]].concat()
    }

    fn chunks(mut bytes: &[u8]) -> Vec<([u8; 4], &[u8])> {
        let mut chunks = Vec::new();
        while !bytes.is_empty() {
            let length = u32::from_le_bytes(bytes[4..8].try_into().expect("four")) as usize;
            chunks.push((bytes[..4].try_into().expect("four"), &bytes[8..8 + length]));
            bytes = bytes.get(8 + length.next_multiple_of(2)..).unwrap_or_default();
        }
        chunks
    }

    fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
        let data = [&b"WEBP"[..], &chunks.concat()].concat();
        [b"RIFF", &u32::try_from(data.len()).expect("short").to_le_bytes()[..], &data].concat()
    }

    fn files() -> Vec<(&'static str, Vec<u8>)> {
        let simple = encoded(&photo(40, 24).into(), ImageFormat::WebP);
        let extended = chunk(b"VP8X", &[0, 0, 0, 0, 39, 0, 0, 23, 0, 0]);
        let extended = file(&[extended, simple[12..].to_vec()]);
        vec![("simple", simple), ("extended", extended), ("animated", made_by_pillow("animated.webp"))]
    }

    #[test]
    fn at_no_border_of_a_chunk_a_text_stays() {
        for (name, bytes) in files() {
            let shown = seen(&bytes);
            let parts: Vec<_> = chunks(&bytes[12..]).iter().map(|(kind, data)| chunk(kind, data)).collect();
            // The first chunk says what kind of file it is.
            for at in 1..=parts.len() {
                // A second header is refused.
                for kind in [b"EXIF", b"XMP ", b"ICCP", b"none", b"ALPH", b"VP8 ", b"VP8L", b"ANMF"] {
                    // A picture that comes first is the picture, and behind another one it is refused.
                    let is_picture = matches!(kind, b"ALPH" | b"VP8 " | b"VP8L" | b"ANMF");
                    if is_picture && (at < parts.len() || name != "simple") {
                        continue;
                    }
                    let mut parts = parts.clone();
                    parts.insert(at, chunk(kind, SECRET));
                    let name = format!("{name}: {} at {at}", String::from_utf8_lossy(kind));
                    is_kept_from_operators(Format::Webp, &name, &file(&parts), &shown);
                }
            }
        }
    }

    #[test]
    fn no_header_and_no_frame_has_room_for_one() {
        for (name, bytes) in files() {
            let shown = seen(&bytes);
            let parts = chunks(&bytes[12..]);
            for (at, (kind, data)) in parts.iter().enumerate() {
                let longer = match kind {
                    b"VP8X" | b"ANIM" => [data, SECRET].concat(),
                    b"ANMF" => [data, &chunk(b"none", SECRET)[..]].concat(),
                    _ => continue,
                };
                let mut all: Vec<_> = parts.iter().map(|(kind, data)| chunk(kind, data)).collect();
                all[at] = chunk(kind, &longer);
                is_kept_from_operators(Format::Webp, &format!("{name}: {at}"), &file(&all), &shown);
            }
        }
    }

    #[test]
    fn no_text_stays_behind_the_pixels() {
        for (name, bytes) in files() {
            let shown = seen(&bytes);
            let parts = chunks(&bytes[12..]);
            for (at, (kind, data)) in parts.iter().enumerate() {
                let longer = match kind {
                    b"VP8 " | b"VP8L" => [data, SECRET].concat(),
                    b"ANMF" => {
                        let mut frame = data[..16].to_vec();
                        for (kind, data) in chunks(&data[16..]) {
                            frame.extend(chunk(&kind, &[data, SECRET].concat()));
                        }
                        frame
                    }
                    _ => continue,
                };
                let mut all: Vec<_> = parts.iter().map(|(kind, data)| chunk(kind, data)).collect();
                all[at] = chunk(kind, &longer);
                is_kept_from_operators(Format::Webp, &format!("{name}: {at}"), &file(&all), &shown);
            }
        }
    }

    #[test]
    fn a_profile_tells_colors_and_nothing_else() {
        let simple = encoded(&photo(40, 24).into(), ImageFormat::WebP);
        let with_profile = |profile: &[u8]| {
            let header = chunk(b"VP8X", &[0x20, 0, 0, 0, 39, 0, 0, 23, 0, 0]);
            file(&[header, chunk(b"ICCP", profile), simple[12..].to_vec()])
        };
        let shown = seen(&with_profile(&profile("")));
        assert!(shown != seen(&simple), "a profile is seen");
        is_kept_from_operators(Format::Webp, "a tag", &with_profile(&talkative_profile()), &shown);
        is_kept_from_operators(Format::Webp, "none", &with_profile(SECRET), &seen(&simple));
    }
}
