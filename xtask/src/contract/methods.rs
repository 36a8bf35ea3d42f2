//! Renders the table of all methods with what each declares.

use anyhow::{Context as _, Result, bail, ensure};
use proc_macro2::TokenStream;
use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor, ReflectMessage as _};
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
            method::{Grant, Idempotency, Method, Rate, Who},
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
    let allow = grants(&rpc)?.iter().map(grant).collect::<Result<Vec<_>>>()?;
    let (path, idempotency, rate, routed) = (path(method), idempotency(method)?, rate(&rpc)?, is_routed(method)?);
    let (deadline, max_deadline) = (number(deadline), number(max_deadline));
    let max_request_bytes = number(given("max_request_bytes").unwrap_or(64 * 1024));
    let (streams_in, streams_out) = (method.is_client_streaming(), method.is_server_streaming());
    Ok(quote! {
        Method {
            path: #path,
            allow: &[#(#allow),*],
            idempotency: Idempotency::#idempotency,
            deadline: Duration::from_millis(#deadline),
            max_deadline: Duration::from_millis(#max_deadline),
            max_request_bytes: #max_request_bytes,
            rate: #rate,
            fails_with: &[#(Reason::#fails_with),*],
            streams_in: #streams_in,
            streams_out: #streams_out,
            routed: #routed,
        }
    })
}

fn rate(rpc: &DynamicMessage) -> Result<TokenStream> {
    if !rpc.has_field_by_name("rate") {
        return Ok(quote!(None));
    }
    let rate = field(rpc, "rate");
    let rate = rate.as_message().context("rate is a message")?;
    let given = |name: &str| field(rate, name).as_u32().filter(|number| *number > 0);
    let per_minute = given("per_minute").context("rate.per_minute is missing")?;
    let (burst, per_minute) = (number(given("burst").unwrap_or(per_minute)), number(per_minute));
    Ok(quote!(Some(Rate { per_minute: #per_minute, burst: #burst })))
}

fn grant(grant: &DynamicMessage) -> Result<TokenStream> {
    let descriptor = grant.descriptor();
    let who = if grant.has_field_by_name("anyone") {
        quote!(Anyone)
    } else if grant.has_field_by_name("signed_in") {
        quote!(SignedIn)
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
    Ok(quote!(Grant { who: Who::#who, reach: Reach::#reach }))
}

fn idempotency(method: &MethodDescriptor) -> Result<Ident> {
    Ok(match field(&method.options(), "idempotency_level").as_enum_number() {
        Some(1) => format_ident!("NoSideEffects"),
        Some(2) => format_ident!("Idempotent"),
        Some(0) | None => format_ident!("Unknown"),
        Some(other) => bail!("idempotency_level {other} is new to the generator"),
    })
}
