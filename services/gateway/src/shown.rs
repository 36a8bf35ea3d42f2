//! The contract as reflection shows it outside: what can be called, and no method that services have for each other.

use anyhow::{Context as _, Result};
use labelmesh_proto::{DESCRIPTORS, method};
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, Value};

/// The descriptors of all files without the methods that have no route. Options stay, those of ours too.
///
/// # Errors
/// Fails where the descriptors are damaged.
pub(crate) fn descriptors(pool: &DescriptorPool) -> Result<Vec<u8>> {
    let kind = pool.get_message_by_name("google.protobuf.FileDescriptorSet");
    let kind = kind.context("the contract's options are described by descriptor.proto")?;
    let mut files = DynamicMessage::decode(kind, DESCRIPTORS)?;
    for file in messages(&mut files, "file") {
        let package = text(file, "package");
        for service in messages(file, "service") {
            let service_name = format!("{package}.{}", text(service, "name"));
            let methods = service.get_field_by_name_mut("method").and_then(Value::as_list_mut);
            methods.into_iter().for_each(|methods| methods.retain(|method| is_shown(&service_name, method)));
        }
    }
    Ok(files.encode_to_vec())
}

fn is_shown(service: &str, method: &Value) -> bool {
    let name = method.as_message().map(|method| text(method, "name")).unwrap_or_default();
    method::find(&format!("/{service}/{name}")).is_some_and(|method| method.routed)
}

fn messages<'a>(message: &'a mut DynamicMessage, field: &str) -> impl Iterator<Item = &'a mut DynamicMessage> {
    let list = message.get_field_by_name_mut(field).and_then(Value::as_list_mut);
    list.into_iter().flatten().filter_map(Value::as_message_mut)
}

fn text(message: &DynamicMessage, field: &str) -> String {
    message.get_field_by_name(field).and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use labelmesh_proto::method::METHODS;

    use super::*;

    #[test]
    fn what_can_be_called_is_shown_with_its_options_and_nothing_else() {
        let pool = DescriptorPool::decode(DESCRIPTORS).expect("the contract");
        let shown = DescriptorPool::decode(&*descriptors(&pool).expect("the contract")).expect("descriptors");
        let mut paths: Vec<String> = shown
            .services()
            .flat_map(|service| service.methods().collect::<Vec<_>>())
            .map(|method| format!("/{}/{}", method.parent_service().full_name(), method.name()))
            .collect();
        paths.sort();
        let mut routed: Vec<&str> = METHODS.iter().filter(|method| method.routed).map(|method| method.path).collect();
        routed.sort_unstable();
        assert_eq!(paths, routed);
        let http = shown.get_extension_by_name("google.api.http").expect("the option");
        let methods = shown.services().flat_map(|service| service.methods().collect::<Vec<_>>());
        assert!(methods.into_iter().all(|method| method.options().has_extension(&http)));
    }
}
