//! Whoever signs up has to confirm the address: told from sign-up to the first call, through REST and real mail.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use labelmesh_cluster::{Cluster, Service, Settings};
use labelmesh_proto::method::{Method, Who};
use labelmesh_sdk::{Client, HttpMethod, Role, users::CreateUserRequest};
use labelmesh_servers::http_client;
use labelmesh_testkit::try_until;
use serde_json::json;
use sqlx::{Connection as _, PgConnection};
use tokio::time::{Instant, timeout};

use crate::{
    command_line::Shell,
    foreign::{frames, mail},
    people::{PASSWORD, stranger},
    requests::{is_open, public},
};

const PATIENCE: Duration = Duration::from_secs(90);
/// Far less than the time for which a gateway believes a token without being told anything.
const AT_ONCE: Duration = Duration::from_secs(10);

/// A system as it is shipped.
async fn as_shipped() -> Result<Cluster> {
    let mut settings = Settings::for_tests()?;
    settings.environment.push(("USERS__CONFIRMATION__REQUIRED".to_owned(), "true".to_owned()));
    Cluster::start(settings).await
}

/// Somebody who has signed up and in.
pub(crate) async fn newcomer(cluster: &Cluster, name: &str, role: Role) -> Result<Client> {
    let client = stranger(cluster.gateway())?;
    let email = format!("{name}@labelmesh.example");
    let (password, roles) = (PASSWORD.to_owned(), vec![role.into()]);
    // The name is what a mail to a stranger must not hold.
    let name = "Pay at evil.example".to_owned();
    client.create_user(CreateUserRequest { email: email.clone(), password, name, roles, ..Default::default() }).await?;
    Ok(client.sign_in(&email, PASSWORD).await?)
}

/// What stands behind the `#` of the first link in the newest of so many mails to an address, as a mail program reads
/// it.
pub(crate) async fn mailed_token(cluster: &Cluster, to: &str, number: usize) -> Result<String> {
    let theirs = |mails: &[std::sync::Arc<labelmesh_servers::Message>]| {
        mails.iter().filter(|mail| mail.to.iter().any(|address| address == to)).cloned().collect::<Vec<_>>()
    };
    let mails = cluster.mail().wait_until(PATIENCE, |mails| theirs(mails).len() >= number).await;
    let mails = theirs(&mails);
    ensure!(mails.len() == number, "{to} got {} mails", mails.len());
    let read = mail::read(&mails[number - 1..]).await?;
    let link = read[0]["links"][0].as_str().context("a link")?;
    ensure!(!read[0]["text"].as_str().unwrap_or_default().contains("evil"), "whoever signed up has a say: {}", read[0]);
    Ok(link.split_once('#').with_context(|| format!("{link} holds no token"))?.1.to_owned())
}

/// Whether somebody who has a role and has not confirmed may call a method.
fn lets_in(method: &Method, role: Role) -> bool {
    let fits = |who| matches!(who, Who::SignedIn) || who == Who::Role(role);
    method.allow.iter().any(|grant| grant.unconfirmed && fits(grant.who))
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_not_confirmed_the_address_can_do_that_and_little_else() -> Result<()> {
    let cluster = as_shipped().await?;
    for role in [Role::Client, Role::Operator] {
        let someone = newcomer(&cluster, &format!("new-{}", role.as_str_name().to_lowercase()), role).await?;
        let token = format!("Bearer {}", someone.token().context("signed in")?);
        for method in public().filter(|method| !is_open(method)) {
            // Not a message: whoever may call is told so, and nothing happens.
            let end = frames::call(cluster.gateway(), method.path, &[("authorization", &token)], &[0xff, 0xff], || ())
                .await?;
            let expected = if lets_in(method, role) { "3" } else { "7" };
            ensure!(end.status()? == expected, "{} as {role:?}: {}", method.path, end.status()?);
        }
        let refused = someone.json(HttpMethod::GET, "/v1/notifications", None).await.err().context("refused")?;
        assert_eq!(refused.reason(), "EMAIL_UNCONFIRMED");
        let me = someone.json(HttpMethod::GET, "/v1/me", None).await?;
        assert_eq!(me["unconfirmed"], json!(true));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_mail_comes_and_what_is_in_it_counts_once_and_everywhere_at_once() -> Result<()> {
    let cluster = as_shipped().await?;
    let ann = newcomer(&cluster, "new-ann", Role::Client).await?;
    let token = mailed_token(&cluster, "new-ann@labelmesh.example", 1).await?;
    let mut notify = PgConnection::connect(&cluster.database_url(Service::Notify)).await?;
    try_until("the first sign-in to be mailed to nobody", async || {
        let dropped = sqlx::query_scalar::<_, bool>("SELECT EXISTS (SELECT FROM delivery WHERE state = 'dropped')");
        Ok(dropped.fetch_one(&mut notify).await?.then_some(()))
    })
    .await?;

    // Programs open what is in mails: that confirms nothing.
    let page = http_client().get(format!("{}/confirm", cluster.gateway())).send().await?;
    ensure!(page.status().is_success() && page.headers()["content-type"] == "text/html; charset=utf-8");
    ensure!(page.text().await?.contains("v1/users:confirmEmail"));
    ensure!(ann.json(HttpMethod::GET, "/v1/me", None).await?["unconfirmed"] == json!(true));

    let nobody = stranger(&cluster.gateways()[1])?;
    let confirm = || nobody.json(HttpMethod::POST, "/v1/users:confirmEmail", Some(json!({"token": token})));
    let before = Instant::now();
    confirm().await?;
    for gateway in cluster.gateways() {
        let ann = stranger(gateway)?.with_token(ann.token().unwrap_or_default());
        let let_in = try_until("being let in", async || Ok(ann.json(HttpMethod::GET, "/v1/tasks", None).await.ok()));
        timeout(AT_ONCE, let_in).await.with_context(|| format!("{gateway} does not know"))??;
    }
    println!("counted everywhere after {:?}", before.elapsed());
    assert_eq!(confirm().await.err().context("used")?.reason(), "LINK_INVALID");

    // What is told from now on is mailed; what was told before is not.
    ann.sign_in("new-ann@labelmesh.example", PASSWORD).await?;
    assert_eq!(cluster.mail().messages().len(), 1, "the mail of before, and none about the first sign-in");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_confirmed_at_the_command_line() -> Result<()> {
    let cluster = as_shipped().await?;
    let home = Shell::empty(&cluster)?;
    let signup = ["signup", "--email", "new-cli@labelmesh.example", "--role", "client"];
    let said = home.ok(&signup, &format!("{PASSWORD}\n")).await?;
    ensure!(said.out.contains("Confirm the address"), "{}", said.out);
    let refused = home.run(&["tasks", "list"], "").await?;
    ensure!(refused.code != 0 && refused.err.contains("labelmesh users confirm"), "{}", refused.err);
    let first = mailed_token(&cluster, "new-cli@labelmesh.example", 1).await?;
    home.ok(&["users", "resend"], "").await?;
    let second = mailed_token(&cluster, "new-cli@labelmesh.example", 2).await?;
    let void = home.run(&["users", "confirm", &first], "").await?;
    ensure!(void.code != 0 && void.err.contains("labelmesh users resend"), "{}", void.err);
    home.ok(&["users", "confirm", &second], "").await?;
    try_until("being let in", async || Ok((home.run(&["tasks", "list"], "").await?.code == 0).then_some(()))).await
}
