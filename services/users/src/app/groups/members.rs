//! Members, as a group's owner adds, lists and removes them.

use labelmesh_acts::Deed;
use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{GroupId, InvitationId, UserId};
use labelmesh_pg::run_tx;
use labelmesh_seal::{PageRequest, PageSizes};

use super::{App, tell};
use crate::{
    domain::{Bound, EMAIL_VALID, Member, NewMember},
    store::{
        deletions,
        groups::{self, State},
        invitations,
    },
};

/// How many members or invitations a page has.
pub(super) const PAGE: PageSizes = PageSizes { default: 100, most: 1_000 };

/// Makes a user a member, or invites an address, whoever has it: nothing here looks whether anybody does.
///
/// # Errors
/// NOT_FOUND where the group is not the caller's or there is no such user, QUOTA_USED_UP.
pub(crate) async fn add_member(app: &App, reach: Reach, id: GroupId, new: &NewMember) -> Result<()> {
    let now = app.clock.now();
    let invitation = InvitationId::new(now, app.random.bytes());
    run_tx(&app.pool, "add_group_member", |tx| {
        Box::pin(async move {
            let group = groups::lock(tx, reach, id).await?;
            let user = match new {
                NewMember::User(user) => *user,
                NewMember::Email(email) => {
                    if !invitations::is_invited(tx, &group, email).await? {
                        Bound::Invitations.check(invitations::count(tx, &group, now).await?)?;
                    }
                    invitations::invite(tx, &group, invitation, email, now + EMAIL_VALID).await?;
                    // Whose address it is, is not ours to keep.
                    return app.acts.note(tx, Deed::on(id).result("invited", "an address")).await;
                }
            };
            if groups::state_of(tx, id, user).await? == State::Member {
                return Ok(());
            }
            if !groups::user_exists(tx, user).await? {
                return Err(Error::not_found("user"));
            }
            Bound::Members.check(group.members())?;
            Bound::Memberships.check(groups::memberships(tx, user).await?)?;
            deletions::check(tx, user).await?;
            let joined = groups::join(tx, &group, user, "", now).await?;
            tell(app, tx, &[joined], now).await?;
            app.acts.note(tx, Deed::on(id).result("member", user)).await
        })
    })
    .await?;
    app.outbox.wake();
    Ok(())
}

/// Ends somebody's membership. They can't come back by a code.
///
/// # Errors
/// NOT_FOUND where the group is not the caller's.
pub(crate) async fn remove_member(app: &App, reach: Reach, id: GroupId, user: UserId) -> Result<()> {
    let now = app.clock.now();
    run_tx(&app.pool, "remove_group_member", |tx| {
        Box::pin(async move {
            let group = groups::lock(tx, reach, id).await?;
            let ended = groups::end(tx, &group, user, true, now).await?;
            let Some(ended) = ended else { return Ok(()) };
            tell(app, tx, &[ended], now).await?;
            app.acts.note(tx, Deed::on(id).field("member", Some(&user.to_string()), None)).await
        })
    })
    .await?;
    app.outbox.wake();
    Ok(())
}

/// Lists a page of a group's members, and the token of the next page.
///
/// # Errors
/// NOT_FOUND, PAGE_TOKEN_INVALID.
pub(crate) async fn list_members(
    app: &App,
    reach: Reach,
    id: GroupId,
    request: &PageRequest<'_>,
) -> Result<(Vec<Member>, String)> {
    let mut db = app.pool.acquire().await?;
    let group = groups::within(&mut db, reach, id).await?;
    let page = app.pages.page(request, "ListGroupMembers", &[&id.to_string()], PAGE)?;
    let mut members = groups::members(&mut db, &group, page.from, page.limit()).await?;
    let next = page.cut(&mut members, |last| last.user_id.uuid());
    Ok((members, next))
}
