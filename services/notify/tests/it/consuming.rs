//! From events to notifications.

use labelmesh_proto::{
    auth::v1::{SecondFactorChange, SecondFactorChanged},
    subtasks::v1::OperatorPaused,
    tasks::v1::{TaskDeleted, TaskStarved},
    timestamp,
    users::v1::{GroupInvited, UserPasswordChanged},
};
use labelmesh_testkit::Mood;

use crate::support::World;

#[tokio::test]
async fn a_sign_in_is_told_with_time_address_and_agent() {
    let world = World::new().await;
    let ada = world.user("Ada");
    let _notify = world.start().await;

    world.publish_logins(&[world.login(ada)]).await;

    let mails = world.mails(1).await;
    assert_eq!(mails[0].to, ["ada@users.test"]);
    assert_eq!(mails[0].subject, "New sign-in to your Labelmesh account");
    for part in ["Hello “Ada”,", "15 January 2027, 08:00:00 UTC", "192.0.2.7", "“curl”"] {
        assert!(mails[0].text.contains(part), "{part} is not in {}", mails[0].text);
    }
}

#[tokio::test]
async fn a_completed_task_is_told_with_its_figures_and_where_the_results_are() {
    let world = World::new().await;
    let ada = world.user("Ada");
    let _notify = world.start().await;

    let completed = world.completion(ada, "Handwritten digits");
    world.publish_completions(std::slice::from_ref(&completed)).await;

    let mails = world.mails(1).await;
    assert_eq!(mails[0].subject, "Your task “Handwritten digits” is complete");
    let results = format!("https://labelmesh.test/v1/tasks/{}/results", completed.task_id);
    for part in ["Images:     300", "Contested:  4", &results] {
        assert!(mails[0].text.contains(part), "{part} is not in {}", mails[0].text);
    }
}

#[tokio::test]
async fn a_starving_task_an_invitation_and_a_changed_password_are_told_once() {
    let world = World::new().await;
    let ada = world.user("Ada");
    let _notify = world.start().await;
    let (user_id, occurred_at) = (ada.to_string(), Some(timestamp(world.clock.now())));

    let starved = TaskStarved {
        task_id: "0195f3a0-0000-7000-8000-000000000001".to_owned(),
        version: 4,
        owner_id: user_id.clone(),
        title: "Handwritten digits".to_owned(),
        images: 300,
        starved: 2,
        occurred_at,
    };
    world.publish_starved(&[starved.clone(), TaskStarved { version: 9, ..starved }]).await;
    assert_eq!(world.mails(1).await[0].subject, "Images of your task “Handwritten digits” are skipped");

    let invited = GroupInvited {
        invitation_id: "0195f3a0-0000-7000-8000-000000000002".to_owned(),
        version: 1,
        group_id: "0195f3a0-0000-7000-8000-000000000003".to_owned(),
        user_id: user_id.clone(),
        group_name: "Night shift".to_owned(),
        occurred_at,
    };
    let again = GroupInvited { invitation_id: "0195f3a0-0000-7000-8000-000000000004".to_owned(), ..invited.clone() };
    world.publish_of_users(&[invited, again]).await;
    assert_eq!(world.mails(2).await[1].subject, "You are invited to the group “Night shift”");

    let changed = UserPasswordChanged { user_id, version: 2, kept_session_id: String::new(), occurred_at };
    world.publish_of_users(&[changed.clone(), changed]).await;
    let mails = world.mails(3).await;
    assert_eq!(mails[2].subject, "Your Labelmesh password was changed");
    assert!(mails[2].text.contains("All sessions have ended."), "{}", mails[2].text);
    world.wait_for_deliveries(&[("sent", 0); 3]).await;
}

#[tokio::test]
async fn each_change_of_a_second_factor_is_told_once() {
    let world = World::new().await;
    let ada = world.user("Ada");
    let _notify = (world.start().await, world.start().await);

    let (user_id, occurred_at) = (ada.to_string(), Some(timestamp(world.clock.now())));
    let confirmed =
        SecondFactorChanged { user_id, version: 2, change: SecondFactorChange::Confirmed.into(), occurred_at };
    let removed = SecondFactorChanged { version: 3, change: SecondFactorChange::Removed.into(), ..confirmed.clone() };
    let taken = SecondFactorChanged { version: 4, change: SecondFactorChange::Taken.into(), ..confirmed.clone() };
    let unknown = SecondFactorChanged { version: 5, change: 99, ..confirmed.clone() };
    world.publish_of_auth(&[confirmed.clone(), confirmed, removed.clone(), unknown]).await;
    world.publish_of_auth(&[removed, taken]).await;

    world.wait_for_deliveries(&[("sent", 0); 3]).await;
    let mut mails: Vec<_> = world.mails(3).await.iter().map(|mail| mail.subject.clone()).collect();
    mails.sort();
    assert_eq!(
        mails,
        [
            "A second factor was switched on for your Labelmesh account",
            "The second factor of your Labelmesh account was switched off",
            "The second factor of your Labelmesh account was taken away",
        ]
    );
}

#[tokio::test]
async fn a_pause_is_told_to_the_operator_each_time_once() {
    let world = World::new().await;
    let bob = world.user("Bob");
    let _notify = (world.start().await, world.start().await);

    let first = world.pause(bob, "Handwritten digits");
    let second = OperatorPaused { version: 2, ..first.clone() };
    world.publish_pauses(&[first.clone(), first.clone()]).await;
    world.publish_pauses(&[first, second]).await;

    world.wait_for_deliveries(&[("sent", 0), ("sent", 0)]).await;
    let mails = world.mails(2).await;
    assert_eq!(
        (mails[0].to.as_slice(), mails[0].subject.as_str()),
        (["bob@users.test".to_owned()].as_slice(), "You are paused in “Handwritten digits”")
    );
    assert!(mails[0].text.contains("hands no more images to you") && !mails[0].text.contains("gold"));
}

#[tokio::test]
async fn what_was_told_of_a_task_goes_with_it_and_nothing_comes_later() {
    let world = World::new().await;
    let (ada, bob) = (world.user("Ada"), world.user("Bob"));
    let _notify = world.start().await;
    let completed = world.completion(ada, "Handwritten digits");
    let pause = OperatorPaused { task_id: completed.task_id.clone(), ..world.pause(bob, "Handwritten digits") };
    world.publish_completions(std::slice::from_ref(&completed)).await;
    world.publish_pauses(std::slice::from_ref(&pause)).await;
    world.wait_for_deliveries(&[("sent", 0), ("sent", 0)]).await;

    let deleted = TaskDeleted { task_id: completed.task_id.clone(), ..TaskDeleted::default() };
    world.publish_deletions(&[deleted.clone(), deleted]).await;
    world.wait_for_deliveries(&[]).await;

    // What comes late is told to nobody; what is of another task is.
    let late = OperatorPaused { version: 2, ..pause };
    world.publish_pauses(&[late, world.pause(bob, "Animals")]).await;
    world.wait_for_deliveries(&[("sent", 0)]).await;
    world.mails(3).await;
}

#[tokio::test]
async fn the_same_event_again_and_again_is_told_once() {
    let world = World::new().await;
    let ada = world.user("Ada");
    let _notify = (world.start().await, world.start().await);

    let completed = world.completion(ada, "Cats");
    // Each is published under another event id: what counts is what it says.
    world.publish_completions(&vec![completed.clone(); 20]).await;
    world.publish_completions(&[completed, world.completion(ada, "Dogs")]).await;

    world.wait_for_deliveries(&[("sent", 0), ("sent", 0)]).await;
    world.mails(2).await;
}

#[tokio::test]
async fn a_title_cannot_write_headers_or_lines() {
    let world = World::new().await;
    let ada = world.user("Ada");
    let _notify = world.start().await;

    let title = "Cats\r\nBcc: everyone\r\n\r\nYour password is out";
    world.publish_completions(&[world.completion(ada, title)]).await;

    let mails = world.mails(1).await;
    assert_eq!(mails[0].to, ["ada@users.test"]);
    assert_eq!(mails[0].subject, "Your task “Cats Bcc: everyone Your password is out” is complete");
    let source = std::fs::read_to_string(&mails[0].file).expect("the mail is a file");
    assert!(!source.lines().any(|line| line.starts_with("Bcc") || line.starts_with("Your password")), "{source}");
}

#[tokio::test]
async fn an_event_that_makes_no_sense_holds_up_no_other() {
    let world = World::new().await;
    let ada = world.user("Ada");
    let _notify = world.start().await;

    let mut nonsense = world.login(ada);
    nonsense.user_id = "nobody".to_owned();
    world.publish_logins(&[nonsense, world.login(ada)]).await;

    world.mails(1).await;
}

#[tokio::test]
async fn a_mail_server_that_hangs_does_not_hold_up_consuming() {
    let world = World::new().await;
    let ada = world.user("Ada");
    world.mail.set_mood(Mood::Stall);
    let _notify = world.start().await;

    let completions: Vec<_> = (0..40).map(|_| world.completion(ada, "Cats")).collect();
    world.publish_completions(&completions).await;
    world.wait_for_deliveries(&[("pending", 0); 40]).await;
    assert!(world.mail.messages().is_empty());

    world.mail.set_mood(Mood::Accept);
    world.wait_for_deliveries(&[("sent", 0); 40]).await;
    world.mails(40).await;
}
