//! What nobody wants any more is removed, and people take away what is theirs.

use labelmesh_errors::Reason;

use crate::harness::{Harness, crop};

#[tokio::test]
async fn who_leaves_takes_what_they_had_with_them_and_nothing_of_others() {
    let harness = Harness::start().await;
    let (client, neighbour) = (harness.client(), harness.client());
    let (own, shared) = (client.source(1).await, client.source(2).await);
    neighbour.source(2).await;
    client.create(&own, crop(50, 50)).await.expect("created");
    let theirs = neighbour.create(&shared, crop(50, 50)).await.expect("created");
    let records = client.export().await;
    assert_eq!(records.iter().filter(|record| record.source.is_some()).count(), 2);
    assert_eq!(records.iter().filter(|record| record.transformation.is_some()).count(), 1);

    harness.publish_leaving(client.user_id).await;
    let left = |table: &str| format!("SELECT count(*) FROM {table} WHERE owner_id = '{}'", client.user_id);
    harness.none_left(&left("transformation")).await;
    harness.none_left(&left("source")).await;
    assert!(client.export().await.is_empty());
    let stored = async |source: &str| harness.blobs.get(&format!("sources/{source}")).await.expect("S3").is_some();
    assert_eq!((stored(&own).await, stored(&shared).await), (false, true));
    assert_eq!(neighbour.get(&theirs.transformation_id).await.expect("found").version, 1);
}

#[tokio::test]
async fn what_nobody_has_used_for_a_month_is_removed() {
    let harness = Harness::start().await;
    let client = harness.client();
    let _worker = harness.worker().await;
    let (old, used) = (client.source(1).await, client.source(2).await);
    let made = client.create(&old, crop(50, 50)).await.expect("created").transformation_id;
    let sha256 = client.ended(&made).await.renditions.remove(0).sha256;
    let key = harness.key().await;
    let picture = format!("transformations/{key}/{sha256}");
    assert!(harness.blobs.get(&picture).await.expect("S3").is_some());
    harness
        .execute(&format!(
            "UPDATE transformation SET ended_at = ended_at - interval '31 days';
             UPDATE job SET ended_at = ended_at - interval '31 days';
             UPDATE source SET used_at = used_at - interval '31 days' WHERE sha256 = '\\x{old}'"
        ))
        .await;
    harness.none_left("SELECT count(*) FROM job").await;
    harness.none_left(&format!("SELECT count(*) FROM source WHERE sha256 = '\\x{old}'")).await;
    for object in [format!("sources/{old}"), picture, format!("transformations/{key}.json")] {
        assert!(harness.blobs.get(&object).await.expect("S3").is_none(), "{object}");
    }
    assert_eq!(client.get(&made).await.expect_err("gone").reason, Some(Reason::NotFound));
    assert_eq!(client.create(&old, crop(50, 50)).await.expect_err("gone").reason, Some(Reason::SourceUnknown));
    client.create(&used, crop(50, 50)).await.expect("it is kept");
}

#[tokio::test]
async fn pictures_of_which_the_removal_broke_off_are_made_again_and_removed_later() {
    let harness = Harness::start().await;
    let client = harness.client();
    let _worker = harness.worker().await;
    let source = client.source(1).await;
    let made = client.create(&source, crop(50, 50)).await.expect("created").transformation_id;
    let sha256 = client.ended(&made).await.renditions.remove(0).sha256;
    let key = harness.key().await;
    let objects = [format!("{key}.json"), format!("{key}.leaving.json"), format!("{key}/{sha256}")];
    let [description, leaving, picture] = objects.map(|name| format!("transformations/{name}"));
    // As a process leaves it that is killed in the middle of it.
    harness.blobs.copy_if_absent(&description, &leaving).await.expect("copied");
    harness.blobs.delete(&description).await.expect("deleted");
    harness.blobs.delete(&picture).await.expect("deleted");
    harness.execute("DELETE FROM transformation; UPDATE job SET state = 'failed', renditions = NULL").await;

    let again = client.create(&source, crop(50, 50)).await.expect("created").transformation_id;
    assert_eq!(client.ended(&again).await.renditions[0].sha256, sha256);
    client.rendition(&again).await.expect("it is there");
    harness
        .execute(
            "UPDATE transformation SET ended_at = ended_at - interval '31 days';
             UPDATE job SET ended_at = ended_at - interval '31 days'",
        )
        .await;
    harness.none_left("SELECT count(*) FROM job").await;
    for object in [description, leaving, picture] {
        assert!(harness.blobs.get(&object).await.expect("S3").is_none(), "{object}");
    }
}
