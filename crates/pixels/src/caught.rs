//! Panics of decoders, which strangers' bytes may cause, as errors.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a function returns, or what it said when it panicked. libjpeg's fatal errors come so too.
pub(crate) fn caught<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    // Nothing that `run` changed is looked at after it panicked.
    catch_unwind(AssertUnwindSafe(run)).map_err(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("it does not say why").to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn a_panic_is_an_error_that_says_what_was_said_and_the_next_call_goes_on() {
        assert_eq!(
            caught(|| panic!("index {} out of bounds", 7)).map_err(Error::Panicked),
            panicked("index 7 out of bounds")
        );
        assert_eq!(caught(|| panic!("no")).map_err(Error::Panicked), panicked("no"));
        assert_eq!(caught(|| std::panic::panic_any(7)).map_err(Error::Panicked), panicked("it does not say why"));
        assert_eq!(caught(|| 7), Ok(7));
    }

    fn panicked(text: &str) -> Result<(), Error> {
        Err(Error::Panicked(text.to_owned()))
    }
}
