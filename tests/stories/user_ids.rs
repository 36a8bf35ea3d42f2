//! Every column with a user's id: what becomes of it when that user is deleted, and where that user finds it in what
//! they take away.

use std::collections::BTreeSet;

use anyhow::Result;
use labelmesh_cluster::{Cluster, Service};
use sqlx::{Connection as _, PgConnection};

use self::{
    Deleted::{Goes, Stays},
    Exported::{As, Withheld},
};
use crate::people::shared;

/// A column, as `service.table.column`.
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) deleted: Deleted,
    pub(crate) exported: Exported,
}

/// What becomes of the column when the user is deleted.
pub(crate) enum Deleted {
    /// Its table holds nothing of a user who was deleted.
    Goes,
    /// The id stays, and why.
    Stays(#[expect(dead_code, reason = "said to whoever reads it")] &'static str),
}

/// Where a user finds what the column's table has of them.
pub(crate) enum Exported {
    /// In this part of their data, as this field of its records: `part.field`.
    As(&'static str),
    /// Nowhere, and why.
    Withheld(#[expect(dead_code, reason = "said to whoever reads it")] &'static str),
}

const fn column(name: &'static str, deleted: Deleted, exported: Exported) -> Column {
    Column { name, deleted, exported }
}

const TOMBSTONE: Exported = Withheld("of users who were deleted, who have no data");
const TURNS: Exported = Withheld("where handing out goes on, which says nothing of a person and where gold is");
const QUEUED: Exported = Withheld("whose turn a job takes until it has ended; transformations say who wants it");
const OTHERS: Exported = Withheld("what others have said of their tasks: it is theirs");
const COPY: Exported = Withheld("a copy of what is exported from where it comes from");

pub(crate) const COLUMNS: [Column; 50] = [
    column("auth.account.user_id", Stays("a tombstone"), As("access.standing")),
    column("auth.act.about_id", Stays("acts, by an id that stands for nobody"), As("access.act")),
    column("auth.act.actor_id", Stays("acts, by an id that stands for nobody"), As("access.act")),
    column("auth.api_key.user_id", Goes, As("access.apiKey")),
    column("auth.familiar.user_id", Goes, As("access.place")),
    column("auth.password_reset.user_id", Goes, As("access.passwordReset")),
    column("auth.recovery_code.user_id", Goes, As("access.secondFactor")),
    column("auth.second_factor.user_id", Goes, As("access.secondFactor")),
    column("auth.session.user_id", Goes, As("access.session")),
    column("notify.deleted_user.user_id", Stays("a tombstone"), TOMBSTONE),
    column("notify.delivery.user_id", Goes, As("notices.mail")),
    column("notify.inbox.user_id", Goes, As("notices.inbox")),
    column("notify.muted.user_id", Goes, As("notices.preference")),
    column("notify.notification.user_id", Goes, As("notices.notification")),
    column("notify.phone.user_id", Goes, As("notices.phone")),
    column("notify.sign_in.user_id", Goes, As("notices.signIn")),
    column("notify.sign_in_origin.user_id", Goes, As("notices.origin")),
    column("notify.text_delivery.user_id", Goes, As("notices.text")),
    column("notify.texted.user_id", Goes, As("notices.preference")),
    column("notify.webhook.owner_id", Goes, As("webhooks.webhook")),
    column("renditions.job.owner_id", Goes, QUEUED),
    column("renditions.source.owner_id", Goes, As("transformations.source")),
    column("renditions.transformation.owner_id", Goes, As("transformations.transformation")),
    column("subtasks.admitted.key", Stays("whom others have named for their tasks"), OTHERS),
    column("subtasks.admitted.owner_id", Goes, COPY),
    column("subtasks.assignment.operator_id", Stays("votes, by an id that stands for nobody"), As("votes.assignment")),
    column("subtasks.audience.operators", Stays("whom others have named for their tasks"), OTHERS),
    column("subtasks.client_turn.operator_id", Goes, TURNS),
    column("subtasks.client_turn.owner_id", Stays("whose turn it was at others"), TURNS),
    column(
        "subtasks.decision.decided_by",
        Stays("who has decided in others' tasks, as an administrator"),
        As("votes.ruling"),
    ),
    column("subtasks.former_decision.decided_by", Stays("the same"), As("votes.ruling")),
    column("subtasks.lapse.operator_id", Goes, As("votes.lapse")),
    column("subtasks.member.owner_id", Stays("memberships that have ended"), COPY),
    column("subtasks.member.user_id", Stays("memberships that have ended"), COPY),
    column("subtasks.operator.client", Stays("whose turn it was at others"), TURNS),
    column("subtasks.operator.operator_id", Stays("a tombstone"), TURNS),
    column("subtasks.place.operator_id", Goes, TURNS),
    column(
        "subtasks.standing.operator_id",
        Stays("what votes on gold came to, by an id that stands for nobody"),
        As("votes.standing"),
    ),
    column("subtasks.task.owner_id", Stays("tombstones of tasks"), COPY),
    column("tasks.client_audience.operators", Stays("whom others have named for their tasks"), As("tasks.audience")),
    column("tasks.client_audience.owner_id", Goes, As("tasks.audience")),
    column("tasks.client_usage.owner_id", Goes, As("tasks.usage")),
    column("tasks.deleted_client.owner_id", Stays("a tombstone"), TOMBSTONE),
    column("tasks.task.audience_operators", Stays("whom others have named for their tasks"), As("tasks.task")),
    column("tasks.task.owner_id", Stays("tombstones of tasks"), As("tasks.task")),
    column("users.confirmation.user_id", Goes, As("account.confirmation")),
    column("users.credential.user_id", Goes, As("account.password")),
    column("users.deleted_user.user_id", Stays("a tombstone"), TOMBSTONE),
    column("users.group_member.user_id", Stays("memberships that have ended"), As("account.membership")),
    column("users.operator_group.owner_id", Stays("tombstones of groups"), As("account.group")),
];

/// Every column that may have a user's id, as `service.table.column`.
async fn columns(cluster: &Cluster) -> Result<BTreeSet<String>> {
    let mut columns = BTreeSet::new();
    for service in Service::with_data() {
        let mut db = PgConnection::connect(&cluster.database_url(service)).await?;
        let found = "SELECT table_name || '.' || column_name FROM information_schema.columns
            WHERE table_schema = 'public' AND udt_name IN ('uuid', '_uuid')
                AND column_name ~ 'user|owner|operator|person|principal|actor|about_id|_by$|^(client|key)$'";
        let found: Vec<String> = sqlx::query_scalar(found).fetch_all(&mut db).await?;
        columns.extend(found.iter().map(|column| format!("{service}.{column}")));
    }
    Ok(columns)
}

#[tokio::test]
async fn of_every_column_with_a_users_id_it_is_said_what_becomes_of_it_and_who_gets_to_see_it() -> Result<()> {
    let said = COLUMNS.iter().map(|column| column.name.to_owned()).collect();
    let there = columns(shared().await).await?;
    assert_eq!(there.difference(&said).collect::<Vec<_>>(), Vec::<&String>::new(), "add these to COLUMNS");
    assert_eq!(said.difference(&there).collect::<Vec<_>>(), Vec::<&String>::new(), "these are no more");
    Ok(())
}
