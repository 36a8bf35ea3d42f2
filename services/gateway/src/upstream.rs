//! The services behind the gateway, known by the packages of their methods alone.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use labelmesh_client::{Config, Peer, PeerService};
use labelmesh_clock::Random;
use labelmesh_errors::Error;
use labelmesh_identity::ServiceSigner;
use labelmesh_proto::method::{METHODS, Method, Who};

use crate::call::Call;

/// Calls a service on somebody's behalf.
pub(crate) type Channel = PeerService;

/// The services, by the second word of their packages: `tasks` for `labelmesh.tasks.v1`.
pub(crate) struct Upstreams {
    peers: BTreeMap<String, Peer>,
    signer: ServiceSigner,
}

impl Upstreams {
    /// Peers where the configuration says they are.
    ///
    /// # Errors
    /// Fails where a service is missing that the contract has routes to.
    pub(crate) fn new(config: &BTreeMap<String, Config>, signer: ServiceSigner, random: &Random) -> Result<Self> {
        let configured = config.iter().filter(|(_, config)| !config.endpoints.is_empty());
        let peers = configured.map(|(key, config)| (key.clone(), Peer::configured(key, config, random.clone())));
        let peers: BTreeMap<_, _> = peers.collect();
        for method in METHODS.iter().filter(|method| method.routed) {
            let key = method.owner();
            ensure!(peers.contains_key(key), "peers.{key}.endpoints is missing: {} is served there", method.service());
        }
        Ok(Self { peers, signer })
    }

    /// The service of this name.
    pub(crate) fn peer(&self, key: &str) -> Result<&Peer, Error> {
        self.peers.get(key).ok_or_else(|| Error::internal(format!("no endpoints are configured for {key}")))
    }

    /// The gateway's own calls to the service of this name.
    pub(crate) fn as_gateway(&self, key: &str) -> Result<Channel, Error> {
        Ok(self.peer(key)?.as_service(&self.signer))
    }

    /// Calls a service for the caller: with the user's token for it where there is one. Where anyone may call, with our
    /// own, by which the service knows that the address we tell is true. Otherwise with none, which the service refuses
    /// in its own words.
    pub(crate) fn channel(&self, call: &Call) -> Result<Channel, Error> {
        let service = call.method.owner();
        let peer = self.peer(service)?;
        Ok(match call.session() {
            Some(session) => peer.as_user(session.token_for(service)?),
            None if is_public(call.method) => peer.as_service(&self.signer),
            None => peer.plain(),
        })
    }
}

/// Whether anyone may call a method, and no service has a grant that our token would lend to them.
fn is_public(method: &Method) -> bool {
    let grants = || method.allow.iter().map(|grant| grant.who);
    grants().any(|who| who == Who::Anyone) && !grants().any(|who| matches!(who, Who::Service(_)))
}
