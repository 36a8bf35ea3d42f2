//! A client and operators with something of everything that can be theirs.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use labelmesh_cluster::{Cluster, accounts::ADMINISTRATOR};
use labelmesh_sdk::{
    Client, File, Role,
    auth::{CreateApiKeyRequest, LoginRequest, LoginResponse},
    notify::{
        CreateWebhookRequest, DeliveryState, ListDeliveriesRequest, ListNotificationsRequest, NotificationKind,
        TestWebhookRequest,
    },
    renditions::{CreateTransformationsRequest, GetTransformationRequest, TransformationItem, TransformationState},
    subtasks::{AdjudicateImageRequest, RedecideTaskRequest, SkipSubtaskRequest},
    tasks::{GoldImage, Policy, SetGoldRequest, TaskState},
    users::{
        AddGroupMemberRequest, CreateGroupInvitationRequest, CreateGroupRequest, CreateUserRequest, GetMeRequest,
        GroupInvitation,
    },
};
use labelmesh_testkit::try_until;
use serde_json::{Value, json};

use crate::{
    labor::ended_task,
    people::{
        PASSWORD, cats_and_dogs, draft, images, lease, open_task, person, picture, stranger, submit, task, vote, votes,
    },
    pictures::{listed, part_of, source},
    webhooks::{Heard, program},
};

/// Of a task: the pictures, and those of them whose label is known.
const PICTURES: u32 = 5;
const GOLD: usize = 2;

/// Who belongs together, and what is theirs.
pub(crate) struct Household {
    members: BTreeMap<Role, Client>,
    /// Values of the fields that name something of theirs. The first scene has every field of the contract that names a
    /// resource; the others name other things by some of them.
    pub(crate) scenes: Vec<BTreeMap<&'static str, Value>>,
}

impl Household {
    /// Lets a household come about. Nothing of theirs is left for others to label.
    pub(crate) async fn of(cluster: &Cluster, name: &str) -> Result<Self> {
        let client = person(cluster, &format!("{name}-client"), Role::Client).await?;
        let operator = person(cluster, &format!("{name}-operator"), Role::Operator).await?;
        let helper = person(cluster, &format!("{name}-helper"), Role::Operator).await?;
        let mut skippers = Vec::new();
        for number in ["first", "second"] {
            skippers.push(person(cluster, &format!("{name}-{number}-skipper"), Role::Operator).await?);
        }
        // Two sessions, as of whatever is listed in pages.
        let session = person_again(cluster, name).await?;
        let (_, key) = (api_key(&client, &session).await?, api_key(&client, &session).await?);
        let user = client.get_me(GetMeRequest {}).await?.user_id;

        let (task, image) = labeled(&client, &[&operator, &helper], &skippers).await?;
        let other = open_task(&client, "Small", 1, 1).await?;
        vote(&operator, &leased(&operator).await?, "cat").await?;
        ended_task(&client, &other).await?;
        let open = open_task(&client, "In hand", 1, 1).await?;
        let held = leased(&operator).await?;
        let draft = draft(&client, "Not yet", 1).await?;
        let pseudonym = votes(&client, &task).await?.swap_remove(0).operator;

        let member = operator.get_me(GetMeRequest {}).await?.user_id;
        let (group, invitation) = gathered(&client, &[&operator, &helper]).await?;

        let (webhook, delivery) = called_back(&client).await?;

        let (batch, transformation) = made(&client).await?;

        let everything = [
            ("task_id", json!(task)),
            ("image_id", json!(image)),
            ("after_image_id", json!(image)),
            ("subtask_id", json!(held)),
            ("subtask_ids", json!([held])),
            ("operator", json!(pseudonym)),
            ("user_id", json!(user)),
            ("session_id", json!(session.session_id)),
            ("api_key_id", json!(key)),
            ("group_id", json!(group)),
            ("group_ids", json!([group])),
            ("operator_ids", json!([member])),
            ("invitation_id", json!(invitation)),
            ("webhook_id", json!(webhook)),
            ("delivery_id", json!(delivery)),
            ("notification_id", json!(told(&client).await?)),
            ("batch_id", json!(batch)),
            ("transformation_id", json!(transformation)),
            ("actor_id", json!(user)),
            ("subject_id", json!(task)),
        ];
        let scenes = vec![everything.into(), [("task_id", json!(open))].into(), [("task_id", json!(draft))].into()];
        let administrator = administrator(cluster, name).await?;
        let members = [(Role::Client, client), (Role::Operator, operator), (Role::Administrator, administrator)];
        Ok(Self { members: members.into(), scenes })
    }

    /// The session's token of a member.
    pub(crate) fn token(&self, role: Role) -> &str {
        self.members[&role].token().unwrap_or_default()
    }
}

/// Another session of the client's.
async fn person_again(cluster: &Cluster, name: &str) -> Result<LoginResponse> {
    let login = LoginRequest {
        email: format!("{name}-client@labelmesh.example"),
        password: PASSWORD.to_owned(),
        ..Default::default()
    };
    Ok(stranger(cluster.gateway())?.login(login).await?)
}

/// An API key of the client's that is good for as long as a session.
async fn api_key(client: &Client, session: &LoginResponse) -> Result<String> {
    let (name, roles) = ("nightly".to_owned(), vec![Role::Client.into()]);
    let request = CreateApiKeyRequest { name, expires_at: session.expires_at, roles };
    Ok(client.create_api_key(request).await?.api_key.context("told")?.api_key_id)
}

/// A notification of theirs, such as of their first sign-in.
async fn told(client: &Client) -> Result<String> {
    try_until("a notification", async || {
        let listed = client.list_notifications(ListNotificationsRequest::default()).await?.notifications;
        Ok(listed.into_iter().next().map(|notification| notification.notification_id))
    })
    .await
}

/// One of two webhooks, and one of two deliveries to it, which were taken.
async fn called_back(client: &Client) -> Result<(String, String)> {
    let url = program(&Heard::default()).await?;
    let (mut webhook_id, mut delivery_id) = (String::new(), String::new());
    for _ in 0..2 {
        let request = CreateWebhookRequest { url: url.clone(), kinds: vec![NotificationKind::OperatorPaused.into()] };
        webhook_id = client.create_webhook(request).await?.webhook.context("told")?.webhook_id;
    }
    for _ in 0..2 {
        let request = TestWebhookRequest { webhook_id: webhook_id.clone() };
        delivery_id = client.test_webhook(request).await?.delivery_id;
    }
    try_until("both deliveries to be taken", async || {
        let request = ListDeliveriesRequest { webhook_id: webhook_id.clone(), ..Default::default() };
        let listed = client.list_deliveries(request).await?.deliveries;
        Ok(listed.iter().all(|delivery| delivery.state() == DeliveryState::Delivered).then_some(()))
    })
    .await?;
    Ok((webhook_id, delivery_id))
}

/// A batch of two pictures that were made, and one of them.
async fn made(client: &Client) -> Result<(String, String)> {
    let source_sha256 = source(client, 11).await?;
    let items =
        [50, 25].map(|share| TransformationItem { source_sha256: source_sha256.clone(), spec: Some(part_of(share)) });
    let request = CreateTransformationsRequest { items: items.into(), ..Default::default() };
    let batch_id = client.create_transformations(request).await?.batch_id;
    let mut made = String::new();
    for transformation in listed(client, &batch_id).await? {
        made = transformation.transformation_id;
        try_until("a picture that is made", async || {
            let request = GetTransformationRequest { transformation_id: made.clone(), wait_seconds: 10 };
            let found = client.get_transformation(request).await?;
            Ok((found.state() == TransformationState::Succeeded).then_some(()))
        })
        .await?;
    }
    Ok((batch_id, made))
}

/// One of two groups, with these members and two invitations; and one of those.
async fn gathered(client: &Client, members: &[&Client]) -> Result<(String, String)> {
    client.create_group(CreateGroupRequest { name: "Empty".to_owned(), ..Default::default() }).await?;
    let group_id =
        client.create_group(CreateGroupRequest { name: "Crew".to_owned(), ..Default::default() }).await?.group_id;
    for member in members {
        let user_id = member.get_me(GetMeRequest {}).await?.user_id;
        let add = AddGroupMemberRequest { group_id: group_id.clone(), user_id, ..Default::default() };
        client.add_group_member(add).await?;
    }
    let mut made = GroupInvitation::default();
    for _ in 0..2 {
        let request = CreateGroupInvitationRequest { group_id: group_id.clone(), ..Default::default() };
        made = client.create_group_invitation(request).await?;
    }
    Ok((group_id, made.invitation_id))
}

/// A task that was labeled by all of these operators, of which others have skipped an image each and one image was
/// decided twice; and that image.
async fn labeled(client: &Client, operators: &[&Client], skippers: &[Client]) -> Result<(String, String)> {
    let policy = Policy { redundancy: 1, gold_share: 0.1, qualification: 1, ..Policy::default() };
    let task_id = client.create_task(cats_and_dogs("Cats", policy)).await?.task_id;
    let files: Vec<File> = (0..PICTURES).map(picture).collect();
    client.upload_files(&task_id, &files).await?;
    let mut images = images(client, &task_id).await?;
    let gold = images[..GOLD].iter().map(|image| GoldImage { image_id: image.image_id.clone(), label: "cat".into() });
    client.set_gold(SetGoldRequest { task_id: task_id.clone(), gold: gold.collect() }).await?;
    submit(client, &task_id).await?;
    for skipper in skippers {
        let skipped = SkipSubtaskRequest { subtask_id: leased(skipper).await?, ..SkipSubtaskRequest::default() };
        skipper.skip_subtask(skipped).await?;
    }
    // Whoever has not labeled a known image yet is handed one first.
    for operator in operators {
        vote(operator, &leased(operator).await?, "cat").await?;
    }
    try_until("the end of the task", async || {
        for lease in lease(operators[0], 1).await?.leases {
            vote(operators[0], &lease.subtask_id, "cat").await?;
        }
        Ok((task(client, &task_id).await?.state() == TaskState::Completed).then_some(()))
    })
    .await?;
    let image_id = images.pop().context("an image")?.image_id;
    let ruling = AdjudicateImageRequest {
        task_id: task_id.clone(),
        image_id: image_id.clone(),
        label: "dog".to_owned(),
        ..AdjudicateImageRequest::default()
    };
    client.adjudicate_image(ruling).await?;
    // What is completed in tasks is known in subtasks a moment later.
    let ask = RedecideTaskRequest { task_id: task_id.clone(), method: "auto".to_owned() };
    try_until("the task's end", async || Ok(client.redecide_task(ask.clone()).await.ok())).await?;
    Ok((task_id, image_id))
}

/// An image that an operator has leased, as soon as there is one.
async fn leased(operator: &Client) -> Result<String> {
    try_until("an image to label", async || Ok(lease(operator, 1).await?.leases.pop().map(|lease| lease.subtask_id)))
        .await
}

/// An administrator of the household's own.
async fn administrator(cluster: &Cluster, name: &str) -> Result<Client> {
    let nobody = stranger(cluster.gateway())?;
    let root = nobody.sign_in(ADMINISTRATOR, cluster.administrator_password()).await?;
    let user = CreateUserRequest {
        email: format!("{name}-administrator@labelmesh.example"),
        password: PASSWORD.to_owned(),
        name: name.to_owned(),
        roles: vec![Role::Administrator.into()],
        ..CreateUserRequest::default()
    };
    let email = root.create_user(user).await?.email;
    Ok(nobody.sign_in(&email, PASSWORD).await?)
}
