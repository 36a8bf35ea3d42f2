//! Codes of an authenticator beside the password. The authenticator is pyotp.

use std::process::Command;

use chrono::TimeDelta;
use labelmesh_errors::Reason;
use labelmesh_proto::auth::v1::{
    AuthActed, ConfirmSecondFactorRequest, CreateApiKeyRequest, EnrolSecondFactorRequest, GetSecondFactorRequest,
    LoginRequest, LoginResponse, RemoveSecondFactorRequest, SecondFactorChange, SecondFactorChanged,
    TakeSecondFactorRequest,
};
use labelmesh_proto::r#type::v1::Role;
use labelmesh_seal::SealKey;
use labelmesh_testkit::{authenticator_code, until};
use tonic::{Code, Response, Status};

use crate::support::{Mesh, PASSWORD, Refusal as _, credentials};

const ADA: &str = "ada@example.com";
const WRONG: (Code, Option<Reason>) = (Code::Unauthenticated, Some(Reason::CredentialsWrong));
const WANTED: (Code, Option<Reason>) = (Code::Unauthenticated, Some(Reason::SecondFactorWanted));

/// What pyotp shows so many seconds from now, for whoever has read this address.
fn code(mesh: &Mesh, uri: &str, seconds: i64) -> String {
    authenticator_code(uri, mesh.clock.now().timestamp() + seconds)
}

fn with(code: &str) -> LoginRequest {
    LoginRequest { code: code.to_owned(), ..credentials(ADA) }
}

async fn sign_in(mesh: &Mesh, replica: usize, code: &str) -> Result<Response<LoginResponse>, Status> {
    mesh.auth(replica).login(with(code)).await
}

async fn enrol(mesh: &Mesh, login: &LoginResponse) -> String {
    let request = EnrolSecondFactorRequest { password: PASSWORD.to_owned(), name: ADA.to_owned() };
    mesh.auth_in(0, login).await.enrol_second_factor(request).await.expect("enrolled").into_inner().uri
}

/// Ada, who has a second factor, with her session, what her authenticator has read, and her recovery codes. The code of
/// now is used.
pub(crate) async fn ada(mesh: &Mesh) -> (LoginResponse, String, Vec<String>) {
    mesh.sign_up(ADA).await;
    let login = mesh.sign_in(0, ADA).await;
    let uri = enrol(mesh, &login).await;
    let confirm = ConfirmSecondFactorRequest { code: code(mesh, &uri, 0) };
    let confirmed = mesh.auth_in(1, &login).await.confirm_second_factor(confirm).await.expect("confirmed");
    (login, uri, confirmed.into_inner().recovery_codes)
}

/// What was told of changes to second factors, in their order.
async fn told(mesh: &Mesh) -> Vec<(String, SecondFactorChange)> {
    let events: Vec<SecondFactorChanged> = mesh.events().await;
    events.into_iter().map(|event| (event.user_id.clone(), event.change())).collect()
}

#[tokio::test]
async fn whose_it_is_is_told_when_it_is_confirmed_removed_or_taken_and_not_of_what_protected_nobody() {
    let mesh = Mesh::start().await;
    let (login, uri, _) = ada(&mesh).await;
    let ada = login.user_id.clone();
    let mut wanted = vec![(ada.clone(), SecondFactorChange::Confirmed)];
    assert_eq!(told(&mesh).await, wanted);

    let mut me = mesh.auth_in(0, &login).await;
    let off = |code: &str| RemoveSecondFactorRequest { password: PASSWORD.to_owned(), code: code.to_owned() };
    me.remove_second_factor(off("000000")).await.expect_err("a wrong code");
    me.remove_second_factor(off(&code(&mesh, &uri, 30))).await.expect("removed");
    wanted.push((ada.clone(), SecondFactorChange::Removed));
    assert_eq!(told(&mesh).await, wanted);

    // One that nobody has confirmed goes without a word.
    enrol(&mesh, &login).await;
    me.remove_second_factor(off("000000")).await.expect("removed");
    enrol(&mesh, &login).await;
    let take = TakeSecondFactorRequest { user_id: ada.clone() };
    mesh.auth_as_root(0).await.take_second_factor(take.clone()).await.expect("taken");
    assert_eq!(told(&mesh).await, wanted);

    let login = mesh.sign_in(0, ADA).await;
    let uri = enrol(&mesh, &login).await;
    let confirm = ConfirmSecondFactorRequest { code: code(&mesh, &uri, 0) };
    mesh.auth_in(1, &login).await.confirm_second_factor(confirm).await.expect("confirmed");
    for _ in 0..2 {
        mesh.auth_as_root(1).await.take_second_factor(take.clone()).await.expect("taken, and then harmless");
    }
    wanted.extend([(ada.clone(), SecondFactorChange::Confirmed), (ada, SecondFactorChange::Taken)]);
    assert_eq!(told(&mesh).await, wanted);
}

#[tokio::test]
async fn what_is_noted_of_one_that_goes_is_whether_it_protected_anybody() {
    let mesh = Mesh::start().await;
    let (login, uri, _) = ada(&mesh).await;
    let mut me = mesh.auth_in(0, &login).await;
    let off = |code: String| RemoveSecondFactorRequest { password: PASSWORD.to_owned(), code };
    me.remove_second_factor(off(code(&mesh, &uri, 30))).await.expect("removed");
    enrol(&mesh, &login).await;
    me.remove_second_factor(off("000000".to_owned())).await.expect("removed");
    enrol(&mesh, &login).await;
    let take = TakeSecondFactorRequest { user_id: login.user_id.clone() };
    mesh.auth_as_root(0).await.take_second_factor(take).await.expect("taken");

    let acts: Vec<AuthActed> = mesh.events().await;
    let changes = acts.into_iter().filter_map(|acted| acted.act).flat_map(|act| act.changes);
    let of_factors = changes.filter(|change| change.field == "second_factor" && change.after.is_none());
    let before: Vec<_> = of_factors.filter_map(|change| change.before).collect();
    assert_eq!(before, ["on", "unconfirmed", "unconfirmed"]);
}

#[tokio::test]
async fn a_code_is_asked_for_after_the_password_once_it_is_confirmed_and_taken_once() {
    let mesh = Mesh::start().await;
    mesh.sign_up(ADA).await;
    let login = mesh.sign_in(0, ADA).await;
    let uri = enrol(&mesh, &login).await;
    mesh.sign_in(1, ADA).await;
    let not_yet = mesh.auth_in(0, &login).await.get_second_factor(GetSecondFactorRequest {}).await.expect("told");
    assert_eq!(not_yet.into_inner().on_since, None);

    let confirm = |code| ConfirmSecondFactorRequest { code };
    let mut me = mesh.auth_in(0, &login).await;
    let refused = me.confirm_second_factor(confirm("000000".to_owned())).await.refused();
    assert_eq!(refused, (Code::PermissionDenied, Some(Reason::CodeWrong)));
    let codes = me.confirm_second_factor(confirm(code(&mesh, &uri, 0))).await.expect("confirmed").into_inner();
    assert_eq!(codes.recovery_codes.len(), 10);
    let standing = me.get_second_factor(GetSecondFactorRequest {}).await.expect("told").into_inner();
    assert!(standing.on_since.is_some() && standing.recovery_codes_left == 10, "{standing:?}");

    assert_eq!(sign_in(&mesh, 0, "").await.refused(), WANTED);
    let now = code(&mesh, &uri, 0);
    assert_eq!(sign_in(&mesh, 1, &now).await.refused(), WRONG, "it was used to confirm");
    // An authenticator whose clock is fast.
    let next = code(&mesh, &uri, 30);
    sign_in(&mesh, 0, &next).await.expect("signed in");
    for replica in 0..2 {
        assert_eq!(sign_in(&mesh, replica, &next).await.refused(), WRONG, "it was used");
    }
    mesh.clock.advance(TimeDelta::seconds(90));
    // One that is slow, and one that is too slow.
    assert_eq!(sign_in(&mesh, 0, &code(&mesh, &uri, -60)).await.refused(), WRONG);
    sign_in(&mesh, 0, &code(&mesh, &uri, -30)).await.expect("signed in");
    let (one, other) = (code(&mesh, &uri, 0), code(&mesh, &uri, 0));
    // The same code at both replicas at once: one of them takes it.
    let both = tokio::join!(sign_in(&mesh, 0, &one), sign_in(&mesh, 1, &other));
    assert_eq!([both.0.is_ok(), both.1.is_ok()].iter().filter(|taken| **taken).count(), 1);
}

#[tokio::test]
async fn who_knows_no_password_learns_nothing_and_guesses_at_codes_are_counted() {
    let mesh = Mesh::start_with(|config| config.attempts.per_account = 4).await;
    let (_, uri, _) = ada(&mesh).await;
    mesh.sign_up("bob@example.com").await;
    // A wrong password is refused alike, whether there is a second factor, and whatever is sent for it.
    for code in ["", "000000"] {
        let mut answers = Vec::new();
        for email in [ADA, "bob@example.com", "eve@example.com"] {
            let guess =
                LoginRequest { email: email.into(), password: "not the password".into(), code: code.to_owned() };
            let status = mesh.login_from(0, "192.0.2.1", guess).await.expect_err("refused");
            answers.push((status.code(), status.message().to_owned(), status.details().to_vec()));
        }
        if !code.is_empty() {
            // Nor does the right password show beside a wrong code.
            let status = mesh.login_from(0, "192.0.2.1", with("000000")).await.expect_err("refused");
            answers.push((status.code(), status.message().to_owned(), status.details().to_vec()));
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    }
    // That was three attempts of hers. Being asked for a code is one too; then her account is closed there.
    assert_eq!(mesh.login_from(1, "192.0.2.1", with("")).await.refused(), WANTED);
    let refused = mesh.login_from(0, "192.0.2.1", with(&code(&mesh, &uri, 30))).await.refused();
    assert_eq!(refused.1, Some(Reason::TooManyAttempts));
    // Elsewhere she signs in, which forgives what was counted against her there.
    assert_eq!(mesh.login_from(0, "198.51.100.1", with("")).await.refused(), WANTED);
    mesh.login_from(1, "198.51.100.1", with(&code(&mesh, &uri, 30))).await.expect("signed in");
}

#[tokio::test]
async fn a_recovery_code_does_once_and_switching_off_takes_password_and_code() {
    let mesh = Mesh::start().await;
    let (login, uri, recovery) = ada(&mesh).await;
    sign_in(&mesh, 0, &recovery[0].to_uppercase()).await.expect("signed in");
    assert_eq!(sign_in(&mesh, 1, &recovery[0]).await.refused(), WRONG);
    let mut me = mesh.auth_in(0, &login).await;
    let left = me.get_second_factor(GetSecondFactorRequest {}).await.expect("told").into_inner();
    assert_eq!(left.recovery_codes_left, 9);
    let again = EnrolSecondFactorRequest { password: PASSWORD.to_owned(), name: ADA.to_owned() };
    let refused = me.enrol_second_factor(again).await.refused();
    assert_eq!(refused, (Code::FailedPrecondition, Some(Reason::SecondFactorOn)));

    let off =
        |password: &str, code: &str| RemoveSecondFactorRequest { password: password.to_owned(), code: code.to_owned() };
    let refused = me.remove_second_factor(off("not the password", &recovery[1])).await.refused();
    assert_eq!(refused, (Code::PermissionDenied, Some(Reason::PasswordWrong)));
    for wrong in ["000000", recovery[0].as_str(), "nonsense"] {
        let refused = me.remove_second_factor(off(PASSWORD, wrong)).await.refused();
        assert_eq!(refused, (Code::PermissionDenied, Some(Reason::CodeWrong)), "{wrong}");
    }
    me.remove_second_factor(off(PASSWORD, &code(&mesh, &uri, 30))).await.expect("off");
    sign_in(&mesh, 1, "").await.expect("the password does");
    // Whoever sends a code anyway is let in: it is looked at only where there is a second factor.
    sign_in(&mesh, 1, "000000").await.expect("the password does");
    assert_eq!(mesh.count("SELECT count(*) FROM recovery_code").await, 0);
}

#[tokio::test]
async fn an_administrator_takes_it_from_who_lost_the_device_and_their_sessions_end() {
    let mesh = Mesh::start().await;
    let (login, _, recovery) = ada(&mesh).await;
    let expires_at = login.expires_at;
    let key = CreateApiKeyRequest { name: "nightly".to_owned(), expires_at, roles: vec![Role::Operator.into()] };
    let key = mesh.auth_in(0, &login).await.create_api_key(key).await.expect("made").into_inner().secret;
    mesh.introspect(0, &key).await.expect("a key takes no code");

    let take = TakeSecondFactorRequest { user_id: login.user_id.clone() };
    let refused = mesh.auth_in(0, &login).await.take_second_factor(take.clone()).await.refused();
    assert_eq!(refused, (Code::PermissionDenied, Some(Reason::NotAllowed)));
    let mut root = mesh.auth_as_root(0).await;
    root.take_second_factor(take.clone()).await.expect("taken");
    assert!(mesh.introspect(1, &login.token).await.is_none(), "the session goes on");
    mesh.introspect(0, &key).await.expect("keys go on");
    let login = sign_in(&mesh, 0, &recovery[0]).await.expect("the password does").into_inner();
    root.take_second_factor(take).await.expect("harmless");
    mesh.introspect(1, &login.token).await.expect("nothing was taken, so nothing ends");
}

#[tokio::test]
async fn secrets_lie_sealed_and_stay_good_when_the_seal_is_replaced() {
    let mut mesh = Mesh::start().await;
    let (_, uri, recovery) = ada(&mesh).await;
    let tables = [mesh.dump("second_factor").await, mesh.dump("recovery_code").await];
    let secret = uri.split("secret=").nth(1).and_then(|rest| rest.split('&').next()).expect("in the address");
    let script = "import sys, base64; print(base64.b32decode(sys.argv[1]).hex())";
    let plain = Command::new("python3").args(["-c", script, secret]).output().expect("python3 runs");
    let plain = String::from_utf8(plain.stdout).expect("hexadecimal");
    let shown: Vec<_> = recovery.iter().map(|code| code.replace('-', "")).chain([plain.trim().to_owned()]).collect();
    assert!(shown.iter().all(|secret| tables.iter().all(|table| !table.contains(secret.as_str()))));

    for replica in 0..2 {
        let seals = vec![SealKey::from([9; 32]), SealKey::from([7; 32])].try_into().expect("different ones");
        mesh.restart(replica, |config| config.signing_keys.seal = seals).await;
    }
    let sealed = &tables[0];
    until("the secret to be sealed anew", async || (mesh.dump("second_factor").await != *sealed).then_some(())).await;
    for (replica, code) in recovery[..2].iter().enumerate() {
        sign_in(&mesh, replica, code).await.expect("signed in");
    }
    for (replica, code) in recovery[2..4].iter().enumerate() {
        mesh.restart(replica, |config| config.signing_keys.seal = [9; 32].into()).await;
        sign_in(&mesh, replica, code).await.expect("signed in");
    }
    sign_in(&mesh, 0, &code(&mesh, &uri, 30)).await.expect("signed in");
}
