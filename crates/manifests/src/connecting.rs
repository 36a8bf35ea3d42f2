//! That a call which can't be connected to one replica has time for another.

use serde_json::Value;

use crate::object::text;

/// How often the mesh tries to connect for one call: by our routes twice more.
const TRIES: u64 = 3;
/// The shortest deadline of the contract, in milliseconds.
const SHORTEST_DEADLINE: u64 = 2_000;
/// How Services are called.
const HOST: &str = ".svc.cluster.local";

/// Rules for a host by which trying to connect takes longer than a call may.
pub(super) fn fault(object: &Value) -> Option<String> {
    let spec = &object["spec"];
    // A host outside of the mesh has its own clients, which bound what they wait.
    if object["kind"] != "DestinationRule" || !text(&spec["host"]).ends_with(HOST) {
        return None;
    }
    let timeout = &spec["trafficPolicy"]["connectionPool"]["tcp"]["connectTimeout"];
    match milliseconds(text(timeout)) {
        Some(each) if each * TRIES < SHORTEST_DEADLINE => None,
        Some(_) => Some(format!("{TRIES} times connectTimeout are no less than {SHORTEST_DEADLINE} ms")),
        None => Some(format!("connectTimeout is not told in ms or s: {timeout}")),
    }
}

/// Of a text such as `500ms` or `1s`.
fn milliseconds(text: &str) -> Option<u64> {
    let (number, factor) = match text.strip_suffix("ms") {
        Some(number) => (number, 1),
        None => (text.strip_suffix('s')?, 1_000),
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn three_tries_to_connect_fit_into_a_call() {
        let found = |timeout: Value| {
            let policy = json!({"connectionPool": {"tcp": {"connectTimeout": timeout}}});
            let host = "users.labelmesh.svc.cluster.local";
            fault(&json!({"kind": "DestinationRule", "spec": {"host": host, "trafficPolicy": policy}}))
        };
        assert_eq!(found(json!("500ms")), None);
        let long = Some("3 times connectTimeout are no less than 2000 ms".to_owned());
        assert_eq!(found(json!("1s")), long);
        assert_eq!(found(json!("667ms")), long);
        for other in [Value::Null, json!("1m"), json!("soon")] {
            let said = found(other.clone()).expect("refused");
            assert!(said.starts_with("connectTimeout is not told"), "{other}: {said}");
        }
    }
}
