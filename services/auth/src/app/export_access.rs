//! Everything that is stored about a user, for the user.

use futures::{FutureExt as _, Stream, StreamExt as _, TryStreamExt as _};
use labelmesh_errors::Result;
use labelmesh_ids::UserId;
use labelmesh_pg::{few, rows};

use super::App;
use crate::{
    domain::Act,
    store::{
        acts,
        own_data::{self, ApiKey, Place, Reset, SecondFactor, Session, Standing},
    },
};

/// How many rows one query reads.
const PAGE: i64 = 500;

/// Something that is stored about a user.
#[derive(Debug)]
pub(crate) enum Datum {
    Standing(Standing),
    Session(Session),
    ApiKey(ApiKey),
    SecondFactor(SecondFactor),
    Place(Place),
    Reset(Reset),
    Act(Act),
}

/// Streams what is stored about a user, read page by page: one kind after the other, each in an order that stays.
///
/// # Errors
/// Unavailable if the database does not answer; then the stream ends.
pub(crate) fn export_access(app: &App, me: UserId) -> impl Stream<Item = Result<Datum>> + Send + use<> {
    let pool = || app.pool.clone();
    let standing = few(pool(), move |db| own_data::standing(db, me).boxed());
    let key = |session: &Session| session.id;
    let sessions = rows(pool(), PAGE, key, move |db, after, limit| own_data::sessions(db, me, after, limit).boxed());
    let key = |api_key: &ApiKey| api_key.id;
    let api_keys = rows(pool(), PAGE, key, move |db, after, limit| own_data::api_keys(db, me, after, limit).boxed());
    let second_factor = few(pool(), move |db| own_data::second_factor(db, me).boxed());
    let key = |place: &Place| place.place.clone();
    let places = rows(pool(), PAGE, key, move |db, after, limit| own_data::places(db, me, after, limit).boxed());
    let reset = few(pool(), move |db| own_data::reset(db, me).boxed());
    let key = |act: &Act| act.id;
    let acts = rows(pool(), PAGE, key, move |db, after, limit| acts::of_user(db, me, after, limit).boxed());
    standing
        .map_ok(Datum::Standing)
        .chain(sessions.map_ok(Datum::Session))
        .chain(api_keys.map_ok(Datum::ApiKey))
        .chain(second_factor.map_ok(Datum::SecondFactor))
        .chain(places.map_ok(Datum::Place))
        .chain(reset.map_ok(Datum::Reset))
        .chain(acts.map_ok(Datum::Act))
}
