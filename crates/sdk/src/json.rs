//! Messages of the contract as JSON, by the proto3 mapping and the descriptors of the contract.

use std::sync::LazyLock;

use labelmesh_proto::DESCRIPTORS;
use prost_reflect::{DescriptorPool, DeserializeOptions, DynamicMessage, MessageDescriptor, SerializeOptions};
use serde::Deserializer;
use serde_json::{Value, value::Serializer};

/// The descriptors of the whole contract.
static POOL: LazyLock<DescriptorPool> =
    LazyLock::new(|| DescriptorPool::decode(DESCRIPTORS).expect("the contract is well-formed"));

/// A message of the contract.
pub trait Message: prost::Message + Default {
    /// Its full name, such as `labelmesh.tasks.v1.Task`.
    const NAME: &'static str;
}

/// A message as JSON, as the server writes it: fields that have their default value are named too.
///
/// # Errors
/// Where JSON has no form for a value, such as a timestamp that is out of range.
pub fn to_value<T: Message>(message: &T) -> Result<Value, serde_json::Error> {
    named(T::NAME, message)
}

/// The message that JSON stands for. Fields that this version of the contract does not know are passed over.
///
/// # Errors
/// If it is not such a message.
pub fn from_value<T: Message>(value: &Value) -> Result<T, serde_json::Error> {
    read(value)
}

/// The message that a text in JSON stands for.
pub(crate) fn from_slice<T: Message>(text: &[u8]) -> Result<T, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let message = read(&mut deserializer)?;
    deserializer.end()?;
    Ok(message)
}

/// A message whose full name is known, as JSON.
pub(crate) fn named(name: &str, message: &impl prost::Message) -> Result<Value, serde_json::Error> {
    written(name, message, &SerializeOptions::new().skip_default_fields(false))
}

/// A request as JSON: what has its default value is left out.
pub(crate) fn request<T: Message>(message: &T) -> Result<Value, serde_json::Error> {
    written(T::NAME, message, &SerializeOptions::new())
}

/// What describes a message of the contract.
pub(crate) fn descriptor(name: &str) -> MessageDescriptor {
    POOL.get_message_by_name(name).unwrap_or_else(|| panic!("{name} is in the contract"))
}

fn written(name: &str, message: &impl prost::Message, options: &SerializeOptions) -> Result<Value, serde_json::Error> {
    let mut dynamic = DynamicMessage::new(descriptor(name));
    dynamic.transcode_from(message).map_err(serde::ser::Error::custom)?;
    dynamic.serialize_with_options(Serializer, options)
}

fn read<'de, T: Message, D: Deserializer<'de>>(json: D) -> Result<T, D::Error> {
    let options = DeserializeOptions::new().deny_unknown_fields(false);
    let dynamic = DynamicMessage::deserialize_with_options(descriptor(T::NAME), json, &options)?;
    dynamic.transcode_to().map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tasks::{Policy, Task};

    #[test]
    fn a_message_is_written_as_the_server_writes_it() {
        let task = Task { task_id: "t".into(), images: 7, policy: Some(Policy::default()), ..Task::default() };
        let json = to_value(&task).expect("JSON");
        assert_eq!((&json["taskId"], &json["images"]), (&json!("t"), &json!("7")));
        assert_eq!((&json["title"], &json["state"]), (&json!(""), &json!("TASK_STATE_UNSPECIFIED")));
        assert_eq!(from_value::<Task>(&json).expect("a task"), task);
    }

    #[test]
    fn what_a_newer_server_adds_is_passed_over() {
        let json = json!({"taskId": "t", "colour": "red", "state": "TASK_STATE_ASLEEP"});
        assert_eq!(from_value::<Task>(&json).expect("a task"), Task { task_id: "t".into(), ..Task::default() });
    }
}
