//! That the mesh repeats no call that has reached a service. Where neither a route nor the mesh says what is repeated,
//! Istio repeats what was UNAVAILABLE or cancelled, and so what is made is made twice.

use serde_json::Value;

use crate::object::{array, text};

/// The conditions of Envoy under which no service has got the call.
const UNSENT: &[&str] = &["connect-failure", "refused-stream", "reset-before-request"];

/// Every route that repeats more than what has reached nobody; and a mesh that does so where a route says nothing, as
/// those don't that Argo Rollouts writes while there is a canary.
pub(super) fn faults(object: &Value) -> Vec<String> {
    match text(&object["kind"]) {
        "VirtualService" => {
            let routes = array(&object["spec"]["http"]).filter(|route| repeats_sent(&route["retries"]));
            routes.map(|route| fault(&format!("the route {}", text(&route["name"])))).collect()
        }
        "IstioOperator" if repeats_sent(&object["spec"]["meshConfig"]["defaultHttpRetryPolicy"]) => {
            vec![fault("the mesh's default")]
        }
        _ => Vec::new(),
    }
}

fn fault(of: &str) -> String {
    format!("{of} repeats calls that may have arrived")
}

/// Whether what is said of retries, or left to Istio, repeats what may have arrived.
fn repeats_sent(retries: &Value) -> bool {
    let conditions = text(&retries["retryOn"]);
    let only_unsent = !conditions.is_empty() && conditions.split(',').all(|one| UNSENT.contains(&one.trim()));
    retries["attempts"] != 0 && !only_unsent
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What repeats nothing that may have arrived.
    fn careful() -> [Value; 3] {
        [
            json!({"attempts": 0}),
            json!({"attempts": 2, "retryOn": "connect-failure"}),
            json!({"attempts": 2, "retryOn": "connect-failure,refused-stream, reset-before-request"}),
        ]
    }

    /// What does.
    fn careless() -> [Value; 4] {
        [
            Value::Null,
            json!({"attempts": 2}),
            json!({"retryOn": ""}),
            json!({"attempts": 2, "retryOn": "connect-failure,reset"}),
        ]
    }

    #[test]
    fn a_route_repeats_nothing_that_may_have_arrived() {
        let found = |retries: Value| {
            let route = json!({"name": "all", "retries": retries});
            faults(&json!({"kind": "VirtualService", "metadata": {"name": "tasks"}, "spec": {"http": [route]}}))
        };
        for retries in careful() {
            assert_eq!(found(retries), Vec::<String>::new());
        }
        for retries in careless() {
            assert_eq!(found(retries), ["the route all repeats calls that may have arrived"]);
        }
    }

    #[test]
    fn nor_does_the_mesh_where_a_route_says_nothing() {
        let found = |retries: Value| {
            let mesh = json!({"defaultHttpRetryPolicy": retries});
            faults(&json!({"kind": "IstioOperator", "spec": {"meshConfig": mesh}}))
        };
        for retries in careful() {
            assert_eq!(found(retries), Vec::<String>::new());
        }
        for retries in careless() {
            assert_eq!(found(retries), ["the mesh's default repeats calls that may have arrived"]);
        }
    }
}
