//! Turns between clients.

use labelmesh_ids::UserId;
use sha2::{Digest as _, Sha256};

use super::Kind;

/// The jobs of one client and one kind that have not ended, whoever else has asked for them since. So many of them are
/// in the queue of the workers at a time, and the others wait: so nobody waits for more than that of anybody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Line {
    pub(crate) owner: UserId,
    pub(crate) kind: Kind,
}

impl Line {
    /// The number of the lock that whoever queues or ends jobs of it has.
    pub(crate) fn lock(&self) -> i64 {
        let mut hash = Sha256::new();
        hash.update(b"labelmesh line\0");
        hash.update(self.owner.uuid().as_bytes());
        hash.update(self.kind.name());
        let hash: [u8; 32] = hash.finalize().into();
        let [a, b, c, d, e, f, g, h, ..] = hash;
        i64::from_be_bytes([a, b, c, d, e, f, g, h])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_and_kind_has_a_line_of_its_own() {
        let owner = |random| UserId::new(chrono::DateTime::UNIX_EPOCH, [random; 10]);
        let lines = [1, 2].map(owner).into_iter().flat_map(|owner| Kind::ALL.map(|kind| Line { owner, kind }));
        let locks: std::collections::BTreeSet<_> = lines.map(|line| line.lock()).collect();
        assert_eq!(locks.len(), 2 * Kind::ALL.len());
    }
}
