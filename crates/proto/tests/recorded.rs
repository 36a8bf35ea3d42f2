//! What people change is a line of the security log, unless it is said here why not.

use labelmesh_proto::method::{Idempotency, METHODS};

/// Pictures that are made for whoever asks change nothing else. Votes and files are kept with who gave them, and are
/// many; notifications and mails change nothing for anybody else.
const UNRECORDED: [&str; 16] = [
    "CancelTransformation",
    "CreateTransformation",
    "CreateTransformations",
    "ExtendLeases",
    "LeaseSubtasks",
    "MarkNotificationsRead",
    "RedeliverDelivery",
    "ReleaseSubtasks",
    "ResendConfirmation",
    "SkipSubtask",
    "TestWebhook",
    "UpdatePreferences",
    "UploadImages",
    "UploadSources",
    "Vote",
    "VoteMany",
];

#[test]
fn every_change_that_people_make_is_recorded_or_named_here() {
    let changes = METHODS.iter().filter(|method| method.is_for_users());
    let changes = changes.filter(|method| method.idempotency != Idempotency::NoSideEffects);
    let mut unrecorded: Vec<_> = changes.filter(|method| !method.recorded).map(|method| method.name()).collect();
    unrecorded.sort_unstable();
    assert_eq!(unrecorded, UNRECORDED);
}

#[test]
fn what_is_only_read_or_called_by_services_is_not() {
    for method in METHODS.iter().filter(|method| method.recorded) {
        assert!(method.is_for_users() && method.idempotency != Idempotency::NoSideEffects, "{}", method.path);
    }
}
