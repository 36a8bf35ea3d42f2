//! What a service has told, or will tell, the others.

use labelmesh_events::Event;
use sqlx::PgPool;

/// The events of a kind in the outbox of a service's database, in the order in which they were put there.
///
/// # Panics
/// If the database does not answer, or what is there is no such event.
pub async fn told<E: Event>(pool: &PgPool) -> Vec<E> {
    let payloads: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT payload FROM mesh.outbox WHERE subject = $1 ORDER BY position")
            .bind(E::SUBJECT)
            .fetch_all(pool)
            .await
            .expect("the outbox");
    payloads.iter().map(|payload| E::decode(&payload[..]).expect("an event")).collect()
}
