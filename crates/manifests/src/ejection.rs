//! That ejection never leaves a call without a replica. Envoy ejects one always, also where it is the only one that is
//! left, and Istio turns the threshold off below which Envoy would call them all: calls fail then until it is let back.

use serde_json::Value;

/// The least share of replicas, in per cent, that are called alone because the others are ejected. One of two is half.
const LEAST_SHARE: u64 = 50;

/// A rule that ejects replicas, also where hardly any is left.
pub(super) fn fault(object: &Value) -> Option<String> {
    let detection = &object["spec"]["trafficPolicy"]["outlierDetection"];
    if object["kind"] != "DestinationRule" || detection.is_null() {
        return None;
    }
    let share = detection["minHealthPercent"].as_u64().unwrap_or_default();
    (share < LEAST_SHARE).then(|| format!("minHealthPercent of outlierDetection is less than {LEAST_SHARE}: {share}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn where_half_of_the_replicas_are_ejected_no_more_are() {
        let found = |policy: Value| fault(&json!({"kind": "DestinationRule", "spec": {"trafficPolicy": policy}}));
        assert_eq!(found(json!({})), None, "nothing is ejected");
        assert_eq!(found(json!({"outlierDetection": {"minHealthPercent": 50}})), None);
        for (detection, share) in [(json!({"interval": "5s"}), 0), (json!({"minHealthPercent": 30}), 30)] {
            let said = format!("minHealthPercent of outlierDetection is less than 50: {share}");
            assert_eq!(found(json!({"outlierDetection": detection})), Some(said));
        }
    }
}
