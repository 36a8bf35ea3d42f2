//! Passwords that were forgotten are replaced by what is mailed.

use chrono::TimeDelta;
use futures::future::join_all;
use labelmesh_errors::Reason;
use labelmesh_proto::{
    auth::v1::{
        ChangePasswordRequest, LoginRequest, RequestPasswordResetRequest, RequestPasswordResetResponse,
        ResetPasswordRequest,
    },
    notify::v1::{MailKind, SendMailRequest},
    users::v1::{BlockUserRequest, UnblockUserRequest, UpdateUserRequest},
};
use labelmesh_testkit::until;
use tokio::time::Instant;
use tonic::{Code, Response, Status};

use crate::support::{Mesh, PASSWORD, Refusal as _, chance_of_less};

const ADA: &str = "ada@example.com";
const NEW: &str = "another good passphrase";

async fn ask(mesh: &Mesh, replica: usize, email: &str) -> Result<Response<RequestPasswordResetResponse>, Status> {
    mesh.auth(replica).request_password_reset(RequestPasswordResetRequest { email: email.into() }).await
}

/// The newest mail, once there are so many.
async fn mail(mesh: &Mesh, number: usize) -> SendMailRequest {
    let mails = until("a mail", async || Some(mesh.notify.mails()).filter(|mails| mails.len() >= number)).await;
    assert_eq!(mails.len(), number, "{:?}", mails.iter().map(|mail| &mail.email).collect::<Vec<_>>());
    mails[number - 1].clone()
}

fn reset(mail: &SendMailRequest) -> ResetPasswordRequest {
    assert_eq!(mail.kind(), MailKind::PasswordReset);
    ResetPasswordRequest { token: mail.token.clone(), new_password: NEW.into(), revoke_api_keys: false }
}

/// Returns when everything that was asked for has been looked at.
async fn looked_at(mesh: &Mesh) {
    let waiting = "SELECT count(*) FROM reset_request";
    until("requests are looked at", async || (mesh.count(waiting).await == 0).then_some(())).await;
}

async fn is_void(mesh: &Mesh, mail: &SendMailRequest) {
    let refused = mesh.auth(1).reset_password(reset(mail)).await.refused();
    assert_eq!(refused, (Code::FailedPrecondition, Some(Reason::LinkInvalid)));
}

#[tokio::test]
async fn a_link_replaces_the_password_once_and_ends_all_sessions() {
    let mesh = Mesh::start().await;
    let ada = mesh.sign_up(ADA).await;
    let sessions = [mesh.sign_in(0, ADA).await, mesh.sign_in(1, ADA).await];
    ask(&mesh, 0, "Ada@Example.com").await.expect("asked for");
    let mail = mail(&mesh, 1).await;
    assert_eq!((&*mail.email, &mail.user_id), (ADA, &ada));
    let kept = "SELECT count(*) FROM password_reset WHERE sealed IS NOT NULL";
    until("it is handed over", async || (mesh.count(kept).await == 0).then_some(())).await;
    assert_eq!(mesh.count("SELECT count(*) FROM reset_request").await, 0);

    // Whoever comes first with it gets through, at whichever replica.
    let tries = (0..4).map(|number| {
        let mut auth = mesh.auth(number % 2);
        let request = reset(&mail);
        async move { auth.reset_password(request).await }
    });
    let (done, refused): (Vec<_>, Vec<_>) = join_all(tries).await.into_iter().partition(Result::is_ok);
    assert_eq!((done.len(), refused.len()), (1, 3));
    for refused in refused {
        assert_eq!(refused.refused().1, Some(Reason::LinkInvalid));
    }
    for session in &sessions {
        assert!(mesh.introspect(1, &session.token).await.is_none());
    }
    is_void(&mesh, &mail).await;
    let old = LoginRequest { email: ADA.into(), password: PASSWORD.into(), ..LoginRequest::default() };
    assert_eq!(mesh.auth(0).login(old).await.refused().1, Some(Reason::CredentialsWrong));
    let new = LoginRequest { email: ADA.into(), password: NEW.into(), ..LoginRequest::default() };
    mesh.auth(0).login(new).await.expect("signed in");
}

#[tokio::test]
async fn who_has_no_account_is_answered_alike_and_mailed_nothing() {
    let mesh = Mesh::start().await;
    mesh.sign_up(ADA).await;
    let blocked = mesh.sign_up("blocked@example.com").await;
    let block = BlockUserRequest { user_id: blocked.clone(), ..Default::default() };
    mesh.root().await.block_user(block).await.expect("blocked");
    let unconfirmed = mesh.sign_up("unconfirmed@example.com").await;
    mesh.unconfirm(&unconfirmed).await;
    let known = ask(&mesh, 0, ADA).await.expect("asked for").into_inner();
    for email in ["nobody@example.com", "no address at all", "blocked@example.com", "unconfirmed@example.com"] {
        assert_eq!(ask(&mesh, 0, email).await.expect("asked for").into_inner(), known, "{email}");
    }
    looked_at(&mesh).await;
    assert_eq!(mail(&mesh, 1).await.email, ADA);

    // Nor does a link help whoever is blocked after it was mailed.
    let ada = mesh.notify.mails()[0].user_id.clone();
    let block = BlockUserRequest { user_id: ada.clone(), ..Default::default() };
    mesh.root().await.block_user(block).await.expect("blocked");
    is_void(&mesh, &mail(&mesh, 1).await).await;
    let unblock = UnblockUserRequest { user_id: ada, ..Default::default() };
    mesh.root().await.unblock_user(unblock).await.expect("unblocked");
    mesh.auth(0).reset_password(reset(&mail(&mesh, 1).await)).await.expect("they may again");
}

#[tokio::test]
async fn asking_takes_the_same_time_whether_or_not_there_is_an_account() {
    // As for wrong passwords: what tells nothing is within 0.013 of a half, more often than not.
    const TRIES: usize = 1_000;
    const TELLING: f64 = 0.1;
    let mesh = Mesh::start_with(|config| {
        config.resets.per_address = u32::MAX;
        config.resets.per_network = u32::MAX;
    })
    .await;
    mesh.sign_up(ADA).await;
    let mut took = [Vec::new(), Vec::new()];
    // By turns, and each as often after its own kind as after the other: what is done about a request afterwards, which
    // is more where there is an account, falls on both alike.
    for attempt in 0..2 * TRIES {
        let which = (attempt + attempt / 2) % 2;
        let began = Instant::now();
        ask(&mesh, 0, [ADA, "eve@example.com"][which]).await.expect("asked for");
        took[which].push(began.elapsed());
    }
    let chance = chance_of_less(&took[0], &took[1]);
    println!("with a chance of {chance:.3} it takes less time to have an account");
    assert!((chance - 0.5).abs() < TELLING, "with a chance of {chance:.3} it takes less time to have an account");
}

#[tokio::test]
async fn a_link_is_good_for_half_an_hour_and_until_something_newer_is() {
    let mesh = Mesh::start().await;
    let ada = mesh.sign_up(ADA).await;
    ask(&mesh, 0, ADA).await.expect("asked for");
    let first = mail(&mesh, 1).await;
    ask(&mesh, 1, ADA).await.expect("asked for");
    let second = mail(&mesh, 2).await;
    is_void(&mesh, &first).await;
    mesh.clock.advance(TimeDelta::minutes(30));
    is_void(&mesh, &second).await;

    ask(&mesh, 0, ADA).await.expect("asked for");
    let third = mail(&mesh, 3).await;
    let session = mesh.sign_in(0, ADA).await;
    let change = ChangePasswordRequest {
        old_password: PASSWORD.into(),
        new_password: "yet another passphrase".into(),
        revoke_api_keys: false,
    };
    mesh.auth_in(0, &session).await.change_password(change).await.expect("changed");
    is_void(&mesh, &third).await;

    ask(&mesh, 0, ADA).await.expect("asked for");
    let fourth = mail(&mesh, 4).await;
    let moved = UpdateUserRequest { user_id: ada, email: Some("ada@new.example".into()), ..Default::default() };
    mesh.root().await.update_user(moved).await.expect("moved");
    is_void(&mesh, &fourth).await;
}

#[tokio::test]
async fn nobody_is_mailed_often_and_nobody_can_tell_by_it_who_has_an_account() {
    let mesh = Mesh::start_with(|config| config.resets.per_network = 8).await;
    mesh.sign_up(ADA).await;
    for email in [ADA, "nobody@example.com"] {
        for replica in [0, 1, 0] {
            ask(&mesh, replica, email).await.expect("asked for");
        }
        let refused = ask(&mesh, 1, email).await.refused();
        assert_eq!(refused, (Code::ResourceExhausted, Some(Reason::RateLimited)), "{email}");
    }
    for email in ["one@example.com", "two@example.com"] {
        ask(&mesh, 0, email).await.expect("asked for");
    }
    assert_eq!(ask(&mesh, 1, "three@example.com").await.refused().1, Some(Reason::RateLimited));
    looked_at(&mesh).await;
    assert!((1..=3).contains(&mesh.notify.mails().len()), "{}", mesh.notify.mails().len());
    mesh.clock.advance(TimeDelta::minutes(16));
    ask(&mesh, 0, ADA).await.expect("asked for");
}

#[tokio::test]
async fn what_could_not_be_looked_at_or_handed_over_is_tried_again() {
    let mut mesh = Mesh::start().await;
    mesh.sign_up(ADA).await;
    mesh.notify.set_away(true);
    ask(&mesh, 0, ADA).await.expect("asked for");
    looked_at(&mesh).await;
    mesh.notify.set_away(false);
    mesh.clock.advance(TimeDelta::seconds(5));
    mail(&mesh, 1).await;

    mesh.stop_users().await;
    ask(&mesh, 0, ADA).await.expect("the answer needs nobody else");
    let waiting = "SELECT count(*) FROM reset_request WHERE due_at > asked_at";
    until("a try", async || (mesh.count(waiting).await == 1).then_some(())).await;
}
