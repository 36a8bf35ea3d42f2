//! The mail catcher takes, refuses and stalls as it is told, and shows what it took.

use std::time::Duration;

use labelmesh_servers::{Mail, Mood, http_client};
use lettre::transport::smtp::client::Tls;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

fn sender(mail: &Mail) -> AsyncSmtpTransport<Tokio1Executor> {
    AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(mail.smtp_addr().ip().to_string())
        .port(mail.smtp_addr().port())
        .tls(Tls::None)
        .timeout(Some(Duration::from_secs(10)))
        .build()
}

fn message(subject: &str) -> lettre::Message {
    lettre::Message::builder()
        .from("Labelmesh <no-reply@labelmesh.test>".parse().expect("an address"))
        .to("ada@example.test".parse().expect("an address"))
        .subject(subject)
        .body("Grüße,\n.and a line that begins with a dot\n<script>alert(1)</script>".to_owned())
        .expect("a message")
}

async fn get(mail: &Mail, path: &str) -> reqwest::Response {
    http_client().get(format!("http://{}{path}", mail.http_addr())).send().await.expect("an answer")
}

#[tokio::test]
async fn shows_what_it_caught_decoded_and_escaped() {
    let mail = Mail::start(None).await.expect("a server");
    sender(&mail).send(message("Ihr Auftrag ist fertig – ✓ <b>")).await.expect("a sent message");

    let caught = mail.wait_until(Duration::from_secs(10), |messages| !messages.is_empty()).await;
    assert_eq!(caught.len(), 1);
    assert_eq!(caught[0].subject, "Ihr Auftrag ist fertig – ✓ <b>");
    assert_eq!(caught[0].from, "no-reply@labelmesh.test");
    assert_eq!(caught[0].to, ["ada@example.test"]);
    assert!(caught[0].text.contains("Grüße,"), "{}", caught[0].text);
    assert!(caught[0].text.contains("\n.and a line"), "{}", caught[0].text);
    assert!(!caught[0].message_id.is_empty() || caught[0].file.exists());

    let page = get(&mail, "/").await.text().await.expect("a page");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{page}");
    assert!(!page.contains("<script"), "{page}");
    let json: serde_json::Value = get(&mail, "/messages").await.json().await.expect("JSON");
    assert_eq!(json[0]["to"][0], "ada@example.test");
    let source = get(&mail, "/messages/000001.eml").await.text().await.expect("the source");
    assert!(source.starts_with("Return-Path: <no-reply@labelmesh.test>"), "{source}");
    assert_eq!(get(&mail, "/messages/..%2f..%2fetc%2fpasswd").await.status(), 404);
}

#[tokio::test]
async fn refuses_rejects_and_stalls_as_told() {
    let mail = Mail::start(None).await.expect("a server");
    let sender = sender(&mail);

    mail.set_mood(Mood::Refuse);
    assert!(sender.send(message("later")).await.expect_err("a refusal").is_transient());
    mail.set_mood(Mood::Reject);
    assert!(sender.send(message("never")).await.expect_err("a rejection").is_permanent());

    mail.set_mood(Mood::Stall);
    let stalled = tokio::spawn({
        let sender = sender.clone();
        async move { sender.send(message("stalled")).await }
    });
    let waited = mail.wait_until(Duration::from_millis(100), |messages| !messages.is_empty()).await;
    assert!(waited.is_empty() && !stalled.is_finished());
    mail.set_mood(Mood::Accept);
    stalled.await.expect("a task").expect("the stalled message goes on");
    assert_eq!(mail.messages().len(), 1);
}

#[tokio::test]
async fn keeps_what_it_caught_over_a_restart_and_in_a_given_folder() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut mail = Mail::start(Some(folder.path().to_owned())).await.expect("a server");
    let sender = sender(&mail);
    sender.send(message("first")).await.expect("a sent message");

    mail.stop().await;
    assert!(sender.send(message("lost")).await.is_err(), "a stopped server takes mail");
    mail.restart().await.expect("a restart");
    sender.send(message("second")).await.expect("a sent message");
    drop(mail);

    let again = Mail::start(Some(folder.path().to_owned())).await.expect("a server on kept messages");
    let subjects: Vec<_> = again.messages().iter().map(|message| message.subject.clone()).collect();
    assert_eq!(subjects, ["first", "second"]);
}
