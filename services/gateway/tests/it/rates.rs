//! How often a caller may call.

use labelmesh_testkit::{TestBroker, until};
use reqwest::{Method, Response, StatusCode};

use crate::{
    gateway::TestGateway,
    services::{TASK, TOKEN},
};

/// A vote, which no service of the test takes: rates are counted before anybody is asked.
async fn vote(gateway: &TestGateway, who: &str) -> Response {
    let request = gateway.anonymous(Method::POST, &format!("/v1/subtasks/{TASK}:vote"));
    request.bearer_auth(format!("{TOKEN}{who}")).send().await.expect("an answer")
}

#[tokio::test]
async fn what_is_left_of_a_rate_is_told_and_beyond_it_when_to_come_back() {
    let gateway = TestGateway::start().await;
    let told = |answer: &Response| {
        let header = |name: &str| answer.headers()[name].to_str().expect("text").to_owned();
        (header("ratelimit-policy"), header("ratelimit"))
    };
    let first = vote(&gateway, "").await;
    assert_ne!(first.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(told(&first), ("\"Vote\";q=120;w=4".to_owned(), "\"Vote\";r=119;t=1".to_owned()));
    let mut refused = first;
    while refused.status() != StatusCode::TOO_MANY_REQUESTS {
        refused = vote(&gateway, "").await;
    }
    assert_eq!(told(&refused).1, "\"Vote\";r=0;t=4");
    assert_eq!(refused.headers()["retry-after"], "1");
    assert!(refused.text().await.expect("text").contains("RATE_LIMITED"));
    assert_ne!(vote(&gateway, "-another").await.status(), StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_rate_holds_over_replicas() {
    let broker = TestBroker::create().await;
    let one = TestGateway::start_with(broker.config("gateway")).await;
    let other = TestGateway::start_with(broker.config("gateway")).await;
    let mut let_through = 0;
    until("the refusal of what another replica let through", async || {
        for _ in 0..10 {
            vote(&one, "").await;
        }
        let refused = vote(&other, "").await.status() == StatusCode::TOO_MANY_REQUESTS;
        let_through += u32::from(!refused);
        refused.then_some(())
    })
    .await;
    assert!(let_through < 100, "it had let through {let_through} of its own 120 by then");
}
