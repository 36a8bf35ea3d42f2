#![doc = include_str!("../README.md")]

mod claims;
mod jwks;
mod key;
mod key_list;
mod network;
pub mod permission;
mod principal;
mod signer;
mod user_keys;
mod verifier;

pub use jwks::KeySet;
pub use key::{InvalidKey, KeyPair, PublicKey};
pub use key_list::{KeyList, NotAKeyList};
pub use labelmesh_proto::r#type::v1::Role;
pub use network::{Network, NotANetwork};
pub use principal::{Everything, Principal, Reach, User};
pub use signer::{ServiceSigner, UserSigner};
pub use user_keys::UserKeys;
pub use verifier::Verifier;

/// The issuer of user tokens.
pub const USER_ISSUER: &str = "auth";

/// The audience of all user tokens, as long as there are services of a release that knows no other. Which service one
/// is for stands beside it.
pub const USER_AUDIENCE: &str = "labelmesh";

/// How long an internal token is valid.
pub const TOKEN_LIFETIME: std::time::Duration = std::time::Duration::from_secs(60);

/// The header in which the gateway says the address of the client it calls for. Believed from inside the mesh alone.
pub const CLIENT_ADDRESS: &str = "x-client-address";

/// The header in which the gateway passes on the client's user agent. Believed from inside the mesh alone.
pub const CLIENT_AGENT: &str = "x-client-agent";
