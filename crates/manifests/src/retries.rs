//! That the mesh repeats no call that has reached a service. Where a route does not say so, Istio repeats what was
//! UNAVAILABLE or cancelled, and so what is made is made twice.

use serde_json::Value;

use crate::object::{array, text};

/// The conditions of Envoy under which no service has got the call.
const UNSENT: &[&str] = &["connect-failure", "refused-stream", "reset-before-request"];

/// Every route that repeats more than what has reached nobody.
pub(super) fn faults(object: &Value) -> Vec<String> {
    if object["kind"] != "VirtualService" {
        return Vec::new();
    }
    let repeats = |route: &&Value| {
        let retries = &route["retries"];
        let conditions = text(&retries["retryOn"]);
        let only_unsent = !conditions.is_empty() && conditions.split(',').all(|one| UNSENT.contains(&one.trim()));
        retries["attempts"] != 0 && !only_unsent
    };
    let routes = array(&object["spec"]["http"]).filter(repeats);
    routes.map(|route| format!("the route {} repeats calls that may have arrived", text(&route["name"]))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_route_repeats_nothing_that_may_have_arrived() {
        let found = |retries: Value| {
            let route = json!({"name": "all", "retries": retries});
            faults(&json!({"kind": "VirtualService", "metadata": {"name": "tasks"}, "spec": {"http": [route]}}))
        };
        for retries in [
            json!({"attempts": 0}),
            json!({"attempts": 2, "retryOn": "connect-failure"}),
            json!({"attempts": 2, "retryOn": "connect-failure,refused-stream, reset-before-request"}),
        ] {
            assert_eq!(found(retries), Vec::<String>::new());
        }
        for retries in [
            Value::Null,
            json!({"attempts": 2}),
            json!({"retryOn": ""}),
            json!({"attempts": 2, "retryOn": "connect-failure,reset"}),
        ] {
            assert_eq!(found(retries), ["the route all repeats calls that may have arrived"]);
        }
    }
}
