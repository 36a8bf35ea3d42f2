//! From a name to addresses that were judged.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use futures::future::{BoxFuture, FutureExt as _};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::{Addresses, Fault};

/// Looks names up.
pub trait Lookup: Send + Sync + 'static {
    /// The addresses of a host; not being able to tell is an error, having none is an empty list.
    fn lookup(&self, host: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// Looks names up as the system does.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, host: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let host = host.to_owned();
        async move { Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect()) }.boxed()
    }
}

/// The addresses of a host, all of which may be called.
pub(crate) fn judge(found: io::Result<Vec<IpAddr>>, permitted: &Addresses) -> Result<Vec<IpAddr>, Fault> {
    let found = found.map_err(|_| Fault::NameUnknown)?;
    if found.is_empty() {
        return Err(Fault::NameUnknown);
    }
    // One that is refused makes the others suspicious: which of them is connected to is not ours to choose.
    if !found.iter().all(|address| permitted.permit(*address)) {
        return Err(Fault::AddressRefused);
    }
    Ok(found)
}

/// Gives the HTTP client addresses that may be called, or none. It connects to these and asks nobody else.
pub(crate) struct Guarded {
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) addresses: Addresses,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let found = self.lookup.lookup(name.as_str());
        let permitted = self.addresses.clone();
        async move {
            let found = judge(found.await, &permitted)?;
            let addresses: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        }
        .boxed()
    }
}
