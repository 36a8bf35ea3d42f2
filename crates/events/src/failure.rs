//! Why an event could not be applied: because of the event, or because of us.

use labelmesh_errors::{Error, Reason};

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a handler could not apply an event.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The event can never be applied: it is parked among the dead letters.
    #[error("the event can't be applied: {}", chain(.0))]
    Poison(#[source] Cause),
    /// We are ill: consuming stops for a while, and the event comes again.
    #[error("not able to apply events: {}", chain(.0))]
    Ill(#[source] Cause),
}

impl Failure {
    /// The event can never be applied.
    pub fn poison(cause: impl Into<Cause>) -> Self {
        Self::Poison(cause.into())
    }

    /// We are ill.
    pub fn ill(cause: impl Into<Cause>) -> Self {
        Self::Ill(cause.into())
    }
}

/// A failure that another try may cure is our illness, and so is a database that does not understand us (a release and
/// its schema out of step). What the database refuses for its content, and every other failure, comes from the event.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let ill = match error.reason() {
            Reason::Unavailable | Reason::Conflict | Reason::Overloaded | Reason::DeadlineExceeded => true,
            Reason::Internal => std::error::Error::source(&error)
                .and_then(|cause| cause.downcast_ref::<sqlx::Error>())
                .is_some_and(|cause| !is_about_content(cause)),
            _ => false,
        };
        if ill { Self::ill(error) } else { Self::poison(error) }
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Error::from(error).into()
    }
}

/// Data exceptions (SQLSTATE class 22) and violated constraints (23).
fn is_about_content(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| code.starts_with("22") || code.starts_with("23"))
}

fn chain(cause: &Cause) -> String {
    let causes = std::iter::successors(Some(cause.as_ref() as &dyn std::error::Error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_try_may_cure_is_illness() {
        assert!(matches!(Failure::from(Error::unavailable("no connection")), Failure::Ill(_)));
        assert!(matches!(Failure::from(sqlx::Error::PoolTimedOut), Failure::Ill(_)));
        assert!(matches!(Failure::from(sqlx::Error::RowNotFound), Failure::Ill(_)));
    }

    #[test]
    fn what_is_wrong_with_the_event_is_poison() {
        assert!(matches!(Failure::from(Error::invalid("task_id", "must be a UUID")), Failure::Poison(_)));
        assert!(matches!(Failure::from(Error::internal("a bug")), Failure::Poison(_)));
    }

    #[test]
    fn a_failure_tells_its_whole_story() {
        let failure = Failure::from(Error::unavailable("no connection"));
        assert_eq!(failure.to_string(), "not able to apply events: temporarily unavailable: no connection");
    }
}
