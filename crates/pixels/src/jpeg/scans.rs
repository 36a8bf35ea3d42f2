//! What the scans of a picture tell of its pixels (ITU T.81, B.2.3 and G.1.1.1).

use super::{END_OF_IMAGE, START, START_OF_SCAN, next};

const COEFFICIENTS: usize = 64;
/// Nothing of a coefficient has come.
const NOTHING: u8 = u8::MAX;

/// Whether a picture in several scans ends before its last one: some component or coefficient did not come, or not to
/// its last bit. A decoder does not mind, and shows it coarser than it is, or in other colors.
pub(super) fn are_missing(bytes: &[u8]) -> bool {
    let mut at = START.len();
    // Of each component its name, and the lowest bit that has come of each coefficient.
    let mut components: Vec<(u8, [u8; COEFFICIENTS])> = Vec::new();
    let mut is_progressive = false;
    while let Some((marker, segment)) = next(bytes, &mut at) {
        match marker {
            0xC0..=0xC2 => {
                is_progressive = marker == 0xC2;
                let named = segment.get(6..).unwrap_or_default().chunks_exact(3);
                components = named.map(|component| (component[0], [NOTHING; COEFFICIENTS])).collect();
            }
            START_OF_SCAN => {
                let Some((count, rest)) = segment.split_first() else { continue };
                let Some((named, rest)) = rest.split_at_checked(2 * usize::from(*count)) else { continue };
                let [from, to, bits, ..] = *rest else { continue };
                let is_named = |name: u8| named.chunks_exact(2).any(|component| component[0] == name);
                if !is_progressive && components.iter().all(|(name, _)| is_named(*name)) {
                    // The data, which are most of the file, have no more to tell.
                    return false;
                }
                for (_, coefficients) in components.iter_mut().filter(|(name, _)| is_named(*name)) {
                    if !is_progressive {
                        // All of them, whatever a scan says; decoders only warn.
                        coefficients.fill(0);
                    } else if let Some(told) = coefficients.get_mut(usize::from(from)..=usize::from(to)) {
                        told.fill(bits & 0x0F);
                    }
                }
            }
            END_OF_IMAGE => break,
            _ => {}
        }
    }
    components.iter().any(|(_, coefficients)| coefficients.iter().any(|bit| *bit != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture of three components with a scan for each of these lists.
    fn picture(frame: u8, scans: &[&[u8]]) -> Vec<u8> {
        let mut bytes = vec![0xFF, 0xD8, 0xFF, frame, 0, 17, 8, 0, 8, 0, 8, 3];
        bytes.extend([1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]);
        for names in scans {
            let count = u8::try_from(names.len()).expect("few");
            bytes.extend([0xFF, START_OF_SCAN, 0, 6 + 2 * count, count]);
            bytes.extend(names.iter().flat_map(|name| [*name, 0]));
            bytes.extend([0, 63, 0, 0x12, 0x34]);
        }
        bytes.extend([0xFF, END_OF_IMAGE]);
        bytes
    }

    #[test]
    fn each_component_has_to_come() {
        for frame in [0xC0, 0xC1, 0xC2] {
            assert!(!are_missing(&picture(frame, &[&[1, 2, 3]])));
            assert!(!are_missing(&picture(frame, &[&[1], &[2], &[3]])));
            assert!(are_missing(&picture(frame, &[&[1], &[2]])), "{frame:x}");
            assert!(are_missing(&picture(frame, &[])), "{frame:x}");
        }
    }
}
