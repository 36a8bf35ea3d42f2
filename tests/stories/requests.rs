//! Requests made from the descriptors, for stories about every method that there is or will be.

use std::sync::LazyLock;

use labelmesh_proto::{
    DESCRIPTORS,
    method::{METHODS, Method, Who},
    r#type::v1::Role,
};
use prost_reflect::{DescriptorPool, Kind, MessageDescriptor, MethodDescriptor};
use serde_json::{Map, Value, json};

static POOL: LazyLock<DescriptorPool> =
    LazyLock::new(|| DescriptorPool::decode(DESCRIPTORS).expect("the contract describes itself"));

/// The methods that can be called from outside.
pub(crate) fn public() -> impl Iterator<Item = &'static Method> {
    METHODS.iter().filter(|method| method.routed)
}

/// Whether nobody has to sign in for a method.
pub(crate) fn is_open(method: &Method) -> bool {
    method.allow.iter().any(|grant| grant.who == Who::Anyone)
}

/// A role that may call a method.
pub(crate) fn role_for(method: &Method) -> Role {
    let roles = method.allow.iter().filter_map(|grant| match grant.who {
        Who::Role(role) => Some(role),
        _ => None,
    });
    // Whoever owns something before whoever sees all.
    roles.reduce(|role, other| if role == Role::Administrator { other } else { role }).unwrap_or(Role::Client)
}

/// The service whose method it is, as in `labelmesh.<service>.v1`.
pub(crate) fn service_of(method: &Method) -> &'static str {
    method.package().split('.').nth(1).expect("a package of ours")
}

/// What a method is described as.
pub(crate) fn described(method: &Method) -> MethodDescriptor {
    let service = POOL.get_service_by_name(method.service()).expect("described");
    service.methods().find(|described| described.name() == method.name()).expect("described")
}

/// A request in which every text and number breaks its rule; `None` where a request holds nothing.
pub(crate) fn spoilt(method: &Method) -> Option<Value> {
    let request: MessageDescriptor = described(method).input();
    if request.fields().len() == 0 {
        return None;
    }
    let mut fields = Map::new();
    for field in request.fields().filter(|field| !field.is_list() && !field.is_map()) {
        let value = match field.kind() {
            Kind::String => json!("?".repeat(2000)),
            Kind::Int32 => json!(i32::MIN),
            Kind::Uint32 => json!(u32::MAX),
            _ => continue,
        };
        fields.insert(field.json_name().to_owned(), value);
    }
    Some(Value::Object(fields))
}
