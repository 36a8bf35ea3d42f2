//! Who sees whom.

use labelmesh_errors::Reason;
use labelmesh_proto::{
    r#type::v1::Role,
    users::v1::{GetMeRequest, GetUserRequest},
};
use tonic::Code;

use crate::support::{Refusal as _, Running, anyone};

#[tokio::test]
async fn one_sees_oneself_and_nobody_else() {
    let users = Running::start().await;
    let ada = users.as_nobody().create_user(anyone("ada@example.com")).await.expect("created").into_inner();
    let eve = users.as_nobody().create_user(anyone("eve@example.com")).await.expect("created").into_inner();
    let get = |user_id: &str| GetUserRequest { user_id: user_id.into() };

    let mut as_ada = users.as_user(&ada.user_id, &[Role::Operator]);
    assert_eq!(as_ada.get_me(GetMeRequest {}).await.expect("herself").into_inner(), ada);
    assert_eq!(as_ada.get_user(get(&ada.user_id)).await.expect("herself").into_inner(), ada);
    let foreign = as_ada.get_user(get(&eve.user_id)).await.refused();
    let unknown = as_ada.get_user(get("0192f0c1-2345-7abc-8def-0123456789ab")).await.refused();
    assert_eq!(foreign, (Code::NotFound, Some(Reason::NotFound)));
    assert_eq!(foreign, unknown);

    let mut administrator = users.as_somebody(&[Role::Administrator]);
    assert_eq!(administrator.get_user(get(&eve.user_id)).await.expect("anybody").into_inner(), eve);
}

#[tokio::test]
async fn nobody_sees_nobody() {
    let users = Running::start().await;
    let ada = users.as_nobody().create_user(anyone("ada@example.com")).await.expect("created").into_inner();
    let refused = users.as_nobody().get_user(GetUserRequest { user_id: ada.user_id }).await.refused();
    assert_eq!(refused, (Code::Unauthenticated, Some(Reason::NotSignedIn)));
    let refused = users.as_nobody().get_me(GetMeRequest {}).await.refused();
    assert_eq!(refused, (Code::Unauthenticated, Some(Reason::NotSignedIn)));
}
