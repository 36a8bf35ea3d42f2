//! Renders the table of all methods with what each declares.

use anyhow::{Context as _, Result, bail, ensure};
use proc_macro2::TokenStream;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor, ReflectMessage as _,
};
use quote::{format_ident, quote};
use syn::Ident;

use super::{
    code::{file, number, variant},
    options::{enum_of, field, grants, is_routed, list, path, rpc, services},
};

/// The table of all methods, sorted by path.
pub(super) fn methods(pool: &DescriptorPool) -> Result<String> {
    let mut rows = Vec::new();
    for method in services(pool).flat_map(|service| service.methods().collect::<Vec<_>>()) {
        let path = path(&method);
        rows.push((path.clone(), row(&method).context(path)?));
    }
    rows.sort_by(|(left, _), (right, _)| left.cmp(right));
    let rows = rows.into_iter().map(|(_, row)| row);
    file(quote! {
        use std::time::Duration;
        use crate::{
            errors::v1::Reason,
            method::{Grant, Idempotency, Method, Rate, Subject, Who},
            options::v1::Reach,
            r#type::v1::Role,
        };

        /// Every method of the contract, sorted by path.
        pub static METHODS: &[Method] = &[#(#rows),*];
    })
}

fn row(method: &MethodDescriptor) -> Result<TokenStream> {
    let rpc = rpc(method)?.context("does not say who may call it: give it the option labelmesh.options.v1.rpc")?;
    let given = |name: &str| field(&rpc, name).as_u32().filter(|number| *number > 0);
    let deadline = given("deadline_ms").context("deadline_ms is missing")?;
    let max_deadline = given("max_deadline_ms").unwrap_or(deadline);
    ensure!(max_deadline >= deadline, "max_deadline_ms is less than deadline_ms");
    let reasons = enum_of(method.parent_pool(), "labelmesh.errors.v1.Reason")?;
    let fails_with = list(&rpc, "fails_with")
        .iter()
        .map(|reason| variant(&reasons, reason.as_enum_number().unwrap_or_default()))
        .collect::<Result<Vec<_>>>()?;
    let grants = grants(&rpc)?;
    check_rates(&rpc, &grants)?;
    let allow = grants.iter().map(grant).collect::<Result<Vec<_>>>()?;
    let (path, idempotency, routed) = (path(method), idempotency(method)?, is_routed(method)?);
    let (rate_per_user, rate_per_network) = (rate(&rpc, "rate")?, rate(&rpc, "rate_per_network")?);
    let (deadline, max_deadline) = (number(deadline), number(max_deadline));
    let max_request_bytes = number(given("max_request_bytes").unwrap_or(64 * 1024));
    let recorded = field(&rpc, "recorded").as_bool().unwrap_or_default();
    let subject = if recorded { subject(method) } else { quote!(None) };
    let (streams_in, streams_out) = (method.is_client_streaming(), method.is_server_streaming());
    Ok(quote! {
        Method {
            path: #path,
            allow: &[#(#allow),*],
            idempotency: Idempotency::#idempotency,
            deadline: Duration::from_millis(#deadline),
            max_deadline: Duration::from_millis(#max_deadline),
            max_request_bytes: #max_request_bytes,
            rate: #rate_per_user,
            rate_per_network: #rate_per_network,
            fails_with: &[#(Reason::#fails_with),*],
            streams_in: #streams_in,
            streams_out: #streams_out,
            routed: #routed,
            recorded: #recorded,
            subject: #subject,
        }
    })
}

/// Where the id of what is acted on stands: in the first field of the request that holds one, else in the answer, or in
/// a message of it.
fn subject(method: &MethodDescriptor) -> TokenStream {
    let request = id_in(&method.input()).map(|number| vec![number]);
    let answer = || {
        let answer = method.output();
        let within = |field: FieldDescriptor| Some(vec![field.number(), id_in(field.kind().as_message()?)?]);
        let own = id_in(&answer).map(|number| vec![number]);
        own.or_else(|| answer.fields().filter(|field| !field.is_list()).find_map(within))
    };
    let path = |path: Vec<u32>| path.into_iter().map(number).collect::<Vec<_>>();
    match (request, answer()) {
        (Some(request), _) => {
            let request = path(request);
            quote!(Some(Subject::Request(&[#(#request),*])))
        }
        (None, Some(answer)) => {
            let answer = path(answer);
            quote!(Some(Subject::Answer(&[#(#answer),*])))
        }
        (None, None) => quote!(None),
    }
}

/// The first field of a message that holds an id of something.
fn id_in(message: &MessageDescriptor) -> Option<u32> {
    let holds_an_id = |field: &FieldDescriptor| {
        let name = field.name().to_owned();
        field.kind() == Kind::String && !field.is_list() && name.ends_with("_id") && name != "request_id"
    };
    message.fields().filter(holds_an_id).map(|field| field.number()).min()
}

/// Nothing can be called without a bound, unless the contract says why.
fn check_rates(rpc: &DynamicMessage, grants: &[DynamicMessage]) -> Result<()> {
    let has = |name| rpc.has_field_by_name(name);
    let by = |names: &[&str]| grants.iter().any(|grant| names.iter().any(|name| grant.has_field_by_name(name)));
    if has("unlimited") {
        ensure!(!has("rate") && !has("rate_per_network"), "it has a rate, and says why it has none");
        return Ok(());
    }
    ensure!(
        has("rate") || !by(&["signed_in", "role"]),
        "rate is missing: say how often one user may call it, or in `unlimited` why that does not matter"
    );
    ensure!(
        has("rate_per_network") || !by(&["anyone", "signed_out"]),
        "rate_per_network is missing: say how often strangers may call it, or in `unlimited` why that does not matter"
    );
    ensure!(has("rate") || has("rate_per_network"), "it has no rate: say in `unlimited` why");
    Ok(())
}

fn rate(rpc: &DynamicMessage, name: &str) -> Result<TokenStream> {
    if !rpc.has_field_by_name(name) {
        return Ok(quote!(None));
    }
    let rate = field(rpc, name);
    let rate = rate.as_message().context("a rate is a message")?;
    let given = |part: &str| field(rate, part).as_u32().filter(|number| *number > 0);
    let per_minute = given("per_minute").with_context(|| format!("{name}.per_minute is missing"))?;
    let (burst, per_minute) = (number(given("burst").unwrap_or(per_minute)), number(per_minute));
    Ok(quote!(Some(Rate { per_minute: #per_minute, burst: #burst })))
}

fn grant(grant: &DynamicMessage) -> Result<TokenStream> {
    let descriptor = grant.descriptor();
    let who = if grant.has_field_by_name("anyone") {
        quote!(Anyone)
    } else if grant.has_field_by_name("signed_in") {
        quote!(SignedIn)
    } else if grant.has_field_by_name("signed_out") {
        quote!(SignedOut)
    } else if grant.has_field_by_name("role") {
        let roles = enum_of(descriptor.parent_pool(), "labelmesh.type.v1.Role")?;
        let role = variant(&roles, field(grant, "role").as_enum_number().unwrap_or_default())?;
        quote!(Role(Role::#role))
    } else if grant.has_field_by_name("service") {
        let service = field(grant, "service");
        let service = service.as_str().context("a service is a name")?;
        quote!(Service(#service))
    } else {
        bail!("a grant says nobody");
    };
    let reach = format_ident!("{}", if field(grant, "reach").as_enum_number() == Some(2) { "All" } else { "Own" });
    let by_session = field(grant, "by_session").as_bool().unwrap_or_default();
    ensure!(
        !by_session || grant.has_field_by_name("signed_in") || grant.has_field_by_name("role"),
        "only a user can call through a session"
    );
    let unconfirmed = field(grant, "unconfirmed").as_bool().unwrap_or_default();
    ensure!(
        !unconfirmed || grant.has_field_by_name("signed_in") || grant.has_field_by_name("role"),
        "only a user has an address that can be unconfirmed, and what anyone may call they may in any case"
    );
    Ok(quote!(Grant { who: Who::#who, reach: Reach::#reach, by_session: #by_session, unconfirmed: #unconfirmed }))
}

fn idempotency(method: &MethodDescriptor) -> Result<Ident> {
    Ok(match field(&method.options(), "idempotency_level").as_enum_number() {
        Some(1) => format_ident!("NoSideEffects"),
        Some(2) => format_ident!("Idempotent"),
        Some(0) | None => format_ident!("Unknown"),
        Some(other) => bail!("idempotency_level {other} is new to the generator"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESCRIPTORS: &[u8] = include_bytes!("../../../crates/proto/src/gen/descriptors.binpb");

    #[test]
    fn a_method_that_loses_its_rate_or_the_reason_why_it_has_none_is_refused() {
        let pool = DescriptorPool::decode(DESCRIPTORS).expect("the contract");
        let mut tried = 0;
        for method in services(&pool).flat_map(|service| service.methods().collect::<Vec<_>>()) {
            let rpc = rpc(&method).expect("an option").expect("every method has it");
            let grants = grants(&rpc).expect("grants");
            check_rates(&rpc, &grants).expect("it is in the contract");
            for name in ["rate", "rate_per_network", "unlimited"].into_iter().filter(|name| rpc.has_field_by_name(name))
            {
                let mut without = rpc.clone();
                without.clear_field_by_name(name);
                assert!(check_rates(&without, &grants).is_err(), "{} without {name}", method.full_name());
                tried += 1;
            }
        }
        assert!(tried > 0);
    }
}
