//! What a statement that failed means to the caller.
//!
//! Most of what an operator does to a database passes: it restarts, fails over, is full, is being renamed, has a new
//! password. That is UNAVAILABLE, which whoever called may try again. What no repeat heals is a fault of ours; so is a
//! permission that was taken away or a table that is gone (42501, 42P01), which stay until somebody looks.

use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::{error::DatabaseError, postgres::PgDatabaseError};

use crate::{Error, Reason};

static STALE: AtomicU64 = AtomicU64::new(0);

/// How many statements of this process have failed because of the connection that they were sent through: it is one to
/// a server that is no longer the primary, or has forgotten what was prepared. A pool that sees this grow does well to
/// make its connections anew.
#[must_use]
pub fn stale_connections() -> u64 {
    STALE.load(Ordering::Relaxed)
}

/// What an SQLSTATE means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// Another call was in the way.
    Conflict,
    /// Another try may succeed.
    Unavailable,
    /// Another try may succeed through another connection.
    Stale,
    /// A fault of ours.
    Internal,
}

fn meaning(error: &dyn DatabaseError) -> Meaning {
    // A migration has changed what a prepared statement answers.
    let replans = || error.try_downcast_ref::<PgDatabaseError>()?.routine();
    match error.code().as_deref() {
        Some("0A000") if replans() == Some("RevalidateCachedQuery") => Meaning::Stale,
        Some(code) => of_code(code),
        None => Meaning::Internal,
    }
}

/// PostgreSQL's manual, appendix A.
fn of_code(code: &str) -> Meaning {
    match code {
        // Serialization failure, deadlock, lock timeout.
        "40001" | "40P01" | "55P03" => Meaning::Conflict,
        // A server that only reads, as a primary does that was demoted; a statement that it has not prepared, or
        // another one of the same name, behind a pooler that has changed the server.
        "25006" | "26000" | "42P05" => Meaning::Stale,
        // Whether it was done is not known.
        "40003" => Meaning::Unavailable,
        // A transaction that idled or took too long was ended.
        "25P03" | "25P04" => Meaning::Unavailable,
        // Who may connect was changed: no access, another password, no such database, one that takes no connections, or
        // that is being renamed or copied.
        "28000" | "28P01" | "3D000" | "55000" | "55006" => Meaning::Unavailable,
        // Connection trouble, out of disk or memory or connections, stopped or starting, trouble with files.
        _ if ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class)) => Meaning::Unavailable,
        _ => Meaning::Internal,
    }
}

/// A failed statement: unavailable where another try may succeed, otherwise a fault of ours.
impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let meaning = match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            // A connection that broke off in the middle of an answer, or of its greeting.
            | sqlx::Error::Protocol(_)
            | sqlx::Error::BeginFailed => Meaning::Unavailable,
            sqlx::Error::Database(database) => meaning(database.as_ref()),
            _ => Meaning::Internal,
        };
        match meaning {
            Meaning::Conflict => Self::new(Reason::Conflict, "changed by another call at this moment").caused_by(error),
            Meaning::Unavailable => Self::unavailable(error),
            Meaning::Stale => {
                STALE.fetch_add(1, Ordering::Relaxed);
                Self::unavailable(error)
            }
            Meaning::Internal => Self::internal(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_operator_does_is_no_fault_of_ours_and_a_broken_rule_is() {
        let expected = [
            (Meaning::Conflict, &["40001", "40P01", "55P03"][..]),
            (Meaning::Stale, &["25006", "26000", "42P05"]),
            (Meaning::Unavailable, &["57P01", "57P03", "57014", "53100", "53300", "08006", "58P01", "25P03", "25P04"]),
            (Meaning::Unavailable, &["28000", "28P01", "3D000", "55000", "55006", "40003"]),
            (Meaning::Internal, &["23505", "23514", "42P01", "42501", "22003", "25P02", "0A000", "XX001", "P0001"]),
        ];
        for (meaning, codes) in expected {
            for code in codes {
                assert_eq!(of_code(code), meaning, "{code}");
            }
        }
    }
}
