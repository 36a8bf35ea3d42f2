//! The secrets of a system of ours: made once, kept with its data.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use anyhow::Context as _;
use labelmesh_clock::Random;
use labelmesh_identity::KeyPair;
use serde::{Deserialize, Serialize};

use crate::Service;

/// All secrets of a system.
#[derive(Clone, Serialize, Deserialize)]
pub struct Keys {
    /// Tells this system from others on the same server.
    name: String,
    /// The seed of each service's own key, by the service's name.
    services: BTreeMap<String, String>,
    /// What each service seals with: page tokens, pseudonyms, signing keys.
    seals: BTreeMap<String, String>,
    administrator_password: String,
}

impl Keys {
    /// Those in a file, which only its owner can read, or new ones that are written there.
    ///
    /// # Errors
    /// If the file can't be read or written, or holds something else.
    pub fn load(path: &Path) -> anyhow::Result<Self> {
        if path.exists() {
            let text = fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))?;
            let mut keys: Self =
                serde_json::from_str(&text).with_context(|| format!("{} holds no keys", path.display()))?;
            if keys.complete(&Random::system()) {
                keys.write(path, File::options().truncate(true))?;
            }
            return Ok(keys);
        }
        let keys = Self::generate(&Random::system());
        keys.write(path, File::options().create_new(true))?;
        Ok(keys)
    }

    fn write(&self, path: &Path, how: &mut fs::OpenOptions) -> anyhow::Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        how.write(true)
            .mode(0o600)
            .open(path)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .with_context(|| format!("can't write {}", path.display()))
    }

    /// Makes those of services that are newer than the rest; says whether there were any.
    fn complete(&mut self, random: &Random) -> bool {
        let mut completed = false;
        for service in Service::ALL {
            for secrets in [&mut self.services, &mut self.seals] {
                secrets.entry(service.name().to_owned()).or_insert_with(|| {
                    completed = true;
                    KeyPair::generate(random).reveal()
                });
            }
        }
        completed
    }

    fn generate(random: &Random) -> Self {
        let each = |secret: &dyn Fn() -> String| {
            Service::ALL.into_iter().map(|service| (service.name().to_owned(), secret())).collect()
        };
        Self {
            name: hex::encode(random.bytes::<4>()),
            services: each(&|| KeyPair::generate(random).reveal()),
            // A seed and a key to seal with are written the same way: 32 bytes in base64url.
            seals: each(&|| KeyPair::generate(random).reveal()),
            administrator_password: hex::encode(random.bytes::<8>()),
        }
    }

    /// Tells this system from others on the same server.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// A service's own key, as configuration takes it.
    #[must_use]
    pub fn seed(&self, service: Service) -> &str {
        &self.services[service.name()]
    }

    /// The public half of a service's key, as configuration takes it.
    ///
    /// # Errors
    /// If what is kept for it is no key.
    pub fn public(&self, service: Service) -> anyhow::Result<String> {
        let pair: KeyPair = self.seed(service).parse().context("keys.json holds no key")?;
        Ok(pair.public().to_string())
    }

    /// What a service seals with.
    #[must_use]
    pub fn seal(&self, service: Service) -> &str {
        &self.seals[service.name()]
    }

    /// The seeded administrator's password.
    #[must_use]
    pub fn administrator_password(&self) -> &str {
        &self.administrator_password
    }
}
