//! The rules of a schema that its structure can't say, in the Common Expression Language: the cluster refuses what
//! breaks one of them.

use cel::{Context, Program, Value as Outcome};
use serde_json::Value;

/// What is wrong with a value, and how many rules could not be tried: Kubernetes has functions of its own.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Verdict {
    pub(super) faults: Vec<String>,
    pub(super) not_tried: usize,
}

/// Holds a value against every rule of its schema, at every depth.
pub(super) fn judge(schema: &Value, value: &Value) -> Verdict {
    let mut verdict = Verdict::default();
    walk(schema, value, String::new(), &mut verdict);
    verdict
}

fn walk(schema: &Value, value: &Value, path: String, verdict: &mut Verdict) {
    for rule in schema["x-kubernetes-validations"].as_array().into_iter().flatten() {
        let text = rule["rule"].as_str().unwrap_or_default();
        match holds(text, value) {
            // Of what changes there is nothing to be said: everything is new.
            _ if text.contains("oldSelf") => {}
            Some(true) => {}
            Some(false) => {
                let message = rule["message"].as_str().unwrap_or(text);
                verdict.faults.push(format!("{path}: {message}"));
            }
            None => verdict.not_tried += 1,
        }
    }
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let named = &schema["properties"][name];
                let schema = if named.is_null() { &schema["additionalProperties"] } else { named };
                walk(schema, value, format!("{path}/{name}"), verdict);
            }
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(at, item)| walk(&schema["items"], item, format!("{path}/{at}"), verdict));
        }
        _ => {}
    }
}

/// Whether a rule holds; nothing where it can't be told.
fn holds(rule: &str, value: &Value) -> Option<bool> {
    let program = Program::compile(rule).ok()?;
    let mut context = Context::default();
    context.add_variable("self", value).ok()?;
    match program.execute(&context) {
        Ok(Outcome::Bool(holds)) => Some(holds),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_broken_rule_is_named_with_its_place_and_one_of_kubernetes_own_is_counted() {
        let schema = json!({
            "properties": {
                "routes": {"items": {"properties": {"timeout": {"x-kubernetes-validations": [
                    {"rule": "duration(self) >= duration('1ms')", "message": "must be a valid duration greater than 1ms"},
                ]}}}},
                "labels": {"additionalProperties": {"x-kubernetes-validations": [{"rule": "self.size() < 4"}]}},
                "url": {"x-kubernetes-validations": [{"rule": "url(self).getScheme() == 'https'"}]},
            },
        });
        let judged = |value: Value| judge(&schema, &value);
        let good = json!({"routes": [{"timeout": "5s"}], "labels": {"a": "b"}});
        assert_eq!(judged(good), Verdict::default());
        let faults = vec![
            "/labels/a: self.size() < 4".to_owned(),
            "/routes/1/timeout: must be a valid duration greater than 1ms".to_owned(),
        ];
        let bad = json!({"routes": [{}, {"timeout": "0s"}], "labels": {"a": "long"}, "url": "http://a"});
        assert_eq!(judged(bad), Verdict { faults, not_tried: 1 });
    }
}
