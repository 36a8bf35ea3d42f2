//! Everything that is stored about a user, for the user.

use futures::{FutureExt as _, Stream, StreamExt as _, TryStreamExt as _};
use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::UserId;
use labelmesh_pg::{few, rows};

use super::App;
use crate::{
    domain::{Invitation, User},
    store::{
        own_data::{self, Confirmation, Group, Membership, Password, Received},
        users,
    },
};

/// How many rows one query reads.
const PAGE: i64 = 500;

/// Something that is stored about a user.
#[derive(Debug)]
pub(crate) enum Datum {
    Account(User),
    Password(Password),
    Confirmation(Confirmation),
    Group(Group),
    Invitation(Invitation),
    Received(Received),
    Membership(Membership),
}

/// Streams what is stored about a user, read page by page: one kind after the other, each in the order of ids.
///
/// # Errors
/// Unavailable if the database does not answer; then the stream ends.
pub(crate) fn export_account(app: &App, me: UserId) -> impl Stream<Item = Result<Datum>> + Send + use<> {
    let pool = || app.pool.clone();
    let account = few(pool(), move |db| {
        async move { Ok(users::find(db, me, Reach::Own(me)).await?.into_iter().collect()) }.boxed()
    });
    let password = few(pool(), move |db| own_data::password(db, me).boxed());
    let confirmation = few(pool(), move |db| own_data::confirmation(db, me).boxed());
    let groups = rows(
        pool(),
        PAGE,
        |group: &Group| group.id,
        move |db, after, limit| own_data::groups(db, me, after, limit).boxed(),
    );
    let key = |invitation: &Invitation| (invitation.group, invitation.id);
    let invitations =
        rows(pool(), PAGE, key, move |db, after, limit| own_data::invitations(db, me, after, limit).boxed());
    let key = |invitation: &Received| invitation.id;
    let received = rows(pool(), PAGE, key, move |db, after, limit| own_data::received(db, me, after, limit).boxed());
    let key = |membership: &Membership| membership.group_id;
    let memberships =
        rows(pool(), PAGE, key, move |db, after, limit| own_data::memberships(db, me, after, limit).boxed());
    account
        .map_ok(Datum::Account)
        .chain(password.map_ok(Datum::Password))
        .chain(confirmation.map_ok(Datum::Confirmation))
        .chain(groups.map_ok(Datum::Group))
        .chain(invitations.map_ok(Datum::Invitation))
        .chain(received.map_ok(Datum::Received))
        .chain(memberships.map_ok(Datum::Membership))
}
