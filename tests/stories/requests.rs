//! Requests made from the descriptors, for stories about every method that there is or will be.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

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
    method.allow.iter().any(|grant| matches!(grant.who, Who::Anyone | Who::SignedOut))
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
    method.owner()
}

/// What a method is described as.
pub(crate) fn described(method: &Method) -> MethodDescriptor {
    let service = POOL.get_service_by_name(method.service()).expect("described");
    service.methods().find(|described| described.name() == method.name()).expect("described")
}

/// The fields of a request that name a resource: what is in the path of its route, and whatever is called an id. The
/// name that a caller gives a request of theirs is none.
pub(crate) fn resources(method: &Method) -> BTreeSet<String> {
    let method = described(method);
    let mut names = BTreeSet::new();
    gather(&method.input(), &path_variables(&method), &mut names);
    names
}

fn gather(message: &MessageDescriptor, in_path: &BTreeSet<String>, names: &mut BTreeSet<String>) {
    for field in message.fields() {
        let name = field.name();
        if (name.ends_with("_id") || name.ends_with("_ids") || in_path.contains(name)) && name != "request_id" {
            names.insert(name.to_owned());
        }
        if let Kind::Message(inner) = field.kind()
            && inner != *message
        {
            gather(&inner, in_path, names);
        }
    }
}

/// The variables of the paths by which a method is reached.
fn path_variables(method: &MethodDescriptor) -> BTreeSet<String> {
    let http = POOL.get_extension_by_name("google.api.http").expect("described");
    let (options, mut names) = (method.options(), BTreeSet::new());
    let rule = options.get_extension(&http);
    let paths = rule.as_message().into_iter().flat_map(|rule| rule.fields()).filter_map(|(_, path)| path.as_str());
    for variable in paths.flat_map(|path| path.split('{').skip(1)) {
        let variable = variable.split(['}', '=']).next().unwrap_or_default();
        names.extend(variable.rsplit('.').next().map(str::to_owned));
    }
    names
}

/// Whether a method lists page by page.
pub(crate) fn is_paged(method: &Method) -> bool {
    described(method).input().get_field_by_name("page_token").is_some()
}

/// A request with these values, by the names of their fields, wherever in it the fields are.
pub(crate) fn filled(method: &Method, values: &BTreeMap<&str, Value>) -> Value {
    fill(&described(method).input(), values)
}

fn fill(message: &MessageDescriptor, values: &BTreeMap<&str, Value>) -> Value {
    let mut filled = Map::new();
    for field in message.fields() {
        let value = match (values.get(field.name()), field.kind()) {
            (Some(value), _) => value.clone(),
            (None, Kind::Message(inner)) if inner != *message => match fill(&inner, values) {
                Value::Object(inner) if inner.is_empty() => continue,
                inner if field.is_list() => json!([inner]),
                inner => inner,
            },
            _ => continue,
        };
        filled.insert(field.json_name().to_owned(), value);
    }
    Value::Object(filled)
}

/// A request in which every text and number breaks its rule; `None` where a request holds nothing that can.
pub(crate) fn spoilt(method: &Method) -> Option<Value> {
    let request: MessageDescriptor = described(method).input();
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
    (!fields.is_empty()).then_some(Value::Object(fields))
}
