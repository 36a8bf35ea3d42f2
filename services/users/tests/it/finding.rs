//! Administrators find people.

use chrono::TimeDelta;
use labelmesh_errors::Reason;
use labelmesh_proto::{
    r#type::v1::Role,
    users::v1::{CreateUserRequest, ListUsersRequest, ListUsersResponse, User},
};
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::support::{Refusal as _, Running, anyone};

/// People, each created after the one before.
async fn people(users: &Running, people: &[(&str, &str, &str)]) -> Vec<User> {
    let mut created = Vec::new();
    for (email, name, surname) in people {
        users.clock.advance(TimeDelta::milliseconds(5));
        let person = CreateUserRequest { name: (*name).into(), surname: (*surname).into(), ..anyone(email) };
        created.push(users.as_nobody().create_user(person).await.expect("created").into_inner());
    }
    created
}

async fn list(users: &Running, request: ListUsersRequest) -> ListUsersResponse {
    users.as_somebody(&[Role::Administrator]).list_users(request).await.expect("a page").into_inner()
}

#[tokio::test]
async fn people_are_found_by_how_their_address_or_their_names_begin() {
    let users = Running::start().await;
    let created = people(
        &users,
        &[
            ("ada@example.com", "Ada", "Lovelace"),
            ("emmy@example.com", "Emmy", "Noether"),
            ("adele@example.org", "Adele", "Łukasiewicz"),
            ("a%@example.org", "100% Ada", ""),
        ],
    )
    .await;
    let found = async |email: &str, name: &str, surname: &str| {
        let filter = ListUsersRequest {
            email: email.into(),
            name: name.into(),
            surname: surname.into(),
            ..ListUsersRequest::default()
        };
        let page = list(&users, filter).await;
        assert_eq!(page.next_page_token, "");
        let place = |user: &User| created.iter().position(|known| known == user).expect("known");
        page.users.iter().map(place).collect::<Vec<_>>()
    };
    assert_eq!(found("", "", "").await, [3, 2, 1, 0]);
    assert_eq!(found("AD", "", "").await, [2, 0]);
    assert_eq!(found("", "aD", "").await, [2, 0]);
    assert_eq!(found("", "", "łUK").await, [2]);
    assert_eq!(found("ad", "ada", "love").await, [0]);
    assert_eq!(found("emmy", "ada", "").await, [0; 0]);
    // What stands for other letters elsewhere is a letter here.
    assert_eq!((found("a%", "", "").await, found("", "100%", "").await), (vec![3], vec![3]));
    assert_eq!((found("%", "", "").await, found("", "_", "").await), (vec![], vec![]));
}

#[tokio::test]
async fn people_are_listed_page_by_page_the_newest_first() {
    let users = Running::start().await;
    let emails: Vec<String> = (0..5).map(|number| format!("ada{number}@example.com")).collect();
    let adas: Vec<_> = emails.iter().map(|email| (email.as_str(), "Ada", "")).collect();
    let mut adas = people(&users, &adas).await;
    people(&users, &[("emmy@example.com", "Emmy", "")]).await;
    adas.reverse();

    let ask = async |request: ListUsersRequest| {
        users.as_user("0192f0c1-2345-7abc-8def-0123456789ab", &[Role::Administrator]).list_users(request).await
    };
    let first = ListUsersRequest { page_size: 2, name: "ada".into(), ..ListUsersRequest::default() };
    let (mut listed, mut sizes, mut request) = (Vec::new(), Vec::new(), first.clone());
    loop {
        let page = ask(request.clone()).await.expect("a page").into_inner();
        sizes.push(page.users.len());
        listed.extend(page.users);
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!((listed, sizes), (adas, vec![2, 2, 1]));

    // A token is good for its question and for whoever asked it.
    let invalid = (Code::InvalidArgument, Some(Reason::PageTokenInvalid));
    let token = ask(first.clone()).await.expect("a page").into_inner().next_page_token;
    let next = ListUsersRequest { page_token: token, ..first };
    assert_eq!(ask(ListUsersRequest { name: "a".into(), ..next.clone() }).await.refused(), invalid);
    assert_eq!(users.as_somebody(&[Role::Administrator]).list_users(next.clone()).await.refused(), invalid);
    assert_eq!(ask(ListUsersRequest { page_token: "rubbish".into(), ..next }).await.refused(), invalid);
}

#[tokio::test]
async fn nobody_but_administrators_lists_people() {
    let users = Running::start().await;
    for role in [Role::Client, Role::Operator] {
        let refused = users.as_somebody(&[role]).list_users(ListUsersRequest::default()).await.refused();
        assert_eq!(refused, (Code::PermissionDenied, Some(Reason::NotAllowed)));
    }
    let refused = users.as_nobody().list_users(ListUsersRequest::default()).await.refused();
    assert_eq!(refused, (Code::Unauthenticated, Some(Reason::NotSignedIn)));
}

#[tokio::test]
async fn a_filter_that_breaks_a_rule_is_named() {
    let users = Running::start().await;
    let long = "x".repeat(101);
    for (field, request) in [
        ("page_size", ListUsersRequest { page_size: -1, ..ListUsersRequest::default() }),
        ("email", ListUsersRequest { email: "nul\0".into(), ..ListUsersRequest::default() }),
        ("surname", ListUsersRequest { surname: long, ..ListUsersRequest::default() }),
    ] {
        let status = users.as_somebody(&[Role::Administrator]).list_users(request).await.expect_err("refused");
        let violations = status.get_error_details().bad_request().expect("violations").field_violations.clone();
        assert_eq!(violations.iter().map(|violation| violation.field.as_str()).collect::<Vec<_>>(), [field]);
    }
}
