//! Path, query and body become one message.

use labelmesh_transcode::{Refusal, from_json, to_json};

use crate::{call, shop};

/// The message that a JSON text stands for, to compare with.
fn message(name: &str, json: &str) -> String {
    let descriptor = shop().pool().get_message_by_name(&format!("shop.v1.{name}")).expect("a message");
    to_json(&from_json(&descriptor, json.as_bytes()).expect("a good message")).expect("JSON")
}

#[test]
fn parameters_become_fields() {
    let table = [
        ("/v1/items/7", r#"{"itemId":"7"}"#),
        ("/v1/items/a%2Fb%20c", r#"{"itemId":"a/b c"}"#),
        ("/v1/shelves/top/items/7?place.row=3", r#"{"itemId":"7","place":{"shelf":"top","row":3}}"#),
        ("/v1/racks/9/items/7:locate", r#"{"itemId":"7","place":{"shelf":"racks/9"}}"#),
        ("/v1/items/7?colour=COLOUR_RED", r#"{"itemId":"7","colour":"COLOUR_RED"}"#),
        ("/v1/items/7?colour=2", r#"{"itemId":"7","colour":"COLOUR_SKY_BLUE"}"#),
        ("/v1/items/7?colour=sky_blue", r#"{"itemId":"7","colour":"COLOUR_SKY_BLUE"}"#),
        ("/v1/items/7?colour=Sky-Blue", r#"{"itemId":"7","colour":"COLOUR_SKY_BLUE"}"#),
        ("/v1/items/7?colours=red&colours=2", r#"{"itemId":"7","colours":[1,2]}"#),
        ("/v1/items/7?tags=a+b&tags=c%26d&tags=", r#"{"itemId":"7","tags":["a b","c&d",""]}"#),
        (
            "/v1/items/7?since=2026-01-31T12:00:00Z&within=1.5s",
            r#"{"itemId":"7","since":"2026-01-31T12:00:00Z","within":"1.5s"}"#,
        ),
        ("/v1/items/7?mask=itemId,place.row&sold=true", r#"{"itemId":"7","mask":"itemId,place.row","sold":true}"#),
        ("/v1/items/7?key=_-8", r#"{"itemId":"7","key":"/+8="}"#),
        ("/v1/items/7?cents=-5", r#"{"itemId":"7","cents":-5}"#),
    ];
    for (target, json) in table {
        assert_eq!(call("GET", target, "").as_ref(), Ok(&message("GetItemRequest", json)), "{target}");
    }
    let files = call("GET", "/v1/files/a/b", "").expect("a request");
    assert_eq!(files, message("GetItemRequest", r#"{"itemId":"a/b"}"#));
}

#[test]
fn bodies_become_fields() {
    let whole = call("POST", "/v1/items", r#"{"item":{"count":3},"requestId":"x"}"#);
    assert_eq!(whole, Ok(message("CreateItemRequest", r#"{"item":{"count":3},"requestId":"x"}"#)));
    let empty = call("POST", "/v1/items", " \n");
    assert_eq!(empty, Ok(message("CreateItemRequest", "{}")));
    let one = call("PATCH", "/v1/items/7?updateMask=count", r#"{"count":3}"#);
    assert_eq!(one, Ok(message("UpdateItemRequest", r#"{"item":{"itemId":"7","count":3},"updateMask":"count"}"#)));
    let agreeing = call("POST", "/v1/items/7:sell", r#"{"item":{"itemId":"7","count":3}}"#);
    assert_eq!(agreeing, Ok(message("CreateItemRequest", r#"{"item":{"itemId":"7","count":3}}"#)));
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let table = [
        ("GET", "/v1/items/7?nothing=1", "", "nothing", "is not a parameter of this route"),
        ("GET", "/v1/items/7?place.nothing=1", "", "place.nothing", "is not a parameter of this route"),
        ("GET", "/v1/items/7?place=1", "", "place", "can't be given as text"),
        ("GET", "/v1/items/7?place.row=x", "", "place.row", "must be a whole number from 0 to 4294967295"),
        ("GET", "/v1/items/7?place.row=1&place.row=2", "", "place.row", "is given twice"),
        ("GET", "/v1/items/7?item_id=8", "", "item_id", "is given twice"),
        ("GET", "/v1/items/7?colour=green", "", "colour", "must be one of red, sky_blue"),
        ("GET", "/v1/items/7?sold=yes", "", "sold", "must be true or false"),
        ("GET", "/v1/items/7?since=today", "", "since", "must be a time such as \"2026-01-31T12:00:00Z\""),
        ("GET", "/v1/items/7?cents=1&euros=2", "", "euros", "can't be given together with cents"),
        ("GET", "/v1/items/7?euros=inf", "", "euros", "must be a number"),
        ("POST", "/v1/items?request_id=x", "", "request_id", "is not a parameter of this route"),
        (
            "POST",
            "/v1/items/7:sell",
            r#"{"item":{"itemId":"8"}}"#,
            "item.item_id",
            "must be as in the path, or left out",
        ),
        ("PATCH", "/v1/items/7?item.count=3", "", "item.count", "is given twice"),
        ("PATCH", "/v1/items/7", "[]", "item", "must be an object"),
    ];
    for (method, target, body, field, rule) in table {
        let expected = Refusal::Field { field: field.to_owned(), rule: rule.to_owned() };
        assert_eq!(call(method, target, body), Err(expected), "{method} {target}");
    }
    let no_body = Err(Refusal::Malformed("this route takes no body".to_owned()));
    assert_eq!(call("GET", "/v1/items/7", "{\"a\":1}"), no_body);
    assert_eq!(call("GET", "/v1/items/7", " { }\n"), call("GET", "/v1/items/7", ""), "an empty object is no body");
}
