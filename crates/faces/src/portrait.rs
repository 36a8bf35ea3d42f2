//! The part of a picture that is a portrait.

use labelmesh_pixels::Rect;

use crate::Face;

/// The part around a face whose width is to its height as `ratio`. On each side of the face there is `margin` times its
/// width or height, or less where the picture ends: the part is moved into the picture, and is as large as the picture
/// has room for.
///
/// # Panics
/// If a side of the picture or of the ratio is zero.
#[must_use]
pub fn portrait(face: &Face, ratio: (u32, u32), margin: f64, (width, height): (u32, u32)) -> Rect {
    let Rect { x, y, width: face_width, height: face_height } = face.place;
    let with_margins = 1.0 + 2.0 * margin.max(0.0);
    let ratio = f64::from(ratio.0) / f64::from(ratio.1);
    assert!(ratio.is_normal() && width > 0 && height > 0, "a part has an area");
    // As wide and as high as the face with its margins, and not larger than the picture.
    let wanted = (f64::from(face_width) * with_margins).max(f64::from(face_height) * with_margins * ratio);
    let wide = wanted.min(f64::from(width)).min(f64::from(height) * ratio);
    let side = |length: f64, most: u32| (length.round() as u32).clamp(1, most);
    let (wide, high) = (side(wide, width), side(wide / ratio, height));
    let start = |at: u32, length: u32, part: u32, end: u32| {
        let middle = f64::from(at) + f64::from(length) / 2.0;
        ((middle - f64::from(part) / 2.0).round().max(0.0) as u32).min(end - part)
    };
    Rect { x: start(x, face_width, wide, width), y: start(y, face_height, high, height), width: wide, height: high }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(x: u32, y: u32, width: u32, height: u32) -> Face {
        Face { place: Rect { x, y, width, height }, score: 0.9 }
    }

    #[test]
    fn a_portrait_has_its_margins_where_there_is_room() {
        let middle = at(400, 300, 100, 100);
        assert_eq!(portrait(&middle, (1, 1), 0.5, (1000, 800)), Rect { x: 350, y: 250, width: 200, height: 200 });
        assert_eq!(portrait(&middle, (4, 5), 0.5, (1000, 800)), Rect { x: 350, y: 225, width: 200, height: 250 });
        assert_eq!(portrait(&at(0, 0, 100, 100), (1, 1), 0.5, (1000, 800)).y, 0, "at the edge");
        assert_eq!(portrait(&middle, (1, 1), 9.0, (1000, 800)), Rect { x: 50, y: 0, width: 800, height: 800 });
    }

    proptest! {
        #[test]
        fn a_portrait_is_within_the_picture_and_holds_the_face_if_the_ratio_lets_it(
            size in (1..5_000_u32, 1..5_000_u32),
            ratio in (1..20_u32, 1..20_u32),
            margin in 0.0..4.0_f64,
            (x, y, w, h) in (0.0..1.0_f64, 0.0..1.0_f64, 0.0..1.0_f64, 0.0..1.0_f64),
        ) {
            let share = |of: u32, part: f64| (f64::from(of) * part) as u32;
            let (x, y) = (share(size.0 - 1, x), share(size.1 - 1, y));
            let face = at(x, y, share(size.0 - x, w).max(1), share(size.1 - y, h).max(1));
            let part = portrait(&face, ratio, margin, size);
            prop_assert!(part.width > 0 && part.height > 0);
            prop_assert!(part.x + part.width <= size.0 && part.y + part.height <= size.1);
            let holds = |at: u32, length: u32, from: u32, of: u32| from <= at + 1 && at + length <= from + of + 1;
            if part.width >= face.place.width && part.height >= face.place.height {
                prop_assert!(holds(x, face.place.width, part.x, part.width), "{part:?}");
                prop_assert!(holds(y, face.place.height, part.y, part.height), "{part:?}");
            }
        }
    }
}
