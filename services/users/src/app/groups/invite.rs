//! Invitations, as a group's owner makes, lists and withdraws them, and as the invited find them.

use labelmesh_acts::Deed;
use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::{GroupId, InvitationId, UserId};
use labelmesh_pg::run_tx;
use labelmesh_seal::PageRequest;

use super::{App, members::PAGE};
use crate::{
    domain::{Bound, Code, Invitation, Received, Terms},
    store::{groups, invitations},
};

/// How many invitations one person is shown.
const RECEIVED: i64 = 100;

/// Makes a code by which operators can join a group. It is not kept.
///
/// # Errors
/// NOT_FOUND, QUOTA_USED_UP.
pub(crate) async fn create_code(app: &App, reach: Reach, id: GroupId, terms: Terms) -> Result<(Invitation, Code)> {
    let now = app.clock.now();
    let code = Code::new(app.random.bytes());
    let digest = &code.digest();
    let invitation = &Invitation {
        id: InvitationId::new(now, app.random.bytes()),
        group: id,
        email: None,
        uses_left: terms.uses(),
        expires_at: terms.until(now),
    };
    run_tx(&app.pool, "create_group_invitation", |tx| {
        Box::pin(async move {
            let group = groups::lock(tx, reach, id).await?;
            Bound::Invitations.check(invitations::count(tx, &group, now).await?)?;
            invitations::insert_code(tx, invitation, digest).await?;
            app.acts.note(tx, Deed::on(id).result("invitation", invitation.id)).await
        })
    })
    .await?;
    Ok((invitation.clone(), code))
}

/// Lists a page of a group's invitations, the newest first, and the token of the next page.
///
/// # Errors
/// NOT_FOUND, PAGE_TOKEN_INVALID.
pub(crate) async fn list_invitations(
    app: &App,
    reach: Reach,
    id: GroupId,
    request: &PageRequest<'_>,
) -> Result<(Vec<Invitation>, String)> {
    let mut db = app.pool.acquire().await?;
    let group = groups::within(&mut db, reach, id).await?;
    let page = app.pages.page(request, "ListGroupInvitations", &[&id.to_string()], PAGE)?;
    let mut listed = invitations::list(&mut db, &group, page.from, page.limit(), app.clock.now()).await?;
    let next = page.cut(&mut listed, |last| last.id.uuid());
    Ok((listed, next))
}

/// Withdraws an invitation.
///
/// # Errors
/// NOT_FOUND where the group is not the caller's.
pub(crate) async fn revoke(app: &App, reach: Reach, group: GroupId, id: InvitationId) -> Result<()> {
    run_tx(&app.pool, "revoke_group_invitation", |tx| {
        Box::pin(async move {
            // Whoever joins by it at this moment is waited for.
            let group = groups::lock(tx, reach, group).await?;
            if !invitations::revoke(tx, &group, id).await? {
                return Ok(());
            }
            app.acts.note(tx, Deed::on(group.id()).field("invitation", Some(&id.to_string()), None)).await
        })
    })
    .await
}

/// The invitations to a user's own address.
///
/// # Errors
/// Only if the database fails.
pub(crate) async fn received(app: &App, user: UserId) -> Result<Vec<Received>> {
    invitations::received(&mut *app.pool.acquire().await?, user, app.clock.now(), RECEIVED).await
}
