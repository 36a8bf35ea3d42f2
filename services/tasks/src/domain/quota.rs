//! What a client has, and may have.

use labelmesh_errors::{Error, Reason};

/// How much a client has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// Tasks, whatever their state.
    pub(crate) tasks: u64,
    /// Tasks that operators label.
    pub(crate) open_tasks: u64,
    /// Images, in all tasks together, and their bytes.
    pub(crate) held: Held,
}

/// Images, and the bytes of all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Held {
    /// How many images.
    pub(crate) images: u64,
    /// How many bytes.
    pub(crate) bytes: u64,
}

/// What there is a quota of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quota {
    /// Tasks, whatever their state.
    Tasks,
    /// Tasks that operators label.
    OpenTasks,
    /// Images, in all tasks together.
    Images,
    /// The bytes of these images.
    Bytes,
}

impl Quota {
    /// Its name in the contract.
    fn name(self) -> &'static str {
        match self {
            Self::Tasks => "tasks",
            Self::OpenTasks => "open_tasks",
            Self::Images => "images",
            Self::Bytes => "bytes",
        }
    }

    /// Whether there is room for `wanted` more where there are `used`. A limit of 0 is none.
    ///
    /// # Errors
    /// That there is not.
    pub(crate) fn check(self, limit: u64, used: u64, wanted: u64) -> Result<(), UsedUp> {
        let used_up = limit > 0 && used.saturating_add(wanted) > limit;
        if used_up { Err(UsedUp { quota: self, limit, used, wanted }) } else { Ok(()) }
    }
}

impl std::fmt::Display for Quota {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name().replace('_', " "))
    }
}

/// A quota that leaves no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the quota of {quota} has no room for {wanted} more: {used} of {limit} are used")]
pub(crate) struct UsedUp {
    /// Of what.
    pub(crate) quota: Quota,
    /// How much there may be.
    pub(crate) limit: u64,
    /// How much there is.
    pub(crate) used: u64,
    /// How much more was asked for.
    pub(crate) wanted: u64,
}

impl From<UsedUp> for Error {
    fn from(used_up: UsedUp) -> Self {
        Self::new(Reason::QuotaUsedUp, used_up.to_string())
            .fact("quota", used_up.quota.name())
            .fact("limit", used_up.limit)
            .fact("used", used_up.used)
            .fact("wanted", used_up.wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_that_fits_is_the_limit() {
        assert_eq!(Quota::Tasks.check(3, 2, 1), Ok(()));
        let used_up = UsedUp { quota: Quota::Bytes, limit: 3, used: 2, wanted: 2 };
        assert_eq!(Quota::Bytes.check(3, 2, 2), Err(used_up));
        assert_eq!(Quota::Images.check(3, u64::MAX, 1).expect_err("too many").used, u64::MAX);
    }

    #[test]
    fn a_limit_of_nothing_is_no_limit() {
        assert_eq!(Quota::Tasks.check(0, u64::MAX, 1), Ok(()));
    }

    #[test]
    fn what_is_used_up_is_named_with_limit_and_use() {
        let used_up = Quota::OpenTasks.check(2, 2, 1).expect_err("used up");
        assert_eq!(used_up.to_string(), "the quota of open tasks has no room for 1 more: 2 of 2 are used");
    }
}
