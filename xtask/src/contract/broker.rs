//! Derives the broker's users from the contract: what each service may publish, and what it may consume.
//!
//! The broker knows services as the mesh does. A service publishes below its own name and nowhere else; it asks for the
//! events that the contract gives to its consumers; and it hears answers in an inbox of its own.

use std::collections::BTreeSet;

use anyhow::Result;
use heck::ToShoutySnakeCase as _;
use prost_reflect::DescriptorPool;

use super::{
    events::{Consumer, consumers, owner, subjects},
    options::services,
};

const HEADER: &str = "\
# Generated from proto/ by `./dev gen`; do not edit. The users of NATS: what each service may publish and hear. Include
# it in the server's configuration. The environment has the public key of each user (an nkey, which begins with U); the
# seed that belongs to it is the service's `events.credentials`.
";

/// What all subjects and streams begin with: the default of `events.prefix`.
const PREFIX: &str = "labelmesh";
/// The user for people: it may do everything.
const ADMINISTRATOR: &str = "administrator";

/// What one service may do.
#[derive(Default)]
struct Permissions {
    publish: BTreeSet<String>,
    never_publish: BTreeSet<String>,
    subscribe: BTreeSet<String>,
}

/// The text of `deploy/nats/users.conf`.
pub(crate) fn users(encoded: &[u8]) -> Result<String> {
    let pool = DescriptorPool::decode(encoded)?;
    let (subjects, consumers) = (subjects(&pool)?, consumers(&pool)?);
    let publishers: BTreeSet<&str> = subjects.iter().map(|subject| owner(subject)).collect();
    let mut names: BTreeSet<String> = services(&pool)
        .filter_map(|service| Some(service.package_name().split('.').nth(1)?.to_owned()))
        .chain(consumers.iter().map(|consumer| consumer.service.clone()))
        .collect();
    names.extend(publishers.iter().map(|name| (*name).to_owned()));
    let users = names.iter().map(|name| user(name, &permissions(name, publishers.contains(name.as_str()), &consumers)));
    let administrator =
        format!("    {{\n      # For people: may do everything.\n      nkey: {}\n    }}\n", key(ADMINISTRATOR));
    let users: String = users.chain([administrator]).collect();
    Ok(format!("{HEADER}authorization {{\n  users: [\n{users}  ]\n}}\n"))
}

fn permissions(service: &str, publishes: bool, consumers: &[Consumer]) -> Permissions {
    let mut permissions = Permissions::default();
    // Hints go to the replicas of the same service.
    let hints = format!("{PREFIX}.hint.{service}.>");
    permissions.publish.insert(hints.clone());
    permissions.subscribe.extend([hints, format!("_INBOX.{service}.>")]);
    if publishes {
        permissions.publish.insert(format!("{PREFIX}.{service}.>"));
        let stream = format!("{PREFIX}-{service}");
        keeps(&mut permissions, &stream);
        takes_back(&mut permissions, &stream);
    }
    for consumer in consumers.iter().filter(|consumer| consumer.service == service) {
        if consumer.shared {
            shares(&mut permissions, consumer)
        } else {
            listens(&mut permissions, consumer, consumers)
        }
    }
    permissions
}

/// Creates a stream and keeps its configuration up to date.
fn keeps(permissions: &mut Permissions, stream: &str) {
    permissions.publish.extend(["CREATE", "UPDATE"].map(|what| format!("$JS.API.STREAM.{what}.{stream}")));
}

/// Looks at single messages of a stream and removes them: what it tells of people who were deleted, and dead letters.
fn takes_back(permissions: &mut Permissions, stream: &str) {
    permissions.publish.extend(["GET", "DELETE"].map(|what| format!("$JS.API.STREAM.MSG.{what}.{stream}")));
}

/// A durable consumer, with its dead letters and what is redriven of them.
fn shares(permissions: &mut Permissions, consumer: &Consumer) {
    let Consumer { name, service, owner, subjects, .. } = consumer;
    let subjects: Vec<String> = subjects.iter().map(|subject| format!("{PREFIX}.{subject}")).collect();
    durable(permissions, &format!("{PREFIX}-{owner}"), name, &subjects);
    let letters = format!("{PREFIX}-{service}-letters");
    let redriven = format!("{PREFIX}.redriven.{service}.{name}");
    keeps(permissions, &letters);
    durable(permissions, &letters, name, std::slice::from_ref(&redriven));
    permissions.publish.extend([format!("{PREFIX}.letter.{service}.{name}"), redriven]);
    takes_back(permissions, &letters);
}

fn durable(permissions: &mut Permissions, stream: &str, name: &str, subjects: &[String]) {
    let create = match subjects {
        // The broker holds the subject in the request against this one.
        [subject] => format!("$JS.API.CONSUMER.CREATE.{stream}.{name}.{subject}"),
        // Requests for several can't be told apart: the consumer could ask for the others of the stream too.
        _ => format!("$JS.API.CONSUMER.CREATE.{stream}.{name}"),
    };
    permissions.publish.extend([
        format!("$JS.API.STREAM.INFO.{stream}"),
        create,
        format!("$JS.API.CONSUMER.MSG.NEXT.{stream}.{name}"),
        format!("$JS.ACK.{stream}.{name}.>"),
    ]);
}

/// A consumer for each replica, of a name that nobody knows before: any of the stream but those of others.
fn listens(permissions: &mut Permissions, consumer: &Consumer, all: &[Consumer]) {
    let stream = format!("{PREFIX}-{}", consumer.owner);
    let creates = |subject| format!("$JS.API.CONSUMER.CREATE.{stream}.*.{PREFIX}.{subject}");
    permissions.publish.extend(consumer.subjects.iter().map(creates));
    permissions.publish.extend([
        format!("$JS.API.STREAM.INFO.{stream}"),
        format!("$JS.API.CONSUMER.INFO.{stream}.*"),
        format!("$JS.API.CONSUMER.MSG.NEXT.{stream}.*"),
    ]);
    for other in all.iter().filter(|other| other.shared && other.owner == consumer.owner) {
        let name = &other.name;
        permissions.never_publish.extend([
            format!("$JS.API.CONSUMER.CREATE.{stream}.{name}.>"),
            format!("$JS.API.CONSUMER.INFO.{stream}.{name}"),
            format!("$JS.API.CONSUMER.MSG.NEXT.{stream}.{name}"),
        ]);
    }
}

fn user(name: &str, permissions: &Permissions) -> String {
    let Permissions { publish, never_publish, subscribe } = permissions;
    let deny = if never_publish.is_empty() { String::new() } else { rule("deny", never_publish) };
    let (publish, subscribe) = (rule("allow", publish), rule("allow", subscribe));
    format!(
        "    {{\n      nkey: {}\n      permissions: {{\n        publish: {{\n{publish}{deny}        }}\n        \
         subscribe: {{\n{subscribe}        }}\n      }}\n    }}\n",
        key(name)
    )
}

fn rule(kind: &str, subjects: &BTreeSet<String>) -> String {
    let lines: String = subjects.iter().map(|subject| format!("            \"{subject}\"\n")).collect();
    format!("          {kind}: [\n{lines}          ]\n")
}

/// The variable with the public key of a user.
fn key(user: &str) -> String {
    format!("$LABELMESH_NKEY_{}", user.to_shouty_snake_case())
}
