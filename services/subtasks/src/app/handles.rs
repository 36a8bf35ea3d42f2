//! The ids by which operators know images: others for each operator, so that two people have nothing to compare.

use std::{fmt, str::FromStr};

use aes::{
    Aes256, Block,
    cipher::{BlockCipherDecrypt as _, BlockCipherEncrypt as _, KeyInit as _},
};
use hmac::{Hmac, Mac as _};
use labelmesh_ids::{NotAnId, SubtaskId, UserId};
use labelmesh_seal::SealKey;
use sha2::Sha256;
use uuid::{Builder, Uuid, Variant, Version};

/// Sets the operators' keys apart from everything else that is made with the same key.
const PURPOSE: &[u8] = b"subtask ids";

/// The id of an image as one operator knows it: a UUID of version 8 (RFC 9562), whose bits are the maker's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(Uuid);

impl FromStr for Handle {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        Uuid::try_parse(text).map(Self).map_err(|_| NotAnId)
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Makes handles of ids, and ids of handles, without a table between them.
///
/// Ids and handles have 122 bits of their own, the others say that they are UUIDs. So a handle is the id under a
/// permutation of those 122 bits: AES-256 under a key of the operator's (HMAC-SHA-256 of the operator under a
/// configured key), applied until the block is of this form again (cycle walking: Black and Rogaway, "Ciphers with
/// arbitrary finite domains", 2002), which takes 64 times on average. Without the key a handle says nothing, not even
/// when its image was uploaded. What is no handle of an image of this operator's becomes an id that nothing has.
#[derive(Clone)]
pub struct Handles(Hmac<Sha256>);

impl fmt::Debug for Handles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handles")
    }
}

impl Handles {
    /// Handles under a key, which is taken in the form in which it stands in configuration.
    #[must_use]
    pub fn new(key: &SealKey) -> Self {
        let code = Hmac::<Sha256>::new_from_slice(key.reveal().as_bytes());
        let mut code = code.expect("HMAC takes keys of any length");
        code.update(PURPOSE);
        Self(code)
    }

    /// An operator's handle of an image.
    #[must_use]
    pub fn of(&self, operator: UserId, image: SubtaskId) -> Handle {
        let cipher = self.cipher(operator);
        Handle(walk(of_version(image.uuid(), Version::Custom), |block| cipher.encrypt_block(block)))
    }

    /// The image that an operator means. An id that the release before handed out is none of these, and is taken as it
    /// is.
    #[must_use]
    pub fn image(&self, operator: UserId, handle: Handle) -> SubtaskId {
        if !has_form(handle.0) {
            return handle.0.into();
        }
        let cipher = self.cipher(operator);
        of_version(walk(handle.0, |block| cipher.decrypt_block(block)), Version::SortRand).into()
    }

    fn cipher(&self, operator: UserId) -> Aes256 {
        let mut code = self.0.clone();
        code.update(operator.uuid().as_bytes());
        Aes256::new(&code.finalize().into_bytes())
    }
}

/// Takes steps from one UUID to another, until one has the form of a handle.
fn walk(from: Uuid, step: impl Fn(&mut Block)) -> Uuid {
    let mut block = Block::from(from.into_bytes());
    loop {
        step(&mut block);
        let reached = Uuid::from_bytes(block.0);
        if has_form(reached) {
            return reached;
        }
    }
}

fn has_form(id: Uuid) -> bool {
    id.get_version() == Some(Version::Custom) && id.get_variant() == Variant::RFC4122
}

fn of_version(id: Uuid, version: Version) -> Uuid {
    Builder::from_bytes(id.into_bytes()).with_variant(Variant::RFC4122).with_version(version).into_uuid()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use labelmesh_clock::Random;
    use labelmesh_ids::ImageId;

    use super::*;

    fn user(number: u128) -> UserId {
        UserId::from(Uuid::from_u128(number))
    }

    #[test]
    fn a_handle_leads_its_operator_back_to_the_image_and_nobody_else() {
        let (handles, random) = (Handles::new(&SealKey::from([7; 32])), Random::seeded(1));
        for _ in 0..200 {
            let image = SubtaskId::from(ImageId::new(DateTime::UNIX_EPOCH, random.bytes()));
            let handle = handles.of(user(1), image);
            assert_eq!(handle, handles.of(user(1), image));
            assert_eq!(handle.to_string().parse(), Ok(handle));
            assert_eq!(handles.image(user(1), handle), image);
            assert_ne!(handle, handles.of(user(2), image));
            assert_ne!(handles.image(user(2), handle), image);
            assert_ne!(Handles::new(&SealKey::from([8; 32])).image(user(1), handle), image);
        }
    }

    #[test]
    fn a_handle_is_a_uuid_and_does_not_tell_when_its_image_came() {
        let handles = Handles::new(&SealKey::from([7; 32]));
        let image = |time, last| {
            SubtaskId::from(ImageId::new(DateTime::from_timestamp_millis(time).expect("valid"), [last; 10]))
        };
        let one = handles.of(user(1), image(1_000, 1)).0;
        let next = handles.of(user(1), image(1_000, 2)).0;
        assert!(has_form(one) && has_form(next));
        let alike = (one.as_u128() ^ next.as_u128()).count_zeros();
        assert!((40..90).contains(&alike), "as chance has it: {alike} of 128 bits");
    }

    #[test]
    fn an_id_that_was_handed_out_before_is_taken_as_it_is() {
        let handles = Handles::new(&SealKey::from([7; 32]));
        let image = SubtaskId::from(ImageId::new(DateTime::UNIX_EPOCH, [3; 10]));
        let held: Handle = image.to_string().parse().expect("a UUID");
        assert_eq!(handles.image(user(1), held), image);
    }
}
