//! Text messages from outside: a phone, and a gateway that hands on what it is given.

use anyhow::{Context as _, Result, ensure};
use labelmesh_cluster::{Cluster, Settings};
use labelmesh_sdk::{
    Client, Role,
    auth::ChangePasswordRequest,
    notify::{
        Channel, ConfirmPhoneRequest, GetPhoneRequest, NotificationKind, Preference, RemovePhoneRequest,
        SetPhoneRequest, UpdatePreferencesRequest,
    },
};
use labelmesh_servers::Mood;
use labelmesh_testkit::try_until;

use crate::{
    command_line::Shell,
    people::{PASSWORD, person, stranger},
    webhooks::{Heard, program},
};

/// What tests start a system with that texts by a gateway, which notes what it is given.
pub(crate) async fn texting(heard: &Heard) -> Result<Settings> {
    let mut settings = Settings::for_tests()?;
    settings.environment.push(("NOTIFY__TEXTS__URL".to_owned(), program(heard).await?));
    Ok(settings)
}

/// What was texted to a number, the oldest first.
fn texts(heard: &Heard, number: &str) -> Vec<String> {
    let heard = heard.lock().expect("no panic with the lock");
    let to_it = heard.iter().filter(|(_, body)| body["to"] == number);
    to_it.filter_map(|(_, body)| body["text"].as_str().map(str::to_owned)).collect()
}

/// The code that is texted to a number.
async fn code(heard: &Heard, number: &str) -> Result<String> {
    let text = try_until("a code", async || Ok(texts(heard, number).pop())).await?;
    Ok(text.split(' ').next().context("a code")?.to_owned())
}

/// Gives somebody a number by the code that is texted there.
pub(crate) async fn has_number(client: &Client, heard: &Heard, number: &str) -> Result<()> {
    client.set_phone(SetPhoneRequest { number: number.to_owned() }).await?;
    let code = code(heard, number).await?;
    client.confirm_phone(ConfirmPhoneRequest { code }).await?;
    Ok(())
}

/// Has somebody told of a kind by text messages, too.
pub(crate) async fn wants_texts(client: &Client, kind: NotificationKind) -> Result<()> {
    let preference = Preference { kind: kind.into(), channel: Channel::Text.into(), enabled: true };
    client.update_preferences(UpdatePreferencesRequest { preferences: vec![preference] }).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_tells_what_its_owner_asked_for_while_no_mail_can_be_sent() -> Result<()> {
    const NUMBER: &str = "+431234567";
    let heard = Heard::default();
    let cluster = Cluster::start(texting(&heard).await?).await?;
    let client = person(&cluster, "texted", Role::Client).await?;
    ensure!(client.get_phone(GetPhoneRequest {}).await?.offered, "there is a gateway");
    has_number(&client, &heard, NUMBER).await?;
    // The other gateway, and the other replica, know the number, too.
    let elsewhere = stranger(&cluster.gateways()[1])?.with_token(client.token().unwrap_or_default());
    ensure!(elsewhere.get_phone(GetPhoneRequest {}).await?.number == NUMBER, "it is theirs everywhere");

    cluster.mail().set_mood(Mood::Stall);
    wants_texts(&client, NotificationKind::PasswordChanged).await?;
    let (old_password, new_password) = (PASSWORD.to_owned(), "another good passphrase".to_owned());
    client.change_password(ChangePasswordRequest { old_password, new_password, revoke_api_keys: false }).await?;
    let texted = try_until("a text", async || Ok(texts(&heard, NUMBER).get(1).cloned())).await?;
    let told = format!("Labelmesh: Your Labelmesh password was changed {}/v1/sessions", cluster.gateway());
    assert_eq!(texted, told);

    client.remove_phone(RemovePhoneRequest {}).await?;
    ensure!(elsewhere.get_phone(GetPhoneRequest {}).await?.number.is_empty(), "it is forgotten");

    let (shell, other) = (Shell::of(&cluster, "cli-texted", "operator").await?, "+14155552671");
    let said = shell.ok(&["notifications", "phone", "set", other], "").await?.out;
    ensure!(said.contains(&format!("A code was texted to {other}")), "{said}");
    let code = code(&heard, other).await?;
    let said = shell.ok(&["notifications", "phone", "confirm", &code], "").await?.out;
    ensure!(said.contains(&format!("Your number is {other}, confirmed at ")), "{said}");
    shell.ok(&["notifications", "phone", "remove"], "").await?;
    let shown = shell.ok(&["notifications", "phone", "show", "--json"], "").await?.lines()?.remove(0);
    ensure!(shown["offered"] == true && !shown.to_string().contains(other), "{shown}");
    Ok(())
}
