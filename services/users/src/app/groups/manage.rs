//! Groups as their owners make, find, rename and delete them.

use labelmesh_acts::Deed;
use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::{GroupId, RequestId, UserId};
use labelmesh_pg::{
    requests::{self, Once},
    run_tx,
};
use labelmesh_seal::{PageRequest, PageSizes};

use super::{App, tell};
use crate::{
    domain::{Bound, Group, GroupName},
    store::{deletions, groups},
};

/// How many groups a page has.
const GROUPS: PageSizes = PageSizes { default: 100, most: 1_000 };

/// Creates a group without members. A repeat, told by the request's id, answers with the group of the first time.
///
/// # Errors
/// REQUEST_ID_REUSED, QUOTA_USED_UP.
pub(crate) async fn create_group(
    app: &App,
    owner: UserId,
    request_id: Option<RequestId>,
    name: GroupName,
) -> Result<Group> {
    let now = app.clock.now();
    let group = &Group { id: GroupId::new(now, app.random.bytes()), owner, name, members: 0, created_at: now };
    let principal = &owner.to_string();
    run_tx(&app.pool, "create_group", |tx| {
        Box::pin(async move {
            if let Some(request_id) = request_id {
                let key = requests::Key { principal, method: "CreateGroup", request_id: &request_id.to_string() };
                let fingerprint = requests::fingerprint(group.name.as_str().as_bytes());
                if let Once::Repeat(id) = requests::once(tx, &key, &fingerprint, group.id.uuid(), now).await? {
                    return Ok(groups::within(tx, Reach::Own(owner), id.into()).await?.into_group());
                }
            }
            Bound::Groups.check(groups::count_of(tx, owner).await?)?;
            deletions::check(tx, owner).await?;
            groups::insert(tx, group).await?;
            app.acts.note(tx, Deed::on(group.id).about(owner).made(group)).await?;
            Ok(group.clone())
        })
    })
    .await
}

/// A group within reach.
///
/// # Errors
/// NOT_FOUND.
pub(crate) async fn get_group(app: &App, reach: Reach, id: GroupId) -> Result<Group> {
    Ok(groups::within(&mut *app.pool.acquire().await?, reach, id).await?.into_group())
}

/// Lists a page of groups within reach, the newest first, and the token of the next page.
///
/// # Errors
/// PAGE_TOKEN_INVALID.
pub(crate) async fn list_groups(app: &App, reach: Reach, request: &PageRequest<'_>) -> Result<(Vec<Group>, String)> {
    let page = app.pages.page(request, "ListGroups", &[], GROUPS)?;
    let mut found = groups::list(&mut *app.pool.acquire().await?, reach, page.from, page.limit()).await?;
    let next = page.cut(&mut found, |last| last.id.uuid());
    Ok((found, next))
}

/// Gives a group another name.
///
/// # Errors
/// NOT_FOUND.
pub(crate) async fn rename_group(app: &App, reach: Reach, id: GroupId, name: &GroupName) -> Result<Group> {
    run_tx(&app.pool, "rename_group", |tx| {
        Box::pin(async move {
            let group = groups::lock(tx, reach, id).await?;
            groups::rename(tx, &group, name).await?;
            let old = group.into_group();
            let renamed = Group { name: name.clone(), ..old.clone() };
            app.acts.note(tx, Deed::on(id).about(old.owner).changed(&old, &renamed)).await?;
            Ok(renamed)
        })
    })
    .await
}

/// Deletes a group: nobody is a member of it any more.
///
/// # Errors
/// NOT_FOUND.
pub(crate) async fn delete_group(app: &App, reach: Reach, id: GroupId) -> Result<()> {
    let now = app.clock.now();
    run_tx(&app.pool, "delete_group", |tx| {
        Box::pin(async move {
            let group = groups::lock(tx, reach, id).await?;
            let ended = groups::delete(tx, &group, now).await?;
            tell(app, tx, &ended, now).await?;
            let group = group.into_group();
            app.acts.note(tx, Deed::on(id).about(group.owner).removed(&group)).await
        })
    })
    .await?;
    app.outbox.wake();
    Ok(())
}
