//! How often one may guess.

use std::time::Duration;

use chrono::TimeDelta;
use futures::{StreamExt as _, stream};
use labelmesh_errors::Reason;
use labelmesh_proto::auth::v1::LoginRequest;
use labelmesh_testkit::until;
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::support::{Mesh, Refusal as _, credentials};

const WRONG: (Code, Option<Reason>) = (Code::Unauthenticated, Some(Reason::CredentialsWrong));
const TOO_MANY: (Code, Option<Reason>) = (Code::ResourceExhausted, Some(Reason::TooManyAttempts));

fn wrong(email: &str) -> LoginRequest {
    LoginRequest { password: "not the password".into(), ..credentials(email) }
}

#[tokio::test]
async fn an_account_is_closed_in_a_network_for_the_window_whichever_replica_is_asked() {
    let mesh = Mesh::start_with(|config| config.attempts.per_account = 4).await;
    mesh.sign_up("ada@example.com").await;
    for attempt in 0..4 {
        assert_eq!(mesh.auth(attempt % 2).login(wrong("ada@example.com")).await.refused(), WRONG);
        mesh.clock.advance(TimeDelta::minutes(1));
    }
    let computed = mesh.hashers[0].computed() + mesh.hashers[1].computed();
    for replica in [0, 1] {
        let status = mesh.auth(replica).login(credentials("Ada@Example.com")).await.expect_err("refused");
        // The window began with the first failure, four minutes ago.
        let wait = status.get_details_retry_info().and_then(|info| info.retry_delay).expect("a time to wait");
        assert_eq!(wait.as_secs(), 11 * 60);
        assert_eq!(status.refused(), TOO_MANY);
    }
    // Who is refused costs no computation, even with the right password.
    assert_eq!(mesh.hashers[0].computed() + mesh.hashers[1].computed(), computed);

    mesh.clock.advance(TimeDelta::minutes(11));
    mesh.auth(1).login(credentials("ada@example.com")).await.expect("the window is over");
}

#[tokio::test]
async fn an_account_that_does_not_exist_is_closed_alike() {
    let mesh = Mesh::start_with(|config| config.attempts.per_account = 2).await;
    for expected in [WRONG, WRONG, TOO_MANY] {
        assert_eq!(mesh.auth(0).login(wrong("nobody@example.com")).await.refused(), expected);
    }
}

#[tokio::test]
async fn a_success_forgives_the_account() {
    let mesh = Mesh::start_with(|config| config.attempts.per_account = 3).await;
    mesh.sign_up("ada@example.com").await;
    for _ in 0..3 {
        for _ in 0..2 {
            assert_eq!(mesh.auth(0).login(wrong("ada@example.com")).await.refused(), WRONG);
        }
        mesh.auth(1).login(credentials("ada@example.com")).await.expect("signed in");
    }
    assert_eq!(mesh.count("SELECT count(*) FROM attempt WHERE subject LIKE 'account:%'").await, 0);
}

/// Fails at so many accounts that the address has no attempt left.
async fn use_up(mesh: &Mesh, address: &str, attempts: usize) {
    for attempt in 0..attempts {
        let guess = wrong(&format!("somebody{attempt}@example.com"));
        assert_eq!(mesh.login_from(attempt % 2, address, guess).await.refused(), WRONG);
    }
}

#[tokio::test]
async fn a_network_that_tries_many_accounts_is_closed_and_another_is_not() {
    let mesh = Mesh::start_with(|config| config.attempts.per_network = 3).await;
    mesh.sign_up("ada@example.com").await;
    mesh.sign_up("bob@example.com").await;
    // A success forgives the address nothing.
    use_up(&mesh, "192.0.2.7", 2).await;
    mesh.login_from(0, "192.0.2.7", credentials("ada@example.com")).await.expect("signed in");
    use_up(&mesh, "192.0.2.7", 1).await;
    for (replica, address) in [(0, "192.0.2.7"), (1, "192.0.2.8")] {
        assert_eq!(mesh.login_from(replica, address, credentials("bob@example.com")).await.refused(), TOO_MANY);
    }
    mesh.login_from(0, "192.0.3.7", credentials("bob@example.com")).await.expect("another network");
}

#[tokio::test]
async fn an_account_that_lately_signed_in_from_an_address_is_not_closed_by_others_there() {
    let mesh = Mesh::start_with(|config| {
        config.attempts.per_network = 3;
        config.attempts.per_account = 2;
    })
    .await;
    mesh.sign_up("ada@example.com").await;
    mesh.login_from(0, "192.0.2.7", credentials("ada@example.com")).await.expect("signed in");
    use_up(&mesh, "192.0.2.7", 3).await;
    mesh.login_from(1, "192.0.2.7", credentials("ada@example.com")).await.expect("it is familiar here");
    // Its own limit holds, here as anywhere.
    for expected in [WRONG, WRONG, TOO_MANY] {
        assert_eq!(mesh.login_from(0, "192.0.2.7", wrong("ada@example.com")).await.refused(), expected);
    }
    mesh.clock.advance(TimeDelta::days(30));
    use_up(&mesh, "192.0.2.7", 3).await;
    assert_eq!(mesh.login_from(1, "192.0.2.7", credentials("ada@example.com")).await.refused(), TOO_MANY);
}

#[tokio::test]
async fn eleven_wrong_passwords_from_one_address_keep_the_owner_out_nowhere_else() {
    let mut mesh = Mesh::start().await;
    mesh.sign_up("ada@example.com").await;
    for attempt in 0..10 {
        assert_eq!(mesh.login_from(attempt % 2, "192.0.2.7", wrong("ada@example.com")).await.refused(), WRONG);
    }
    for replica in [0, 1] {
        assert_eq!(mesh.login_from(replica, "192.0.2.7", wrong("ada@example.com")).await.refused(), TOO_MANY);
    }
    mesh.login_from(0, "198.51.100.7", credentials("ada@example.com")).await.expect("signed in at once");
    // What was counted holds over a restart.
    mesh.restart(1, |_| ()).await;
    assert_eq!(mesh.login_from(1, "192.0.2.7", credentials("ada@example.com")).await.refused(), TOO_MANY);
}

#[tokio::test]
async fn an_account_that_many_networks_guess_at_waits_longer_each_time_but_not_where_it_is_familiar() {
    let mesh = Mesh::start_with(|config| config.attempts.per_account = 2).await;
    mesh.sign_up("ada@example.com").await;
    mesh.login_from(0, "198.51.100.7", credentials("ada@example.com")).await.expect("signed in");
    let guess = async |network: usize| {
        let address = format!("10.0.{network}.7");
        mesh.login_from(network % 2, &address, wrong("ada@example.com")).await.expect_err("refused")
    };
    for network in 0..4 {
        assert_eq!(guess(network).await.refused(), WRONG);
    }
    for (network, seconds) in [(5, 1), (6, 2), (7, 4), (8, 8), (9, 16), (10, 32), (11, 60), (12, 60)] {
        assert_eq!(guess(network).await.refused(), WRONG);
        let refused = guess(network + 100).await;
        let wait = refused.get_details_retry_info().and_then(|info| info.retry_delay).expect("a time to wait");
        assert_eq!((refused.refused(), wait.as_secs()), (TOO_MANY, seconds));
        mesh.login_from(1, "198.51.100.8", credentials("ada@example.com")).await.expect("it is familiar here");
        mesh.clock.advance(TimeDelta::seconds(seconds.cast_signed()));
    }
    mesh.login_from(0, "203.0.113.7", credentials("ada@example.com")).await.expect("it has waited");
}

#[tokio::test]
async fn nothing_is_written_for_an_attempt_that_is_refused() {
    let mesh = Mesh::start_with(|config| {
        config.attempts.per_network = 3;
        config.attempts.per_account = 1;
    })
    .await;
    use_up(&mesh, "192.0.2.7", 3).await;
    for address in ["192.0.3.7", "192.0.4.7"] {
        assert_eq!(mesh.login_from(0, address, wrong("somebody0@example.com")).await.refused(), WRONG);
    }
    // With the transaction that has written each row last.
    let rows = "(SELECT xmin, attempt.* FROM attempt ORDER BY subject)";
    let before = mesh.dump(rows).await;
    for attempt in 0..20 {
        let somebody = wrong(&format!("somebody{}@example.com", attempt + 3));
        assert_eq!(mesh.login_from(attempt % 2, "192.0.2.7", somebody).await.refused(), TOO_MANY);
        let known = wrong("somebody0@example.com");
        assert_eq!(mesh.login_from(attempt % 2, "192.0.5.7", known).await.refused(), TOO_MANY);
    }
    assert_eq!(mesh.dump(rows).await, before);
}

#[tokio::test]
async fn deadlines_that_are_too_short_are_no_guesses_for_nothing() {
    let mesh = Mesh::start_with(|config| config.attempts.per_network = 50).await;
    let network = "SELECT coalesce(sum(failures), 0)::bigint FROM attempt WHERE subject LIKE 'network:%'";
    let calls = (0..600).map(|attempt: usize| {
        let login = wrong(&format!("somebody{attempt}@example.com"));
        let deadline = Duration::from_millis([5, 10, 20, 40, 80, 400][attempt % 6]);
        mesh.login_within(deadline, attempt % 2, "192.0.2.7", login)
    });
    let answers: Vec<_> = stream::iter(calls).buffer_unordered(8).collect().await;
    assert!(answers.iter().any(|answer| answer.is_err_and(|(code, _)| code == Code::DeadlineExceeded)));
    // What the calls have left behind comes to its end, and is counted or taken back.
    let computed = || i64::try_from(mesh.hashers[0].computed() + mesh.hashers[1].computed()).expect("a small number");
    until("the taking back", async || (mesh.count(network).await == computed()).then_some(())).await;
    assert!((1..=50).contains(&computed()), "{} were computed", computed());
}

#[tokio::test]
async fn many_guesses_at_once_do_not_slip_through() {
    let mesh = Mesh::start_with(|config| config.attempts.per_account = 5).await;
    mesh.sign_up("ada@example.com").await;
    let guesses = (0..24).map(|attempt| {
        let mut client = mesh.auth(attempt % 2);
        async move { client.login(wrong("ada@example.com")).await.refused() }
    });
    let refusals = futures::future::join_all(guesses).await;
    assert_eq!(refusals.iter().filter(|refusal| **refusal == WRONG).count(), 5);
    assert_eq!(refusals.iter().filter(|refusal| **refusal == TOO_MANY).count(), 19);
    assert_eq!(mesh.hashers[0].computed() + mesh.hashers[1].computed(), 5);
}

#[tokio::test]
async fn the_table_names_no_account() {
    let mesh = Mesh::start().await;
    assert_eq!(mesh.auth(0).login(wrong("ada@example.com")).await.refused(), WRONG);
    assert_eq!(mesh.count("SELECT count(*) FROM attempt WHERE subject LIKE '%ada%'").await, 0);
    assert_eq!(mesh.count("SELECT count(*) FROM attempt").await, 3);
}
