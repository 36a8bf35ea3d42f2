//! A task of some size, and operators with a past.

use anyhow::Result;
use labelmesh_identity::Reach;
use labelmesh_servers::Postgres;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool};
use subtasks::app::{App, Operator};
use uuid::Uuid;

use crate::service;

const DATABASE: &str = "bench_lease";
/// More than there are operators, so that an image may bear everybody's vote and still be open.
const REDUNDANCY: i64 = 100;

/// A database with one task.
pub(super) struct Population {
    admin_url: String,
    url: String,
    /// How many images are open.
    pub(super) open: i64,
    /// How many votes each operator has given.
    pub(super) votes: i64,
    /// The operators.
    pub(super) operators: Vec<Operator>,
}

impl Population {
    /// Fills a new database: the votes of operators are on the first half of the open images, as far as they go, and on
    /// closed images of the same task.
    pub(super) async fn create(postgres: &Postgres, open: i64, votes: i64, operators: usize) -> Result<Self> {
        let url = service::database(postgres, DATABASE).await?;
        let ids: Vec<Uuid> = (1..=operators as u128).map(Uuid::from_u128).collect();
        let population = Self {
            admin_url: postgres.admin_url(),
            url,
            open,
            votes,
            operators: ids.iter().map(|&id| Operator::of(Reach::Own(id.into()))).collect::<Result<_, _>>()?,
        };
        population.fill(&ids).await?;
        Ok(population)
    }

    async fn fill(&self, operators: &[Uuid]) -> Result<()> {
        let voted_open = self.votes.min(self.open / 2);
        let closed = self.votes - voted_open;
        let voted = if self.votes > 0 { operators } else { &[] };
        let mut db = PgConnection::connect(&self.url).await?;
        // Rows are right by construction: foreign keys need not be looked up millions of times.
        sqlx::raw_sql("SET session_replication_role = replica; SET synchronous_commit = off").execute(&mut db).await?;
        sqlx::query(
            "INSERT INTO task (task_id, version, owner_id, state, title, labels, redundancy, max_votes)
             VALUES ($1, 1, $1, 'open', 'bench', '{cat,dog}', $2, $2)",
        )
        .bind(task())
        .bind(i16::try_from(REDUNDANCY)?)
        .execute(&mut db)
        .await?;
        // Ids as they are in life: UUIDv7, a thousand to a second. The first `closed` are closed, the next `voted_open`
        // have votes.
        sqlx::query(
            "INSERT INTO subtask (subtask_id, task_id, wanted, votes, closed, blob_key, media_type)
             SELECT (lpad(to_hex(1800000000000 + i), 12, '0') || '7' || substr(md5(i::text), 1, 3) || '8'
                     || substr(md5(i::text), 4, 15))::uuid,
                    $1, $2, CASE WHEN i <= $3 + $4 THEN $5 ELSE 0 END, i <= $3,
                    'images/' || md5(i::text) || md5(i::text), 'image/png'
             FROM generate_series(1, $3 + $6) i ORDER BY i",
        )
        .bind(task())
        .bind(i16::try_from(REDUNDANCY)?)
        .bind(closed)
        .bind(voted_open)
        .bind(i16::try_from(voted.len())?)
        .bind(self.open)
        .execute(&mut db)
        .await?;
        sqlx::query(
            "INSERT INTO assignment (subtask_id, operator_id, task_id, state, expires_at, label, ordinal, given_at, voted_at)
             SELECT s.subtask_id, o.operator_id, $1, 'voted', 'epoch', 'cat', o.number, 'epoch', 'epoch'
             FROM (SELECT subtask_id, pos FROM subtask ORDER BY pos LIMIT $2) s,
                  unnest($3::uuid[]) WITH ORDINALITY AS o (operator_id, number)
             ORDER BY s.pos, o.operator_id",
        )
        .bind(task())
        .bind(self.votes)
        .bind(voted)
        .execute(&mut db)
        .await?;
        sqlx::raw_sql("VACUUM (ANALYZE)").execute(&mut db).await?;
        Ok(())
    }

    /// Takes all leases back and puts operators where they stood: behind the last image they have voted for.
    pub(super) async fn reset(&self) -> Result<()> {
        let mut db = PgConnection::connect(&self.url).await?;
        sqlx::raw_sql(
            "DELETE FROM assignment WHERE state = 'leased';
             UPDATE subtask SET leases = 0 WHERE leases > 0;
             DELETE FROM place;
             DELETE FROM operator;
             INSERT INTO place (operator_id, task_id, passed, in_vain)
             SELECT a.operator_id, s.task_id, ARRAY[0, max(s.pos)], false
             FROM (SELECT subtask_id, task_id, pos FROM subtask WHERE votes > 0 ORDER BY pos DESC LIMIT 1) s
             JOIN assignment a USING (subtask_id) GROUP BY a.operator_id, s.task_id",
        )
        .execute(&mut db)
        .await?;
        sqlx::raw_sql("VACUUM (ANALYZE)").execute(&mut db).await?;
        sqlx::raw_sql("CHECKPOINT").execute(&mut db).await?;
        Ok(())
    }

    /// The use cases over this database.
    pub(super) fn app(&self) -> Result<App> {
        service::app(&self.url)
    }

    /// How many pages the database's sessions have read, from cache or disk, as far as they have ended.
    pub(super) async fn buffers(&self) -> Result<i64> {
        let mut admin = PgConnection::connect(&self.admin_url).await?;
        let read = sqlx::query_scalar("SELECT blks_hit + blks_read FROM pg_stat_database WHERE datname = $1")
            .bind(DATABASE)
            .fetch_one(&mut admin)
            .await?;
        Ok(read)
    }

    /// Ends every session of a pool, which tells the server's statistics what they have read.
    pub(super) async fn settle(&self, pool: &PgPool) -> Result<()> {
        pool.close().await;
        let mut admin = PgConnection::connect(&self.admin_url).await?;
        loop {
            let left: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'",
            )
            .bind(DATABASE)
            .fetch_one(&mut admin)
            .await?;
            if left == 0 {
                return Ok(());
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// Drops the database.
    pub(super) async fn end(self) -> Result<()> {
        let mut admin = PgConnection::connect(&self.admin_url).await?;
        sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE {DATABASE} WITH (FORCE)"))).execute(&mut admin).await?;
        Ok(())
    }
}

fn task() -> Uuid {
    Uuid::from_u128(1 << 64)
}
