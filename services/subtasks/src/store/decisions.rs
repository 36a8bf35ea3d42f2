//! What was decided about an image, to look at.

use chrono::{DateTime, Utc};
use labelmesh_consensus::Basis;
use labelmesh_errors::Result;
use labelmesh_ids::UserId;
use serde::Deserialize;
use sqlx::{PgConnection, types::Json};

use super::{subtasks::OwnImage, unreadable};
use crate::domain::Cause;

/// A decision as it was kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// The version of the image with it.
    pub version: u64,
    /// The label; none where there were no votes.
    pub label: Option<String>,
    /// How sure the rule was.
    pub confidence: f64,
    /// The rule; empty where there were no votes, and so nothing that a rule could decide.
    pub rule: String,
    /// Why.
    pub cause: Cause,
    /// The labels that nothing set apart; empty unless contested.
    pub tied: Vec<String>,
    /// Every label with votes, the most first.
    pub counts: Vec<KeptCount>,
    /// When.
    pub decided_at: DateTime<Utc>,
    /// The version of the reliabilities with which it was made.
    pub snapshot: Option<u32>,
    /// Who decided, where it was a person.
    pub decided_by: Option<UserId>,
    /// What that person had to say.
    pub comment: String,
    /// What the confidence rests on, where the rule learns.
    pub basis: Option<Basis>,
}

impl Kept {
    /// Whether it is worth a person's look.
    #[must_use]
    pub fn contested(&self) -> bool {
        self.cause == Cause::TiedAtMaximum || !self.tied.is_empty()
    }
}

/// How many votes a label got.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct KeptCount {
    /// The label.
    pub label: String,
    /// Its votes.
    pub votes: u32,
}

/// The decisions about an image below a version, the newest first.
pub async fn of_image(db: &mut PgConnection, image: OwnImage, below: u64, limit: i64) -> Result<Vec<Kept>> {
    let rows = sqlx::query!(
        r#"SELECT version AS "version!", label, confidence AS "confidence!", rule AS "rule!", cause AS "cause!",
                  tied AS "tied!", counts AS "counts!: Json<Vec<KeptCount>>", decided_at AS "decided_at!", snapshot,
                  decided_by AS "decided_by: UserId", comment AS "comment!", gold_images
           FROM (SELECT version, label, confidence, rule, cause, tied, counts, decided_at, snapshot, decided_by, comment,
                        gold_images
                 FROM decision WHERE subtask_id = $1
                 UNION ALL
                 SELECT version, label, confidence, rule, cause, tied, counts, decided_at, snapshot, decided_by, comment,
                        gold_images
                 FROM former_decision WHERE subtask_id = $1) d
           WHERE version < $2 ORDER BY version DESC LIMIT $3"#,
        image.id().uuid(),
        below.min(i64::MAX.unsigned_abs()).cast_signed(),
        limit
    );
    let rows = rows.fetch_all(db).await?;
    let kept = rows.into_iter().map(|row| {
        Ok(Kept {
            version: row.version.unsigned_abs(),
            rule: if row.label.is_some() { row.rule } else { String::new() },
            label: row.label,
            confidence: row.confidence,
            cause: Cause::from_word(&row.cause).ok_or_else(|| unreadable("cause of a decision"))?,
            tied: row.tied,
            counts: row.counts.0,
            decided_at: row.decided_at,
            snapshot: row.snapshot.map(i32::unsigned_abs),
            decided_by: row.decided_by,
            comment: row.comment,
            basis: row.gold_images.map(|images| match images.unsigned_abs() {
                0 => Basis::Usual,
                images => Basis::Gold { images },
            }),
        })
    });
    kept.collect()
}
