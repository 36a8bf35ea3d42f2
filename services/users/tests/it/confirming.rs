//! Addresses count when their owners have confirmed them.

use chrono::TimeDelta;
use labelmesh_errors::Reason;
use labelmesh_identity::Role;
use labelmesh_proto::{
    notify::v1::{MailKind, SendMailRequest},
    users::v1::{
        AddGroupMemberRequest, ConfirmEmailRequest, CreateGroupRequest, GetContactRequest, GetMeRequest, GroupInvited,
        ListUsersRequest, LookupCredentialRequest, ResendConfirmationRequest, UpdateUserRequest, User,
    },
};
use labelmesh_testkit::until;
use tonic::Code;

use crate::support::{Refusal as _, Running, anyone};

const ADA: &str = "ada@labelmesh.example";

/// A service as it is shipped: addresses are to be confirmed.
async fn as_shipped() -> Running {
    Running::start_with(|config| config.confirmation.required = true).await
}

/// The newest mail, once there are so many.
async fn mail(users: &Running, number: usize) -> SendMailRequest {
    let mails = until("a mail", async || Some(users.notify.mails()).filter(|mails| mails.len() >= number)).await;
    assert_eq!(mails.len(), number, "{:?}", mails.iter().map(|mail| &mail.email).collect::<Vec<_>>());
    mails[number - 1].clone()
}

fn confirm(mail: &SendMailRequest) -> ConfirmEmailRequest {
    ConfirmEmailRequest { token: mail.token.clone() }
}

async fn sign_up(users: &Running, email: &str) -> User {
    users.as_nobody().create_user(anyone(email)).await.expect("signed up").into_inner()
}

#[tokio::test]
async fn who_signs_up_is_mailed_once_and_confirms_once() {
    let users = as_shipped().await;
    let ada = sign_up(&users, ADA).await;
    assert!(ada.unconfirmed && ada.confirmed_at.is_none());
    let mail = mail(&users, 1).await;
    assert_eq!((&*mail.email, &mail.user_id), (ADA, &ada.user_id));
    let stored = "SELECT count(*) FROM confirmation WHERE sealed_token IS NOT NULL OR due_at IS NOT NULL";
    until("it is handed over", async || (users.count(stored).await == 0).then_some(())).await;

    users.as_nobody().confirm_email(confirm(&mail)).await.expect("confirmed");
    let me = users.as_user(&ada.user_id, &[Role::Operator]).get_me(GetMeRequest {}).await.expect("found").into_inner();
    assert!(!me.unconfirmed && me.confirmed_at.is_some() && me.etag != ada.etag, "{me:?}");
    let told = users.updated_events().await;
    assert_eq!(told.iter().map(|told| (told.version, told.unconfirmed)).collect::<Vec<_>>(), [(2, false)]);

    let again = users.as_nobody().confirm_email(confirm(&mail)).await.refused();
    assert_eq!(again, (Code::FailedPrecondition, Some(Reason::LinkInvalid)));
    let made_up = ConfirmEmailRequest { token: "lmc_made-up".into() };
    assert_eq!(users.as_nobody().confirm_email(made_up).await.refused().1, Some(Reason::LinkInvalid));
}

#[tokio::test]
async fn what_was_mailed_is_good_for_a_day_and_until_something_newer_is() {
    let users = as_shipped().await;
    let ada = sign_up(&users, ADA).await;
    let mut me = users.as_unconfirmed(&ada.user_id, &[Role::Operator]);
    let first = mail(&users, 1).await;
    me.resend_confirmation(ResendConfirmationRequest {}).await.expect("resent");
    let second = mail(&users, 2).await;
    assert_eq!(users.as_nobody().confirm_email(confirm(&first)).await.refused().1, Some(Reason::LinkInvalid));

    users.clock.advance(TimeDelta::hours(24));
    assert_eq!(users.as_nobody().confirm_email(confirm(&second)).await.refused().1, Some(Reason::LinkInvalid));
    let mut me = users.as_unconfirmed(&ada.user_id, &[Role::Operator]);
    me.resend_confirmation(ResendConfirmationRequest {}).await.expect("resent");
    let third = mail(&users, 3).await;
    users.as_nobody().confirm_email(confirm(&third)).await.expect("confirmed");

    // Where nothing is to be confirmed nothing is mailed.
    let mut me = users.as_user(&ada.user_id, &[Role::Operator]);
    me.resend_confirmation(ResendConfirmationRequest {}).await.expect("harmless");
    sign_up(&users, "eve@labelmesh.example").await;
    assert_eq!(mail(&users, 4).await.email, "eve@labelmesh.example");
}

#[tokio::test]
async fn nobody_is_mailed_more_than_a_few_times_whoever_asks() {
    let users = Running::start_with(|config| {
        config.confirmation.required = true;
        config.confirmation.per_network = 5;
    })
    .await;
    let ada = sign_up(&users, ADA).await;
    let me = users.as_unconfirmed(&ada.user_id, &[Role::Operator]);
    // One that has not been handed over when the next is asked for is mailed no more.
    mail(&users, 1).await;
    for number in 2..=3 {
        me.clone().resend_confirmation(ResendConfirmationRequest {}).await.expect("resent");
        mail(&users, number).await;
    }
    let refused = me.clone().resend_confirmation(ResendConfirmationRequest {}).await.refused();
    assert_eq!(refused, (Code::ResourceExhausted, Some(Reason::RateLimited)));

    // One network has so many, and then signs nobody up: nothing is left of whom it tried.
    sign_up(&users, "one@labelmesh.example").await;
    sign_up(&users, "two@labelmesh.example").await;
    let refused = users.as_nobody().create_user(anyone("three@labelmesh.example")).await.refused();
    assert_eq!(refused.1, Some(Reason::RateLimited));
    assert_eq!(users.count("SELECT count(*) FROM users").await, 3);
    users.create("by-root@labelmesh.example", &[Role::Operator]).await;
    users.clock.advance(TimeDelta::hours(1));
    sign_up(&users, "three@labelmesh.example").await;
    mail(&users, 3 + 2 + 1 + 1).await;
    let names = "SELECT count(*) FROM mailed WHERE subject LIKE '%@%'";
    assert_eq!(users.count(names).await, 0, "no address is kept by which mails are counted");
}

#[tokio::test]
async fn who_is_not_confirmed_can_correct_the_address_and_what_was_mailed_before_is_void() {
    let users = as_shipped().await;
    let ada = sign_up(&users, "aad@labelmesh.example").await;
    let mut me = users.as_unconfirmed(&ada.user_id, &[Role::Operator]);
    let wrong = mail(&users, 1).await;
    let request = UpdateUserRequest { user_id: ada.user_id.clone(), email: Some(ADA.into()), ..Default::default() };
    let corrected = me.update_user(request).await.expect("corrected").into_inner();
    assert!(corrected.unconfirmed && corrected.email == ADA);
    let right = mail(&users, 2).await;
    assert_eq!(right.email, ADA);
    assert_eq!(users.as_nobody().confirm_email(confirm(&wrong)).await.refused().1, Some(Reason::LinkInvalid));
    users.as_nobody().confirm_email(confirm(&right)).await.expect("confirmed");
}

#[tokio::test]
async fn who_is_not_confirmed_is_told_so_and_so_are_the_others() {
    let users = as_shipped().await;
    let ada = sign_up(&users, ADA).await;
    let mut me = users.as_unconfirmed(&ada.user_id, &[Role::Operator, Role::Administrator]);
    assert!(me.get_me(GetMeRequest {}).await.expect("oneself").into_inner().unconfirmed);
    let refused = me.list_users(ListUsersRequest::default()).await.refused();
    assert_eq!(refused, (Code::PermissionDenied, Some(Reason::EmailUnconfirmed)));

    let contact = GetContactRequest { user_id: ada.user_id.clone() };
    assert!(users.as_service("notify").get_contact(contact.clone()).await.expect("found").into_inner().unconfirmed);
    let lookup = LookupCredentialRequest { email: ADA.into(), ..Default::default() };
    assert!(users.as_service("auth").lookup_credential(lookup).await.expect("found").into_inner().unconfirmed);

    // An invitation to the address is told when it is theirs.
    let mut ann = users.groups_as_somebody(&[Role::Client]);
    let group = ann.create_group(CreateGroupRequest { name: "Crew".into(), ..Default::default() }).await;
    let group_id = group.expect("created").into_inner().group_id;
    let invite = AddGroupMemberRequest { group_id, email: ADA.into(), ..Default::default() };
    ann.add_group_member(invite).await.expect("invited");
    users.as_nobody().confirm_email(confirm(&mail(&users, 1).await)).await.expect("confirmed");
    until("the invitation is told", async || {
        users.events::<GroupInvited>().await.into_iter().find(|told| told.user_id == ada.user_id)
    })
    .await;
    assert!(!users.as_service("notify").get_contact(contact).await.expect("found").into_inner().unconfirmed);
}

#[tokio::test]
async fn what_could_not_be_handed_over_is_tried_again_by_whichever_replica() {
    let users = as_shipped().await;
    let _other = users.replica().await;
    users.notify.set_away(true);
    let ada = sign_up(&users, ADA).await;
    let sealed = "SELECT count(*) FROM confirmation WHERE sealed_token IS NOT NULL AND due_at > created_at";
    until("a try", async || (users.count(sealed).await == 1).then_some(())).await;
    users.notify.set_away(false);
    users.clock.advance(TimeDelta::seconds(5));
    let mail = mail(&users, 1).await;
    assert_eq!(mail.user_id, ada.user_id);
    users.as_nobody().confirm_email(confirm(&mail)).await.expect("confirmed");
}

/// Somebody whose address is confirmed, and so many mails as that took.
async fn confirmed(users: &Running, email: &str) -> (User, usize) {
    let before = users.notify.mails().len();
    let user = sign_up(users, email).await;
    users.as_nobody().confirm_email(confirm(&mail(users, before + 1).await)).await.expect("confirmed");
    (user, before + 1)
}

fn moving(user: &User, email: &str) -> UpdateUserRequest {
    UpdateUserRequest { user_id: user.user_id.clone(), email: Some(email.into()), ..Default::default() }
}

#[tokio::test]
async fn another_address_counts_once_it_is_confirmed_and_the_old_one_is_told() {
    const NEW: &str = "ada@new.example";
    let users = as_shipped().await;
    let (ada, mails) = confirmed(&users, ADA).await;
    let mut me = users.as_user(&ada.user_id, &[Role::Operator]);
    let asked = me.update_user(moving(&ada, NEW)).await.expect("asked for").into_inner();
    assert_eq!((&*asked.email, &*asked.pending_email, asked.unconfirmed), (ADA, NEW, false));
    let second = mail(&users, mails + 2).await;
    let told = users.notify.mails()[mails].clone();
    assert!(told.kind() == MailKind::EmailChanging && told.email == ADA && told.token.is_empty(), "{told:?}");
    assert!(second.kind() == MailKind::ConfirmNewEmail && second.email == NEW);
    // A repeat is harmless, whatever it was made for, and mails nothing.
    let again = UpdateUserRequest { etag: ada.etag.clone(), ..moving(&ada, NEW) };
    assert_eq!(me.update_user(again).await.expect("harmless").into_inner(), asked);
    let other = UpdateUserRequest { etag: ada.etag.clone(), ..moving(&ada, "ada@other.example") };
    assert_eq!(me.update_user(other).await.refused().1, Some(Reason::EtagMismatch));

    users.as_nobody().confirm_email(confirm(&second)).await.expect("confirmed");
    let moved = me.get_me(GetMeRequest {}).await.expect("found").into_inner();
    assert_eq!((&*moved.email, &*moved.pending_email), (NEW, ""));
    let contact = GetContactRequest { user_id: ada.user_id.clone() };
    assert_eq!(users.as_service("notify").get_contact(contact).await.expect("found").into_inner().email, NEW);
    // The old one is free for whoever can confirm it.
    sign_up(&users, ADA).await;
    mail(&users, mails + 3).await;
}

#[tokio::test]
async fn one_change_of_address_is_under_way_and_the_present_address_ends_it() {
    let users = as_shipped().await;
    let (ada, mails) = confirmed(&users, ADA).await;
    let mut me = users.as_user(&ada.user_id, &[Role::Operator]);
    me.update_user(moving(&ada, "ada@one.example")).await.expect("asked for");
    let first = mail(&users, mails + 2).await;
    me.update_user(moving(&ada, "ada@two.example")).await.expect("asked for");
    let second = mail(&users, mails + 4).await;
    assert_eq!(users.as_nobody().confirm_email(confirm(&first)).await.refused().1, Some(Reason::LinkInvalid));
    me.resend_confirmation(ResendConfirmationRequest {}).await.expect("resent");
    let third = mail(&users, mails + 5).await;
    assert_eq!(third.email, "ada@two.example");
    let stays = me.update_user(moving(&ada, ADA)).await.expect("ended").into_inner();
    assert_eq!((&*stays.email, &*stays.pending_email), (ADA, ""));
    for void in [second, third] {
        assert_eq!(users.as_nobody().confirm_email(confirm(&void)).await.refused().1, Some(Reason::LinkInvalid));
    }
}

#[tokio::test]
async fn an_address_that_somebody_has_can_not_be_changed_to_nor_one_that_somebody_comes_to_have() {
    let users = as_shipped().await;
    let (ada, _) = confirmed(&users, ADA).await;
    let (_, mails) = confirmed(&users, "eve@labelmesh.example").await;
    let mut me = users.as_user(&ada.user_id, &[Role::Operator]);
    let taken = me.update_user(moving(&ada, "eve@labelmesh.example")).await.refused();
    assert_eq!(taken.1, Some(Reason::EmailTaken));
    me.update_user(moving(&ada, "late@labelmesh.example")).await.expect("asked for");
    let asked = mail(&users, mails + 2).await;
    sign_up(&users, "late@labelmesh.example").await;
    assert_eq!(users.as_nobody().confirm_email(confirm(&asked)).await.refused().1, Some(Reason::EmailTaken));
    assert_eq!(me.get_me(GetMeRequest {}).await.expect("found").into_inner().email, ADA);
}
