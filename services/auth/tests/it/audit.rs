//! The audit record, as administrators read it.

use chrono::TimeDelta;
use labelmesh_client::PeerService;
use labelmesh_errors::Reason;
use labelmesh_proto::{
    auth::v1::{
        AuthActed, ExportActsRequest, ListActsRequest, RecordedAct, RequestPasswordResetRequest,
        audit_service_client::AuditServiceClient,
    },
    tasks::v1::TasksActed,
    timestamp,
    r#type::v1::{Act, FieldChange},
    users::v1::{BlockUserRequest, DeleteUserRequest},
};
use labelmesh_testkit::until;
use tonic::Code;

use crate::support::{Mesh, Refusal as _, credentials, from};

const ADA: &str = "ada@example.com";

type Client = AuditServiceClient<PeerService>;

async fn list(root: &mut Client, request: ListActsRequest) -> Vec<RecordedAct> {
    root.list_acts(request).await.expect("a page").into_inner().acts
}

fn calls(acts: &[RecordedAct]) -> Vec<&str> {
    let methods = acts.iter().map(|recorded| recorded.act.as_ref().expect("an act").method.as_str());
    methods.map(|method| method.rsplit_once('/').expect("a method").1).collect()
}

/// Ada signs up, signs in, and is blocked; answers with her id once all of it is in the record.
async fn blocked(mesh: &Mesh) -> String {
    let ada = mesh.sign_up(ADA).await;
    mesh.clock.advance(TimeDelta::seconds(1));
    mesh.login_from(0, "192.0.2.7", credentials(ADA)).await.expect("signed in");
    mesh.clock.advance(TimeDelta::seconds(1));
    let block = BlockUserRequest { user_id: ada.clone(), ..Default::default() };
    mesh.root().await.block_user(block).await.expect("blocked");
    // Ada's sign-up, her sign-in and that of the administrator, and what that one did.
    until("the acts", async || (mesh.count("SELECT count(*) FROM act").await == 4).then_some(())).await;
    ada
}

#[tokio::test]
async fn acts_are_listed_by_who_acted_on_what_by_which_call_and_when() {
    let mesh = Mesh::start().await;
    let ada = blocked(&mesh).await;
    let mut root = mesh.audit_as_root(1).await;
    let all = list(&mut root, ListActsRequest::default()).await;
    let mut sorted = all.clone();
    sorted.sort_by(|one, other| other.act_id.cmp(&one.act_id));
    assert_eq!(all, sorted, "the newest first");

    let on_ada = list(&mut root, ListActsRequest { subject_id: ada.clone(), ..Default::default() }).await;
    assert_eq!(calls(&on_ada), ["BlockUser", "CreateUser"]);
    let act = on_ada[0].act.as_ref().expect("an act");
    assert_eq!(act.method, "labelmesh.users.v1.UserService/BlockUser");
    let blocked = FieldChange { field: "blocked".to_owned(), before: None, after: Some("yes".to_owned()) };
    assert_eq!(act.changes, [blocked]);
    assert_eq!(act.acted_at, Some(timestamp(mesh.clock.now())));
    assert!(!act.request_id.is_empty());
    let by_ada = list(&mut root, ListActsRequest { actor_id: ada.clone(), ..Default::default() }).await;
    let addresses: Vec<_> = by_ada.iter().map(|act| act.act.as_ref().expect("an act").address.as_str()).collect();
    assert_eq!((calls(&by_ada), addresses[0]), (vec!["Login", "CreateUser"], "192.0.2.7"));

    for method in ["Login", "labelmesh.auth.v1.AuthService/Login"] {
        let logins = list(&mut root, ListActsRequest { method: method.to_owned(), ..Default::default() }).await;
        // Whoever reads the record has signed in for it.
        assert!(calls(&logins).iter().all(|call| *call == "Login") && logins.len() >= 2, "{logins:?}");
    }
    let none = ListActsRequest { method: "labelmesh.users.v1.UserService/Login".to_owned(), ..Default::default() };
    assert_eq!(list(&mut root, none).await, []);
    let now = Some(timestamp(mesh.clock.now()));
    let before = list(&mut root, ListActsRequest { until: now, ..Default::default() }).await;
    assert_eq!(calls(&before), ["Login", "CreateUser"]);
    let since = list(&mut root, ListActsRequest { from: now, ..Default::default() }).await;
    assert!(since.len() >= 2 && since.iter().all(|act| !before.contains(act)), "{since:?}");

    let mut page = ListActsRequest { page_size: 1, subject_id: ada.clone(), ..Default::default() };
    let first = root.list_acts(page.clone()).await.expect("a page").into_inner();
    page.page_token = first.next_page_token;
    let second = root.list_acts(page.clone()).await.expect("a page").into_inner();
    assert_eq!([first.acts, second.acts].concat(), on_ada);
    assert_eq!(second.next_page_token, "");
    page.method = "BlockUser".to_owned();
    assert_eq!(root.list_acts(page).await.refused(), (Code::InvalidArgument, Some(Reason::PageTokenInvalid)));

    let mut exported = root.export_acts(ExportActsRequest { subject_id: ada, ..Default::default() }).await;
    let exported = exported.as_mut().expect("a stream").get_mut();
    let mut streamed = Vec::new();
    while let Some(act) = exported.message().await.expect("an act") {
        streamed.push(act);
    }
    assert_eq!(streamed, on_ada);
}

#[tokio::test]
async fn of_who_was_deleted_only_ids_stay_also_in_what_is_told_late() {
    let mesh = Mesh::start().await;
    let ada = blocked(&mesh).await;
    let delete = DeleteUserRequest { user_id: ada.clone(), ..Default::default() };
    mesh.root().await.delete_user(delete).await.expect("deleted");
    let personal = "SELECT count(*) FROM act WHERE address = '192.0.2.7' OR changes::text LIKE '%ada@%'";
    until("the end of what is personal", async || (mesh.count(personal).await == 0).then_some(())).await;

    let change =
        FieldChange { field: "title".to_owned(), before: None, after: Some("from ada@example.com".to_owned()) };
    let late = Act {
        actor: format!("user:{ada}"),
        method: "labelmesh.tasks.v1.TaskService/CreateTask".to_owned(),
        subject_id: "01900000-0000-7000-8000-000000000001".to_owned(),
        address: "192.0.2.7".to_owned(),
        request_id: "late".to_owned(),
        acted_at: Some(timestamp(mesh.clock.now())),
        changes: vec![change],
        about_user_id: ada.clone(),
    };
    mesh.publish_as("tasks", &[TasksActed { act: Some(late) }]).await;
    let mut root = mesh.audit_as_root(0).await;
    let late = until("the late act", async || {
        list(&mut root, ListActsRequest { method: "CreateTask".to_owned(), ..Default::default() }).await.pop()
    })
    .await;
    let late = late.act.expect("an act");
    assert_eq!((late.actor, late.address.as_str(), late.changes), (format!("user:{ada}"), "", vec![]));
    assert_eq!(mesh.count(personal).await, 0);
}

#[tokio::test]
async fn an_address_is_kept_of_who_can_have_it_erased_and_of_nobody_else() {
    let mesh = Mesh::start().await;
    mesh.sign_up(ADA).await;
    mesh.login_from(0, "192.0.2.7", credentials(ADA)).await.expect("signed in");
    let reset = from("192.0.2.9", RequestPasswordResetRequest { email: ADA.to_owned() });
    mesh.auth_as_service(1, "gateway").request_password_reset(reset).await.expect("asked for");
    let acts: Vec<AuthActed> = mesh.events().await;
    let acts = acts.into_iter().filter_map(|acted| acted.act);
    let told: Vec<_> = acts.map(|act| (act.actor.starts_with("user:"), act.address)).collect();
    assert_eq!(told, [(true, "192.0.2.7".to_owned()), (false, String::new())]);
}
