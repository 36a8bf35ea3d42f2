//! Profiles become sRGB.

use image::{DynamicImage, ImageEncoder as _, Rgb, RgbImage, codecs::png::PngEncoder};
use labelmesh_pixels::Encoding;
use moxcms::ColorProfile;

use crate::files::{PNG, as_it_is, make, pixels};

fn png(color: [u8; 3], profile: Vec<u8>) -> Vec<u8> {
    let picture = DynamicImage::from(RgbImage::from_pixel(8, 8, Rgb(color)));
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new(&mut bytes);
    encoder.set_icc_profile(profile).expect("a profile");
    encoder.write_image(picture.as_bytes(), 8, 8, picture.color().into()).expect("encodes");
    bytes
}

#[test]
fn a_color_is_the_same_color_by_another_profile() {
    let wide = ColorProfile::new_display_p3().encode().expect("a profile");
    for (stored, seen) in [([200, 100, 50], [215, 93, 31]), ([128, 128, 128], [128, 128, 128])] {
        let made = make(&png(stored, wide.clone()), &as_it_is(), PNG).expect("made");
        let color = pixels(&made.bytes).get_pixel(4, 4).0;
        let most = color.iter().zip(seen).map(|(is, should)| is.abs_diff(should)).max();
        assert!(most <= Some(2), "{color:?}, not {seen:?}");
    }
}

#[test]
fn a_profile_that_says_nothing_changes_nothing() {
    let grey = ColorProfile::new_gray_with_gamma(2.2).encode().expect("a profile");
    for profile in [b"no profile at all".to_vec(), vec![0; 200], grey] {
        let made = make(&png([200, 100, 50], profile), &as_it_is(), PNG).expect("made");
        assert_eq!(pixels(&made.bytes).get_pixel(4, 4).0, [200, 100, 50]);
    }
    assert_eq!(Encoding::Png.media_type(), "image/png");
}
