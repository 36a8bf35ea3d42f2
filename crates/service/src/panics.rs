//! Panics of libraries that read what strangers send.
//!
//! They are a matter of the input, not of the service: whoever sent it is told, and nobody is woken.

use std::{
    cell::Cell,
    panic::{UnwindSafe, catch_unwind},
};

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// What a library makes of an input; none where it panics. A panic is a warning in the log, not an error.
///
/// Not for async code: it is this thread whose panics are contained, for as long as `read` takes.
pub fn contained<T>(read: impl FnOnce() -> T + UnwindSafe) -> Option<T> {
    let outer = CONTAINED.replace(true);
    let read = catch_unwind(read).ok();
    CONTAINED.set(outer);
    read
}

/// Whether a panic of this thread is contained.
pub(crate) fn is_contained() -> bool {
    CONTAINED.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_contained_and_only_within() {
        assert_eq!(contained(|| 7), Some(7));
        let within = contained(|| {
            assert!(is_contained());
            panic!("a decoder that did not expect this")
        });
        assert_eq!(within, None::<()>);
        assert!(!is_contained());
    }
}
