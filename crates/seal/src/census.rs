//! What is stored under which key.

use std::{collections::BTreeMap, fmt};

use crate::Sealer;

/// How much of what is stored each key has sealed: by it one knows when a key can be taken out.
#[derive(Debug)]
pub struct Census {
    sealer: Sealer,
    /// By the number of the key; what no key opens comes behind the last.
    counted: Vec<BTreeMap<&'static str, u64>>,
}

impl Census {
    /// Nothing is counted yet.
    #[must_use]
    pub fn new(sealer: Sealer) -> Self {
        let counted = vec![BTreeMap::new(); sealer.key_ids().count() + 1];
        Self { sealer, counted }
    }

    /// Counts one that is stored, such as a `"signing key"`, and was sealed for this context.
    pub fn count(&mut self, what: &'static str, context: &str, sealed: &[u8]) {
        let number = self.sealer.key_number(context, sealed).unwrap_or(self.counted.len() - 1);
        *self.counted[number].entry(what).or_default() += 1;
    }
}

/// A line for each key.
impl fmt::Display for Census {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (id, counted)) in self.sealer.key_ids().zip(&self.counted).enumerate() {
            let does = if number == 0 { "seals" } else { "opens" };
            match told(counted) {
                told if !told.is_empty() => writeln!(f, "{id} {does}: {told}")?,
                _ if number == 0 => writeln!(f, "{id} {does}: nothing yet")?,
                _ => writeln!(f, "{id} {does}: nothing that is stored, and can be taken out in a day")?,
            }
        }
        match self.counted.last().map(told) {
            Some(told) if !told.is_empty() => writeln!(f, "no key opens: {told}"),
            _ => Ok(()),
        }
    }
}

fn told(counted: &BTreeMap<&'static str, u64>) -> String {
    counted.iter().map(|(what, count)| format!("{what} {count}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use labelmesh_clock::Random;

    use super::*;
    use crate::{SealKey, SealKeys};

    #[test]
    fn each_key_is_told_of_and_what_none_opens() {
        let keys = [3, 4].map(|byte| SealKey::from([byte; 32]));
        let [new, old] = keys.each_ref().map(SealKey::id);
        let keys: SealKeys = keys.to_vec().try_into().expect("different ones");
        let (both, before) = (Sealer::new(&keys, Random::seeded(1)), Sealer::new(&[4; 32].into(), Random::seeded(2)));
        let mut census = Census::new(both.clone());
        let fresh =
            format!("{new} seals: nothing yet\n{old} opens: nothing that is stored, and can be taken out in a day\n");
        assert_eq!(census.to_string(), fresh);
        for sealed in [before.seal("a", b"x"), before.seal("a", b"y"), before.seal("b", b"z")] {
            census.count("secrets", "a", &sealed);
        }
        census.count("codes", "c", &both.seal("c", b"x"));
        let told = format!("{new} seals: codes 1\n{old} opens: secrets 2\nno key opens: secrets 1\n");
        assert_eq!(census.to_string(), told);
    }
}
