//! Messages of the broker.

use std::{str::FromStr as _, sync::LazyLock};

use async_nats::{HeaderMap, HeaderName, HeaderValue, Message};
use labelmesh_clock::Random;
use labelmesh_events::{Delivery, Event, EventKeys, Reading};
use labelmesh_identity::{KeyList, KeyPair};
use labelmesh_proto::{auth, event::SUBJECTS, notify, renditions, subtasks, tasks, users};

use crate::first_line;

static SERVICES: LazyLock<EventKeys> = LazyLock::new(|| {
    let key = |seed| KeyList::one(KeyPair::generate(&Random::seeded(seed)).public());
    let names = ["auth", "notify", "renditions", "subtasks", "tasks", "users"].into_iter().map(str::to_owned);
    EventKeys { own: None, services: names.zip(1..).map(|(name, seed)| (name, key(seed))).collect() }
});

/// A line with the subject; lines with headers, and an empty one; then the payload.
pub fn events(data: &[u8]) {
    let Some((subject, mut rest)) = first_line(data) else { return };
    let mut headers = HeaderMap::new();
    while let Some((line, after)) = first_line(rest) {
        rest = after;
        let Some((name, value)) = line.split_once(": ") else { break };
        let (Ok(name), Ok(value)) = (HeaderName::from_str(name), HeaderValue::from_str(value)) else { return };
        headers.append(name, value);
    }
    let message = Message {
        subject: subject.into(),
        reply: None,
        payload: rest.to_vec().into(),
        headers: (!headers.is_empty()).then_some(headers),
        status: None,
        description: None,
        length: 0,
    };
    let signed = Reading { prefix: "labelmesh", keys: &SERVICES, accept_unsigned: false };
    assert!(Delivery::read(&signed, &message).is_err(), "nobody signed it");
    if let Ok(delivery) = Delivery::read(&Reading { accept_unsigned: true, ..signed }, &message) {
        decode(&delivery);
    }
}

/// Decodes the one event that it can be.
fn decode(delivery: &Delivery) {
    fn as_event<E: Event>(delivery: &Delivery) -> bool {
        let _ = delivery.trace();
        if !delivery.is::<E>() {
            assert!(delivery.decode::<E>().is_err());
            return false;
        }
        if let Ok(event) = delivery.decode::<E>() {
            let encoded = event.encode_to_vec();
            let again = E::decode(&*encoded).expect("what was encoded can be decoded");
            assert_eq!(again.encode_to_vec(), encoded);
        }
        true
    }
    let kinds: [fn(&Delivery) -> bool; 33] = [
        as_event::<auth::v1::AuthActed>,
        as_event::<notify::v1::NotifyActed>,
        as_event::<subtasks::v1::SubtasksActed>,
        as_event::<tasks::v1::TasksActed>,
        as_event::<users::v1::UsersActed>,
        as_event::<auth::v1::LoggedIn>,
        as_event::<auth::v1::PrincipalChanged>,
        as_event::<auth::v1::SecondFactorChanged>,
        as_event::<renditions::v1::ResizeQueued>,
        as_event::<renditions::v1::CropQueued>,
        as_event::<renditions::v1::OptimizeQueued>,
        as_event::<renditions::v1::PortraitQueued>,
        as_event::<renditions::v1::ScreenshotQueued>,
        as_event::<renditions::v1::LeadImageQueued>,
        as_event::<renditions::v1::JobStarted>,
        as_event::<renditions::v1::JobFinished>,
        as_event::<subtasks::v1::SubtaskDecided>,
        as_event::<subtasks::v1::SubtaskStarved>,
        as_event::<subtasks::v1::OperatorPaused>,
        as_event::<tasks::v1::TaskOpened>,
        as_event::<tasks::v1::TaskImagesAdded>,
        as_event::<tasks::v1::TaskFinishedEarly>,
        as_event::<tasks::v1::TaskAudienceChanged>,
        as_event::<tasks::v1::TaskCancelled>,
        as_event::<tasks::v1::TaskDeleted>,
        as_event::<tasks::v1::TaskCompleted>,
        as_event::<tasks::v1::TaskStarved>,
        as_event::<users::v1::UserCreated>,
        as_event::<users::v1::UserUpdated>,
        as_event::<users::v1::UserDeleted>,
        as_event::<users::v1::UserPasswordChanged>,
        as_event::<users::v1::GroupMemberChanged>,
        as_event::<users::v1::GroupInvited>,
    ];
    assert_eq!(kinds.len(), SUBJECTS.len(), "an event of the contract is missing here");
    let taken = kinds.iter().filter(|kind| kind(delivery)).count();
    assert_eq!(taken == 1, SUBJECTS.contains(&delivery.subject()), "{}", delivery.subject());
}
