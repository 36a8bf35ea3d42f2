//! A person is deleted: nothing of what they were or wrote is left, wherever one looks.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};
use async_nats::{ConnectOptions, jetstream};
use futures::{StreamExt as _, TryStreamExt as _};
use labelmesh_cluster::{Cluster, Service, accounts::ADMINISTRATOR};
use labelmesh_sdk::{
    Client, Role,
    notify::{ListNotificationsRequest, NotificationKind, WatchNotificationsRequest},
    tasks::TaskState,
    users::{DeleteUserRequest, GetMeRequest, ListGroupMembersRequest, UpdateUserRequest},
};
use labelmesh_testkit::try_until;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::time::timeout;

use crate::{
    marked::Marked,
    people::{PASSWORD, lease, open_task, person, stranger, task, vote, votes},
    texted::{has_number, texting, wants_texts},
    user_ids::{COLUMNS, Column, Deleted},
    webhooks::Heard,
};

/// Stands in every text that the person ever gives.
const MARK: &str = "zqmarkqz";
/// Their phone number; no other number has these digits.
const NUMBER: &str = "+439876543210123";
/// Far less than the time for which a gateway believes a token without being told anything.
const AT_ONCE: Duration = Duration::from_secs(10);

/// Where the mark is, and how often.
type Found = BTreeMap<String, usize>;

/// Looks everywhere: in every row of every table, every message of every stream, every object and its name, and every
/// log.
async fn found(cluster: &Cluster) -> Result<Found> {
    let mut found = Found::new();
    for service in Service::with_data() {
        in_tables(cluster, service, &mut found).await?;
    }
    in_streams(cluster, &mut found).await?;
    in_files(&cluster.objects(), &mut found)?;
    for log in cluster.logs().await? {
        let text = fs::read(&log).with_context(|| format!("can't read {}", log.display()))?;
        note(&mut found, format!("log {}", log.display()), &text);
    }
    Ok(found)
}

async fn in_tables(cluster: &Cluster, service: Service, found: &mut Found) -> Result<()> {
    let mut db = PgConnection::connect(&cluster.database_url(service)).await?;
    let tables = "SELECT table_schema::text, table_name::text FROM information_schema.tables
                  WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')";
    let tables: Vec<(String, String)> = sqlx::query_as(tables).fetch_all(&mut db).await?;
    ensure!(tables.len() > 5, "{service} has {} tables", tables.len());
    for (schema, table) in tables {
        let rows = AssertSqlSafe(format!(r#"SELECT one::text FROM "{schema}"."{table}" AS one"#));
        let mut rows = sqlx::query_scalar::<_, String>(rows).fetch(&mut db);
        while let Some(row) = rows.try_next().await? {
            note(found, format!("table {service}.{table}"), row.as_bytes());
        }
    }
    Ok(())
}

async fn in_streams(cluster: &Cluster, found: &mut Found) -> Result<()> {
    let (url, seed) = cluster.broker().await;
    let client = ConnectOptions::with_nkey(seed.context("a broker of our own")?).connect(url).await?;
    let jetstream = jetstream::new(client);
    let names: Vec<String> = jetstream.stream_names().try_collect().await?;
    ensure!(names.len() > 5, "{names:?}");
    for name in names {
        let stream = jetstream.get_stream(&name).await?;
        let state = &stream.cached_info().state;
        for sequence in state.first_sequence.max(1)..=state.last_sequence {
            // Some have been taken back.
            let Ok(message) = stream.get_raw_message(sequence).await else { continue };
            let text = [format!("{} {:?}", message.subject, message.headers).as_bytes(), &message.payload].concat();
            note(found, format!("stream {name}"), &text);
        }
    }
    Ok(())
}

/// Objects are files, whose names are theirs.
fn in_files(folder: &Path, found: &mut Found) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        note(found, "name of an object".to_owned(), path.to_string_lossy().as_bytes());
        if path.is_dir() {
            in_files(&path, found)?;
        } else {
            // One that is removed at this moment is gone.
            note(found, "object".to_owned(), &fs::read(&path).unwrap_or_default());
        }
    }
    Ok(())
}

/// Counts the mark, in any case, also where bytes are written as hexadecimal digits, and the number.
fn note(found: &mut Found, place: String, text: &[u8]) {
    let text = text.to_ascii_lowercase();
    let hexadecimal = hex::encode(MARK);
    let times = [MARK, &hexadecimal, &NUMBER[1..]]
        .map(|mark| text.windows(mark.len()).filter(|part| *part == mark.as_bytes()).count());
    if times != [0, 0, 0] {
        *found.entry(place).or_default() += times.iter().sum::<usize>();
    }
}

/// The columns in which a user's id is, of those that are not to have it.
async fn of_user(cluster: &Cluster, user_id: &str) -> Result<Vec<&'static str>> {
    let mut left = Vec::new();
    for Column { name: column, .. } in COLUMNS.iter().filter(|column| matches!(column.deleted, Deleted::Goes)) {
        let [service, table, name] = column.split('.').collect::<Vec<_>>()[..] else {
            bail!("{column} names no column")
        };
        let service = Service::with_data().find(|known| known.name() == service).context("a service")?;
        let mut db = PgConnection::connect(&cluster.database_url(service)).await?;
        let rows = AssertSqlSafe(format!("SELECT count(*) FROM {table} WHERE {name} = '{user_id}'"));
        if sqlx::query_scalar::<_, i64>(rows).fetch_one(&mut db).await? > 0 {
            left.push(*column);
        }
    }
    Ok(left)
}

/// What must have been seen of them before, or the search finds nothing anywhere.
const PLACES: [&str; 18] = [
    "table users.users",
    "table users.operator_group",
    "table users.group_member",
    "table users.group_invitation",
    "table auth.session",
    "table auth.api_key",
    "table auth.outbox",
    "table tasks.task",
    "table tasks.image",
    "table tasks.outbox",
    "table subtasks.task",
    "table subtasks.decision",
    "table notify.notification",
    "table notify.phone",
    "table notify.webhook",
    "stream labelmesh-auth",
    "stream labelmesh-tasks",
    "object",
];

/// Who wants an address that is taken is told so, and no log.
async fn wants_the_address(other: &Client, email: &str) -> Result<()> {
    let take = UpdateUserRequest {
        user_id: other.get_me(GetMeRequest {}).await?.user_id,
        email: Some(email.to_owned()),
        ..UpdateUserRequest::default()
    };
    ensure!(other.update_user(take).await.is_err_and(|error| error.reason() == "EMAIL_TAKEN"), "it is taken");
    Ok(())
}

/// Gives somebody a phone that tells them of something.
async fn has_phone(gone: &Client, texts: &Heard) -> Result<()> {
    has_number(gone, texts, NUMBER).await?;
    wants_texts(gone, NotificationKind::TaskCompleted).await
}

/// Deletes somebody who has a stream open at each gateway, and waits for the end of both.
async fn delete_while_watching(cluster: &Cluster, root: &Client, gone: &Client, user_id: &str) -> Result<()> {
    let mut watching = Vec::new();
    for gateway in cluster.gateways() {
        let watcher = stranger(gateway)?.with_token(gone.token().unwrap_or_default());
        let mut states = watcher.watch_notifications(WatchNotificationsRequest::default()).await?;
        states.next().await.context("the state now")??;
        watching.push(states);
    }
    root.delete_user(DeleteUserRequest { user_id: user_id.to_owned(), ..Default::default() }).await?;
    for mut states in watching {
        while let Some(Ok(_)) = timeout(AT_ONCE, states.next()).await.context("a stream goes on")? {}
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_who_is_deleted_nothing_is_found_anywhere_and_their_votes_stay() -> Result<()> {
    let texts = Heard::default();
    let mut settings = texting(&texts).await?;
    // Pictures would stay for a day.
    settings.environment.push(("TASKS__IMAGES__UNUSED_FOR".to_owned(), "0s".to_owned()));
    let cluster = Cluster::start(settings).await?;
    let root = stranger(cluster.gateway())?.sign_in(ADMINISTRATOR, cluster.administrator_password()).await?;
    let (owner, operator) =
        (person(&cluster, "stays", Role::Client).await?, person(&cluster, "works", Role::Operator).await?);
    let marked = Marked::sign_up(&cluster, MARK).await?;
    let gone = &marked.client;
    let me = gone.get_me(GetMeRequest {}).await?;

    let theirs = open_task(&owner, "Theirs", 2, 2).await?;
    marked.labels().await?;
    // The operator has nothing of that in hand when the others come.
    try_until("the votes of others", async || {
        for held in lease(&operator, 2).await?.leases {
            vote(&operator, &held.subtask_id, "cat").await?;
        }
        Ok((votes(&owner, &theirs).await?.len() == 3).then_some(()))
    })
    .await?;
    marked.wants_to_know(&cluster).await?;
    marked.gives_work(&operator).await?;
    let crew = marked.gathers(&owner).await?;
    wants_the_address(&owner, &me.email).await?;
    has_phone(gone, &texts).await?;
    try_until("what they are told", async || {
        let told = gone.list_notifications(ListNotificationsRequest::default()).await?.notifications;
        Ok((told.len() >= 2).then_some(()))
    })
    .await?;

    let before = found(&cluster).await?;
    let missed: BTreeSet<_> = PLACES.into_iter().filter(|place| !before.contains_key(*place)).collect();
    ensure!(missed.is_empty(), "the search misses {missed:?} among {before:?}");
    ensure!(!before.keys().any(|place| place.starts_with("log")), "logs hold nothing personal at any time: {before:?}");

    delete_while_watching(&cluster, &root, gone, &me.user_id).await?;
    let mut left = (Found::new(), Vec::new());
    let nothing = try_until("nothing", async || {
        left = (found(&cluster).await?, of_user(&cluster, &me.user_id).await?);
        Ok((left.0.is_empty() && left.1.is_empty()).then_some(()))
    });
    if let Err(error) = nothing.await {
        bail!("{error:#}: still {left:?}");
    }

    let refused = stranger(cluster.gateway())?.sign_in(&me.email, PASSWORD).await.err().context("let in")?;
    assert_eq!(refused.reason(), "CREDENTIALS_WRONG");
    let given = votes(&owner, &theirs).await?;
    ensure!(given.len() == 3, "their vote stays: {given:?}");
    let listed = owner.list_group_members(ListGroupMembersRequest { group_id: crew, ..Default::default() }).await?;
    ensure!(listed.members.is_empty(), "{listed:?}");
    // What they held goes to others.
    let helper = person(&cluster, "helps", Role::Operator).await?;
    try_until("the end of the task", async || {
        for held in lease(&helper, 2).await?.leases {
            vote(&helper, &held.subtask_id, "cat").await?;
        }
        Ok((task(&owner, &theirs).await?.state() == TaskState::Completed).then_some(()))
    })
    .await?;
    // Deleting again is harmless, and the address is anybody's.
    root.delete_user(DeleteUserRequest { user_id: me.user_id.clone(), ..Default::default() }).await?;
    let again = Marked::sign_up(&cluster, MARK).await?.client.get_me(GetMeRequest {}).await?;
    ensure!(again.user_id != me.user_id, "somebody else");
    Ok(())
}
