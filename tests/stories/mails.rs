//! Mails: each once, by whoever is there to send it.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context as _, Result};
use futures::{StreamExt as _, stream};
use labelmesh_cluster::{Cluster, Service, Settings};
use labelmesh_sdk::{Role, users::GetMeRequest};
use labelmesh_servers::Mood;
use labelmesh_testkit::try_until;

use crate::{
    people::{PASSWORD, person, stranger},
    watched::metrics,
};

const PATIENCE: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread")]
async fn three_replicas_share_the_mails_of_a_crowd() -> Result<()> {
    const CROWD: usize = 90;
    let cluster = Cluster::start(Settings { replicas: 3, ..Settings::for_tests()? }).await?;
    let names: Vec<_> = (0..CROWD).map(|number| format!("one-of-many-{number}")).collect();
    let crowd: Vec<_> =
        stream::iter(&names).map(|name| person(&cluster, name, Role::Client)).buffer_unordered(6).collect().await;
    assert_eq!(crowd.iter().filter(|person| person.is_ok()).count(), CROWD, "somebody could not sign in");

    let mails = cluster.mail().wait_until(PATIENCE, |mails| mails.len() >= CROWD).await;
    assert_eq!(mails.len(), CROWD);
    let distinct: BTreeSet<_> = mails.iter().map(|mail| mail.message_id.clone()).collect();
    assert_eq!(distinct.len(), CROWD, "a mail was sent twice");
    for replica in cluster.admin_addresses(Service::Notify).await {
        let sent = metrics(&replica).await?.total("notify_deliveries_total");
        assert!(sent >= 5.0, "one of three replicas sent {sent} of {CROWD} mails");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_sign_ins_by_a_script_are_one_mail() -> Result<()> {
    let cluster = Cluster::start(Settings::for_tests()?).await?;
    person(&cluster, "frequent", Role::Client).await?;
    let client = stranger(cluster.gateway())?;
    let logins = stream::iter(1..200).map(|_| client.sign_in("frequent@labelmesh.example", PASSWORD));
    let sessions: Vec<_> = logins.buffer_unordered(6).collect().await;
    assert_eq!(sessions.iter().filter(|session| session.is_ok()).count(), 199, "somebody could not sign in");

    person(&cluster, "afterwards", Role::Client).await?;
    let told = |who: &'static str| move |to: &String| to.starts_with(who);
    let mails = cluster.mail().wait_until(PATIENCE, |mails| {
        ["frequent", "afterwards"].into_iter().all(|who| mails.iter().any(|mail| mail.to.iter().any(told(who))))
    });
    assert_eq!(mails.await.len(), 2, "one for the first sign-in of each");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_killed_while_it_sends_loses_no_mail() -> Result<()> {
    // Claims of the dead end soon, so that the story does.
    let mut settings = Settings::for_tests()?;
    settings.environment.push(("NOTIFY__DELIVERY__CLAIM".into(), "5s".into()));
    settings.environment.push(("NOTIFY__SMTP__TIMEOUT".into(), "4s".into()));
    let cluster = Cluster::start(settings).await?;
    cluster.mail().set_mood(Mood::Stall);
    person(&cluster, "waiting", Role::Client).await?;
    // Somebody holds the mail in hand as soon as it is claimed.
    try_until("a claim of the mail", async || Ok((claimed(&cluster).await? > 0).then_some(()))).await?;
    cluster.kill(Service::Notify, 0).await;
    cluster.kill(Service::Notify, 1).await;
    cluster.mail().set_mood(Mood::Accept);
    cluster.restart(Service::Notify, 0).await?;
    cluster.restart(Service::Notify, 1).await?;
    let mails = cluster.mail().wait_until(PATIENCE, |mails| !mails.is_empty()).await;
    let distinct: BTreeSet<_> = mails.iter().map(|mail| mail.message_id.clone()).collect();
    assert_eq!(distinct.len(), 1, "the mail of one sign-in");
    Ok(())
}

async fn claimed(cluster: &Cluster) -> Result<i64> {
    use sqlx::Connection as _;
    let mut db = sqlx::PgConnection::connect(&cluster.database_url(Service::Notify)).await?;
    let claimed = sqlx::query_scalar("SELECT count(*) FROM delivery WHERE claims > 0");
    claimed.fetch_one(&mut db).await.context("count the claims")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_is_away_delays_mails_and_nothing_else() -> Result<()> {
    let mut settings = Settings::for_tests()?;
    settings.environment.push(("NOTIFY__DELIVERY__FIRST_WAIT".into(), "500ms".into()));
    settings.environment.push(("NOTIFY__DELIVERY__LONGEST_PAUSE".into(), "1s".into()));
    let cluster = Cluster::start(settings).await?;
    cluster.mail().set_mood(Mood::Refuse);
    let client = person(&cluster, "patient", Role::Client).await?;
    client.get_me(GetMeRequest {}).await?;
    cluster.mail().set_mood(Mood::Accept);
    let mails = cluster.mail().wait_until(PATIENCE, |mails| !mails.is_empty()).await;
    assert_eq!(mails.len(), 1);
    Ok(())
}
