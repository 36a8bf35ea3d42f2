//! What is made here at all.

use std::collections::BTreeSet;

use labelmesh_errors::{Error, Reason, Result};
use labelmesh_outbound::Addresses;

use crate::domain::{Kind, Spec};

/// The kinds that are made here, and the addresses of which pages are looked at.
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    pub(crate) kinds: BTreeSet<Kind>,
    pub(crate) addresses: Addresses,
}

impl Offer {
    /// Checks that something is made here. What a host's name stands for is judged when the page is called.
    ///
    /// # Errors
    /// KIND_NOT_OFFERED, ADDRESS_REFUSED.
    pub(crate) fn check(&self, spec: &Spec) -> Result<()> {
        let kind = spec.kind();
        if !self.kinds.contains(&kind) {
            return Err(Error::new(Reason::KindNotOffered, format!("pictures of the kind {kind} are not made here")));
        }
        let address = spec.page().and_then(|page| page.address());
        if address.is_some_and(|address| !self.addresses.permit(address)) {
            return Err(Error::new(Reason::AddressRefused, "the host of the page has an address that is not public"));
        }
        Ok(())
    }
}
