//! Whether there is memory enough for a method.

use std::fs;

use labelmesh_consensus::{Method, Size};

use crate::exit::{Exit, Failure};

/// What is taken to be there where the system does not say: `/proc/meminfo` is Linux's.
const USUAL: u64 = 8 << 30;

/// That a method does not take more memory than there is. Where it does it would be ended half way, without a word.
///
/// # Errors
/// What it would take, and which methods take less.
pub(super) fn check(method: Method, size: &Size) -> Result<(), Failure> {
    fits(method, size, available())
}

fn fits(method: Method, size: &Size, available: u64) -> Result<(), Failure> {
    let takes = method.bytes(size);
    if takes <= available {
        return Ok(());
    }
    let (name, items, labels) = (method.name(), size.items, size.classes);
    let (takes, there) = (mebibytes(takes), mebibytes(available));
    let message = format!(
        "{name} would take {takes} of memory for these votes ({items} items, {labels} labels), and {there} are available"
    );
    let failure = Failure::new(Exit::Refused, message);
    let others = Method::ALL.into_iter().filter(|other| other.bytes(size) <= available);
    let others: Vec<&str> = others.map(Method::name).collect();
    Err(if others.is_empty() { failure } else { failure.remedy(format!("--method with one of {}", others.join(", "))) })
}

fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", bytes >> 20)
}

/// How much memory programs may still take, as the kernel estimates it. A container's own limit is not looked at.
fn available() -> u64 {
    fs::read_to_string("/proc/meminfo").ok().and_then(|text| told(&text)).unwrap_or(USUAL)
}

/// The bytes of the line `MemAvailable:   12345 kB`.
fn told(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1 << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_says_is_read() {
        assert_eq!(told("MemTotal:  100 kB\nMemFree: 1 kB\nMemAvailable:    40 kB\n"), Some(40 << 10));
        assert_eq!(told("MemTotal:  100 kB\n"), None);
    }

    #[test]
    fn a_method_that_takes_too_much_is_refused_and_others_are_named() {
        let size = Size { items: 1_000, votes: 3_000, operators: 1_000, classes: 1_000 };
        assert_eq!(fits(Method::Plurality, &size, 1 << 30), Ok(()));
        let failure = fits(Method::DawidSkene, &size, 1 << 30).expect_err("24 GB");
        let said = "dawid-skene would take 22972 MiB of memory for these votes (1000 items, 1000 labels), and 1024 MiB are available";
        assert_eq!((failure.exit, failure.message.as_str()), (Exit::Refused, said));
        assert!(failure.remedy.is_some_and(|remedy| remedy.contains("plurality") && !remedy.contains("dawid")));
        assert_eq!(fits(Method::DawidSkene, &size, 1 << 20).expect_err("24 GB").remedy, None);
    }
}
