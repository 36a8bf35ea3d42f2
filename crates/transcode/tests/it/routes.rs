//! Which route takes a request.

use http::Method;
use labelmesh_transcode::{NoRoute, Transcoder};

use crate::shop;

fn found(shop: &Transcoder, method: Method, path: &str) -> String {
    match shop.find(&method, path) {
        Ok(found) => found.route.path().rsplit('/').next().unwrap_or_default().to_owned(),
        Err(NoRoute::UnknownPath) => "unknown".to_owned(),
        Err(NoRoute::OtherMethods(methods)) => format!("only {methods:?}"),
    }
}

#[test]
fn the_most_literal_route_wins_and_verbs_tell_routes_apart() {
    let shop = shop();
    let table = [
        (Method::GET, "/v1/items/7", "GetItem"),
        (Method::HEAD, "/v1/items/7", "GetItem"),
        (Method::GET, "/v1/items/newest", "GetNewest"),
        (Method::GET, "/v1/shelves/a/items/7", "GetItem"),
        (Method::GET, "/v1/racks/9/items/7:locate", "GetItem"),
        (Method::GET, "/v1/items/7:watch", "WatchItem"),
        (Method::POST, "/v1/items/7:sell", "SellItem"),
        (Method::POST, "/v1/items", "CreateItem"),
        (Method::GET, "/v1/files/a/b/c", "Download"),
        (Method::GET, "/v1/items/7:nothing", "unknown"),
        (Method::GET, "/v1/items/", "unknown"),
        (Method::GET, "/v2/items", "unknown"),
        (Method::GET, "no-slash", "unknown"),
        (Method::DELETE, "/v1/items/7", "only [GET, PATCH]"),
        (Method::GET, "/v1/items/7:sell", "only [POST]"),
    ];
    for (method, path, expected) in table {
        assert_eq!(found(shop, method.clone(), path), expected, "{method} {path}");
    }
}

#[test]
fn an_rpc_without_a_rule_has_no_route_but_is_known() {
    let shop = shop();
    assert!(shop.method("/shop.v1.Shop/Hidden").is_some());
    assert!(shop.routes().iter().all(|route| route.path() != "/shop.v1.Shop/Hidden"));
    assert!(shop.method("/shop.v1.Shop/Nothing").is_none());
}

#[test]
fn what_streams_resume_by_and_what_makes_repeats_harmless_follow_from_the_fields() {
    let shop = shop();
    let watch = shop.find(&Method::GET, "/v1/items/7:watch").expect("a route").route;
    let resumption = watch.resumption().expect("a stream of versions");
    assert_eq!((resumption.after.name(), resumption.seen.name()), ("after_version", "version"));
    assert!(!watch.answers_with_bytes());
    let create = shop.find(&Method::POST, "/v1/items").expect("a route").route;
    assert!(create.resumption().is_none());
    assert_eq!(create.request_id().expect("a request id").name(), "request_id");
    assert!(shop.find(&Method::GET, "/v1/files/a").expect("a route").route.answers_with_bytes());
}
