//! Renders the static tables of `crates/proto` as Rust text.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail, ensure};
use prost_reflect::{
    DescriptorPool, DynamicMessage, EnumDescriptor, ExtensionDescriptor, MessageDescriptor, MethodDescriptor,
    ReflectMessage as _, Value,
};

use super::is_ours;

/// The first line of each file.
pub(super) const HEADER: &str = "// Generated from proto/ by `./dev gen`; do not edit.\n\n";

/// The table of all methods, sorted by path.
pub(super) fn methods(pool: &DescriptorPool) -> Result<String> {
    let option = extension(pool, "labelmesh.options.v1.rpc")?;
    let http = extension(pool, "google.api.http")?;
    let mut rows = Vec::new();
    for service in pool.services().filter(|service| is_ours(service.parent_file().name())) {
        for method in service.methods() {
            let path = format!("/{}/{}", service.full_name(), method.name());
            let options = method.options();
            ensure!(
                options.has_extension(&option),
                "{path} does not say who may call it: give it the option labelmesh.options.v1.rpc"
            );
            let rpc = options.get_extension(&option);
            let rpc = rpc.as_message().context("the option rpc is a message")?;
            let row = method_row(&path, &method, rpc, options.has_extension(&http)).with_context(|| path.clone())?;
            rows.push((path, row));
        }
    }
    rows.sort();
    let mut text = String::from(HEADER);
    text.push_str("use std::time::Duration;\n\nuse crate::{errors::v1::Reason, method::{Grant, Idempotency, Method, Rate, Who}, options::v1::Reach, r#type::v1::Role};\n\n");
    text.push_str("/// Every method of the contract, sorted by path.\npub static METHODS: &[Method] = &[\n");
    rows.iter().for_each(|(_, row)| text.push_str(row));
    text.push_str("];\n");
    Ok(text)
}

fn method_row(path: &str, method: &MethodDescriptor, rpc: &DynamicMessage, routed: bool) -> Result<String> {
    let number = |name: &str| field(rpc, name).as_u32().unwrap_or_default();
    let deadline = number("deadline_ms");
    ensure!(deadline > 0, "deadline_ms is missing");
    let max_deadline = if number("max_deadline_ms") == 0 { deadline } else { number("max_deadline_ms") };
    ensure!(max_deadline >= deadline, "max_deadline_ms is less than deadline_ms");
    let max_request = if number("max_request_bytes") == 0 { 64 * 1024 } else { number("max_request_bytes") };
    let mut grants = String::new();
    for grant in list(rpc, "allow") {
        grants.push_str(&grant_text(grant.as_message().context("a grant is a message")?)?);
    }
    let rate = if rpc.has_field_by_name("rate") {
        let rate = field(rpc, "rate");
        let rate = rate.as_message().context("rate is a message")?;
        let per_minute = field(rate, "per_minute").as_u32().unwrap_or_default();
        let burst = field(rate, "burst").as_u32().filter(|burst| *burst > 0).unwrap_or(per_minute);
        ensure!(per_minute > 0, "rate.per_minute is missing");
        format!("Some(Rate {{ per_minute: {per_minute}, burst: {burst} }})")
    } else {
        "None".into()
    };
    let reasons = enum_of(rpc.descriptor().parent_pool(), "labelmesh.errors.v1.Reason")?;
    let mut fails_with = String::new();
    for reason in list(rpc, "fails_with") {
        write!(fails_with, "Reason::{}, ", variant(&reasons, reason.as_enum_number().unwrap_or_default())?)?;
    }
    Ok(format!(
        "Method {{ path: {path:?}, allow: &[{grants}], idempotency: Idempotency::{}, deadline: Duration::from_millis({deadline}), \
         max_deadline: Duration::from_millis({max_deadline}), max_request_bytes: {max_request}, rate: {rate}, fails_with: &[{fails_with}], \
         streams_in: {}, streams_out: {}, routed: {routed} }},\n",
        idempotency(method)?,
        method.is_client_streaming(),
        method.is_server_streaming(),
    ))
}

fn grant_text(grant: &DynamicMessage) -> Result<String> {
    let pool = grant.descriptor().parent_pool().clone();
    let who = if grant.has_field_by_name("anyone") {
        "Who::Anyone".to_owned()
    } else if grant.has_field_by_name("signed_in") {
        "Who::SignedIn".to_owned()
    } else if grant.has_field_by_name("role") {
        let number = field(grant, "role").as_enum_number().unwrap_or_default();
        format!("Who::Role(Role::{})", variant(&enum_of(&pool, "labelmesh.type.v1.Role")?, number)?)
    } else if grant.has_field_by_name("service") {
        format!("Who::Service({:?})", field(grant, "service").as_str().unwrap_or_default())
    } else {
        bail!("a grant says nobody");
    };
    let reach = if field(grant, "reach").as_enum_number() == Some(2) { "All" } else { "Own" };
    Ok(format!("Grant {{ who: {who}, reach: Reach::{reach} }}, "))
}

/// What the mesh needs to know of a method.
pub(super) struct Declared {
    /// Whether anyone may call it.
    pub(super) anyone: bool,
    /// The services that may call it on their own behalf.
    pub(super) services: Vec<String>,
    /// Whether it can be reached through the gateway.
    pub(super) routed: bool,
}

/// Reads what the mesh needs to know of a method.
pub(super) fn declared(pool: &DescriptorPool, method: &MethodDescriptor) -> Result<Declared> {
    let options = method.options();
    let rpc = options.get_extension(&extension(pool, "labelmesh.options.v1.rpc")?);
    let rpc = rpc.as_message().context("the option rpc is a message")?;
    let mut declared = Declared {
        anyone: false,
        services: Vec::new(),
        routed: options.has_extension(&extension(pool, "google.api.http")?),
    };
    for grant in list(rpc, "allow") {
        let grant = grant.as_message().context("a grant is a message")?;
        declared.anyone |= grant.has_field_by_name("anyone");
        if grant.has_field_by_name("service") {
            declared.services.push(field(grant, "service").as_str().unwrap_or_default().to_owned());
        }
    }
    Ok(declared)
}

fn idempotency(method: &MethodDescriptor) -> Result<&'static str> {
    let options = method.options();
    Ok(match field(&options, "idempotency_level").as_enum_number() {
        Some(1) => "NoSideEffects",
        Some(2) => "Idempotent",
        Some(0) | None => "Unknown",
        Some(other) => bail!("idempotency_level {other} is new to the generator"),
    })
}

/// The subject of every event.
pub(super) fn events(pool: &DescriptorPool) -> Result<String> {
    let option = extension(pool, "labelmesh.options.v1.event")?;
    let mut text = String::from(HEADER);
    text.push_str("use crate::event::Event;\n\n");
    let mut subjects = Vec::new();
    for message in pool.all_messages().filter(|message| message.options().has_extension(&option)) {
        let options = message.options();
        let event = options.get_extension(&option);
        let event = event.as_message().context("the option event is a message")?;
        let subject = field(event, "subject");
        let subject = subject.as_str().context("subject is a string")?.to_owned();
        ensure!(
            subject.split('.').count() == 2,
            "the subject of {} is not of the form service.what",
            message.full_name()
        );
        writeln!(text, "impl Event for {} {{ const SUBJECT: &'static str = {subject:?};", rust_path(&message))?;
        let hours = field(event, "kept_hours").as_u32().unwrap_or_default();
        if hours > 0 {
            writeln!(
                text,
                "const KEPT: Option<std::time::Duration> = Some(std::time::Duration::from_hours({hours}));"
            )?;
        }
        text.push_str("}\n\n");
        subjects.push(subject);
    }
    subjects.sort();
    writeln!(text, "/// The subjects of all events, sorted.\npub static SUBJECTS: &[&str] = &{subjects:?};")?;
    Ok(text)
}

/// The status code and the name on the wire of every reason.
pub(super) fn reasons(pool: &DescriptorPool) -> Result<String> {
    let option = extension(pool, "labelmesh.errors.v1.code")?;
    let reasons = enum_of(pool, "labelmesh.errors.v1.Reason")?;
    let mut codes = String::new();
    for value in reasons.values() {
        let options = value.options();
        ensure!(options.has_extension(&option), "{} has no status code", value.name());
        let number = options.get_extension(&option).as_enum_number().unwrap_or_default();
        writeln!(codes, "Reason::{} => tonic::Code::from_i32({number}),", variant(&reasons, value.number())?)?;
    }
    Ok(format!(
        "{HEADER}use crate::errors::v1::Reason;\n\nimpl Reason {{\n/// The gRPC status code with which the reason travels.\n\
         #[must_use]\npub fn code(self) -> tonic::Code {{ match self {{ {codes} }} }}\n}}\n"
    ))
}

/// The messages that have a field marked `debug_redact`.
pub(super) fn redacted_messages(pool: &DescriptorPool) -> Vec<MessageDescriptor> {
    let ours = pool.all_messages().filter(|message| is_ours(message.parent_file().name()));
    ours.filter(|message| message.fields().any(|field| is_redacted(&field))).collect()
}

/// `Debug` for messages with secrets, which shows that they are there but not what they are.
pub(super) fn redacted(pool: &DescriptorPool) -> Result<String> {
    let mut text = String::from(HEADER);
    for message in redacted_messages(pool) {
        writeln!(
            text,
            "impl std::fmt::Debug for {} {{\nfn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {{\nf.debug_struct({:?})",
            rust_path(&message),
            message.name()
        )?;
        for field in message.fields() {
            let name = field.name();
            let value = if is_redacted(&field) { "&\"[redacted]\"".to_owned() } else { format!("&self.{name}") };
            writeln!(text, ".field({name:?}, {value})")?;
        }
        text.push_str(".finish()\n}\n}\n\n");
    }
    Ok(text)
}

fn is_redacted(descriptor: &prost_reflect::FieldDescriptor) -> bool {
    field(&descriptor.options(), "debug_redact").as_bool().unwrap_or_default()
}

/// The validation code, and for every message without a rule one that accepts, so that each message is `Validate`.
pub(super) fn complete_validation(generated: &str, pool: &DescriptorPool) -> Result<String> {
    let mut text = format!("{HEADER}{generated}\n");
    let words: Vec<&str> = generated.split_whitespace().collect(); // line breaks fall anywhere
    let implemented: Vec<&str> = words
        .windows(3)
        .filter(|words| words[..2] == ["::prost_protovalidate::Validate", "for"])
        .map(|words| words[2])
        .collect();
    let ours =
        |message: &MessageDescriptor| is_ours(message.parent_file().name()) || message.package_name() == "google.api";
    for message in pool.all_messages().filter(ours) {
        let path = rust_path(&message);
        let generated_path = message.full_name().replace(".type.", ".r#type.").replace('.', "::");
        if !implemented.contains(&generated_path.as_str()) && !message.is_map_entry() {
            writeln!(
                text,
                "impl ::prost_protovalidate::Validate for {path} {{ fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {{ Ok(()) }} }}"
            )?;
        }
    }
    Ok(text)
}

/// An option of the contract.
pub(super) fn extension(pool: &DescriptorPool, name: &str) -> Result<ExtensionDescriptor> {
    pool.get_extension_by_name(name).with_context(|| format!("the contract declares no option {name}"))
}

/// An enum of the contract.
pub(super) fn enum_of(pool: &DescriptorPool, name: &str) -> Result<EnumDescriptor> {
    pool.get_enum_by_name(name).with_context(|| format!("the contract declares no enum {name}"))
}

fn field(message: &DynamicMessage, name: &str) -> Value {
    message.get_field_by_name(name).map_or(Value::Bool(false), |value| value.into_owned())
}

fn list(message: &DynamicMessage, name: &str) -> Vec<Value> {
    field(message, name).as_list().map(<[Value]>::to_vec).unwrap_or_default()
}

/// The Rust name that prost gives an enum's value: without the enum's prefix, in camel case.
pub(super) fn variant(descriptor: &EnumDescriptor, number: i32) -> Result<String> {
    let value =
        descriptor.get_value(number).with_context(|| format!("{} has no value {number}", descriptor.full_name()))?;
    let prefix = format!("{}_", descriptor.name().to_uppercase());
    let name = value.name().strip_prefix(&prefix).unwrap_or(value.name()).to_owned();
    Ok(name.split('_').map(|word| format!("{}{}", &word[..1], word[1..].to_lowercase())).collect())
}

/// The path of a top-level message in `crates/proto`.
pub(super) fn rust_path(message: &MessageDescriptor) -> String {
    let modules = message.package_name().replace("type.", "r#type.").replace('.', "::");
    format!("crate::{}::{}", modules.trim_start_matches("labelmesh::"), message.name())
}
