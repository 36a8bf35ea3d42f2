//! What becomes of a session that ends.

use labelmesh_clock::Clock;
use labelmesh_proto::auth::v1::PrincipalChanged;
use labelmesh_testkit::{Publisher, TestBroker};
use reqwest::{Method, StatusCode};
use serde_json::Value as Json;

use crate::{
    gateway::TestGateway,
    services::{QUIET, TASK},
};

#[tokio::test]
async fn a_token_that_auth_does_not_know_is_refused_everywhere() {
    let gateway = TestGateway::start().await;
    for target in [format!("/v1/tasks/{TASK}"), format!("/v1/tasks/{TASK}:watch"), "/.well-known/jwks.json".to_owned()]
    {
        let request = gateway.anonymous(Method::GET, &target).bearer_auth("unknown");
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{target}");
        assert_eq!(answer.headers()["www-authenticate"], "Bearer");
        assert_eq!(answer.json::<Json>().await.expect("JSON")["code"], 16);
    }
    let request = gateway.anonymous(Method::GET, &format!("/v1/tasks/{TASK}")).header("authorization", "Basic eA==");
    assert_eq!(request.send().await.expect("an answer").status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn when_a_session_ends_its_streams_do_and_its_token_is_worth_nothing() {
    let broker = TestBroker::create().await;
    let auth = Publisher::start(&broker, "auth", &Clock::system()).await;
    let gateway = TestGateway::start_with(broker.config("gateway")).await;
    let mut watching = gateway.get(&format!("/v1/tasks/{QUIET}:watch")).await;
    watching.chunk().await.expect("a chunk").expect("a state");
    gateway.services().sign_out();
    let change = PrincipalChanged { user_id: "user".to_owned(), ..PrincipalChanged::default() };
    auth.publish(&[change]).await;
    // Whether the gateway heard of the event, or began to listen only after it, the stream ends.
    let last = watching.chunk().await.expect("a chunk").expect("an error");
    let last: Json = serde_json::from_slice(&last).expect("JSON");
    assert_eq!(last["error"]["message"], "the session is over");
    assert!(watching.chunk().await.expect("an end").is_none());
    assert_eq!(gateway.get(&format!("/v1/tasks/{TASK}")).await.status(), StatusCode::UNAUTHORIZED);
}
