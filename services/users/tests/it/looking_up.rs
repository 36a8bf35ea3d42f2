//! What the other services may ask.

use labelmesh_errors::Reason;
use labelmesh_proto::{
    r#type::v1::Role,
    users::v1::{GetContactRequest, LookupCredentialRequest, LookupCredentialResponse, SetPasswordRequest},
};
use tonic::Code;

use crate::support::{PASSWORD, Refusal as _, Running, anyone};

fn credential_of(email: &str) -> LookupCredentialRequest {
    LookupCredentialRequest { email: email.into(), ..LookupCredentialRequest::default() }
}

#[tokio::test]
async fn auth_gets_the_hash_and_an_unknown_address_is_no_error() {
    let users = Running::start().await;
    let ada = users.as_nobody().create_user(anyone("ada@example.com")).await.expect("created").into_inner();
    let found = users.as_service("auth").lookup_credential(credential_of("ADA@example.com")).await;
    let found = found.expect("found").into_inner();
    assert_eq!((found.user_id, found.roles), (ada.user_id, ada.roles));
    assert!(bcrypt::verify(PASSWORD, &found.password_hash).expect("a bcrypt hash"));
    for unknown in ["eve@example.com", "no address"] {
        let answer = users.as_service("auth").lookup_credential(credential_of(unknown)).await.expect("no error");
        assert_eq!(answer.into_inner(), LookupCredentialResponse::default());
    }
}

#[tokio::test]
async fn auth_sets_a_password_in_the_place_of_the_one_it_has_judged() {
    let users = Running::start().await;
    let ada = users.as_nobody().create_user(anyone("ada@example.com")).await.expect("created").into_inner();
    let mut auth = users.as_service("auth");
    let who = LookupCredentialRequest { user_id: ada.user_id.clone(), ..LookupCredentialRequest::default() };
    let first = auth.lookup_credential(who.clone()).await.expect("found").into_inner();
    let hash = bcrypt::hash("another password", 4).expect("hashed");
    let set = SetPasswordRequest {
        user_id: ada.user_id.clone(),
        password_hash: hash.clone(),
        password_version: first.password_version,
        kept_session_id: String::new(),
    };
    auth.set_password(set.clone()).await.expect("set");
    let second = auth.lookup_credential(who).await.expect("found").into_inner();
    assert_eq!((second.password_hash.as_str(), second.password_version), (hash.as_str(), first.password_version + 1));
    // It is not set twice, and by nobody else.
    assert_eq!(auth.set_password(set.clone()).await.refused(), (Code::Aborted, Some(Reason::Conflict)));
    let not_allowed = (Code::PermissionDenied, Some(Reason::NotAllowed));
    assert_eq!(users.as_service("notify").set_password(set.clone()).await.refused(), not_allowed);
    assert_eq!(users.as_somebody(&[Role::Administrator]).set_password(set.clone()).await.refused(), not_allowed);
    let broken = SetPasswordRequest { password_hash: "no hash".into(), ..set };
    assert_eq!(auth.set_password(broken).await.refused().0, Code::Internal);
}

#[tokio::test]
async fn nobody_but_auth_gets_a_hash() {
    let users = Running::start().await;
    users.as_nobody().create_user(anyone("ada@example.com")).await.expect("created");
    let not_allowed = (Code::PermissionDenied, Some(Reason::NotAllowed));
    let request = || credential_of("ada@example.com");
    assert_eq!(users.as_service("notify").lookup_credential(request()).await.refused(), not_allowed);
    assert_eq!(users.as_somebody(&[Role::Administrator]).lookup_credential(request()).await.refused(), not_allowed);
    let not_signed_in = (Code::Unauthenticated, Some(Reason::NotSignedIn));
    assert_eq!(users.as_nobody().lookup_credential(request()).await.refused(), not_signed_in);
}

#[tokio::test]
async fn notify_gets_an_address_to_write_to() {
    let users = Running::start().await;
    let ada = users.as_nobody().create_user(anyone("ada@example.com")).await.expect("created").into_inner();
    let contact = GetContactRequest { user_id: ada.user_id };
    let found = users.as_service("notify").get_contact(contact.clone()).await.expect("found").into_inner();
    assert_eq!((found.email.as_str(), found.name.as_str()), ("ada@example.com", "Ada"));
    let refused = users.as_service("auth").get_contact(contact).await.refused();
    assert_eq!(refused, (Code::PermissionDenied, Some(Reason::NotAllowed)));
    let unknown = GetContactRequest { user_id: "0192f0c1-2345-7abc-8def-0123456789ab".into() };
    let refused = users.as_service("notify").get_contact(unknown).await.refused();
    assert_eq!(refused, (Code::NotFound, Some(Reason::NotFound)));
}
