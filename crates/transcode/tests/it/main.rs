//! A contract made for the test, compiled as ours is, and what becomes of requests to it.

mod contract;
mod json;
mod requests;
mod routes;

use std::sync::LazyLock;

use labelmesh_transcode::{Found, Refusal, Transcoder, to_json};

/// The transcoder of the shop, compiled once.
fn shop() -> &'static Transcoder {
    static SHOP: LazyLock<Transcoder> =
        LazyLock::new(|| Transcoder::new(&contract::compile(include_str!("shop.proto"))).expect("a good contract"));
    &SHOP
}

/// The request that a call stands for, with a body; as JSON, which reads better where a test fails.
fn call(method: &str, target: &str, body: &str) -> Result<String, Refusal> {
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let found: Found<'_> = shop().find(&method.parse().expect("a method"), path).expect("a route");
    found.request(query, body.as_bytes()).map(|request| to_json(&request).expect("JSON"))
}
