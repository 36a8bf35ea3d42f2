//! Reads the options of the contract from its descriptors.

use anyhow::{Context as _, Result};
use prost_reflect::{DescriptorPool, DynamicMessage, ExtensionDescriptor, MethodDescriptor, ServiceDescriptor, Value};

use super::is_ours;

/// The services of the contract.
pub(super) fn services(pool: &DescriptorPool) -> impl Iterator<Item = ServiceDescriptor> {
    pool.services().filter(|service| is_ours(service.parent_file().name()))
}

/// The path of a method on the wire.
pub(super) fn path(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

/// Whether a method has a REST route.
pub(super) fn is_routed(method: &MethodDescriptor) -> Result<bool> {
    Ok(method.options().has_extension(&extension(method.parent_pool(), "google.api.http")?))
}

/// An option of the contract.
pub(super) fn extension(pool: &DescriptorPool, name: &str) -> Result<ExtensionDescriptor> {
    pool.get_extension_by_name(name).with_context(|| format!("the contract declares no option {name}"))
}

/// The value of a field, which is the default of its kind where it is not set.
pub(super) fn field(message: &DynamicMessage, name: &str) -> Value {
    message.get_field_by_name(name).map_or(Value::Bool(false), |value| value.into_owned())
}
