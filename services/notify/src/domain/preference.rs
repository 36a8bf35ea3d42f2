//! By which ways somebody is told of what.

use super::Kind;

/// A way by which somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    /// The list in the application.
    InApp,
    Email,
    Webhook,
}

impl Channel {
    /// All there are.
    pub(crate) const ALL: [Self; 3] = [Self::InApp, Self::Email, Self::Webhook];

    /// The name under which it is stored.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::InApp => "in_app",
            Self::Email => "email",
            Self::Webhook => "webhook",
        }
    }
}

/// Whether somebody is told of a kind by a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Preference {
    pub(crate) kind: Kind,
    pub(crate) channel: Channel,
    pub(crate) enabled: bool,
}

/// What a user is not told of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Muted(Vec<(Kind, Channel)>);

impl Muted {
    /// What is stored by name; names that this release does not know mute nothing of it.
    pub(crate) fn stored(rows: &[(String, String)]) -> Self {
        let known = |(kind, channel): &(String, String)| {
            Some((Kind::from_name(kind)?, Channel::ALL.into_iter().find(|known| known.name() == channel)?))
        };
        Self(rows.iter().filter_map(known).collect())
    }

    /// Whether the user is told of a kind by a channel.
    pub(crate) fn tells(&self, kind: Kind, channel: Channel) -> bool {
        is_required(kind, channel) || !self.0.contains(&(kind, channel))
    }

    /// Each kind by each channel.
    pub(crate) fn all(&self) -> Vec<Preference> {
        let of = |kind| Channel::ALL.map(|channel| Preference { kind, channel, enabled: self.tells(kind, channel) });
        Kind::ALL.into_iter().flat_map(of).collect()
    }
}

/// Whether a kind is told by a channel in any case: a mail is how somebody learns that their account is used by
/// another.
pub(crate) fn is_required(kind: Kind, channel: Channel) -> bool {
    kind == Kind::LoggedIn && channel == Channel::Email
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_muted_is_not_told_by_that_channel_alone() {
        let rows = [("task_completed", "email"), ("logged_in", "email"), ("logged_in", "in_app"), ("new", "email")];
        let muted = Muted::stored(&rows.map(|(kind, channel)| (kind.to_owned(), channel.to_owned())));
        assert!(!muted.tells(Kind::TaskCompleted, Channel::Email) && muted.tells(Kind::TaskCompleted, Channel::InApp));
        assert!(muted.tells(Kind::LoggedIn, Channel::Email) && !muted.tells(Kind::LoggedIn, Channel::InApp));
        let off = muted.all().into_iter().filter(|preference| !preference.enabled).count();
        assert_eq!((muted.all().len(), off), (12, 2));
    }
}
