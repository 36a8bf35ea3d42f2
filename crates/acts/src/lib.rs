#![doc = include_str!("../README.md")]

mod deed;

use std::{fmt, marker::PhantomData};

use labelmesh_clock::Clock;
use labelmesh_errors::Result;
use labelmesh_events::Outbox;
use labelmesh_identity::Principal;
use labelmesh_proto::{act::Acted, timestamp, r#type::v1::Act};
use labelmesh_server::Acting;
use sqlx::PgConnection;

pub use deed::{Deed, Facts};

/// Where a service notes what people did. `E` is its event for that. Clones are the same one.
pub struct Acts<E> {
    outbox: Outbox,
    clock: Clock,
    event: PhantomData<fn() -> E>,
}

impl<E: Acted> Acts<E> {
    /// Acts that are told through this outbox.
    #[must_use]
    pub fn new(outbox: &Outbox, clock: &Clock) -> Self {
        Self { outbox: outbox.clone(), clock: clock.clone(), event: PhantomData }
    }

    /// Notes a deed of the call that is being served, with its transaction. A deed that changed nothing is none. What a
    /// service does by itself, in the background, is nobody's act and is not noted either.
    ///
    /// # Errors
    /// Unavailable if the database does not answer.
    pub async fn note(&self, db: &mut PgConnection, deed: Deed) -> Result<()> {
        let Some(acting) = Acting::current().filter(|_| !deed.is_idle()) else { return Ok(()) };
        let actor = deed.by.or_else(|| acting.principal.user().map(|user| user.user_id));
        // An address is the actor's own, whoever they acted on. Of nobody in particular it could never be erased.
        let address = acting.address.filter(|_| actor.is_some());
        let persons = [actor.filter(|_| address.is_some()), deed.about];
        let act = Act {
            actor: actor.map_or_else(|| acting.principal.key(), Principal::key_of),
            method: acting.method.to_owned(),
            subject_id: deed.subject,
            address: address.map(|address| address.to_canonical().to_string()).unwrap_or_default(),
            request_id: acting.request_id,
            acted_at: Some(timestamp(self.clock.now())),
            changes: Vec::new(),
            about_user_id: deed.about.map(|person| person.to_string()).unwrap_or_default(),
        };
        for changes in deed::in_parts(deed.changes) {
            self.outbox.enqueue_about_all(db, persons, &E::of(Act { changes, ..act.clone() })).await?;
        }
        Ok(())
    }
}

impl<E> Clone for Acts<E> {
    fn clone(&self) -> Self {
        Self { outbox: self.outbox.clone(), clock: self.clock.clone(), event: PhantomData }
    }
}

impl<E> fmt::Debug for Acts<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acts").field("outbox", &self.outbox).finish_non_exhaustive()
    }
}
