//! A service finds the files of images.

use labelmesh_errors::Reason;
use labelmesh_proto::tasks::v1::{AllTasks, find_images_request::Tasks};

use crate::{
    harness::{Client, File, Harness, draft},
    pictures::png,
};

fn picture(number: u32) -> File {
    File::new(&format!("{number}.png"), "image/png", png(number))
}

fn of(client: &Client) -> Option<Tasks> {
    Some(Tasks::OwnerId(client.user_id.to_string()))
}

/// A draft with these pictures.
async fn task(client: &Client, numbers: &[u32]) -> String {
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    client.upload(&id, numbers.iter().map(|number| picture(*number)).collect()).await.expect("uploaded");
    id
}

#[tokio::test]
async fn files_are_found_in_the_tasks_of_one_user_or_in_all_each_once() {
    let harness = Harness::start().await;
    let (client, neighbour, service) = (harness.client(), harness.client(), harness.service("renditions"));
    let own = task(&client, &[1, 2]).await;
    task(&client, &[1]).await;
    task(&neighbour, &[3]).await;
    let hashes = || (1..=4).map(|number| picture(number).sha256()).collect::<Vec<_>>();
    let found = async |tasks| {
        let files = service.find(tasks, hashes()).await.expect("found");
        let number = |sha256: &String| hashes().iter().position(|hash| hash == sha256).expect("asked for") + 1;
        let mut numbers: Vec<_> = files.iter().map(|file| number(&file.sha256)).collect();
        numbers.sort_unstable();
        (numbers, files)
    };
    let (numbers, files) = found(of(&client)).await;
    assert_eq!(numbers, [1, 2]);
    let first = files.into_iter().find(|file| file.sha256 == picture(1).sha256()).expect("the first");
    let listed = client.images(&own, 0, "").await.expect("a list").images.remove(0);
    assert_eq!(
        (first.media_type, first.size_bytes, first.width, first.height),
        (listed.media_type, listed.size_bytes, listed.width, listed.height)
    );
    assert_eq!(found(of(&neighbour)).await.0, [3]);
    assert_eq!(found(Some(Tasks::All(AllTasks {}))).await.0, [1, 2, 3]);
    assert!(found(None).await.0.is_empty(), "whose is not said");
    client.delete(&own).await.expect("deleted");
    assert_eq!(found(of(&client)).await.0, [1], "another task has it");
}

#[tokio::test]
async fn nobody_else_may_ask_and_what_is_no_hash_is_refused() {
    let harness = Harness::start().await;
    let client = harness.client();
    let hash = || vec![picture(1).sha256()];
    for other in [&client, &harness.administrator(), &harness.service("subtasks")] {
        assert_eq!(other.find(of(&client), hash()).await.expect_err("refused").reason, Some(Reason::NotAllowed));
    }
    let service = harness.service("renditions");
    for (hashes, field) in
        [(Vec::new(), "sha256s"), (vec!["cafe".to_owned()], "sha256s[0]"), (vec![picture(1).sha256(); 501], "sha256s")]
    {
        let refused = service.find(of(&client), hashes).await.expect_err(field);
        assert_eq!((refused.reason, refused.field.as_deref()), (Some(Reason::FieldInvalid), Some(field)));
    }
}
