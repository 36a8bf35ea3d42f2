//! Creates transformations: one, or many at once.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{BatchId, RequestId, TransformationId, UserId};
use labelmesh_pg::{
    requests::{self, Once},
    run_tx,
};
use sqlx::PgConnection;

use super::{
    App,
    adopt_images::{Lacking, adopt_images},
};
use crate::{
    domain::{Digest, JobKey, Spec, State, Transformation, check_open},
    events::published,
    store::{
        batches,
        jobs::{self, Asked},
        sources, transformations,
    },
};

/// A picture that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asking {
    /// None where a page is the source.
    pub(crate) source: Option<Digest>,
    pub(crate) spec: Spec,
}

/// What became of pictures that were asked for together.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) id: BatchId,
    /// In the order in which they were asked for.
    pub(crate) results: Vec<Result<Transformation>>,
}

/// Creates a transformation for a user. A repeat, told by the request's id, answers with that of the first time as it
/// is now.
///
/// # Errors
/// REQUEST_ID_REUSED, SOURCE_UNKNOWN, TOO_MANY_TRANSFORMATIONS, KIND_NOT_OFFERED, ADDRESS_REFUSED; QUOTA_USED_UP where
/// the source is an image for which there is no room; unavailable where tasks can't say whether it is one.
pub(crate) async fn create_transformation(
    app: &App,
    owner: UserId,
    reach: Reach,
    request_id: Option<RequestId>,
    asking: Asking,
) -> Result<Transformation> {
    app.offer.check(&asking.spec)?;
    let now = app.clock.now();
    let lacking = &adopt_images(app, owner, reach, asking.source.into_iter().collect()).await?;
    let id = TransformationId::new(now, app.random.bytes());
    let (asking, fingerprint) = (&asking, &fingerprint(&[Some(&asking)]));
    let created = run_tx(&app.pool, "create_transformation", |tx| {
        Box::pin(async move {
            if let Once::Repeat(id) =
                once(tx, owner, "CreateTransformation", request_id, fingerprint, id.uuid(), now).await?
            {
                let first = transformations::within(tx, Reach::Own(owner), id.into()).await?;
                return Ok(first.into_transformation());
            }
            let known = sources::used(tx, owner, &asking.source.into_iter().collect(), now).await?;
            check_source(app, &known, lacking, asking)?;
            check_open(app.quotas.open_transformations, transformations::open(tx, owner).await?, 1)?;
            let new = New { id, owner, batch: None, asking };
            let mut created = begin(app, tx, vec![(0, new)], now).await?;
            created.pop().map(|(_, created)| created).ok_or_else(|| Error::internal("one was asked for"))
        })
    });
    let created = created.await?;
    app.outbox.wake();
    Ok(created)
}

/// Creates many transformations for a user, each judged for itself. Those that could not even be understood stay
/// refused as they are.
///
/// # Errors
/// REQUEST_ID_REUSED, TOO_MANY_TRANSFORMATIONS.
pub(crate) async fn create_batch(
    app: &App,
    owner: UserId,
    reach: Reach,
    request_id: Option<RequestId>,
    asked: Vec<Result<Asking>>,
) -> Result<Batch> {
    let offered = |asking: Asking| app.offer.check(&asking.spec).map(|()| asking);
    let asked: Vec<Result<Asking>> = asked.into_iter().map(|asking| asking.and_then(offered)).collect();
    let now = app.clock.now();
    let wanted = asked.iter().flatten().filter_map(|asking| asking.source).collect();
    let lacking = adopt_images(app, owner, reach, wanted).await?;
    let id = BatchId::new(now, app.random.bytes());
    let understood: BTreeMap<usize, &Asking> =
        asked.iter().enumerate().filter_map(|(place, asking)| Some((place, asking.as_ref().ok()?))).collect();
    let ids = understood.keys().map(|place| (*place, TransformationId::new(now, app.random.bytes())));
    let ids: BTreeMap<usize, TransformationId> = ids.collect();
    let fingerprint = &fingerprint(&asked.iter().map(|asking| asking.as_ref().ok()).collect::<Vec<_>>());
    let (understood, ids) = (&understood, &ids);
    let (id, mut created) = run_tx(&app.pool, "create_transformations", |tx| {
        Box::pin(async move {
            if let Once::Repeat(id) =
                once(tx, owner, "CreateTransformations", request_id, fingerprint, id.uuid(), now).await?
            {
                return Ok((id.into(), repeated(tx, owner, id.into()).await?));
            }
            let wanted = understood.values().filter_map(|asking| asking.source).collect();
            let known = sources::used(tx, owner, &wanted, now).await?;
            let new = understood.iter().filter(|(_, asking)| is_known(&known, asking));
            let new = new.map(|(place, asking)| (*place, New { id: ids[place], owner, batch: Some(id), asking }));
            let new: Vec<_> = new.collect();
            let more = new.len() as u64;
            check_open(app.quotas.open_transformations, transformations::open(tx, owner).await?, more)?;
            Ok((id, begin(app, tx, new, now).await?.into_iter().collect::<BTreeMap<_, _>>()))
        })
    })
    .await?;
    app.outbox.wake();
    let results = asked.into_iter().enumerate().map(|(place, asking)| match created.remove(&place) {
        Some(created) => Ok(created),
        None => Err(asking.map_or_else(|error| error, |asking| lacking.error(app, asking.source.as_ref()))),
    });
    Ok(Batch { id, results: results.collect() })
}

/// What the first of equal requests has created, as it is now, by places.
async fn repeated(tx: &mut PgConnection, owner: UserId, id: BatchId) -> Result<BTreeMap<usize, Transformation>> {
    let mut repeated = BTreeMap::new();
    for (place, id) in batches::places(tx, id).await? {
        repeated.insert(place, transformations::within(tx, Reach::Own(owner), id).await?.into_transformation());
    }
    Ok(repeated)
}

/// A transformation that does not exist yet.
struct New<'a> {
    id: TransformationId,
    owner: UserId,
    batch: Option<BatchId>,
    asking: &'a Asking,
}

/// Writes transformations of a client, with the jobs that they need and the events that tell workers of those.
async fn begin(
    app: &App,
    tx: &mut PgConnection,
    new: Vec<(usize, New<'_>)>,
    now: DateTime<Utc>,
) -> Result<Vec<(usize, Transformation)>> {
    let Some(owner) = new.first().map(|(_, one)| one.owner) else { return Ok(Vec::new()) };
    let key = |id, asking: &Asking| asking.spec.key(asking.source.as_ref(), id, now);
    let wanted: BTreeMap<JobKey, (Option<Digest>, Spec)> =
        new.iter().map(|(_, one)| (key(one.id, one.asking), (one.asking.source, one.asking.spec.clone()))).collect();
    let asked = jobs::ask(tx, owner, &wanted, app.at_once(), now).await?;
    let mut created = Vec::with_capacity(new.len());
    for (place, New { id, owner, batch, asking }) in new {
        let key = key(id, asking);
        let state = match &asked[&key] {
            Asked::Made(renditions) => State::Succeeded { renditions: renditions.clone(), ended_at: now },
            Asked::Queued(_) | Asked::Open => State::Queued,
        };
        let Asking { source, spec } = asking.clone();
        let version = 1;
        let created_at = now;
        created.push((
            place,
            Transformation { id, owner, batch, key, source, spec, version, created_at, started_at: None, state },
        ));
    }
    transformations::insert(tx, &created).await?;
    let queued = asked.into_values().filter_map(|asked| match asked {
        Asked::Queued(job) => Some(job),
        Asked::Made(..) | Asked::Open => None,
    });
    published::enqueue(&app.outbox, tx, queued.collect()).await?;
    Ok(created)
}

/// Whether a request is new; without an id, a repeat creates another one.
async fn once(
    tx: &mut PgConnection,
    owner: UserId,
    method: &str,
    request_id: Option<RequestId>,
    fingerprint: &[u8; 32],
    resource: uuid::Uuid,
    now: DateTime<Utc>,
) -> Result<Once> {
    let Some(request_id) = request_id else { return Ok(Once::First) };
    let (principal, request_id) = (&owner.to_string(), &request_id.to_string());
    requests::once(tx, &requests::Key { principal, method, request_id }, fingerprint, resource, now).await
}

/// The fingerprint of a request: what it asks for.
fn fingerprint(asked: &[Option<&Asking>]) -> [u8; 32] {
    let fingerprint = |asking: &Asking| asking.spec.fingerprint(asking.source.as_ref());
    let names = asked.iter().map(|asking| asking.map_or([0; 32], fingerprint));
    requests::fingerprint(&names.collect::<Vec<_>>().concat())
}

fn check_source(app: &App, known: &BTreeSet<Digest>, lacking: &Lacking, asking: &Asking) -> Result<()> {
    if is_known(known, asking) { Ok(()) } else { Err(lacking.error(app, asking.source.as_ref())) }
}

/// Whether what a picture is to be made of is there; a page is looked for later.
fn is_known(known: &BTreeSet<Digest>, asking: &Asking) -> bool {
    asking.source.is_none_or(|source| known.contains(&source))
}
