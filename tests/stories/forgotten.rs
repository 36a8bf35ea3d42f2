//! A password is forgotten: told through REST and real mail, with two replicas of everything.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use labelmesh_sdk::{HttpMethod, Role};
use labelmesh_testkit::try_until;
use serde_json::json;
use tokio::time::timeout;

use crate::{
    command_line::Shell,
    confirmed::mailed_token,
    people::{PASSWORD, person, stranger, system},
};

const NEW: &str = "another good passphrase";
/// Far less than the time for which a gateway believes a token without being told anything.
const AT_ONCE: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread")]
async fn a_link_in_a_mail_replaces_a_forgotten_password_once() -> Result<()> {
    let cluster = system().await?;
    let ann = person(&cluster, "forgetful", Role::Client).await?;
    let email = "forgetful@labelmesh.example";
    cluster.mail().wait_until(PATIENCE, |mails| !mails.is_empty()).await;
    let [one, other] = [stranger(&cluster.gateways()[0])?, stranger(&cluster.gateways()[1])?];
    let ask = |email: &str| one.json(HttpMethod::POST, "/v1/passwords:requestReset", Some(json!({"email": email})));
    let unknown = ask("nobody@labelmesh.example").await?;
    assert_eq!(ask(email).await?, unknown, "the answer tells who has an account");
    // The mail about their sign-in came first.
    let token = mailed_token(&cluster, email, 2).await?;

    let reset = || {
        let body = json!({"token": token, "newPassword": NEW});
        other.json(HttpMethod::POST, "/v1/passwords:reset", Some(body))
    };
    reset().await?;
    for gateway in cluster.gateways() {
        let ann = stranger(gateway)?.with_token(ann.token().unwrap_or_default());
        let refused = async || Ok(ann.json(HttpMethod::GET, "/v1/me", None).await.err());
        let refused = timeout(AT_ONCE, try_until("the session's end", refused)).await;
        assert_eq!(refused.with_context(|| format!("{gateway} does not know"))??.reason(), "NOT_SIGNED_IN");
    }
    assert_eq!(reset().await.err().context("used")?.reason(), "LINK_INVALID");
    let old = one.sign_in(email, PASSWORD).await.err().context("the old one is void")?;
    assert_eq!(old.reason(), "CREDENTIALS_WRONG");
    one.sign_in(email, NEW).await?;

    let told = |mails: &[std::sync::Arc<labelmesh_servers::Message>]| {
        mails.iter().any(|mail| mail.subject == "Your Labelmesh password was changed")
    };
    let mails = cluster.mail().wait_until(PATIENCE, told).await;
    ensure!(told(&mails) && mails.iter().all(|mail| mail.to == [email]), "{mails:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_replaced_at_the_command_line() -> Result<()> {
    let cluster = system().await?;
    let shell = Shell::of(&cluster, "forgot-cli", "client").await?;
    cluster.mail().wait_until(PATIENCE, |mails| !mails.is_empty()).await;
    let email = "forgot-cli@labelmesh.example";
    shell.ok(&["password", "forgot", email], "").await?;
    let token = mailed_token(&cluster, email, 2).await?;
    shell.ok(&["password", "reset", &token], &format!("{NEW}\n")).await?;
    let again = shell.run(&["password", "reset", &token], &format!("{NEW}\n")).await?;
    ensure!(again.code != 0 && again.err.contains("labelmesh password forgot"), "{}", again.err);
    shell.ok(&["login", "--email", email], &format!("{NEW}\n")).await?;
    Ok(())
}
