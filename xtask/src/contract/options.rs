//! Reads the options of the contract from its descriptors.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use prost_reflect::{
    DescriptorPool, DynamicMessage, EnumDescriptor, ExtensionDescriptor, FieldDescriptor, Kind, MessageDescriptor,
    MethodDescriptor, OneofDescriptor, ServiceDescriptor, Value,
};

use super::is_ours;

/// The services of the contract.
pub(super) fn services(pool: &DescriptorPool) -> impl Iterator<Item = ServiceDescriptor> {
    pool.services().filter(|service| is_ours(service.parent_file().name()))
}

/// The path of a method on the wire.
pub(super) fn path(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

/// What a method declares; `None` where it declares nothing.
pub(super) fn rpc(method: &MethodDescriptor) -> Result<Option<DynamicMessage>> {
    let option = extension(method.parent_pool(), "labelmesh.options.v1.rpc")?;
    let options = method.options();
    if !options.has_extension(&option) {
        return Ok(None);
    }
    Ok(Some(options.get_extension(&option).as_message().context("the option rpc is a message")?.clone()))
}

/// Whether a method has a REST route.
pub(super) fn is_routed(method: &MethodDescriptor) -> Result<bool> {
    Ok(method.options().has_extension(&extension(method.parent_pool(), "google.api.http")?))
}

/// Who may call a method: its grants.
pub(super) fn grants(rpc: &DynamicMessage) -> Result<Vec<DynamicMessage>> {
    list(rpc, "allow").iter().map(|grant| grant.as_message().cloned().context("a grant is a message")).collect()
}

/// An option of the contract.
pub(super) fn extension(pool: &DescriptorPool, name: &str) -> Result<ExtensionDescriptor> {
    pool.get_extension_by_name(name).with_context(|| format!("the contract declares no option {name}"))
}

/// An enum of the contract.
pub(super) fn enum_of(pool: &DescriptorPool, name: &str) -> Result<EnumDescriptor> {
    pool.get_enum_by_name(name).with_context(|| format!("the contract declares no enum {name}"))
}

/// The oneof that a field is a member of. An optional field is in one too, which is there on the wire alone.
pub(super) fn oneof(field: &FieldDescriptor) -> Option<OneofDescriptor> {
    field.containing_oneof().filter(|_| !field.field_descriptor_proto().proto3_optional())
}

/// The value of a field, which is the default of its kind where it is not set.
pub(super) fn field(message: &DynamicMessage, name: &str) -> Value {
    message.get_field_by_name(name).map_or(Value::Bool(false), |value| value.into_owned())
}

/// The values of a repeated field.
pub(super) fn list(message: &DynamicMessage, name: &str) -> Vec<Value> {
    field(message, name).as_list().map(<[Value]>::to_vec).unwrap_or_default()
}

/// How long a list in a request may be, which each has to say: what is behind its end is not even looked at.
pub(super) fn most_items(field: &FieldDescriptor) -> Result<usize> {
    let options = field.options();
    let rules = options.get_extension(&extension(field.parent_pool(), "buf.validate.field")?);
    let most = rules.as_message().and_then(|rules| {
        let repeated = rules.get_field_by_name("repeated")?;
        repeated.as_message()?.get_field_by_name("max_items")?.as_u64()
    });
    let most = most.filter(|most| *most > 0).and_then(|most| usize::try_from(most).ok());
    most.with_context(|| format!("{}: a list in a request needs repeated.max_items", field.full_name()))
}

/// The messages of ours that a message holds, and itself.
pub(super) fn reach(message: MessageDescriptor, reached: &mut BTreeMap<String, MessageDescriptor>) {
    if !is_ours(message.parent_file().name()) || reached.contains_key(message.full_name()) {
        return;
    }
    reached.insert(message.full_name().to_owned(), message.clone());
    for field in message.fields() {
        if let Kind::Message(message) = field.kind() {
            reach(message, reached);
        }
    }
}
