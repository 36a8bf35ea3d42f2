//! Where a peer is, as configuration says it.

use http::Uri;
use serde::{Deserialize, Deserializer, de};

use crate::{Options, Peer};

/// Where a peer is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Base addresses such as `http://10.0.0.7:8080`, as a list or with commas between. Several are balanced over.
    #[serde(deserialize_with = "endpoints")]
    pub endpoints: Vec<Uri>,
}

impl Config {
    /// A peer at these addresses.
    #[must_use]
    pub fn new(endpoints: Vec<Uri>) -> Self {
        Self { endpoints }
    }
}

impl Peer {
    /// The service `name` where the configuration says it is.
    #[must_use]
    pub fn configured(name: &str, config: &Config, random: labelmesh_clock::Random) -> Self {
        Self::new(name, config.endpoints.clone(), Options::default(), random)
    }
}

fn endpoints<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Uri>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Texts {
        One(String),
        Many(Vec<String>),
    }
    let texts = match Texts::deserialize(deserializer)? {
        Texts::One(text) => {
            text.split(',').map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
        }
        Texts::Many(texts) => texts,
    };
    texts.iter().map(|text| endpoint(text)).collect::<Result<_, _>>().map_err(de::Error::custom)
}

fn endpoint(text: &str) -> Result<Uri, String> {
    let bad = || format!("{text:?} is not an address such as http://10.0.0.7:8080");
    let uri: Uri = text.parse().map_err(|_| bad())?;
    let is_base = uri.scheme_str() == Some("http") && uri.authority().is_some() && uri.path() == "/";
    if is_base { Ok(uri) } else { Err(bad()) }
}
