//! Tables for quantizing and coding (ITU T.81, B.2.4).

use super::{START, START_OF_SCAN, next, standard::is_standard};

/// A table: of which kind, and which one of that.
type Name = (Kind, u8);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Quantization,
    Mean,
    Waves,
}

/// Whether each table of a picture in one scan is used, and defined once, and its codes are those of the standard. Of
/// other codes nobody knows which are used.
pub(super) fn are_all_needed(bytes: &[u8]) -> bool {
    let (mut at, mut defined, mut used) = (START.len(), Vec::new(), Vec::new());
    while let Some((marker, segment)) = next(bytes, &mut at) {
        match marker {
            0xC4 if !define_codes(segment, &mut defined) => return false,
            0xC4 => {}
            0xDB => define_quantization(segment, &mut defined),
            0xC0..=0xCF => {
                let components = segment.get(6..).unwrap_or_default().chunks_exact(3);
                used.extend(components.map(|component| (Kind::Quantization, component[2])));
            }
            START_OF_SCAN => {
                let count = usize::from(segment.first().copied().unwrap_or_default());
                for component in segment.get(1..).unwrap_or_default().chunks_exact(2).take(count) {
                    used.extend([(Kind::Mean, component[1] >> 4), (Kind::Waves, component[1] & 0x0F)]);
                }
                break;
            }
            _ => {}
        }
    }
    let is_needed = |at: usize, name: &Name| used.contains(name) && !defined[..at].contains(name);
    defined.iter().enumerate().all(|(at, name)| is_needed(at, name))
}

fn define_quantization(mut tables: &[u8], defined: &mut Vec<Name>) {
    while let Some((head, rest)) = tables.split_first() {
        defined.push((Kind::Quantization, head & 0x0F));
        tables = rest.get(if head >> 4 == 0 { 64 } else { 128 }..).unwrap_or_default();
    }
}

/// Whether all are of the standard.
fn define_codes(mut tables: &[u8], defined: &mut Vec<Name>) -> bool {
    while let Some((head, rest)) = tables.split_first() {
        defined.push((if head >> 4 == 0 { Kind::Mean } else { Kind::Waves }, head & 0x0F));
        let count: usize = rest.iter().take(16).map(|count| usize::from(*count)).sum();
        match rest.split_at_checked(16 + count) {
            Some((table, rest)) if is_standard(table) => tables = rest,
            _ => return false,
        }
    }
    true
}
