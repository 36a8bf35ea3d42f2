//! People take away what is stored about them: all of it, no secret, and nothing of anybody else.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail, ensure};
use futures::TryStreamExt as _;
use labelmesh_cluster::{Cluster, Service};
use labelmesh_sdk::{
    Client, HttpMethod, Role,
    users::{
        AcceptGroupInvitationRequest, AddGroupMemberRequest, CreateGroupRequest, GetMeRequest, ListMyInvitationsRequest,
    },
};
use labelmesh_servers::http_client;
use labelmesh_testkit::try_until;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::{
    marked::Marked,
    people::{PASSWORD, person, picture, stranger},
    texted::{has_number, texting},
    user_ids::{COLUMNS, Exported},
    webhooks::Heard,
};

/// The marks of two people who do the same.
const MARKS: [&str; 2] = ["zqadamarkqz", "zqevemarkqz"];
/// Their data, a part for each service that knows something of them.
const PARTS: [&str; 7] = ["account", "access", "tasks", "votes", "transformations", "notices", "webhooks"];
/// Where a mark must have been seen, or it is found nowhere.
const MARKED: [&str; 11] = [
    "account.account",
    "account.group",
    "account.invitation",
    "account.membership",
    "access.session",
    "access.apiKey",
    "tasks.task",
    "tasks.image",
    "votes.ruling",
    "notices.notification",
    "webhooks.webhook",
];

/// Somebody's data, as text: a record a line, by part.
type Data = BTreeMap<&'static str, String>;

async fn data(gateway: &str, token: &str) -> Result<Data> {
    let mut data = Data::new();
    for part in PARTS {
        let answer = http_client().get(format!("{gateway}/v1/me/data/{part}")).bearer_auth(token).send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "{part}: {status} {text}");
        data.insert(part, text);
    }
    Ok(data)
}

/// The records by their kind, as `part.field`.
fn records(data: &Data) -> Result<BTreeMap<String, Vec<Value>>> {
    let mut records = BTreeMap::<_, Vec<_>>::new();
    for (part, text) in data {
        for line in text.lines() {
            let record: BTreeMap<String, Value> = serde_json::from_str(line).with_context(|| line.to_owned())?;
            ensure!(record.len() == 1, "a record is one thing: {line}");
            for (kind, value) in record {
                records.entry(format!("{part}.{kind}")).or_default().push(value);
            }
        }
    }
    Ok(records)
}

fn token(client: &Client) -> &str {
    client.token().unwrap_or_default()
}

async fn id(client: &Client) -> Result<String> {
    Ok(client.get_me(GetMeRequest {}).await?.user_id)
}

/// Makes somebody a member of a group of another's. Its name they are told, so it is nobody's mark.
async fn joins(member: &Marked, owner: &Marked) -> Result<()> {
    let create = CreateGroupRequest { name: "Neighbours".to_owned(), ..Default::default() };
    let group_id = owner.client.create_group(create).await?.group_id;
    let email = member.email();
    owner.client.add_group_member(AddGroupMemberRequest { group_id, email, ..Default::default() }).await?;
    let invitations = member.client.list_my_invitations(ListMyInvitationsRequest {}).await?.invitations;
    let invitation = invitations.into_iter().find(|invitation| invitation.group_name == "Neighbours");
    let invitation_id = invitation.context("an invitation")?.invitation_id;
    let accept = AcceptGroupInvitationRequest { invitation_id, ..Default::default() };
    member.client.accept_group_invitation(accept).await?;
    Ok(())
}

/// A forgotten password and a second factor that nobody has confirmed yet.
async fn secures(cluster: &Cluster, person: &Marked) -> Result<()> {
    let ask = json!({"email": person.email()});
    stranger(cluster.gateway())?.json(HttpMethod::POST, "/v1/passwords:requestReset", Some(ask)).await?;
    let enrol = json!({"password": PASSWORD, "name": person.email()});
    person.client.json(HttpMethod::POST, "/v1/me/second-factor", Some(enrol)).await?;
    Ok(())
}

/// A picture of theirs, and one that is made of it.
async fn makes_pictures(person: &Marked) -> Result<()> {
    let files = std::iter::once(picture(7)).collect();
    let uploaded: Vec<_> = person.client.upload_sources(files).await?.try_collect().await?;
    let source = uploaded[0].source.clone().context("a source")?;
    crate::pictures::halve(&person.client, &source.sha256).await?;
    Ok(())
}

/// What takes long to come about: a lease that ran out, and an address that is to be confirmed where none has to be.
async fn by_hand(cluster: &Cluster, person: &Marked) -> Result<()> {
    let user = id(&person.client).await?;
    let mut subtasks = PgConnection::connect(&cluster.database_url(Service::Subtasks)).await?;
    let lapse = "INSERT INTO lapse (operator_id, lapsed_at, subtask_id)
                 SELECT $1::uuid, now(), subtask_id FROM subtask LIMIT 1";
    sqlx::query(lapse).bind(&user).execute(&mut subtasks).await?;
    let mut users = PgConnection::connect(&cluster.database_url(Service::Users)).await?;
    let confirmation = "INSERT INTO confirmation (id, user_id, email, token_digest, created_at, expires_at)
         VALUES (gen_random_uuid(), $1::uuid, $2, sha256($2::bytea), now(), now() + interval '1 hour')";
    sqlx::query(confirmation).bind(&user).bind(person.email()).execute(&mut users).await?;
    Ok(())
}

/// All bytes that are stored of anybody beside a user's id and the digests of their own files, in the forms in which
/// JSON might hold them, and hashes of passwords: none of it is for anybody to see.
async fn secrets(cluster: &Cluster) -> Result<BTreeSet<String>> {
    let mut secrets = BTreeSet::new();
    let tables: BTreeSet<_> = COLUMNS.iter().filter_map(|column| column.name.rsplit_once('.')).collect();
    let tables: BTreeSet<_> = tables.into_iter().map(|(table, _)| table).collect();
    for service in Service::with_data() {
        let mut db = PgConnection::connect(&cluster.database_url(service)).await?;
        let columns = "SELECT table_name::text, column_name::text, udt_name::text FROM information_schema.columns
                       WHERE table_schema = 'public'
                         AND (udt_name = 'bytea' AND column_name !~ 'sha256$' OR column_name ~ 'hash|secret|digest')";
        let columns: Vec<(String, String, String)> = sqlx::query_as(columns).fetch_all(&mut db).await?;
        for (table, column, kind) in columns {
            if !tables.contains(format!("{service}.{table}").as_str()) {
                continue;
            }
            let forms: &[&str] = if kind == "bytea" { &["encode(c, 'hex')", "encode(c, 'base64')"] } else { &["c"] };
            for form in forms {
                let all = AssertSqlSafe(format!(
                    "SELECT DISTINCT {form} FROM (SELECT {column} AS c FROM {table} WHERE {column} IS NOT NULL) one"
                ));
                let all: Vec<String> = sqlx::query_scalar(all).fetch_all(&mut db).await?;
                // Base64 is broken into lines.
                secrets.extend(all.into_iter().filter_map(|secret| secret.lines().next().map(str::to_owned)));
            }
        }
    }
    Ok(secrets)
}

#[tokio::test(flavor = "multi_thread")]
async fn people_take_away_all_that_is_stored_about_them_and_nothing_of_anybody_else() -> Result<()> {
    let texts = Heard::default();
    let cluster = Cluster::start(texting(&texts).await?).await?;
    let (owner, operator) =
        (person(&cluster, "gathers", Role::Client).await?, person(&cluster, "labels", Role::Operator).await?);
    let [ada, eve] = [Marked::sign_up(&cluster, MARKS[0]).await?, Marked::sign_up(&cluster, MARKS[1]).await?];
    let mut keys = Vec::new();
    for (one, other) in [(&ada, &eve), (&eve, &ada)] {
        keys.push(one.wants_to_know(&cluster).await?);
        // The second one labels what the first one gives.
        one.gives_work(&operator).await?;
        other.labels().await?;
        one.gathers(&owner).await?;
        joins(one, other).await?;
        secures(&cluster, one).await?;
        makes_pictures(one).await?;
        by_hand(&cluster, one).await?;
    }
    for (one, number) in [&ada, &eve].into_iter().zip(["+431234567", "+14155552671"]) {
        has_number(&one.client, &texts, number).await?;
    }

    for (one, key) in [&ada, &eve].into_iter().zip(&keys) {
        let wanted: BTreeSet<_> = COLUMNS
            .iter()
            .filter_map(|column| if let Exported::As(kind) = column.exported { Some(kind) } else { None })
            .chain(["account.account", "account.receivedInvitation", "tasks.image", "webhooks.delivery"])
            .collect();
        let mut missed = BTreeSet::new();
        // What is told and mailed comes by and by.
        let whole =
            try_until("all kinds of records", async || {
                let data = data(cluster.gateway(), token(&one.client)).await?;
                let there = records(&data)?;
                missed = wanted.iter().filter(|kind| !there.contains_key(**kind)).copied().collect();
                missed.extend(MARKED.into_iter().filter(|kind| {
                    !there.get(*kind).is_some_and(|records| json!(records).to_string().contains(one.mark))
                }));
                Ok(missed.is_empty().then_some(data))
            });
        let data = match whole.await {
            Ok(data) => data,
            Err(error) => bail!("{error:#}: {} misses {missed:?}", one.mark),
        };
        let text = data.values().map(String::as_str).collect::<String>();
        let other = MARKS.into_iter().find(|mark| *mark != one.mark).context("another")?;
        ensure!(!text.contains(other), "somebody else's: {}", lines_with(&text, other));
        let secrets = secrets(&cluster).await?;
        ensure!(secrets.len() > 20, "{} secrets", secrets.len());
        for secret in secrets.iter().map(String::as_str).chain([key.as_str(), token(&one.client)]) {
            ensure!(!text.contains(secret), "a secret: {}", lines_with(&text, secret));
        }
        // The other gateway says the same of what nothing happens to; a key does as a session does.
        let (there, again) = (records(&data)?, records(&self::data(&cluster.gateways()[1], key).await?)?);
        for kind in ["account.account", "account.group", "account.membership"] {
            assert_eq!(again[kind], there[kind], "{kind}");
        }
    }
    for part in PARTS {
        let refused = stranger(cluster.gateway())?.json(HttpMethod::GET, &format!("/v1/me/data/{part}"), None).await;
        assert_eq!(refused.err().context("nobody's")?.reason(), "NOT_SIGNED_IN");
    }
    Ok(())
}

fn lines_with(text: &str, what: &str) -> String {
    text.lines().filter(|line| line.contains(what)).collect::<Vec<_>>().join("\n")
}
