//! Names for operators, and codes of networks, that say nothing and differ from task to task.

use hmac::{Hmac, KeyInit as _, Mac as _};
use labelmesh_identity::Network;
use labelmesh_ids::{TaskId, UserId};
use labelmesh_seal::SealKey;
use sha2::Sha256;

/// How many bytes of the code make a name: enough that no two operators of a task share one.
const LENGTH: usize = 10;

/// Makes pseudonyms: HMAC-SHA-256 (RFC 2104) of task and operator under a configured key. Without the key nobody can
/// tell who it is, nor that operators of two tasks are the same person; with it the same names come out for ever. Which
/// key a task has says [`Names`](super::names::Names).
#[derive(Clone)]
pub struct Pseudonyms(Hmac<Sha256>);

impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pseudonyms")
    }
}

impl Pseudonyms {
    /// Pseudonyms under a key, which is taken in the form in which it stands in configuration.
    #[must_use]
    pub fn new(key: &SealKey) -> Self {
        Self(Hmac::new_from_slice(key.reveal().as_bytes()).expect("HMAC takes keys of any length"))
    }

    /// The name of an operator in a task: 20 hexadecimal digits.
    #[must_use]
    pub fn of(&self, task: TaskId, operator: UserId) -> String {
        let mut code = self.0.clone();
        code.update(task.uuid().as_bytes());
        code.update(operator.uuid().as_bytes());
        hex::encode(&code.finalize().into_bytes()[..LENGTH])
    }

    /// The code of a network in a task: of 64 bits, so that among the few networks of an image none is taken for
    /// another.
    #[must_use]
    pub fn network(&self, task: TaskId, network: Network) -> i64 {
        let mut code = self.0.clone();
        code.update(b"network");
        code.update(task.uuid().as_bytes());
        code.update(network.to_string().as_bytes());
        let code = code.finalize().into_bytes();
        i64::from_be_bytes(std::array::from_fn(|byte| code[byte]))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_name_is_the_same_in_one_task_and_another_in_every_other() {
        let names = Pseudonyms::new(&SealKey::from([7; 32]));
        let (task, other) = (TaskId::from(Uuid::from_u128(1)), TaskId::from(Uuid::from_u128(2)));
        let operator = UserId::from(Uuid::from_u128(3));
        assert_eq!(names.of(task, operator), names.of(task, operator));
        assert_ne!(names.of(task, operator), names.of(other, operator));
        assert_ne!(names.of(task, operator), Pseudonyms::new(&SealKey::from([8; 32])).of(task, operator));
        assert_eq!(names.of(task, operator).len(), 2 * LENGTH);
    }
}
