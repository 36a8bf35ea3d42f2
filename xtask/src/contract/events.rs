//! Reads which events the contract declares, and who gets them.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use heck::ToShoutySnakeCase as _;
use proc_macro2::{Ident, Span, TokenStream};
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};
use quote::quote;

use super::{
    code::{file, message_path, number},
    options::{extension, field, list},
};

/// An event as its message declares it.
struct Event {
    message: MessageDescriptor,
    subject: String,
    /// How many hours it may be kept, where it must not live as long as others.
    kept: Option<u32>,
    consumers: Vec<String>,
    listeners: Vec<String>,
}

/// Who gets some of a service's events.
pub(super) struct Consumer {
    pub(super) name: String,
    /// The service that it belongs to.
    pub(super) service: String,
    /// The service whose events they are.
    pub(super) owner: String,
    pub(super) subjects: Vec<String>,
    /// Whether the replicas of the service share the events, or each of them hears all.
    pub(super) shared: bool,
}

/// The text of the file with the subject of every event and all consumers.
pub(super) fn events(pool: &DescriptorPool) -> Result<String> {
    let events = declared(pool)?;
    let implementations = events.iter().map(|event| {
        let kept = event.kept.map(|hours| {
            let hours = number(hours);
            quote!(const KEPT: Option<std::time::Duration> = Some(std::time::Duration::from_hours(#hours));)
        });
        let (path, subject) = (message_path(&event.message), &event.subject);
        quote!(impl Event for #path { const SUBJECT: &'static str = #subject; #kept })
    });
    let subjects = subjects_of(&events);
    let consumers = consumers_of(&events)?;
    let constants = consumers.iter().map(constant);
    let names = consumers.iter().map(|consumer| identifier(&consumer.name));
    file(quote! {
        use crate::event::{Consumer, Event};

        #(#implementations)*

        /// The subjects of all events, sorted.
        pub static SUBJECTS: &[&str] = &[#(#subjects),*];

        /// All consumers, sorted by name.
        pub static CONSUMERS: &[Consumer] = &[#(Consumer::#names),*];

        impl Consumer { #(#constants)* }
    })
}

/// The subjects of all events, sorted.
pub(super) fn subjects(pool: &DescriptorPool) -> Result<Vec<String>> {
    Ok(subjects_of(&declared(pool)?))
}

/// All consumers, sorted by name.
pub(super) fn consumers(pool: &DescriptorPool) -> Result<Vec<Consumer>> {
    consumers_of(&declared(pool)?)
}

/// The service that owns a subject.
pub(super) fn owner(subject: &str) -> &str {
    subject.split_once('.').map_or(subject, |(owner, _)| owner)
}

fn declared(pool: &DescriptorPool) -> Result<Vec<Event>> {
    let option = extension(pool, "labelmesh.options.v1.event")?;
    let messages = pool.all_messages().filter(|message| message.options().has_extension(&option));
    messages.map(|message| read(message.options().get_extension(&option).as_message(), message)).collect()
}

fn read(declared: Option<&DynamicMessage>, message: MessageDescriptor) -> Result<Event> {
    let event = declared.context("the option event is a message")?;
    let subject = field(event, "subject").as_str().context("subject is a string")?.to_owned();
    ensure!(subject.split('.').count() == 2, "the subject of {} is not of the form service.what", message.full_name());
    let names = |list_name| list(event, list_name).iter().filter_map(|name| Some(name.as_str()?.to_owned())).collect();
    Ok(Event {
        subject,
        kept: field(event, "kept_hours").as_u32().filter(|hours| *hours > 0),
        consumers: names("consumers"),
        listeners: names("listeners"),
        message,
    })
}

fn subjects_of(events: &[Event]) -> Vec<String> {
    let mut subjects: Vec<String> = events.iter().map(|event| event.subject.clone()).collect();
    subjects.sort();
    subjects
}

fn consumers_of(events: &[Event]) -> Result<Vec<Consumer>> {
    let mut consumers: BTreeMap<String, Consumer> = BTreeMap::new();
    for event in events {
        let owner = owner(&event.subject);
        let shared = event.consumers.iter().map(|name| (name.clone(), true));
        // One for each subject: the broker can hold a consumer to one, and not to several.
        let what = event.subject.replace(['.', '_'], "-");
        let listening = event.listeners.iter().map(|service| (format!("{service}-{what}"), false));
        for (name, shared) in shared.chain(listening) {
            let service = name.split_once('-').map_or(name.as_str(), |(service, _)| service).to_owned();
            let consumer = consumers.entry(name.clone()).or_insert_with(|| Consumer {
                name: name.clone(),
                service,
                owner: owner.to_owned(),
                subjects: Vec::new(),
                shared,
            });
            ensure!(consumer.owner == owner, "the consumer {name} has events of two services");
            ensure!(consumer.shared == shared, "the consumer {name} is shared and is not");
            consumer.subjects.push(event.subject.clone());
        }
    }
    let mut consumers: Vec<Consumer> = consumers.into_values().collect();
    consumers.iter_mut().for_each(|consumer| consumer.subjects.sort());
    Ok(consumers)
}

fn constant(consumer: &Consumer) -> TokenStream {
    let Consumer { name, service, owner, subjects, shared } = consumer;
    let (constant, doc) = (identifier(name), format!(" The consumer `{name}`."));
    quote! {
        #[doc = #doc]
        pub const #constant: Self = Self {
            name: #name, service: #service, owner: #owner, subjects: &[#(#subjects),*], shared: #shared,
        };
    }
}

fn identifier(name: &str) -> Ident {
    Ident::new(&name.to_shouty_snake_case(), Span::call_site())
}
