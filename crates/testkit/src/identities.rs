//! Tokens for anybody.

use std::sync::LazyLock;

use labelmesh_clock::{Clock, Random};
use labelmesh_identity::{KeyList, KeyPair, PublicKey, Role, ServiceSigner, User, UserKeys, UserSigner, Verifier};
use labelmesh_ids::{SessionId, UserId};
use sha2::{Digest as _, Sha256};

/// The keys of a mesh: auth's, with which it signs user tokens, and one for each service.
#[derive(Debug, Clone)]
pub struct Identities {
    user_key: KeyPair,
    clock: Clock,
    random: Random,
}

impl Identities {
    /// New keys; tokens are valid for a minute by this clock.
    #[must_use]
    pub fn new(clock: &Clock) -> Self {
        let random = Random::system();
        Self { user_key: KeyPair::generate(&random), clock: clock.clone(), random }
    }

    /// A new user's id.
    #[must_use]
    pub fn new_user(&self) -> UserId {
        UserId::new(self.clock.now(), self.random.bytes())
    }

    /// An internal token for a user with these roles and a session, as the gateway would send it.
    #[must_use]
    pub fn user_token(&self, user_id: UserId, roles: &[Role]) -> String {
        let session_id = Some(SessionId::new(self.clock.now(), self.random.bytes()));
        let user = User { user_id, session_id, roles: roles.to_vec(), confirmed: true };
        self.user_token_of(&user)
    }

    /// An internal token for a user through a session or with an API key.
    #[must_use]
    pub fn user_token_of(&self, user: &User) -> String {
        UserSigner::new(self.user_key.clone(), self.clock.clone()).sign(user).0
    }

    /// A token with which `caller` calls `callee` on its own behalf.
    #[must_use]
    pub fn service_token(&self, caller: &str, callee: &str) -> String {
        ServiceSigner::new(caller, self.service_key(caller), self.clock.clone()).sign(callee)
    }

    /// The key that a service of this name is configured with.
    #[must_use]
    pub fn service_key(&self, service: &str) -> KeyPair {
        service_key(service)
    }

    /// The public keys of services by name, as every service is configured with.
    #[must_use]
    pub fn service_keys(&self, services: &[&str]) -> Vec<(String, KeyList<PublicKey>)> {
        let keys = |service: &&str| ((*service).to_owned(), KeyList::one(self.service_key(service).public()));
        services.iter().map(keys).collect()
    }

    /// The public key of user tokens.
    #[must_use]
    pub fn user_key(&self) -> PublicKey {
        self.user_key.public()
    }

    /// What verifies these tokens for the service `name`.
    #[must_use]
    pub fn verifier(&self, name: &str, callers: &[&str]) -> Verifier {
        let users = UserKeys::fixed([self.user_key()].into_iter().collect());
        Verifier::new(name, self.service_keys(callers), users, self.clock.clone())
    }
}

/// The key of the service of this name. One for all tests of a process: those who stand in for a service sign its
/// events.
pub(crate) fn service_key(service: &str) -> KeyPair {
    static SECRET: LazyLock<[u8; 32]> = LazyLock::new(|| Random::system().bytes());
    let seed = Sha256::new().chain_update(*SECRET).chain_update(service).finalize();
    KeyPair::from_seed(seed.into())
}

/// A request that carries a token.
///
/// # Panics
/// If the token is none.
#[must_use]
pub fn with_token<T>(message: T, token: &str) -> tonic::Request<T> {
    let mut request = tonic::Request::new(message);
    let value = format!("Bearer {token}").parse().expect("a token fits into a header");
    request.metadata_mut().insert("authorization", value);
    request
}
