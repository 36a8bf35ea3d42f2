//! What is written nowhere.

use crate::support::{Mesh, PASSWORD, credentials, listen};

#[tokio::test]
async fn no_log_line_and_no_row_has_a_password_or_a_token() {
    let (log, _listening) = listen();
    let mesh = Mesh::start().await;
    mesh.sign_up("ada@example.com").await;
    let login = mesh.auth(0).login(credentials("ada@example.com")).await.expect("signed in").into_inner();
    let internal = mesh.introspect(0, &login.token).await.expect("active").internal_token;
    mesh.who_is(&internal).await.expect("known");
    mesh.introspect(0, "lm_garbage").await;

    let log = log.text();
    assert!(log.contains("Login"), "the log was heard");
    let secrets = [PASSWORD, &login.token, &login.token["lm_".len()..], &internal];
    for secret in secrets {
        assert!(!log.contains(secret), "the log has a secret");
    }
    for table in ["session", "attempt", "signing_key", "mesh.outbox"] {
        let rows = mesh.dump(table).await;
        assert!(secrets.iter().all(|secret| !rows.contains(secret)), "{table} has a secret");
    }
}
