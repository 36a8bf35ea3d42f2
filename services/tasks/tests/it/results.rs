//! Results by page and as files.

use labelmesh_errors::Reason;
use labelmesh_proto::tasks::v1::{ExportFormat, ResultState, TaskState};

use crate::{
    harness::{File, Harness, decided, draft, undecided},
    pictures::png,
};

#[tokio::test]
async fn images_and_results_are_paged_in_the_order_of_upload() {
    let harness = Harness::start().await;
    let client = harness.client();
    let (task, images) = harness.open_task(&client, 5).await;
    let id = &task.task_id;
    let mut tied = decided(&task, &images[3], "dog");
    tied.contested = true;
    harness.publish_decided(&[decided(&task, &images[0], "cat"), tied]).await;
    client.wait_for(id, |progress| progress.decided == 2).await;
    let (mut listed, mut results, mut token) = (Vec::new(), Vec::new(), String::new());
    loop {
        let page = client.images(id, 2, &token).await.expect("a page");
        listed.extend(page.images.into_iter().map(|image| image.image_id));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(listed, images);
    loop {
        let page = client.results(id, 2, &token).await.expect("a page");
        results.extend(page.results);
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(results.iter().map(|result| &result.image_id).collect::<Vec<_>>(), images.iter().collect::<Vec<_>>());
    let states: Vec<_> =
        results.iter().map(|result| (result.state(), result.label.as_str(), result.contested)).collect();
    let pending = (ResultState::Pending, "", false);
    let expected =
        [(ResultState::Decided, "cat", false), pending, pending, (ResultState::Decided, "dog", true), pending];
    assert_eq!(states, expected);
    assert_eq!((results[0].rule.as_str(), results[0].votes[0].votes), ("plurality", 3));
    let stolen = client.images(id, 2, "").await.expect("a page").next_page_token;
    assert_eq!(client.results(id, 2, &stolen).await.expect_err("of a list").reason, Some(Reason::PageTokenInvalid));
}

#[tokio::test]
async fn an_export_has_every_image_in_every_format() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    let names = ["=1+1.png", "with, comma.png", "with \"quotes\".png"];
    for (name, number) in names.iter().zip(0..) {
        client.upload(&id, vec![File::new(name, "", png(number))]).await.expect("uploaded");
    }
    let task = client.submit(&id).await.expect("submitted");
    let images = client.images(&id, 0, "").await.expect("a list").images;
    client.finish(&id).await.expect("finishing");
    let events = [
        decided(&task, &images[0].image_id, "cat"),
        decided(&task, &images[1].image_id, "dog"),
        undecided(&task, &images[2].image_id),
    ];
    harness.publish_decided(&events).await;
    client.wait_for(&id, |progress| progress.state() == TaskState::Completed).await;

    let (content_type, file) = client.export(&id, ExportFormat::Csv as i32).await.expect("a file");
    assert_eq!(content_type, "text/csv; charset=utf-8; header=present");
    let mut reader = csv::Reader::from_reader(file.as_slice());
    let header: Vec<_> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let expected = "image_id,name,state,label,confidence,votes,contested,decided_at,rule,votes:cat,votes:dog";
    assert_eq!(header.join(","), expected);
    let records: Vec<_> = reader.records().map(|record| record.expect("a record")).collect();
    assert_eq!(records.iter().map(|record| record[1].to_owned()).collect::<Vec<_>>(), names);
    assert_eq!((&records[0][2], &records[0][3], &records[0][5], &records[0][9]), ("decided", "cat", "3", "3"));
    assert_eq!((&records[2][2], &records[2][3], &records[2][5]), ("undecided", "", "0"));

    let (_, file) = client.export(&id, ExportFormat::Spreadsheet as i32).await.expect("a file");
    let file = String::from_utf8(file).expect("UTF-8");
    assert!(file.starts_with("\u{feff}image_id,") && file.contains(",'=1+1.png,decided,cat,"), "{file}");

    let (content_type, file) = client.export(&id, ExportFormat::JsonLines as i32).await.expect("a file");
    assert_eq!(content_type, "application/x-ndjson; charset=utf-8");
    let lines: Vec<serde_json::Value> = String::from_utf8(file)
        .expect("UTF-8")
        .lines()
        .map(|line| serde_json::from_str(line).expect("an object"))
        .collect();
    assert_eq!(lines.len(), 3);
    assert_eq!((lines[1]["name"].as_str(), lines[1]["label"].as_str()), (Some(names[1]), Some("dog")));
    assert_eq!(lines[1]["votes"][0]["votes"], 3);
    assert_eq!(lines[2]["state"], "RESULT_STATE_UNDECIDED");
}

#[tokio::test]
async fn an_export_goes_on_behind_any_image() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    for name in ["one\nline.png", "two.png", "three.png"].iter().zip(0..) {
        client.upload(&id, vec![File::new(name.0, "", png(name.1))]).await.expect("uploaded");
    }
    let images = client.images(&id, 0, "").await.expect("a list").images;
    for format in [ExportFormat::Csv, ExportFormat::Spreadsheet, ExportFormat::JsonLines] {
        let (_, all) = client.export(&id, format as i32).await.expect("a file");
        let all = String::from_utf8(all).expect("UTF-8");
        for (image, next) in images.iter().zip(images[1..].iter().map(Some).chain([None])) {
            let rest = client.export_after(&id, format as i32, &image.image_id).await.expect("the rest");
            let begins = next.map_or(all.len(), |next| {
                let at = all.find(&next.image_id).expect("it is there");
                all[..at].rfind('\n').map_or(0, |line| line + 1)
            });
            assert_eq!(String::from_utf8(rest).expect("UTF-8"), all[begins..], "{format:?} behind {}", image.name);
        }
    }
    let other = client.create(draft("Others")).await.expect("created").task_id;
    let refused = client.export_after(&other, 0, &images[0].image_id).await.expect_err("it is another task's");
    assert_eq!(refused.field.as_deref(), Some("after_image_id"));
}

#[tokio::test]
async fn a_large_export_comes_in_pieces() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = harness.draft_with_rows(&client, 2_500).await;
    let pieces = client.export_pieces(&id, ExportFormat::Csv as i32).await.expect("a file");
    assert!(pieces.len() > 2 && pieces.iter().all(|piece| piece.len() < 80 * 1024), "{} pieces", pieces.len());
    let lines = pieces.concat().iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(lines, 2_501);
}
