//! The JSON mapping, by tables and by round trips.

use labelmesh_transcode::{Refusal, from_json, to_json};
use proptest::prelude::*;
use prost_reflect::{DynamicMessage, MessageDescriptor};
use serde_json::{Value as Json, json};

use crate::{call, shop};

fn item() -> MessageDescriptor {
    shop().pool().get_message_by_name("shop.v1.Item").expect("a message")
}

#[test]
fn every_form_of_a_value_is_read() {
    let table = [
        (json!({"version": "18446744073709551615"}), json!({"version": 18446744073709551615u64})),
        (json!({"count": 1e3}), json!({"count": "1000"})),
        (json!({"count": -3.0}), json!({"count": -3})),
        (json!({"weight": "NaN"}), json!({"weight": "NaN"})),
        (json!({"ratio": "-Infinity"}), json!({"ratio": "-Infinity"})),
        (json!({"picture": "_-8"}), json!({"picture": "/+8="})),
        (json!({"colour": "COLOUR_RED"}), json!({"colour": 1})),
        (json!({"made_at": "1970-01-01T00:00:01.5Z"}), json!({"madeAt": "1970-01-01T01:00:01.500+01:00"})),
        (json!({"count": null, "place": null, "tags": null}), json!({})),
        (json!({"extra": null}), json!({"extra": null})),
    ];
    for (one, other) in table {
        let read = |json: &Json| from_json(&item(), json.to_string().as_bytes()).expect("good JSON");
        let (one_read, other_read) = (read(&one), read(&other));
        // NaN is unequal to itself, so the written forms are compared.
        assert_eq!(to_json(&one_read).expect("JSON"), to_json(&other_read).expect("JSON"), "{one} and {other}");
    }
}

#[test]
fn what_does_not_fit_is_refused_by_its_path() {
    let table = [
        (json!({"nothing": 1}), "nothing", "is not a field of this message"),
        (json!({"place": {"depth": 1}}), "place.depth", "is not a field of this message"),
        (json!({"places": [{}, {"row": -1}]}), "places[1].row", "must be a whole number from 0 to 4294967295"),
        (json!({"count": 1.5}), "count", "must be a whole number of 32 bits"),
        (json!({"count": 2147483648u32}), "count", "must be a whole number of 32 bits"),
        (json!({"version": true}), "version", "must be a whole number from 0 to 18446744073709551615"),
        (json!({"ratio": 1e300}), "ratio", "must be a number"),
        (json!({"sold": "true"}), "sold", "must be true or false"),
        (json!({"itemId": 7}), "item_id", "must be a text"),
        (json!({"tags": "a"}), "tags", "must be a list"),
        (json!({"tags": ["a", null]}), "tags[1]", "must be a text"),
        (json!({"stock": {"a": "x"}}), "stock[\"a\"]", "must be a whole number from 0 to 4294967295"),
        (json!({"rows": {"x": {}}}), "rows[\"x\"]", "must be a whole number of 32 bits"),
        (json!({"picture": "!"}), "picture", "must be base64"),
        (json!({"colour": "RED"}), "colour", "must be one of COLOUR_RED, COLOUR_SKY_BLUE"),
        (json!({"lasts": 3}), "lasts", "must be a duration in seconds such as \"1.5s\""),
        (json!({"cents": 1, "euros": 2}), "euros", "can't be given together with cents"),
        (json!({"itemId": "a", "item_id": "b"}), "item_id", "is given twice"),
    ];
    for (json, field, rule) in table {
        let expected = Refusal::Field { field: field.to_owned(), rule: rule.to_owned() };
        assert_eq!(from_json(&item(), json.to_string().as_bytes()), Err(expected), "{json}");
    }
}

#[test]
fn what_stands_twice_is_refused_by_its_path() {
    for (text, field) in [
        (r#"{"itemId":"a","itemId":"b"}"#, "item_id"),
        (r#"{"itemId":"a","place":{"row":1,"row":9}}"#, "place.row"),
        (r#"{"tags":["a"],"tags":["b"]}"#, "tags"),
    ] {
        let expected = Refusal::Field { field: field.to_owned(), rule: "is given twice".to_owned() };
        assert_eq!(from_json(&item(), text.as_bytes()), Err(expected), "{text}");
    }
}

#[test]
fn what_is_not_json_is_malformed() {
    for body in ["{", "[1]", "7", "{} {}", &"[".repeat(100_000)] {
        let refused = call("POST", "/v1/items", body);
        assert!(matches!(refused, Err(Refusal::Malformed(_))), "{refused:?}");
    }
}

#[test]
fn answers_name_fields_without_presence_also_where_they_have_their_default() {
    let written: Json = serde_json::from_str(&to_json(&DynamicMessage::new(item())).expect("JSON")).expect("JSON");
    assert_eq!(written["version"], json!("0"));
    assert_eq!(written["tags"], json!([]));
    assert_eq!(written["colour"], json!("COLOUR_UNSPECIFIED"));
    assert!(written.get("place").is_none() && written.get("delta").is_none() && written.get("cents").is_none());
}

#[test]
fn a_status_is_written_with_its_details_and_without_those_that_nobody_knows() {
    let status = json!({"error": {"code": 3, "message": "inner", "details": [
        {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [{"field": "count", "description": "must be small"}]},
    ]}});
    let message = from_json(&item(), status.to_string().as_bytes()).expect("good JSON");
    let inner = message.get_field_by_name("error").expect("an error");
    let mut encoded = prost::Message::encode_to_vec(inner.as_message().expect("a message"));
    // Another detail, of a type that is not in the descriptors: field 3, an Any with nothing but a type.
    encoded.extend([0x1a, 0x0c, 0x0a, 0x0a]);
    encoded.extend(b"x.y/no.One");
    let written: Json = serde_json::from_str(&shop().status_json(3, "outer", &encoded)).expect("JSON");
    assert_eq!((&written["code"], &written["message"]), (&json!(3), &json!("outer")));
    assert_eq!(written["details"].as_array().map(Vec::len), Some(1));
    assert_eq!(written["details"][0]["fieldViolations"][0]["field"], "count");
    let plain: Json = serde_json::from_str(&shop().status_json(5, "gone", &[])).expect("JSON");
    assert_eq!(plain, json!({"code": 5, "message": "gone", "details": []}));
}

const COLOURS: &[&str] = &["COLOUR_UNSPECIFIED", "COLOUR_RED", "COLOUR_SKY_BLUE"];

/// Items with whatever values their fields may have, as JSON in its canonical form.
fn items() -> impl Strategy<Value = Json> {
    let place = ("\\PC{0,8}", any::<u32>()).prop_map(|(shelf, row)| json!({"shelf": shelf, "row": row}));
    let texts =
        (".*", proptest::collection::vec(".*", 0..4), proptest::collection::btree_map(".*", any::<u32>(), 0..4));
    let numbers =
        (any::<u64>(), any::<i32>(), -1e300..1e300f64, any::<bool>(), prop::sample::select(COLOURS), any::<i64>());
    let rows = proptest::collection::btree_map(any::<i32>(), place.clone(), 0..3);
    (texts, numbers, proptest::collection::vec(place, 0..3), rows).prop_map(
        |((id, tags, stock), (version, count, weight, sold, colour, delta), places, rows)| {
            json!({
                "itemId": id, "version": version.to_string(), "count": count, "weight": weight, "ratio": 0.5, "sold": sold,
                "picture": "AAEC", "colour": colour,
                "tags": tags, "places": places, "stock": stock, "cents": count, "delta": delta.to_string(),
                "rows": rows.into_iter().map(|(row, place)| (row.to_string(), place)).collect::<serde_json::Map<_, _>>(),
                "madeAt": "2026-01-31T12:00:00Z", "lasts": "1.500s", "extra": {"any": ["thing", 1.0, null]},
            })
        },
    )
}

proptest! {
    #[test]
    fn json_to_message_to_bytes_to_message_to_json_changes_nothing(item_json in items()) {
        let message = from_json(&item(), item_json.to_string().as_bytes()).expect("good JSON");
        let bytes = prost::Message::encode_to_vec(&message);
        let decoded = DynamicMessage::decode(item(), bytes.as_slice()).expect("good bytes");
        let written: Json = serde_json::from_str(&to_json(&decoded).expect("JSON")).expect("JSON");
        prop_assert_eq!(written, item_json);
    }

    #[test]
    fn no_body_and_no_target_makes_it_panic(body in any::<Vec<u8>>(), path in "/[ -~]{0,30}", query in "[ -~]{0,30}") {
        let _ = from_json(&item(), &body);
        if let Ok(found) = shop().find(&http::Method::POST, &path) {
            let _ = found.request(Some(&query), &body);
        }
    }
}
