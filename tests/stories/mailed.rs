//! What is in mails, as those read them who did not write them.

use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use labelmesh_cluster::accounts::ADMINISTRATOR;
use labelmesh_sdk::{
    Role,
    auth::{ChangePasswordRequest, ConfirmSecondFactorRequest, EnrolSecondFactorRequest, TakeSecondFactorRequest},
    subtasks::SkipSubtaskRequest,
    tasks::{FinishTaskRequest, Policy},
    users::{AddGroupMemberRequest, CreateGroupRequest, GetMeRequest},
};
use labelmesh_testkit::{authenticator_code, try_until};

use crate::{
    foreign::mail,
    people::{PASSWORD, cats_and_dogs, lease, open_task, person, picture, stranger, submit, system},
};

const PATIENCE: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_mailed_in_one_look_that_others_programs_read() -> Result<()> {
    let cluster = system().await?;
    let client = person(&cluster, "mailed-client", Role::Client).await?;
    let group = client.create_group(CreateGroupRequest { name: "Night <b>shift".into(), ..Default::default() }).await?;
    let email = "mailed-1@labelmesh.example".to_owned();
    client.add_group_member(AddGroupMemberRequest { group_id: group.group_id, email, ..Default::default() }).await?;
    let policy = Policy { redundancy: 1, ..Policy::default() };
    let task = client.create_task(cats_and_dogs("Cats & \"dogs\"", policy)).await?.task_id;
    client.upload_files(&task, &[picture(1)]).await?;
    submit(&client, &task).await?;
    for name in ["mailed-1", "mailed-2", "mailed-3"] {
        let operator = person(&cluster, name, Role::Operator).await?;
        let held = async || Ok(lease(&operator, 1).await?.leases.into_iter().next());
        let subtask_id = try_until("a picture", held).await?.subtask_id;
        operator.skip_subtask(SkipSubtaskRequest { subtask_id, ..Default::default() }).await?;
    }
    let open = open_task(&client, "Finished early", 1, 1).await?;
    client.finish_task(FinishTaskRequest { task_id: open.clone() }).await?;
    let (old_password, new_password) = (PASSWORD.to_owned(), "another good passphrase".to_owned());
    let password = new_password.clone();
    client.change_password(ChangePasswordRequest { old_password, new_password, revoke_api_keys: false }).await?;
    let user_id = client.get_me(GetMeRequest {}).await?.user_id;
    let uri = client.enrol_second_factor(EnrolSecondFactorRequest { password, name: "mailed".to_owned() }).await?.uri;
    let seconds = i64::try_from(UNIX_EPOCH.elapsed()?.as_secs())?;
    let code = authenticator_code(&uri, seconds);
    client.confirm_second_factor(ConfirmSecondFactorRequest { code }).await?;
    let root = stranger(cluster.gateway())?.sign_in(ADMINISTRATOR, cluster.administrator_password()).await?;
    root.take_second_factor(TakeSecondFactorRequest { user_id }).await?;

    // A sign-in of each, and what else happened.
    let mails = cluster.mail().wait_until(PATIENCE, |mails| mails.len() >= 5 + 6).await;
    let read = mail::read(&mails).await?;
    let of = |subject: &str| {
        let found: Vec<_> = read.iter().filter(|mail| mail["subject"] == subject).collect();
        let [one] = found[..] else { anyhow::bail!("{} mails are called {subject}", found.len()) };
        Ok(one)
    };
    for mail in &read {
        assert_eq!(mail["types"], serde_json::json!(["multipart/alternative", "text/plain", "text/html"]));
        let links = mail["links"].as_array().context("links")?;
        let ours = |link: &serde_json::Value| link.as_str().is_some_and(|link| link.starts_with(cluster.gateway()));
        assert!(!links.is_empty() && links.iter().all(ours), "{links:?}");
    }
    let results = |task: &str| format!("{}/v1/tasks/{task}/results", cluster.gateway());
    let done = of("Your task “Finished early” is complete")?;
    assert_eq!(done["links"][0], results(&open));
    assert!(done["seen"].as_str().is_some_and(|seen| seen.contains("Images 1 Decided 0")), "{done}");
    let skipped = of("Images of your task “Cats & 'dogs'” are skipped")?;
    assert_eq!(
        (&skipped["links"][0], &skipped["to"][0]),
        (&results(&task).into(), &"mailed-client@labelmesh.example".into())
    );
    let invited = of("You are invited to the group “Night <b>shift”")?;
    assert_eq!(invited["to"][0], "mailed-1@labelmesh.example");
    assert!(invited["seen"].as_str().is_some_and(|seen| seen.contains("“Night <b>shift”")), "{invited}");
    for subject in [
        "Your Labelmesh password was changed",
        "A second factor was switched on for your Labelmesh account",
        "The second factor of your Labelmesh account was taken away",
    ] {
        assert_eq!(of(subject)?["to"][0], "mailed-client@labelmesh.example", "{subject}");
    }
    Ok(())
}
