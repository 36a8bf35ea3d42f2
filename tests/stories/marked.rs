//! Somebody who labels and has labeled, and whose every word is marked.

use anyhow::{Context as _, Result};
use labelmesh_cluster::Cluster;
use labelmesh_sdk::{
    Client, File, Role,
    auth::{CreateApiKeyRequest, LoginRequest},
    notify::{Channel, CreateWebhookRequest, NotificationKind, Preference, UpdatePreferencesRequest},
    subtasks::AdjudicateImageRequest,
    tasks::{Audience, AudienceKind, CreateTaskRequest, Policy, SetMyAudienceRequest, TaskState},
    users::{
        AcceptGroupInvitationRequest, AddGroupMemberRequest, CreateGroupInvitationRequest, CreateGroupRequest,
        CreateUserRequest, ListMyInvitationsRequest,
    },
};
use labelmesh_testkit::try_until;

use crate::{
    people::{PASSWORD, cats_and_dogs, images, lease, picture, submit, task, vote},
    webhooks::{Heard, program},
};

/// Somebody with a mark that stands in every text that they ever give.
pub(crate) struct Marked {
    pub(crate) mark: &'static str,
    pub(crate) client: Client,
}

impl Marked {
    /// Signs somebody up and in, who is a client and an operator.
    pub(crate) async fn sign_up(cluster: &Cluster, mark: &'static str) -> Result<Self> {
        let client = Client::builder(cluster.gateway()).agent(&format!("{mark}-agent/1.0")).build()?;
        let nobody = Self { mark, client };
        let user = CreateUserRequest {
            email: nobody.email(),
            password: PASSWORD.to_owned(),
            name: nobody.words("name"),
            surname: nobody.words("surname"),
            roles: vec![Role::Client.into(), Role::Operator.into()],
            ..CreateUserRequest::default()
        };
        nobody.client.create_user(user).await?;
        Ok(Self { mark, client: nobody.client.sign_in(&nobody.email(), PASSWORD).await? })
    }

    pub(crate) fn email(&self) -> String {
        format!("{}@labelmesh.example", self.mark)
    }

    pub(crate) fn words(&self, word: &str) -> String {
        format!("{} {word}", self.mark)
    }

    /// A picture whose name is marked, and what stands behind its end.
    fn picture(&self, number: u32) -> File {
        let picture = picture(number);
        let data = [&picture.data[..], self.mark.as_bytes()].concat().into();
        File { name: format!("{}/{number}.png", self.mark), data, ..picture }
    }

    async fn task(&self, title: &str, pictures: u32) -> Result<String> {
        let policy = Policy { redundancy: 1, ..Policy::default() };
        let create = cats_and_dogs(&self.words(title), policy);
        let create = CreateTaskRequest { instructions: self.words("look"), ..create };
        let task_id = self.client.create_task(create).await?.task_id;
        let pictures: Vec<_> = (0..pictures).map(|number| self.picture(number)).collect();
        self.client.upload_files(&task_id, &pictures).await?;
        Ok(task_id)
    }

    /// A draft, a task that others have completed, and one that is open.
    pub(crate) async fn gives_work(&self, operator: &Client) -> Result<()> {
        let owner = &self.client;
        self.task("draft", 1).await?;
        let completed = self.task("completed", 2).await?;
        submit(owner, &completed).await?;
        try_until("the end of the task", async || {
            for held in lease(operator, 2).await?.leases {
                vote(operator, &held.subtask_id, "cat").await?;
            }
            Ok((task(owner, &completed).await?.state() == TaskState::Completed).then_some(()))
        })
        .await?;
        let image_id = images(owner, &completed).await?.pop().context("an image")?.image_id;
        let (label, comment) = ("dog".to_owned(), self.words("comment"));
        owner.adjudicate_image(AdjudicateImageRequest { task_id: completed, image_id, label, comment }).await?;
        let open = self.task("open", 3).await?;
        submit(owner, &open).await?;
        // Somebody has it in hand.
        try_until("an image", async || Ok(lease(operator, 1).await?.leases.pop())).await?;
        Ok(())
    }

    /// A vote in somebody's task, and another image of it in hand.
    pub(crate) async fn labels(&self) -> Result<()> {
        let held = try_until("two images", async || {
            let held = lease(&self.client, 2).await?.leases;
            Ok((held.len() == 2).then_some(held))
        })
        .await?;
        vote(&self.client, &held[0].subtask_id, "cat").await?;
        Ok(())
    }

    /// A group with an invitation, and membership in one of somebody else's by an invitation to their address.
    pub(crate) async fn gathers(&self, other: &Client) -> Result<String> {
        let create = |name: String| CreateGroupRequest { name, ..Default::default() };
        let invite = |group_id: &str, email: String| AddGroupMemberRequest {
            group_id: group_id.to_owned(),
            email,
            ..Default::default()
        };
        let own = self.client.create_group(create(self.words("group"))).await?.group_id;
        let friend = format!("{}-friend@labelmesh.example", self.mark);
        self.client.add_group_member(invite(&own, friend)).await?;
        let code = CreateGroupInvitationRequest { group_id: own, ..Default::default() };
        self.client.create_group_invitation(code).await?;
        let mut joined = String::new();
        for name in ["Crew", "Not joined"] {
            let group = other.create_group(create(name.to_owned())).await?.group_id;
            other.add_group_member(invite(&group, self.email())).await?;
            if joined.is_empty() {
                let invitations = self.client.list_my_invitations(ListMyInvitationsRequest {}).await?.invitations;
                let invitation_id = invitations.first().context("an invitation")?.invitation_id.clone();
                let accept = AcceptGroupInvitationRequest { invitation_id, ..Default::default() };
                self.client.accept_group_invitation(accept).await?;
                joined = group;
            }
        }
        Ok(joined)
    }

    /// Webhooks, keys and preferences; and notifications by every way. Answers with the key.
    pub(crate) async fn wants_to_know(&self, cluster: &Cluster) -> Result<String> {
        let url = format!("{}?{}", program(&Heard::default()).await?, self.mark);
        self.client.create_webhook(CreateWebhookRequest { url, kinds: Vec::new() }).await?;
        let preference = Preference {
            kind: NotificationKind::OperatorPaused.into(),
            channel: Channel::Email.into(),
            enabled: false,
        };
        self.client.update_preferences(UpdatePreferencesRequest { preferences: vec![preference] }).await?;
        let other = Client::builder(cluster.gateway()).agent(&format!("{}-other/2.0", self.mark)).build()?;
        let login = LoginRequest { email: self.email(), password: PASSWORD.to_owned(), ..Default::default() };
        let session = other.login(login).await?;
        let roles = vec![Role::Client.into()];
        let key = CreateApiKeyRequest { name: self.words("key"), expires_at: session.expires_at, roles };
        let key = self.client.create_api_key(key).await?.secret;
        let audience = Audience { kind: AudienceKind::Open.into(), ..Audience::default() };
        self.client.set_my_audience(SetMyAudienceRequest { audience: Some(audience) }).await?;
        Ok(key)
    }
}
