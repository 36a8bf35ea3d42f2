//! Writes what is generated.

use std::{fs, path::Path};

use anyhow::Result;

use crate::{contract, sql};

/// Where the generated code of the contract lies.
pub(crate) const CONTRACT: &str = "crates/proto/src/gen";
/// Where the generated methods of the client for programs lie.
pub(crate) const SDK: &str = "crates/sdk/src/gen";
/// Where the mesh's generated policies lie.
pub(crate) const POLICIES: &str = "mesh/istio/authorization-policies.yaml";
/// Where the generated policies of the network lie.
pub(crate) const NETWORK: &str = "deploy/kubernetes/base/network-policies.yaml";
/// Where the broker's generated users lie.
pub(crate) const BROKER_USERS: &str = "deploy/nats/users.conf";

/// Everything.
pub(crate) fn everything(root: &Path) -> Result<()> {
    contract(root, root)?;
    sql::run(root, &sql::Options::default())
}

/// What is generated from the contract below `root`, written below `target`.
pub(crate) fn contract(root: &Path, target: &Path) -> Result<()> {
    let encoded = contract::compile(&root.join("proto"))?;
    contract::generate(&encoded, &target.join(CONTRACT))?;
    contract::sdk::generate(&encoded, &target.join(SDK))?;
    write(&target.join(POLICIES), &contract::mesh::authorization_policies(&encoded)?)?;
    write(&target.join(NETWORK), &contract::mesh::network_policies(&encoded)?)?;
    write(&target.join(BROKER_USERS), &contract::broker::users(&encoded)?)
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(path.parent().expect("a file in a folder"))?;
    Ok(fs::write(path, text)?)
}
