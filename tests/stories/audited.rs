//! The audit record: everything that changes who may do what, or what images are labeled, is in it, and stays.

use std::{collections::BTreeSet, time::UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use futures::TryStreamExt as _;
use labelmesh_cluster::{Cluster, Service, accounts::ADMINISTRATOR};
use labelmesh_proto::method::METHODS;
use labelmesh_sdk::{Client, File, HttpMethod, Role, Upload};
use labelmesh_testkit::{authenticator_code, try_until};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};

use crate::{
    confirmed::{mailed_token, newcomer},
    labor::ended_task,
    people::{PASSWORD, images, lease, picture, stranger, vote, votes},
    texted::{has_number, texting},
    webhooks::Heard,
};

const NEXT: &str = "another good passphrase";
const NUMBER: &str = "+439876543210123";
/// What is written about somebody, and has to be gone with them.
const MARKED: &str = "Annabella-Marked";

/// Somebody at the REST gateway, who is let do everything that they try.
struct Person {
    client: Client,
    email: String,
    id: String,
}

impl Person {
    /// Signs somebody up, confirms the address, and resets the password, which nobody remembers.
    async fn new(cluster: &Cluster, name: &str, role: Role) -> Result<Self> {
        newcomer(cluster, name, role).await?;
        let email = format!("{name}@labelmesh.example");
        let nobody = stranger(cluster.gateway())?;
        let token = mailed_token(cluster, &email, 1).await?;
        nobody.json(HttpMethod::POST, "/v1/users:confirmEmail", Some(json!({"token": token}))).await?;
        nobody.json(HttpMethod::POST, "/v1/passwords:requestReset", Some(json!({"email": email}))).await?;
        let token = mailed_token(cluster, &email, 2).await?;
        let reset = json!({"token": token, "newPassword": PASSWORD});
        nobody.json(HttpMethod::POST, "/v1/passwords:reset", Some(reset)).await?;
        let client = nobody.sign_in(&email, PASSWORD).await?;
        let id = text(&client.json(HttpMethod::GET, "/v1/me", None).await?, "userId");
        Ok(Self { client, email, id })
    }

    async fn call(&self, method: HttpMethod, path: &str, body: Value) -> Result<Value> {
        let body = Some(body).filter(|body| !body.is_null());
        let context = format!("{method} {path}");
        self.client.json(method, path, body).await.context(context)
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value> {
        self.call(HttpMethod::POST, path, body).await
    }

    async fn put(&self, path: &str, body: Value) -> Result<Value> {
        self.call(HttpMethod::PUT, path, body).await
    }

    async fn patch(&self, path: &str, body: Value) -> Result<Value> {
        self.call(HttpMethod::PATCH, path, body).await
    }

    async fn delete(&self, path: &str) -> Result<Value> {
        self.call(HttpMethod::DELETE, path, Value::Null).await
    }

    /// Signs in once more, and says what the session is.
    async fn again(&self) -> Result<(Client, Value)> {
        let session = self.post("/v1/sessions", json!({"email": self.email, "password": PASSWORD})).await?;
        Ok((self.client.clone().with_token(&text(&session, "token")), session))
    }

    /// Sets a second factor up; answers with a recovery code.
    async fn enrol(&self) -> Result<String> {
        let enrolled = self.post("/v1/me/second-factor", json!({"password": PASSWORD, "name": "phone"})).await?;
        let now = i64::try_from(UNIX_EPOCH.elapsed()?.as_secs())?;
        let code = authenticator_code(&text(&enrolled, "uri"), now);
        let confirmed = self.post("/v1/me/second-factor:confirm", json!({"code": code})).await?;
        Ok(confirmed["recoveryCodes"][0].as_str().unwrap_or_default().to_owned())
    }
}

fn text(json: &Value, field: &str) -> String {
    json[field].as_str().unwrap_or_default().to_owned()
}

/// A system as it is shipped, with a gateway for text messages.
async fn as_shipped(texts: &Heard) -> Result<Cluster> {
    let mut settings = texting(texts).await?;
    settings.environment.push(("USERS__CONFIRMATION__REQUIRED".to_owned(), "true".to_owned()));
    Cluster::start(settings).await
}

/// Whatever can be done with a phone number.
async fn about_phones(ann: &Person, texts: &Heard) -> Result<()> {
    has_number(&ann.client, texts, NUMBER).await?;
    ann.delete("/v1/me/phone").await?;
    Ok(())
}

/// Whatever can be done with an account of one's own.
async fn about_accounts(ann: &Person) -> Result<()> {
    let me = format!("/v1/users/{}", ann.id);
    ann.patch(&me, json!({"name": MARKED})).await?;
    let whole = json!({"email": ann.email, "name": MARKED, "surname": "Example", "roles": ["ROLE_CLIENT"]});
    ann.put(&me, whole).await?;
    let session = ann.again().await?.1;
    ann.delete(&format!("/v1/sessions/{}", text(&session, "sessionId"))).await?;
    ann.again().await?.0.json(HttpMethod::DELETE, "/v1/sessions/current", None).await?;
    ann.again().await?;
    ann.post("/v1/sessions:end", json!({"keepCurrent": true})).await?;
    let key = json!({"name": "nightly", "roles": ["ROLE_CLIENT"], "expiresAt": session["expiresAt"]});
    let key = ann.post("/v1/api-keys", key).await?;
    ann.delete(&format!("/v1/api-keys/{}", text(&key["apiKey"], "apiKeyId"))).await?;
    let code = ann.enrol().await?;
    ann.post("/v1/me/second-factor:remove", json!({"password": PASSWORD, "code": code})).await?;
    ann.post("/v1/me:changePassword", json!({"oldPassword": PASSWORD, "newPassword": NEXT})).await?;
    let webhook = ann.post("/v1/webhooks", json!({"url": "https://example.com/a-secret-path"})).await?;
    let webhook = format!("/v1/webhooks/{}", text(&webhook["webhook"], "webhookId"));
    ann.patch(&webhook, json!({"url": "https://example.com/another-secret-path"})).await?;
    ann.post(&format!("{webhook}:rotateSecret"), json!({})).await?;
    ann.delete(&webhook).await?;
    Ok(())
}

/// Whatever can be done with a group.
async fn about_groups(ann: &Person, bob: &Person) -> Result<()> {
    let group = text(&ann.post("/v1/groups", json!({"name": "Friends"})).await?, "groupId");
    let path = format!("/v1/groups/{group}");
    ann.patch(&path, json!({"name": "Good friends"})).await?;
    let mut invited = Vec::new();
    for _ in 0..2 {
        invited.push(ann.post(&format!("{path}/invitations"), json!({})).await?);
    }
    bob.post("/v1/me/groups", json!({"code": invited[0]["code"]})).await?;
    bob.delete(&format!("/v1/me/groups/{group}")).await?;
    ann.post(&format!("{path}/members"), json!({"userId": bob.id})).await?;
    ann.delete(&format!("{path}/members/{}", bob.id)).await?;
    ann.delete(&format!("{path}/invitations/{}", text(&invited[1], "invitationId"))).await?;
    ann.delete(&path).await?;
    Ok(())
}

/// Whatever can be done with a task; answers with its id.
async fn about_tasks(ann: &Person, bob: &Person) -> Result<String> {
    let everybody = json!({"audience": {"kind": "AUDIENCE_KIND_OPEN"}});
    ann.put("/v1/me/audience", everybody.clone()).await?;
    let new = json!({"title": "Pets", "labels": ["cat", "dog"], "policy": {"redundancy": 2}});
    let task = text(&ann.post("/v1/tasks", new).await?, "taskId");
    let path = format!("/v1/tasks/{task}");
    ann.patch(&path, json!({"title": "Animals"})).await?;
    let files: Vec<File> = (0..5).map(picture).collect();
    ann.client.upload_files(&task, &files).await?;
    let images: Vec<String> = images(&ann.client, &task).await?.into_iter().map(|image| image.image_id).collect();
    ann.delete(&format!("{path}/images/{}", images[4])).await?;
    ann.put(&format!("{path}/gold"), json!({"gold": [{"imageId": images[0], "label": "cat"}]})).await?;
    let invited = json!({"audience": {"kind": "AUDIENCE_KIND_INVITED", "operatorIds": [bob.id]}});
    ann.put(&format!("{path}/audience"), invited).await?;
    ann.put(&format!("{path}/audience"), everybody).await?;
    ann.post(&format!("{path}:submit"), json!({})).await?;

    let held = try_until("an image", async || Ok(lease(&bob.client, 1).await?.leases.pop())).await?;
    vote(&bob.client, &held.subtask_id, "cat").await?;
    let pseudonym = votes(&ann.client, &task).await?.swap_remove(0).operator;
    for what in ["pause", "resume", "exclude"] {
        ann.post(&format!("{path}/operators/{pseudonym}:{what}"), json!({})).await?;
    }
    let csv = |text: String| {
        Upload::new().file(File { name: "a.csv".into(), media_type: "text/csv".into(), data: text.into() })
    };
    let lines = format!("image_id,operator,label\n{0},x,dog\n{0},y,dog\n", images[2]);
    ann.client.import_votes(&task, csv(lines)).await?.try_collect::<Vec<_>>().await?;
    let lines = format!("image_id,label\n{},cat\n", images[1]);
    ann.client.import_decisions(&task, csv(lines)).await?.try_collect::<Vec<_>>().await?;
    ann.post(&format!("{path}/images/{}:adjudicate", images[1]), json!({"label": "dog"})).await?;
    ann.post(&format!("{path}:finish"), json!({})).await?;
    ended_task(&ann.client, &task).await?;
    let redecide = async || Ok(ann.post(&format!("{path}:redecide"), json!({"method": "auto"})).await.ok());
    try_until("the task's end is known", redecide).await?;

    let new = json!({"title": "Nothing", "labels": ["cat", "dog"], "policy": {"redundancy": 1}});
    let nothing = format!("/v1/tasks/{}", text(&ann.post("/v1/tasks", new).await?, "taskId"));
    ann.post(&format!("{nothing}:cancel"), json!({})).await?;
    ann.delete(&nothing).await?;
    Ok(task)
}

/// The acts that are meant, the newest first.
async fn acts(root: &Person, query: &str) -> Result<Vec<Value>> {
    let listed = root.call(HttpMethod::GET, &format!("/v1/acts?pageSize=1000{query}"), Value::Null).await?;
    let acts = listed["acts"].as_array().context("a list")?.iter();
    Ok(acts.map(|recorded| recorded["act"].clone()).collect())
}

/// The changes that an act tells of.
fn changes(act: &Value) -> Vec<(String, Value, Value)> {
    let changes = act["changes"].as_array().into_iter().flatten();
    changes.map(|change| (text(change, "field"), change["before"].clone(), change["after"].clone())).collect()
}

/// What an administrator does to somebody.
async fn about_others(root: &Person, bob: &Person) -> Result<()> {
    bob.enrol().await?;
    root.delete(&format!("/v1/users/{}/second-factor", bob.id)).await?;
    for what in ["block", "unblock"] {
        root.post(&format!("/v1/users/{}:{what}", bob.id), json!({})).await?;
    }
    root.delete(&format!("/v1/users/{}", bob.id)).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_people_change_is_in_the_audit_record_and_stays_there() -> Result<()> {
    let texts = Heard::default();
    let cluster = as_shipped(&texts).await?;
    let root = stranger(cluster.gateway())?.sign_in(ADMINISTRATOR, cluster.administrator_password()).await?;
    let id = text(&root.json(HttpMethod::GET, "/v1/me", None).await?, "userId");
    let root = Person { client: root, email: ADMINISTRATOR.to_owned(), id };
    let ann = Person::new(&cluster, "audited-ann", Role::Client).await?;
    let bob = Person::new(&cluster, "audited-bob", Role::Operator).await?;
    about_groups(&ann, &bob).await?;
    let task = about_tasks(&ann, &bob).await?;
    about_accounts(&ann).await?;
    about_phones(&ann, &texts).await?;
    about_others(&root, &bob).await?;

    let recorded: BTreeSet<&str> =
        METHODS.iter().filter(|method| method.recorded).map(|method| &method.path[1..]).collect();
    let mut missing = BTreeSet::new();
    try_until("all acts", async || {
        let told: BTreeSet<String> = acts(&root, "").await?.iter().map(|act| text(act, "method")).collect();
        missing = recorded.iter().copied().filter(|method| !told.contains(*method)).collect();
        Ok(missing.is_empty().then_some(()))
    })
    .await
    .with_context(|| format!("not in the record: {missing:?}"))?;

    // Who, what, from where, before and after.
    let [blocked] = &acts(&root, &format!("&method=BlockUser&subjectId={}", bob.id)).await?[..] else {
        anyhow::bail!("somebody was blocked once");
    };
    assert_eq!((text(blocked, "actor"), text(blocked, "address")), (format!("user:{}", root.id), "127.0.0.1".into()));
    // What was told of Bob went with him.
    assert_eq!(changes(blocked), []);
    let [adjudicated] = &acts(&root, &format!("&method=AdjudicateImage&actorId={}", ann.id)).await?[..] else {
        anyhow::bail!("one image was adjudicated");
    };
    assert_eq!(text(adjudicated, "subjectId"), task);
    let [(_, before, after)] = &changes(adjudicated)[..] else { anyhow::bail!("{adjudicated}") };
    assert_eq!((before, after), (&json!("cat"), &json!("dog")));
    let of_task = acts(&root, &format!("&subjectId={task}")).await?;
    let told = |call: &str| of_task.iter().find(|act| text(act, "method").ends_with(call)).map(changes);
    assert_eq!(told("/UpdateTask"), Some(vec![("title".into(), json!("Pets"), json!("Animals"))]));
    assert_eq!(told("/SubmitTask"), Some(vec![("state".into(), json!("draft"), json!("open"))]));
    assert_eq!(told("/ImportVotes").map(|changes| changes.len()), Some(3));

    let everything = json!(acts(&root, "").await?).to_string();
    ensure!(everything.contains(MARKED), "a name was changed");
    for secret in [PASSWORD, NEXT, "secret-path", "whsec_", "lmk_", NUMBER] {
        ensure!(!everything.contains(secret), "the record tells {secret}");
    }
    // Who is nobody can't have an address erased.
    for act in acts(&root, "").await? {
        ensure!(text(&act, "actor").starts_with("user:") || text(&act, "address").is_empty(), "{act}");
    }
    stays(&cluster).await?;

    root.delete(&format!("/v1/users/{}", ann.id)).await?;
    let by_ann = format!("&actorId={}", ann.id);
    try_until("what is personal is gone", async || {
        let acts = acts(&root, &by_ann).await?;
        ensure!(!acts.is_empty(), "acts stay");
        let personal = acts.iter().any(|act| !text(act, "address").is_empty() || act.to_string().contains(MARKED));
        Ok((!personal).then_some(()))
    })
    .await
}

/// Acts are neither changed nor removed, not even by the owner of the database.
async fn stays(cluster: &Cluster) -> Result<()> {
    let mut db = PgConnection::connect(&cluster.database_url(Service::Auth)).await?;
    for change in [
        "UPDATE act SET actor = 'nobody'",
        "UPDATE act SET address = '192.0.2.1'",
        "UPDATE act SET changes = '[]'",
        "DELETE FROM act",
        "TRUNCATE act",
    ] {
        let refused = sqlx::query(change).execute(&mut db).await.err().with_context(|| change.to_owned())?;
        let code = refused.as_database_error().and_then(|error| error.code().map(|code| code.into_owned()));
        assert_eq!(code.as_deref(), Some("23001"), "{change}: {refused}");
    }
    Ok(())
}
