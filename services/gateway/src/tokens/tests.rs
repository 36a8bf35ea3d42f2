//! What is kept, for how long, and what drops it.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use chrono::TimeDelta;
use futures::{FutureExt as _, future::join_all};
use labelmesh_proto::{auth::v1::ServiceToken, r#type::v1::Role};
use tokio::sync::Semaphore;
use tonic::Code;

use super::*;

/// An auth service that knows one user with the token `good`, counts questions and answers when it is let.
struct Auth {
    asked: AtomicUsize,
    answers: Semaphore,
    active: AtomicBool,
    roles: Mutex<Vec<Role>>,
    /// Not of auth but of the gateway: it can't hear of changes.
    deaf: AtomicBool,
}

fn auth() -> Arc<Auth> {
    Arc::new(Auth {
        asked: AtomicUsize::new(0),
        answers: Semaphore::new(1000),
        active: true.into(),
        roles: vec![Role::Client, Role::Operator].into(),
        deaf: false.into(),
    })
}

fn tokens(auth: &Arc<Auth>, clock: &Clock) -> Tokens {
    let (auth, now) = (auth.clone(), clock.clone());
    let ears = auth.clone();
    let hears = Box::new(move || !ears.deaf.load(Ordering::SeqCst));
    let introspect: Introspect = Box::new(move |token| {
        let (auth, now) = (auth.clone(), now.now());
        async move {
            auth.asked.fetch_add(1, Ordering::SeqCst);
            // What is true is read before the answer is let go, as it is with a real auth service.
            let known = token.expose_secret() == "good" && auth.active.load(Ordering::SeqCst);
            auth.answers.acquire().await.expect("open").forget();
            match token.expose_secret() {
                "ill" => Err(Status::unavailable("auth is ill")),
                _ if !known => Ok(IntrospectResponse::default()),
                _ => Ok(IntrospectResponse {
                    active: true,
                    service_tokens: ["tasks", "users"]
                        .map(|service| ServiceToken {
                            service: service.to_owned(),
                            internal_token: format!("for {service}"),
                        })
                        .into(),
                    internal_token: String::new(),
                    expires_at: Some(prost_types::Timestamp { seconds: now.timestamp() + 60, nanos: 0 }),
                    user_id: "user".to_owned(),
                    session_id: "session".to_owned(),
                    roles: auth.roles.lock().expect("not poisoned").iter().map(|role| i32::from(*role)).collect(),
                    unconfirmed: false,
                }),
            }
        }
        .boxed()
    });
    Tokens::new(introspect, hears, 100, clock.clone())
}

fn clock() -> Clock {
    Clock::manual(DateTime::UNIX_EPOCH + TimeDelta::days(20_000))
}

fn change(user_id: &str, session_id: &str) -> PrincipalChanged {
    PrincipalChanged { user_id: user_id.to_owned(), session_id: session_id.to_owned(), ..Default::default() }
}

fn asked(auth: &Auth) -> usize {
    auth.asked.load(Ordering::SeqCst)
}

#[test]
fn each_service_gets_a_token_of_its_own_and_from_an_older_auth_the_same() {
    let session = |response: IntrospectResponse| Session {
        user_id: "user".to_owned(),
        session_id: "session".to_owned(),
        tokens: InternalTokens::of(&response),
        standing: Standing::of(&response),
        asked_at: 0,
    };
    let token = |service: &str| ServiceToken { service: service.to_owned(), internal_token: format!("for {service}") };
    let of_now =
        session(IntrospectResponse { service_tokens: vec![token("tasks"), token("users")], ..Default::default() });
    assert_eq!(of_now.token_for("users").expect("given"), "for users");
    assert_eq!(of_now.token_for("notify").expect_err("not given").reason(), Reason::Internal);
    let before = session(IntrospectResponse { internal_token: "for all".to_owned(), ..Default::default() });
    assert_eq!(before.token_for("notify").expect("given"), "for all");
}

#[tokio::test]
async fn an_answer_is_kept_for_thirty_seconds() {
    let (auth, clock) = (auth(), clock());
    let tokens = tokens(&auth, &clock);
    for _ in 0..3 {
        let session = tokens.exchange(&"good".into(), || Ok(())).await.expect("a session");
        assert_eq!(session.token_for("tasks").expect("given"), "for tasks");
    }
    clock.advance(TimeDelta::seconds(29));
    tokens.exchange(&"good".into(), || Ok(())).await.expect("a session");
    assert_eq!(asked(&auth), 1);
    clock.advance(TimeDelta::seconds(1));
    tokens.exchange(&"good".into(), || Ok(())).await.expect("a session");
    assert_eq!(asked(&auth), 2);
}

#[tokio::test]
async fn while_changes_can_not_be_heard_of_an_answer_is_kept_for_two_seconds() {
    let (auth, clock) = (auth(), clock());
    let tokens = tokens(&auth, &clock);
    tokens.exchange(&"good".into(), || Ok(())).await.expect("a session");
    clock.advance(TimeDelta::seconds(3));
    tokens.exchange(&"good".into(), || Ok(())).await.expect("a session");
    assert_eq!(asked(&auth), 1);
    auth.deaf.store(true, Ordering::SeqCst);
    tokens.exchange(&"good".into(), || Ok(())).await.expect("a session");
    tokens.exchange(&"good".into(), || Ok(())).await.expect("a session");
    assert_eq!(asked(&auth), 2);
}

#[tokio::test]
async fn lookups_at_the_same_time_are_one() {
    let (auth, clock) = (auth(), clock());
    let tokens = tokens(&auth, &clock);
    let token = "good".into();
    let all = join_all((0..50).map(|_| tokens.exchange(&token, || Ok(())))).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(asked(&auth), 1);
}

#[tokio::test]
async fn a_token_that_stands_for_nobody_is_refused_and_that_is_kept_briefly() {
    let (auth, clock) = (auth(), clock());
    let tokens = tokens(&auth, &clock);
    for _ in 0..2 {
        let refused = tokens.exchange(&"bad".into(), || Ok(())).await.expect_err("nobody");
        assert_eq!(refused.code(), Code::Unauthenticated);
    }
    assert_eq!(asked(&auth), 1);
    clock.advance(TimeDelta::seconds(2));
    tokens.exchange(&"bad".into(), || Ok(())).await.expect_err("nobody");
    assert_eq!(asked(&auth), 2);
    for nonsense in ["", "with space", "ü", &"x".repeat(513)] {
        tokens.exchange(&nonsense.to_owned().into(), || Ok(())).await.expect_err("nobody");
    }
    assert_eq!(asked(&auth), 2, "what can't be a token is not asked about");
}

#[tokio::test]
async fn that_auth_is_ill_is_not_kept() {
    let (auth, clock) = (auth(), clock());
    let tokens = tokens(&auth, &clock);
    for _ in 0..2 {
        assert_eq!(tokens.exchange(&"ill".into(), || Ok(())).await.expect_err("ill").code(), Code::Unavailable);
    }
    assert_eq!(asked(&auth), 2);
}

#[tokio::test]
async fn a_change_drops_what_is_kept_of_the_session_or_the_user_and_of_nobody_else() {
    let (auth, clock) = (auth(), clock());
    let tokens = tokens(&auth, &clock);
    let mut expected = 0;
    for (changed, drops) in [
        (change("user", "session"), true),
        (change("user", "another"), false),
        (change("user", ""), true),
        (change("somebody", ""), false),
    ] {
        tokens.exchange(&"good".into(), || Ok(())).await.expect("a session");
        expected = asked(&auth) + usize::from(drops);
        tokens.principal_changed(&changed);
        tokens.exchange(&"good".into(), || Ok(())).await.expect("a session");
        assert_eq!(asked(&auth), expected, "{changed:?}");
    }
    tokens.forget_all();
    tokens.exchange(&"good".into(), || Ok(())).await.expect("a session");
    assert_eq!(asked(&auth), expected + 1);
}

#[tokio::test]
async fn an_answer_that_crosses_a_change_on_its_way_is_not_believed() {
    let (auth, clock) = (auth(), clock());
    auth.answers.forget_permits(1000);
    let tokens = tokens(&auth, &clock);
    let token = "good".into();
    let mut exchange = std::pin::pin!(tokens.exchange(&token, || Ok(())));
    assert!(futures::poll!(&mut exchange).is_pending(), "the answer is on its way");
    auth.active.store(false, Ordering::SeqCst);
    tokens.principal_changed(&change("user", "session"));
    auth.answers.add_permits(2);
    assert_eq!(exchange.await.expect_err("signed out").code(), Code::Unauthenticated);
    assert_eq!(asked(&auth), 2);
}

#[tokio::test]
async fn streams_end_with_their_session() {
    let (auth, clock) = (auth(), clock());
    let tokens = tokens(&auth, &clock);
    let token = "good".into();
    let session = tokens.exchange(&token, || Ok(())).await.expect("a session");
    let hold = tokens.hold(&session, &token);
    tokens.principal_changed(&change("somebody", ""));
    assert!(hold.ended().now_or_never().is_none());
    tokens.principal_changed(&change("user", "session"));
    assert!(hold.ended().now_or_never().is_some());
    let late = tokens.hold(&session, &token);
    assert!(late.ended().now_or_never().is_some(), "a stream that opens after the change ends at once");
}

#[tokio::test]
async fn streams_go_on_with_who_may_more_and_while_it_is_asked_whether_something_was_missed() {
    let (auth, clock) = (auth(), clock());
    let tokens = tokens(&auth, &clock);
    let token = "good".into();
    let session = tokens.exchange(&token, || Ok(())).await.expect("a session");
    let before = tokens.hold(&session, &token);
    tokens.principal_changed(&PrincipalChanged { widened: true, ..change("user", "") });
    let after = tokens.hold(&session, &token);
    tokens.forget_all();
    let unknown = tokens.hold(&session, &token);
    for hold in [&before, &after, &unknown] {
        assert!(hold.ended().now_or_never().is_none());
    }
    assert!(tokens.recheck().notified().now_or_never().is_some(), "somebody is to ask");
    tokens.recheck_holds().await;
    assert_eq!(asked(&auth), 2);
    assert!(unknown.ended().now_or_never().is_none());

    auth.active.store(false, Ordering::SeqCst);
    tokens.forget_all();
    tokens.recheck_holds().await;
    assert!(unknown.ended().now_or_never().is_some());
}

#[tokio::test]
async fn streams_end_when_their_session_has_run_out_unheard() {
    let (auth, clock) = (auth(), clock());
    let tokens = tokens(&auth, &clock);
    let token = "good".into();
    let session = tokens.exchange(&token, || Ok(())).await.expect("a session");
    let hold = tokens.hold(&session, &token);
    tokens.recheck_holds().await;
    assert!(hold.ended().now_or_never().is_none());
    auth.active.store(false, Ordering::SeqCst);
    clock.advance(TimeDelta::seconds(30));
    tokens.recheck_holds().await;
    assert!(hold.ended().now_or_never().is_some());
    drop(hold);
    assert!(tokens.holds.tokens().is_empty());
}

#[tokio::test]
async fn streams_end_when_their_session_is_good_for_less_unheard() {
    let (auth, clock) = (auth(), clock());
    let tokens = tokens(&auth, &clock);
    let token = "good".into();
    let session = tokens.exchange(&token, || Ok(())).await.expect("a session");
    let hold = tokens.hold(&session, &token);
    let roles = |roles: &[Role]| {
        *auth.roles.lock().expect("not poisoned") = roles.to_vec();
        tokens.forget_all();
    };
    // What auth of the release before does not say is nothing that was lost.
    for wider in [&[][..], &[Role::Operator, Role::Administrator, Role::Client]] {
        roles(wider);
        tokens.recheck_holds().await;
        assert!(hold.ended().now_or_never().is_none(), "{wider:?}");
    }
    roles(&[Role::Operator]);
    tokens.recheck_holds().await;
    assert!(hold.ended().now_or_never().is_some());
}
