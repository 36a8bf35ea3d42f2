//! One request, one answer.

use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use crate::{
    gateway::TestGateway,
    services::{BUSY, TASK, TOKEN},
};

#[tokio::test]
async fn a_message_becomes_json_with_every_field_that_has_no_presence() {
    let gateway = TestGateway::start().await;
    let answer = gateway.get(&format!("/v1/tasks/{TASK}")).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let task: Json = answer.json().await.expect("JSON");
    assert_eq!(
        (&task["taskId"], &task["images"], &task["decided"]),
        (&json!(TASK), &json!("1099511627776"), &json!("0"))
    );
    assert_eq!(task["state"], "TASK_STATE_UNSPECIFIED");
    assert!(task.get("submittedAt").is_none());
}

#[tokio::test]
async fn a_body_becomes_a_message_and_gets_a_request_id() {
    let gateway = TestGateway::start().await;
    let body = json!({"title": "digits", "labels": ["0", "1"], "policy": {"redundancy": 3}});
    let answer = gateway.request(Method::POST, "/v1/tasks").json(&body).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    let task: Json = answer.json().await.expect("JSON");
    assert_eq!(
        (&task["title"], &task["policy"]["redundancy"], &task["state"]),
        (&json!("digits"), &json!(3), &json!("TASK_STATE_DRAFT"))
    );
    let mut own = body.clone();
    own["requestId"] = json!("01890000-0000-7000-8000-00000000000a");
    gateway.request(Method::POST, "/v1/tasks").json(&own).send().await.expect("an answer");
    let ids = gateway.services().request_ids();
    assert_eq!(ids[0].len(), 36, "{ids:?}");
    assert_eq!(ids[1], "01890000-0000-7000-8000-00000000000a");
}

#[tokio::test]
async fn services_are_told_who_calls_from_where_and_by_which_id() {
    let gateway = TestGateway::start().await;
    let request = gateway.request(Method::GET, &format!("/v1/tasks/{TASK}"));
    let answer = request.header("x-request-id", "mine").header("user-agent", "test/1").send().await.expect("an answer");
    assert_eq!(answer.headers()["x-request-id"], "mine");
    let told = gateway.services().last_headers();
    assert_eq!(told["authorization"], "Bearer internal-tasks");
    assert_eq!(
        (&told["x-client-address"], &told["x-client-agent"]),
        (&"127.0.0.1".parse().unwrap(), &"test/1".parse().unwrap())
    );
    assert_eq!(told["x-request-id"], "mine");
    // Who has not signed in is spoken for by the gateway, so that what it tells is believed.
    let body = json!({"email": "a@b.example", "password": "correct horse"});
    let request = gateway.anonymous(Method::POST, "/v1/sessions").header("x-forwarded-for", "6.6.6.6").json(&body);
    assert_eq!(request.send().await.expect("an answer").json::<Json>().await.expect("JSON")["token"], TOKEN);
    let told = gateway.services().last_headers();
    assert!(told["authorization"].to_str().unwrap().starts_with("Bearer ey"), "a token of the gateway's own");
    assert_eq!(told["x-client-address"], "127.0.0.1", "nobody is believed who is not trusted");
}

#[tokio::test]
async fn who_asks_for_the_canary_is_sent_there_by_a_header_and_nobody_else_is() {
    let gateway = TestGateway::start().await;
    for (asked, told) in [(Some("1"), Some("1")), (Some("0"), None), (None, None)] {
        let mut request = gateway.request(Method::GET, &format!("/v1/tasks/{TASK}"));
        if let Some(asked) = asked {
            request = request.header("x-labelmesh-canary", asked);
        }
        assert!(request.send().await.expect("an answer").status().is_success());
        let headers = gateway.services().last_headers();
        let passed = headers.get("x-labelmesh-canary").map(|value| value.to_str().expect("a text"));
        assert_eq!(passed, told, "{asked:?}");
    }
}

#[tokio::test]
async fn refusals_say_what_is_wrong() {
    let gateway = TestGateway::start().await;
    let table = [
        ("GET", "/v1/nothing", "", 404, "NOT_FOUND", "no such path"),
        ("GET", "/v1/tasks/7:nothing", "", 404, "NOT_FOUND", "no such path"),
        ("DELETE", "/v1/tasks", "", 405, "METHOD_UNKNOWN", "this path takes "),
        ("GET", "/v1/tasks/01890000-0000-7000-8000-0000000000ff", "", 404, "NOT_FOUND", "no such task"),
        ("GET", "/v1/tasks?page_size=x", "", 400, "FIELD_INVALID", "page_size: must be a whole number of 32 bits"),
        ("GET", "/v1/tasks?size=1", "", 400, "FIELD_INVALID", "size: is not a parameter of this route"),
        ("POST", "/v1/tasks", "{", 400, "MALFORMED", "the body is not JSON"),
        (
            "POST",
            "/v1/tasks",
            r#"{"policy":{"votes":1}}"#,
            400,
            "FIELD_INVALID",
            "policy.votes: is not a field of this message",
        ),
        // What the contract's rules say is said by the service.
        ("POST", "/v1/tasks", "{}", 400, "FIELD_INVALID", ""),
        ("POST", &format!("/v1/tasks/{TASK}:cancel"), "", 400, "TASK_ENDED", "the task has ended"),
    ];
    for (method, target, body, status, reason, message) in table {
        let request = gateway.request(method.parse().unwrap(), target).header("content-type", "application/json");
        let answer = request.body(body).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status, "{method} {target}");
        let error: Json = answer.json().await.expect("JSON");
        assert!(error["message"].as_str().unwrap().starts_with(message), "{method} {target}: {error}");
        let info = error["details"]
            .as_array()
            .unwrap()
            .iter()
            .find(|detail| detail["@type"].as_str().unwrap().ends_with("ErrorInfo"));
        assert_eq!(info.expect("an ErrorInfo")["reason"], reason, "{method} {target}");
    }
    let refused: Json = gateway.get("/v1/tasks?page_size=x").await.json().await.expect("JSON");
    let violations = refused["details"].as_array().unwrap().iter().find_map(|detail| detail.get("fieldViolations"));
    assert_eq!(violations.expect("violations")[0]["field"], "page_size");
}

#[tokio::test]
async fn http_says_what_grpc_has_no_code_for() {
    let gateway = TestGateway::start().await;
    let answer = gateway.request(Method::DELETE, "/v1/tasks").send().await.expect("an answer");
    assert_eq!(answer.headers()["allow"], "GET, POST");
    let text = gateway.request(Method::POST, "/v1/tasks").header("content-type", "text/plain").body("{}");
    assert_eq!(text.send().await.expect("an answer").status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let large = gateway.request(Method::POST, "/v1/tasks").json(&json!({"instructions": "x".repeat(300_000)}));
    assert_eq!(large.send().await.expect("an answer").status(), StatusCode::PAYLOAD_TOO_LARGE);
    let busy = gateway.get(&format!("/v1/tasks/{BUSY}")).await;
    assert_eq!((busy.status(), &busy.headers()["retry-after"]), (StatusCode::TOO_MANY_REQUESTS, &"3".parse().unwrap()));
    let head = gateway.request(Method::HEAD, &format!("/v1/tasks/{TASK}")).send().await.expect("an answer");
    assert_eq!((head.status(), head.bytes().await.expect("a body").len()), (StatusCode::OK, 0));
}

#[tokio::test]
async fn a_body_is_taken_in_all_forms_that_mean_the_same() {
    let gateway = TestGateway::start().await;
    let post = |body: &'static str| {
        let request =
            gateway.request(Method::POST, "/v1/tasks").header("content-type", "Application/JSON; charset=UTF-8");
        request.body(body).send()
    };
    let marked = post("\u{feff}{\"title\":\"Pets\",\"labels\":[\"cat\",\"dog\"],\"policy\":{\"redundancy\":3}}")
        .await
        .expect("an answer");
    assert_eq!(marked.json::<Json>().await.expect("JSON")["title"], "Pets");
    let compressed = gateway.request(Method::POST, "/v1/tasks").header("content-encoding", "gzip").body("{}");
    let compressed = compressed.send().await.expect("an answer");
    assert_eq!(
        (compressed.status(), &compressed.headers()["accept-encoding"]),
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, &"identity".parse().unwrap())
    );
    let plain = gateway.request(Method::POST, "/v1/tasks").header("content-encoding", "Identity");
    assert_eq!(
        plain
            .json(&json!({"title": "Pets", "labels": ["cat", "dog"], "policy": {"redundancy": 3}}))
            .send()
            .await
            .expect("an answer")
            .status(),
        StatusCode::OK
    );
    // Where nothing is due, an empty object is nothing.
    for (method, target) in
        [(Method::DELETE, "/v1/sessions/current".to_owned()), (Method::GET, format!("/v1/tasks/{TASK}"))]
    {
        for (body, status) in
            [(" { }\n", StatusCode::OK), ("{\"a\":1}", StatusCode::BAD_REQUEST), ("[]", StatusCode::BAD_REQUEST)]
        {
            let answer = gateway.request(method.clone(), &target).header("content-type", "application/json").body(body);
            assert_eq!(answer.send().await.expect("an answer").status(), status, "{method} {target} {body}");
        }
    }
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused_in_words() {
    let gateway = TestGateway::start().await;
    let long = gateway.request(Method::GET, &format!("/v1/tasks?page_token={}", "x".repeat(9_000)));
    let large = gateway.request(Method::GET, "/v1/tasks").header("x-much", "y".repeat(17_000));
    for (request, status) in [(long, StatusCode::URI_TOO_LONG), (large, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)] {
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), status);
        assert!(answer.json::<Json>().await.expect("JSON")["message"].as_str().unwrap().contains("bytes"));
    }
}

#[tokio::test]
async fn routes_of_all_kinds_are_served() {
    let gateway = TestGateway::start().await;
    let page: Json = gateway.get("/v1/tasks?pageSize=2").await.json().await.expect("JSON");
    assert_eq!((page["tasks"].as_array().unwrap().len(), &page["nextPageToken"]), (2, &json!("next")));
    let submitted = gateway.request(Method::POST, &format!("/v1/tasks/{TASK}:submit")).send().await.expect("an answer");
    assert_eq!(submitted.json::<Json>().await.expect("JSON")["state"], "TASK_STATE_OPEN");
    let jwks: Json =
        gateway.anonymous(Method::GET, "/.well-known/jwks.json").send().await.unwrap().json().await.expect("JSON");
    assert_eq!(jwks["keys"][0]["kty"], "OKP");
    let index: Json = gateway.anonymous(Method::GET, "/").send().await.unwrap().json().await.expect("JSON");
    assert_eq!(index["name"], "labelmesh");
    assert!(
        index["routes"]
            .as_array()
            .unwrap()
            .iter()
            .any(|route| route.as_str().unwrap().starts_with("GET /v1/tasks/{task_id} "))
    );
}

#[tokio::test]
async fn web_pages_of_the_origins_that_are_configured_may_call() {
    let gateway = TestGateway::start().await;
    let ask = |origin: &'static str| {
        let request = gateway.anonymous(Method::OPTIONS, "/v1/tasks").header("origin", origin);
        request
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization")
            .send()
    };
    let allowed = ask("https://label.example").await.expect("an answer");
    assert_eq!(allowed.headers()["access-control-allow-origin"], "https://label.example");
    assert_eq!(allowed.headers()["access-control-allow-headers"], "authorization");
    let refused = ask("https://evil.example").await.expect("an answer");
    assert!(!refused.headers().contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn browsers_take_no_answer_for_what_it_is_not() {
    let gateway = TestGateway::start().await;
    let index: Json = gateway.get("/").await.json().await.expect("JSON");
    let routes = index["routes"].as_array().expect("routes").iter().map(|route| route.as_str().expect("a text"));
    let mut targets: Vec<(Method, String)> = routes
        .map(|route| {
            let (method, target) =
                route.split_once(" -> ").and_then(|(route, _)| route.split_once(' ')).expect("a route");
            let target = target
                .replace('}', "{")
                .split('{')
                .enumerate()
                .fold(String::new(), |path, (part, text)| path + if part % 2 == 0 { text } else { TASK });
            (method.parse().expect("a method"), target)
        })
        .collect();
    assert!(targets.iter().any(|(_, target)| target.ends_with("/image")), "pictures are among them: {targets:?}");
    targets.extend(["/", "/v1/nothing"].map(|target| (Method::GET, target.to_owned())));
    for (method, target) in targets {
        let signed_in = gateway.request(method.clone(), &target).send().await.expect("an answer");
        let stranger = gateway.anonymous(method.clone(), &target).send().await.expect("an answer");
        for answer in [signed_in, stranger] {
            let says =
                |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
            assert_eq!(says("x-content-type-options"), "nosniff", "{method} {target}");
            assert_eq!(says("content-security-policy"), "default-src 'none'; sandbox", "{method} {target}");
            assert_eq!(says("cross-origin-resource-policy"), "same-origin", "{method} {target}");
        }
    }
}
