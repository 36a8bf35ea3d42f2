//! What the scans of a progressive picture tell of its pixels (ITU T.81, G.1.1.1).

use super::{END_OF_IMAGE, START, START_OF_SCAN, next};

const COEFFICIENTS: usize = 64;
/// Nothing of a coefficient has come.
const NOTHING: u8 = u8::MAX;

/// Whether a picture that is made finer scan by scan ends before its last scan: some coefficient did not come, or not
/// to its last bit. A decoder does not mind, and shows it coarser than it is.
pub(super) fn are_missing(bytes: &[u8]) -> bool {
    let mut at = START.len();
    // Of each component its name, and the lowest bit that has come of each coefficient.
    let mut components: Vec<(u8, [u8; COEFFICIENTS])> = Vec::new();
    while let Some((marker, segment)) = next(bytes, &mut at) {
        match marker {
            0xC2 => {
                let named = segment.get(6..).unwrap_or_default().chunks_exact(3);
                components = named.map(|component| (component[0], [NOTHING; COEFFICIENTS])).collect();
            }
            START_OF_SCAN => {
                let Some((count, rest)) = segment.split_first() else { continue };
                let Some((named, rest)) = rest.split_at_checked(2 * usize::from(*count)) else { continue };
                let [from, to, bits, ..] = *rest else { continue };
                let is_named = |name: u8| named.chunks_exact(2).any(|component| component[0] == name);
                for (_, coefficients) in components.iter_mut().filter(|(name, _)| is_named(*name)) {
                    if let Some(told) = coefficients.get_mut(usize::from(from)..=usize::from(to)) {
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
