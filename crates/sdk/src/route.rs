//! Where a method of the contract is, and how its request becomes a path, a query and a body.

use labelmesh_clock::Random;
use labelmesh_proto::method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method as HttpMethod;
use serde_json::{Map, Value};

use crate::{
    Error,
    json::{self, Message},
};

/// What needs no escape in a part of a path.
const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Where a method of the contract is, as its `google.api.http` says.
#[derive(Debug)]
pub(crate) struct Route {
    /// The method's path on the wire of gRPC.
    pub(crate) rpc: &'static str,
    pub(crate) verb: HttpMethod,
    /// The path, with a place for each of its parameters.
    pub(crate) template: &'static str,
    /// Whether the request's other fields are its body; otherwise they are its query.
    pub(crate) has_body: bool,
}

/// A request as it is sent.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) verb: HttpMethod,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Option<Value>,
    /// Whether a call whose fate is unknown may be made again.
    pub(crate) repeatable: bool,
}

impl Prepared {
    /// What the call is called in errors.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.verb, self.path)
    }
}

impl Route {
    /// Whether a call whose fate is unknown may be made again.
    pub(crate) fn is_repeatable(&self) -> bool {
        method::find(self.rpc).is_some_and(|method| method.idempotency.is_repeatable())
    }

    /// The request as it is sent. One that creates something gets an id, so that repeating it creates nothing twice.
    pub(crate) fn prepare<Q: Message>(&self, request: &Q, random: &Random) -> Result<Prepared, Error> {
        let failed = |what: String| Error::Request { call: format!("{} {}", self.verb, self.template), what };
        let mut fields = match json::request(request).map_err(|error| failed(error.to_string()))? {
            Value::Object(fields) => fields,
            other => return Err(failed(format!("{other} is no object"))),
        };
        if json::descriptor(Q::NAME).get_field_by_name("request_id").is_some() {
            let id = || uuid::Builder::from_random_bytes(random.bytes()).into_uuid().to_string();
            fields.entry("requestId").or_insert_with(|| id().into());
        }
        let path = self.path(|name| {
            let name = json::descriptor(Q::NAME).get_field_by_name(name)?.json_name().to_owned();
            fields.remove(&name)?.as_str().map(str::to_owned)
        });
        let (query, body) = match self.has_body {
            true => (Vec::new(), Some(Value::Object(fields))),
            false => (query(fields), None),
        };
        Ok(Prepared { verb: self.verb.clone(), path, query, body, repeatable: self.is_repeatable() })
    }

    /// The path with its parameters filled in.
    pub(crate) fn path(&self, mut parameter: impl FnMut(&str) -> Option<String>) -> String {
        let (mut path, mut rest) = (String::new(), self.template);
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let value = parameter(name).unwrap_or_default();
            path += &format!("{before}{}", utf8_percent_encode(&value, PART));
            rest = after;
        }
        path + rest
    }
}

/// Fields as parameters of a query: those of messages with a dot in their names, those of lists one by one.
fn query(fields: Map<String, Value>) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut left: Vec<(String, Value)> = fields.into_iter().collect();
    while let Some((name, value)) = left.pop() {
        match value {
            Value::Object(inner) => left.extend(inner.into_iter().map(|(key, value)| (format!("{name}.{key}"), value))),
            Value::Array(items) => left.extend(items.into_iter().rev().map(|item| (name.clone(), item))),
            Value::String(text) => pairs.push((name, text)),
            other => pairs.push((name, other.to_string())),
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tasks::{CreateTaskRequest, GetTaskRequest, ListTasksRequest, SubmitTaskRequest};

    fn route(verb: HttpMethod, template: &'static str, has_body: bool) -> Route {
        Route { rpc: "/labelmesh.tasks.v1.TaskService/GetTask", verb, template, has_body }
    }

    fn prepared<Q: Message>(route: &Route, request: &Q) -> Prepared {
        route.prepare(request, &Random::seeded(1)).expect("a request")
    }

    #[test]
    fn a_parameter_can_not_leave_its_place() {
        let get = route(HttpMethod::GET, "/v1/tasks/{task_id}", false);
        let request = GetTaskRequest { task_id: "../me?x".into() };
        assert_eq!(prepared(&get, &request).path, "/v1/tasks/..%2Fme%3Fx");
        let submit = route(HttpMethod::POST, "/v1/tasks/{task_id}:submit", true);
        let prepared = prepared(&submit, &SubmitTaskRequest { task_id: "a-1".into() });
        assert_eq!((prepared.path.as_str(), prepared.body), ("/v1/tasks/a-1:submit", Some(json!({}))));
    }

    #[test]
    fn what_is_in_no_path_and_no_body_is_a_query() {
        let list = route(HttpMethod::GET, "/v1/tasks", false);
        let request = ListTasksRequest { page_size: 5, page_token: "a b".into() };
        let mut query = prepared(&list, &request).query;
        query.sort();
        assert_eq!(query, [("pageSize", "5"), ("pageToken", "a b")].map(|(a, b)| (a.to_owned(), b.to_owned())));
        assert_eq!(prepared(&list, &ListTasksRequest::default()).query, []);
    }

    #[test]
    fn what_creates_gets_an_id_unless_it_has_one() {
        let create = route(HttpMethod::POST, "/v1/tasks", true);
        let body = |request: &CreateTaskRequest| prepared(&create, request).body.expect("a body");
        let filled = body(&CreateTaskRequest::default());
        assert_eq!(filled["requestId"].as_str().map(str::len), Some(36));
        let given = CreateTaskRequest { request_id: "mine".into(), ..CreateTaskRequest::default() };
        assert_eq!(body(&given)["requestId"], "mine");
    }
}
