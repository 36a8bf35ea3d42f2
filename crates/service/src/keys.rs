//! `<service> keys`: what there is to do about keys.

use anyhow::{Result, bail};
use labelmesh_clock::Random;
use labelmesh_identity::KeyPair;

/// Does a command about keys: `generate` is the same for all services, the rest is a service's own.
pub(crate) async fn command<K>(command: &[&str], own: K) -> Result<()>
where
    K: AsyncFnOnce(&[&str]) -> Result<()>,
{
    if command == ["generate"] {
        print!("{}", generated(&Random::system()));
        return Ok(());
    }
    own(command).await
}

/// The keys of a service that stores nothing under one.
///
/// # Errors
/// Always: there is nothing to do but to generate a key.
pub async fn no_keys(_: &[&str]) -> Result<()> {
    bail!("nothing is stored under a key here: keys generate is all there is")
}

/// A new key, and its public half where it is to sign: a seed and a key to seal with are written the same way.
fn generated(random: &Random) -> String {
    let pair = KeyPair::generate(random);
    format!("key {}\npublic {}\n", pair.reveal(), pair.public())
}

#[cfg(test)]
mod tests {
    use labelmesh_identity::PublicKey;
    use labelmesh_seal::SealKey;

    use super::*;

    #[test]
    fn what_is_generated_can_sign_and_seal() {
        let text = generated(&Random::seeded(1));
        let line = |name| text.lines().find_map(|line| line.strip_prefix(name)).expect("a line");
        let pair: KeyPair = line("key ").parse().expect("a seed");
        assert_eq!(line("public ").parse::<PublicKey>(), Ok(pair.public()));
        line("key ").parse::<SealKey>().expect("a key to seal with");
        assert_ne!(text, generated(&Random::seeded(2)));
    }
}
