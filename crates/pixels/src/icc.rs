//! Color profiles (ICC.1:2022, 7): what is needed of them to show colors, and none of their texts.

use moxcms::ColorProfile;

const HEADER: usize = 128;
const TAG: usize = 12;
/// What tells colors on a screen: primaries, curves and the white they are seen in, or tables.
const NEEDED: [&[u8; 4]; 13] = [
    b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC", b"kTRC", b"wtpt", b"chad", b"cicp", b"A2B0", b"A2B1", b"A2B2",
];
/// Version, class, colors and what they become; the signature; the intent. The rest of a header tells who made it, and
/// when.
const FIELDS: [std::ops::Range<usize>; 4] = [8..10, 12..24, 36..40, 64..68];
/// D50, which is the white of all profiles (7.2.16).
const WHITE: [u8; 12] = [0, 0, 0xF6, 0xD6, 0, 1, 0, 0, 0, 0, 0xD3, 0x2D];

/// The profile with nothing but what tells colors; none where it is no profile.
pub(crate) fn plain(profile: &[u8]) -> Option<Vec<u8>> {
    let length = number(profile, 0)?;
    let profile = profile.get(..length)?;
    ColorProfile::new_from_slice(profile).ok()?;
    let mut plain = vec![0; HEADER + 4];
    for field in FIELDS {
        plain[field.clone()].copy_from_slice(profile.get(field)?);
    }
    plain[68..80].copy_from_slice(&WHITE);
    let mut tags: Vec<(&[u8], &[u8])> = Vec::new();
    let table = profile.get(HEADER + 4..)?.chunks_exact(TAG).take(number(profile, HEADER)?);
    for entry in table {
        let (name, place) = entry.split_at(4);
        if NEEDED.iter().any(|needed| *needed == name) && tags.iter().all(|(other, _)| *other != name) {
            let (from, length) = (number(place, 0)?, number(place, 4)?);
            let data = profile.get(from..from.checked_add(length)?)?;
            tags.push((name, data.get(..used(data)?)?));
        }
    }
    plain[HEADER..].copy_from_slice(&u32::try_from(tags.len()).ok()?.to_be_bytes());
    let mut all = Vec::new();
    let begins = plain.len() + tags.len() * TAG;
    for (at, (name, data)) in tags.iter().enumerate() {
        // Tags may share their data, as the three curves mostly do.
        let shared = tags[..at].iter().position(|(_, other)| other == data);
        let place = match shared {
            Some(other) => number(&plain, HEADER + 8 + other * TAG)?,
            None => {
                let place = begins + all.len();
                all.extend(*data);
                // What is reserved says nothing.
                all[place - begins + 4..place - begins + 8].fill(0);
                all.resize(all.len().next_multiple_of(4), 0);
                place
            }
        };
        plain.extend(*name);
        plain.extend(u32::try_from(place).ok()?.to_be_bytes());
        plain.extend(u32::try_from(data.len()).ok()?.to_be_bytes());
    }
    plain.extend(all);
    let length = u32::try_from(plain.len()).ok()?.to_be_bytes();
    plain[..4].copy_from_slice(&length);
    ColorProfile::new_from_slice(&plain).ok()?;
    Some(plain)
}

/// How many bytes of a tag's data are used; none of a kind that tells no colors (10).
fn used(data: &[u8]) -> Option<usize> {
    match data.first_chunk()? {
        b"XYZ " => Some(20),
        b"curv" => number(data, 8)?.checked_mul(2)?.checked_add(12),
        b"para" => [16, 24, 28, 32, 40].get(usize::from(*data.get(9)?)).copied().filter(|_| data[8] == 0),
        b"sf32" => Some(44),
        b"cicp" => Some(12),
        b"mft1" | b"mft2" | b"mAB " => Some(data.len()),
        _ => None,
    }
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profiles() -> Vec<Vec<u8>> {
        let all = [
            ColorProfile::new_srgb(),
            ColorProfile::new_display_p3(),
            ColorProfile::new_adobe_rgb(),
            ColorProfile::new_gray_with_gamma(2.2),
        ];
        all.iter().map(|profile| profile.encode().expect("a profile")).collect()
    }

    #[test]
    fn colors_stay_and_texts_go() {
        for profile in profiles() {
            let bare = plain(&profile).expect("a profile");
            assert!(bare.len() < profile.len());
            assert!(!bare.windows(4).any(|window| window == b"desc" || window == b"cprt" || window == b"mluc"));
            assert_eq!(plain(&bare), Some(bare.clone()), "twice is once");
            let [before, after] = [&profile, &bare].map(|bytes| ColorProfile::new_from_slice(bytes).expect("read"));
            assert_eq!(before.color_space, after.color_space);
            assert_eq!(before.red_colorant, after.red_colorant);
            assert_eq!(before.red_trc, after.red_trc);
            assert_eq!(before.gray_trc, after.gray_trc);
        }
    }

    #[test]
    fn what_is_no_profile_is_none_and_none_ends_the_process() {
        let profile = profiles().remove(1);
        for bytes in [&b""[..], b"no profile at all", &[7; 200], &[0; 132], &profile[..profile.len() - 9]] {
            assert_eq!(plain(bytes), None);
        }
        for at in 0..profile.len() {
            drop(plain(&profile[..at]));
            let mut changed = profile.clone();
            changed[at] ^= 0xFF;
            drop(plain(&changed));
        }
    }
}
