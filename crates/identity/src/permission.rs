//! What a principal may call.

use labelmesh_errors::{Error, Reason, Result};
use labelmesh_proto::{
    method::{Grant, Method, Who},
    options::v1,
};

use crate::{Principal, Reach};

/// How far a principal reaches when it calls a method: the widest of the grants that fit.
///
/// # Errors
///
/// `NOT_SIGNED_IN` for somebody anonymous whom no grant fits, `NOT_ALLOWED` for anybody else, such as whoever calls
/// with an API key what takes a session; `EMAIL_UNCONFIRMED` for a user whose address has to be confirmed first.
pub fn decide(principal: &Principal, method: &Method) -> Result<Reach> {
    let by_session = principal.user().is_some_and(|user| user.session_id.is_some());
    let confirmed = principal.user().is_none_or(|user| user.confirmed);
    let fitting = || method.allow.iter().filter(|grant| fits(principal, grant.who));
    let open = |grant: &&Grant| confirmed || grant.unconfirmed || grant.who == Who::Anyone;
    let mut granted = fitting().filter(open).filter(|grant| by_session || !grant.by_session).peekable();
    if granted.peek().is_none() {
        return Err(match (fitting().next(), fitting().find(open)) {
            (None, _) => refusal(principal),
            (Some(_), None) => needs_confirmation(),
            (Some(_), Some(_)) => needs_session(),
        });
    }
    if granted.any(|grant: &Grant| grant.reach == v1::Reach::All) {
        return Ok(Reach::All);
    }
    Ok(principal.user().map_or(Reach::Public, |user| Reach::Own(user.user_id)))
}

fn fits(principal: &Principal, who: Who) -> bool {
    match (who, principal) {
        (Who::Anyone, _) | (Who::SignedIn, Principal::User(_)) | (Who::SignedOut, Principal::Anonymous) => true,
        (Who::Role(role), Principal::User(user)) => user.roles.contains(&role),
        (Who::Service(name), Principal::Service(service)) => name == service,
        (Who::SignedIn | Who::SignedOut | Who::Role(_) | Who::Service(_), _) => false,
    }
}

fn needs_session() -> Error {
    Error::new(Reason::NotAllowed, "this takes a session: an API key can't do it")
}

fn needs_confirmation() -> Error {
    Error::new(
        Reason::EmailUnconfirmed,
        "confirm your e-mail address first, by what was mailed to it; you can have that mailed again",
    )
}

fn refusal(principal: &Principal) -> Error {
    match principal {
        Principal::Anonymous => Error::new(Reason::NotSignedIn, "sign in first"),
        Principal::User(_) | Principal::Service(_) => Error::new(Reason::NotAllowed, "not allowed to call this"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use labelmesh_ids::{SessionId, UserId};
    use labelmesh_proto::method::Idempotency;

    use super::*;
    use crate::{Role, User};

    const OWN_FOR_CLIENTS_ALL_FOR_ADMINISTRATORS: &[Grant] =
        &[grant(Who::Role(Role::Client), v1::Reach::Own), grant(Who::Role(Role::Administrator), v1::Reach::All)];

    const fn grant(who: Who, reach: v1::Reach) -> Grant {
        Grant { who, reach, by_session: false, unconfirmed: false }
    }

    fn method(allow: &[Grant]) -> Method {
        Method {
            path: "/a.B/C",
            allow: Vec::leak(allow.to_vec()),
            idempotency: Idempotency::Unknown,
            deadline: Duration::ZERO,
            max_deadline: Duration::ZERO,
            max_request_bytes: 0,
            rate: None,
            rate_per_network: None,
            fails_with: &[],
            streams_in: false,
            streams_out: false,
            routed: false,
            recorded: false,
            subject: None,
        }
    }

    fn user(roles: &[Role]) -> Principal {
        Principal::User(User { user_id: user_id(), session_id: None, roles: roles.to_vec(), confirmed: true })
    }

    fn user_id() -> UserId {
        UserId::new(chrono::DateTime::UNIX_EPOCH, [1; 10])
    }

    #[test]
    fn the_widest_fitting_grant_decides() {
        let method = method(OWN_FOR_CLIENTS_ALL_FOR_ADMINISTRATORS);
        let reach = |roles| decide(&user(roles), &method).map_err(|error| error.reason());
        assert_eq!(reach(&[Role::Client]), Ok(Reach::Own(user_id())));
        assert_eq!(reach(&[Role::Client, Role::Administrator]), Ok(Reach::All));
        assert_eq!(reach(&[Role::Operator]), Err(Reason::NotAllowed));
        assert_eq!(reach(&[]), Err(Reason::NotAllowed));
    }

    #[test]
    fn an_api_key_does_not_do_where_a_session_is_asked_for() {
        let sessions_for_own_all_for_administrators = method(&[
            Grant { by_session: true, ..grant(Who::SignedIn, v1::Reach::Own) },
            grant(Who::Role(Role::Administrator), v1::Reach::All),
        ]);
        let with = |roles: &[Role], session_id| {
            let principal =
                Principal::User(User { user_id: user_id(), session_id, roles: roles.to_vec(), confirmed: true });
            decide(&principal, &sessions_for_own_all_for_administrators).map_err(|error| error.reason())
        };
        let session = Some(SessionId::new(chrono::DateTime::UNIX_EPOCH, [2; 10]));
        assert_eq!(with(&[Role::Client], session), Ok(Reach::Own(user_id())));
        assert_eq!(with(&[Role::Client], None), Err(Reason::NotAllowed));
        assert_eq!(with(&[Role::Administrator], None), Ok(Reach::All));
    }

    #[test]
    fn who_is_not_confirmed_may_call_what_says_so_and_what_anyone_may() {
        let with = |roles: &[Role], allow: &[Grant]| {
            let user = User { user_id: user_id(), session_id: None, roles: roles.to_vec(), confirmed: false };
            decide(&Principal::User(user), &method(allow)).map_err(|error| error.reason())
        };
        let own = grant(Who::SignedIn, v1::Reach::Own);
        let all = grant(Who::Role(Role::Administrator), v1::Reach::All);
        let anyone = grant(Who::Anyone, v1::Reach::Own);
        let (root, marked) = (&[Role::Administrator][..], Grant { unconfirmed: true, ..own });
        assert_eq!(with(&[], &[own]), Err(Reason::EmailUnconfirmed));
        assert_eq!(with(root, &[all, own]), Err(Reason::EmailUnconfirmed));
        assert_eq!(with(root, &[all, marked]), Ok(Reach::Own(user_id())));
        assert_eq!(with(root, &[all, anyone]), Ok(Reach::Own(user_id())));
        assert_eq!(with(&[], &[all]), Err(Reason::NotAllowed));
        assert_eq!(with(&[], &[Grant { by_session: true, ..marked }]), Err(Reason::NotAllowed));
    }

    #[test]
    fn the_contract_lets_who_is_not_confirmed_call_this_and_no_more() {
        let marked =
            labelmesh_proto::method::METHODS.iter().filter(|method| method.allow.iter().any(|one| one.unconfirmed));
        let names: Vec<_> = marked.map(Method::name).collect();
        let (exports, others): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| name.starts_with("ExportMy"));
        assert_eq!(others, ["Logout", "DeleteUser", "GetMe", "GetUser", "ResendConfirmation", "UpdateUser"]);
        assert_eq!(exports.len(), 7, "what is stored about them, by each service: {exports:?}");
    }

    #[test]
    fn nobody_may_call_what_allows_nobody() {
        for principal in [Principal::Anonymous, user(&[Role::Administrator]), Principal::Service("auth".into())] {
            assert!(decide(&principal, &method(&[])).is_err());
        }
    }

    #[test]
    fn somebody_anonymous_is_asked_to_sign_in_and_reaches_nobodys_things() {
        let signed_in = method(&[grant(Who::SignedIn, v1::Reach::Own)]);
        let anyone = method(&[grant(Who::Anyone, v1::Reach::Own)]);
        let refused = decide(&Principal::Anonymous, &signed_in).expect_err("not signed in");
        assert_eq!(refused.reason(), Reason::NotSignedIn);
        assert_eq!(decide(&Principal::Anonymous, &anyone).expect("public"), Reach::Public);
        assert_eq!(decide(&user(&[]), &anyone).expect("public"), Reach::Own(user_id()));
    }

    #[test]
    fn a_service_is_no_user_and_no_other_service() {
        let gateway = method(&[grant(Who::Service("gateway"), v1::Reach::All)]);
        assert_eq!(decide(&Principal::Service("gateway".into()), &gateway).expect("allowed"), Reach::All);
        let signed_in = method(&[grant(Who::SignedIn, v1::Reach::All)]);
        for (principal, method) in [
            (Principal::Service("notify".into()), &gateway),
            (user(&[Role::Administrator]), &gateway),
            (Principal::Service("gateway".into()), &signed_in),
        ] {
            assert_eq!(decide(&principal, method).expect_err("refused").reason(), Reason::NotAllowed);
        }
    }
}
