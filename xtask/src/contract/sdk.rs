//! Renders the methods of the client for programs: one typed method for each RPC that has a REST route.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result, ensure};
use heck::{ToShoutySnakeCase as _, ToSnakeCase as _};
use proc_macro2::TokenStream;
use prost_reflect::{DescriptorPool, Kind, MessageDescriptor, MethodDescriptor, ServiceDescriptor};
use quote::{format_ident, quote};
use syn::Ident;

use super::{
    code::{field_name, file},
    options::{extension, field, is_routed, path, reach, services},
};

/// Writes the generated folder of `crates/sdk` anew.
pub(crate) fn generate(encoded: &[u8], target: &Path) -> Result<()> {
    let pool = DescriptorPool::decode(encoded).context("decode the descriptors")?;
    if target.exists() {
        fs::remove_dir_all(target)?;
    }
    fs::create_dir_all(target)?;
    let (mut messages, mut packages) = (BTreeMap::new(), BTreeMap::<_, Vec<_>>::new());
    for service in services(&pool) {
        packages.entry(package(service.package_name())?).or_default().extend(routed(&service)?);
    }
    for (package, routed) in packages {
        let methods = methods(&routed).with_context(|| package.to_string())?;
        let text = quote! {
            use reqwest::Method as HttpMethod;
            use crate::{Client, Error, route::Route, #package};

            #methods
        };
        let text = file(text)?.replace("    }\n    ///", "    }\n\n    ///");
        fs::write(target.join(format!("{package}.rs")), text)?;
        for method in &routed {
            // What is uploaded is written as files, not as messages.
            let input = (!method.is_client_streaming()).then(|| method.input());
            input.into_iter().chain([method.output()]).for_each(|message| reach(message, &mut messages));
        }
    }
    fs::write(target.join("messages.rs"), names(&messages)?)?;
    super::format(target)
}

fn routed(service: &ServiceDescriptor) -> Result<Vec<MethodDescriptor>> {
    let mut methods = Vec::new();
    for method in service.methods() {
        if is_routed(&method)? {
            methods.push(method);
        }
    }
    Ok(methods)
}

/// The methods of a service.
fn methods(routed: &[MethodDescriptor]) -> Result<TokenStream> {
    let routes = routed.iter().map(route).collect::<Result<Vec<_>>>()?;
    let bodies = routed.iter().map(body).collect::<Result<Vec<_>>>()?;
    Ok(quote!(#(#routes)* impl Client { #(#bodies)* }))
}

/// Where a method is.
fn route(method: &MethodDescriptor) -> Result<TokenStream> {
    let name = format_ident!("{}", method.name().to_shouty_snake_case());
    let (verb, template, body) = rule(method)?;
    let (verb, has_body, rpc) = (format_ident!("{}", verb.to_uppercase()), !body.is_empty(), path(method));
    Ok(quote! {
        static #name: Route =
            Route { rpc: #rpc, verb: HttpMethod::#verb, template: #template, has_body: #has_body };
    })
}

/// The verb, the template and the body of a method's `google.api.http`.
fn rule(method: &MethodDescriptor) -> Result<(&'static str, String, String)> {
    let options = method.options();
    let rule = options.get_extension(&extension(method.parent_pool(), "google.api.http")?);
    let rule = rule.as_message().context("google.api.http is a message")?;
    let verb = ["get", "put", "post", "delete", "patch"].into_iter().find(|verb| rule.has_field_by_name(verb));
    let verb = verb.context("only get, put, post, delete and patch are known")?;
    let text = |name: &str| field(rule, name).as_str().unwrap_or_default().to_owned();
    Ok((verb, text(verb), text("body")))
}

/// A method of the client.
fn body(method: &MethodDescriptor) -> Result<TokenStream> {
    let name = format_ident!("{}", method.name().to_snake_case());
    let route = format_ident!("{}", method.name().to_shouty_snake_case());
    let (verb, template, _) = rule(method)?;
    let mut docs = comment(method);
    docs.extend([String::new(), format!(" `{} {template}`", verb.to_uppercase()), String::new()]);
    docs.extend([" # Errors".to_owned(), " If the server refuses or stays away.".to_owned()]);
    let (input, output) = (message(&method.input())?, message(&method.output())?);
    let is_file = method.output().full_name() == "google.api.HttpBody";
    let (signature, call) = match (method.is_client_streaming(), method.is_server_streaming()) {
        (true, true) => {
            let ids: Vec<Ident> = variables(&template)?.iter().map(|name| format_ident!("{name}")).collect();
            let signature =
                quote!((&self, #(#ids: &str,)* files: crate::Upload) -> Result<crate::Answers<#output>, Error>);
            (signature, quote!(self.upload(&#route, &[#(#ids),*], files).await))
        }
        (false, true) if is_file => (
            quote!((&self, request: #input) -> Result<crate::Answers<bytes::Bytes>, Error>),
            quote!(self.bytes(&#route, &request).await),
        ),
        (false, true) => (
            quote!((&self, request: #input) -> Result<crate::Answers<#output>, Error>),
            quote!(self.stream(&#route, &request).await),
        ),
        (false, false) => {
            (quote!((&self, request: #input) -> Result<#output, Error>), quote!(self.unary(&#route, &request).await))
        }
        (true, false) => anyhow::bail!("a stream of requests with one answer is new to the generator"),
    };
    let all = items(method).map(|(field, item)| all(method, &field, &item)).transpose()?;
    Ok(quote!(#(#[doc = #docs])* pub async fn #name #signature { #call } #all))
}

/// The method that lists all pages of a list.
fn all(method: &MethodDescriptor, field: &str, item: &MessageDescriptor) -> Result<TokenStream> {
    let name = method.name().to_snake_case();
    let doc = format!(" Everything that [`Self::{name}`] lists, page by page from the first on.");
    let (name, all) = (format_ident!("{name}"), format_ident!("{name}_all"));
    let (input, item, field) = (message(&method.input())?, message(item)?, field_name(field));
    Ok(quote! {
        #[doc = #doc]
        #[must_use]
        pub fn #all(&self, request: #input) -> crate::Answers<#item> {
            let client = self.clone();
            crate::pages::items(move |page_token| {
                let (client, request) = (client.clone(), #input { page_token, ..request.clone() });
                async move { client.#name(request).await.map(|page| (page.#field, page.next_page_token)) }
            })
        }
    })
}

/// The field and the message of a list's items, where a method is a list.
fn items(method: &MethodDescriptor) -> Option<(String, MessageDescriptor)> {
    method.input().get_field_by_name("page_token")?;
    method.output().get_field_by_name("next_page_token")?;
    method.output().fields().filter(|field| field.is_list()).find_map(|field| match field.kind() {
        Kind::Message(message) => Some((field.name().to_owned(), message)),
        _ => None,
    })
}

/// The variables of a template, in their order.
fn variables(template: &str) -> Result<Vec<&str>> {
    let names = template.split('{').skip(1).map(|rest| rest.split_once('}').map(|(name, _)| name));
    let names = names.collect::<Option<Vec<_>>>().context("a variable of the template is not closed")?;
    ensure!(names.iter().all(|name| !name.contains(['.', '='])), "{template} is new to the generator");
    Ok(names)
}

/// What the contract says of a method, line by line.
fn comment(method: &MethodDescriptor) -> Vec<String> {
    let file = method.parent_file();
    let locations = file.file_descriptor_proto().source_code_info.iter().flat_map(|info| &info.location);
    let comment = locations.filter(|location| location.path == method.path()).find_map(|location| {
        location.leading_comments.as_ref().map(|text| text.trim_end().lines().map(str::to_owned).collect())
    });
    comment.unwrap_or_default()
}

/// The module of a package of ours in `crates/proto`, without its version.
fn package(name: &str) -> Result<Ident> {
    Ok(field_name(name.split('.').nth(1).context("a package of ours has three parts")?))
}

/// A message, as the client's modules name it.
fn message(message: &MessageDescriptor) -> Result<TokenStream> {
    let name = format_ident!("{}", message.name());
    // What the packages share has no module of its own.
    if message.package_name() == "labelmesh.type.v1" {
        return Ok(quote!(crate::#name));
    }
    let package = package(message.package_name())?;
    Ok(quote!(#package::#name))
}

/// The full names of messages.
fn names(messages: &BTreeMap<String, MessageDescriptor>) -> Result<String> {
    let mut items = Vec::new();
    for (full_name, message) in messages {
        let name = self::message(message)?;
        items.push(quote!(impl Message for #name { const NAME: &'static str = #full_name; }));
    }
    file(quote! {
        use crate::{auth, json::Message, notify, renditions, subtasks, tasks, users};

        #(#items)*
    })
}
