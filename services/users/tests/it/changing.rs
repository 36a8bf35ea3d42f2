//! What can be changed of a user, and by whom.

use chrono::TimeDelta;
use labelmesh_errors::Reason;
use labelmesh_proto::{
    r#type::v1::Role,
    users::v1::{GetUserRequest, ReplaceUserRequest, UpdateUserRequest, User},
};
use prost_types::FieldMask;
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::support::{Refusal as _, Running, anyone};

fn patch(user: &User) -> UpdateUserRequest {
    UpdateUserRequest { user_id: user.user_id.clone(), ..UpdateUserRequest::default() }
}

fn whole(user: &User) -> ReplaceUserRequest {
    ReplaceUserRequest {
        user_id: user.user_id.clone(),
        email: user.email.clone(),
        name: user.name.clone(),
        surname: user.surname.clone(),
        roles: user.roles.clone(),
        etag: user.etag.clone(),
    }
}

fn mask(paths: &[&str]) -> Option<FieldMask> {
    Some(FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() })
}

#[tokio::test]
async fn one_changes_what_one_names_and_the_others_hear_of_it() {
    let users = Running::start().await;
    let ada = users.create("ada@example.com", &[Role::Operator]).await;
    let mut as_ada = users.as_user(&ada.user_id, &[Role::Operator]);
    let request = UpdateUserRequest { name: Some("Augusta".into()), ..patch(&ada) };
    let renamed = as_ada.update_user(request.clone()).await.expect("changed").into_inner();
    assert_ne!(renamed.etag, ada.etag);
    assert_eq!(renamed, User { name: "Augusta".into(), etag: renamed.etag.clone(), ..ada.clone() });
    // A repeat changes nothing and tells nobody.
    assert_eq!(as_ada.update_user(request).await.expect("again").into_inner(), renamed);
    let told = users.updated_events().await;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].version, &told[0].roles, told[0].blocked), (2, &ada.roles, false));

    // Without a mask what is absent stays; with one, what it names and is absent becomes empty.
    let emptied =
        UpdateUserRequest { update_mask: mask(&["name", "surname"]), name: Some("Ada".into()), ..patch(&ada) };
    let emptied = as_ada.update_user(emptied).await.expect("changed").into_inner();
    assert_eq!((emptied.name.as_str(), emptied.surname.as_str()), ("Ada", ""));
    let replaced = ReplaceUserRequest { surname: "King".into(), name: String::new(), ..whole(&emptied) };
    let replaced = as_ada.replace_user(replaced).await.expect("replaced").into_inner();
    assert_eq!((replaced.name.as_str(), replaced.surname.as_str()), ("", "King"));
}

#[tokio::test]
async fn a_change_made_for_another_state_is_refused_and_a_repeat_is_not() {
    let users = Running::start().await;
    let ada = users.create("ada@example.com", &[Role::Operator]).await;
    let mut as_ada = users.as_user(&ada.user_id, &[Role::Operator]);
    let request = UpdateUserRequest { name: Some("Augusta".into()), etag: ada.etag.clone(), ..patch(&ada) };
    let renamed = as_ada.update_user(request.clone()).await.expect("changed").into_inner();
    assert_eq!(as_ada.update_user(request).await.expect("the answer was lost").into_inner(), renamed);
    let late = UpdateUserRequest { name: Some("A.".into()), etag: ada.etag.clone(), ..patch(&ada) };
    let mismatch = (Code::Aborted, Some(Reason::EtagMismatch));
    assert_eq!(as_ada.update_user(late).await.refused(), mismatch);
    let late = ReplaceUserRequest { name: "A.".into(), ..whole(&ada) };
    assert_eq!(as_ada.replace_user(late).await.refused(), mismatch);
}

#[tokio::test]
async fn of_many_who_change_the_same_state_at_once_one_does() {
    let users = Running::start().await;
    let ada = users.create("ada@example.com", &[Role::Operator]).await;
    let changes = (0..8).map(|number| {
        let mut as_ada = users.as_user(&ada.user_id, &[Role::Operator]);
        let request = UpdateUserRequest { name: Some(number.to_string()), etag: ada.etag.clone(), ..patch(&ada) };
        async move { as_ada.update_user(request).await }
    });
    let results = futures::future::join_all(changes).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    for result in results.into_iter().filter(Result::is_err) {
        assert_eq!(result.refused(), (Code::Aborted, Some(Reason::EtagMismatch)));
    }
}

#[tokio::test]
async fn an_address_is_changed_to_one_that_is_free_and_can_be_mailed() {
    let users = Running::start().await;
    let ada = users.create("ada@example.com", &[Role::Operator]).await;
    users.create("eve@example.com", &[Role::Operator]).await;
    let mut as_ada = users.as_user(&ada.user_id, &[Role::Operator]);
    let mut change = async |email: &str| {
        as_ada.update_user(UpdateUserRequest { email: Some(email.to_owned()), ..patch(&ada) }).await
    };
    assert_eq!(change("EVE@example.com").await.refused(), (Code::AlreadyExists, Some(Reason::EmailTaken)));
    for email in ["this.@example.com", ""] {
        let status = change(email).await.expect_err("refused");
        assert_eq!(status.get_details_bad_request().expect("violations").field_violations[0].field, "email");
    }
    assert_eq!(change("Augusta@Example.com").await.expect("changed").into_inner().email, "augusta@example.com");
    // The old address is free again.
    users.as_nobody().create_user(anyone("ada@example.com")).await.expect("created");
}

#[tokio::test]
async fn roles_are_changed_by_administrators_alone() {
    let users = Running::start().await;
    let ada = users.create("ada@example.com", &[Role::Operator]).await;
    let grant = UpdateUserRequest { roles: vec![Role::Administrator.into()], ..patch(&ada) };
    let mut as_ada = users.as_user(&ada.user_id, &[Role::Operator]);
    let refused = (Code::PermissionDenied, Some(Reason::NotAllowed));
    assert_eq!(as_ada.update_user(grant.clone()).await.refused(), refused);
    let replaced = ReplaceUserRequest { roles: vec![Role::Client.into()], ..whole(&ada) };
    assert_eq!(as_ada.replace_user(replaced).await.refused(), refused);
    let granted = users.as_somebody(&[Role::Administrator]).update_user(grant).await.expect("granted").into_inner();
    assert_eq!(granted.roles, [i32::from(Role::Administrator)]);
    assert_eq!(users.updated_events().await[0].roles, granted.roles);
    let none = UpdateUserRequest { update_mask: mask(&["roles"]), ..patch(&ada) };
    let status = users.as_somebody(&[Role::Administrator]).update_user(none).await.expect_err("refused");
    assert_eq!(status.get_details_bad_request().expect("violations").field_violations[0].field, "roles");
}

#[tokio::test]
async fn what_is_anothers_does_not_exist_and_a_mask_names_what_there_is() {
    let users = Running::start().await;
    let ada = users.create("ada@example.com", &[Role::Operator]).await;
    let request = UpdateUserRequest { name: Some("Eve".into()), ..patch(&ada) };
    let foreign = users.as_somebody(&[Role::Client]).update_user(request).await.refused();
    assert_eq!(foreign, (Code::NotFound, Some(Reason::NotFound)));
    let request = UpdateUserRequest { update_mask: mask(&["password_hash"]), ..patch(&ada) };
    let status = users.as_user(&ada.user_id, &[Role::Operator]).update_user(request).await.expect_err("refused");
    assert_eq!(status.get_details_bad_request().expect("violations").field_violations[0].field, "update_mask");
}

#[tokio::test]
async fn what_was_created_before_is_found_as_it_is_now() {
    let users = Running::start().await;
    let request = anyone("ada@example.com");
    let ada = users.as_nobody().create_user(request.clone()).await.expect("created").into_inner();
    users.clock.advance(TimeDelta::minutes(1));
    let rename = UpdateUserRequest { name: Some("Augusta".into()), ..patch(&ada) };
    users.as_user(&ada.user_id, &[Role::Operator]).update_user(rename).await.expect("changed");
    let repeated = users.as_nobody().create_user(request).await.expect("the same user").into_inner();
    let get = GetUserRequest { user_id: ada.user_id };
    let found = users.as_somebody(&[Role::Administrator]).get_user(get).await.expect("found").into_inner();
    assert_eq!((repeated.name.as_str(), &repeated), ("Augusta", &found));
}
