//! How much one client may have.

use std::time::Duration;

use labelmesh_errors::{Error, Reason, Result};

/// When it is worth asking again whether other transformations have ended.
const ENDED_AFTER: Duration = Duration::from_secs(5);

/// Whether a client may have so many more transformations that have not ended. A limit of 0 is none.
pub(crate) fn check_open(limit: u64, open: u64, more: u64) -> Result<()> {
    if limit == 0 || open.saturating_add(more) <= limit {
        return Ok(());
    }
    let said = format!("{open} transformations have not ended, and {limit} may be open: {more} more are too many");
    let error = Error::new(Reason::TooManyTransformations, said);
    Err(error.fact("limit", limit).fact("used", open).fact("wanted", more).retry_after(ENDED_AFTER))
}

/// Whether a client may have so many more bytes of sources. A limit of 0 is none.
pub(crate) fn check_source_bytes(limit: u64, used: u64, more: u64) -> Result<()> {
    if limit == 0 || used.saturating_add(more) <= limit {
        return Ok(());
    }
    let said = format!("the quota of bytes of sources has no room for {more} more: {used} of {limit} are used");
    let error = Error::new(Reason::QuotaUsedUp, said).fact("quota", "source_bytes");
    Err(error.fact("limit", limit).fact("used", used).fact("wanted", more))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_what_there_may_be_and_none_is_no_limit() {
        assert!(check_open(10, 4, 6).is_ok());
        assert!(check_open(0, u64::MAX, 1).is_ok());
        let error = check_open(10, 5, 6).expect_err("one too many");
        assert_eq!(error.reason(), Reason::TooManyTransformations);
        assert!(check_source_bytes(10, 4, 6).is_ok());
        assert_eq!(check_source_bytes(10, 5, 6).expect_err("one too many").reason(), Reason::QuotaUsedUp);
    }
}
