//! By which ways somebody is told of what.

use super::Kind;

/// A way by which somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    /// The list in the application.
    InApp,
    Email,
    Webhook,
    /// Text messages, by which nothing is told but what is asked for.
    Text,
}

impl Channel {
    /// All there are.
    pub(crate) const ALL: [Self; 4] = [Self::InApp, Self::Email, Self::Webhook, Self::Text];

    /// The name under which it is stored.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::InApp => "in_app",
            Self::Email => "email",
            Self::Webhook => "webhook",
            Self::Text => "text",
        }
    }

    /// Whether everything is told by it unless somebody wishes otherwise.
    fn tells_by_itself(self) -> bool {
        self != Self::Text
    }
}

/// Whether somebody is told of a kind by a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Preference {
    pub(crate) kind: Kind,
    pub(crate) channel: Channel,
    pub(crate) enabled: bool,
}

/// What a user wishes otherwise than it is by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wishes(Vec<(Kind, Channel)>);

impl Wishes {
    /// What is stored by name; names that this release does not know change nothing of it.
    pub(crate) fn stored(rows: &[(String, String)]) -> Self {
        let known = |(kind, channel): &(String, String)| {
            Some((Kind::from_name(kind)?, Channel::ALL.into_iter().find(|known| known.name() == channel)?))
        };
        Self(rows.iter().filter_map(known).collect())
    }

    /// Whether the user is told of a kind by a channel.
    pub(crate) fn tells(&self, kind: Kind, channel: Channel) -> bool {
        is_required(kind, channel) || self.0.contains(&(kind, channel)) != channel.tells_by_itself()
    }

    /// What is otherwise than by itself.
    pub(crate) fn all_different(&self) -> Vec<Preference> {
        let all = self.all().into_iter();
        all.filter(|preference| preference.enabled != preference.channel.tells_by_itself()).collect()
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
    matches!(kind, Kind::LoggedIn | Kind::PasswordChanged | Kind::SecondFactorChanged) && channel == Channel::Email
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_muted_is_not_told_by_that_channel_alone() {
        let rows = [("task_completed", "email"), ("logged_in", "email"), ("logged_in", "in_app"), ("new", "email")];
        let muted = Wishes::stored(&rows.map(|(kind, channel)| (kind.to_owned(), channel.to_owned())));
        assert!(!muted.tells(Kind::TaskCompleted, Channel::Email) && muted.tells(Kind::TaskCompleted, Channel::InApp));
        assert!(muted.tells(Kind::LoggedIn, Channel::Email) && !muted.tells(Kind::LoggedIn, Channel::InApp));
        assert_eq!((muted.all().len(), muted.all_different().len()), (32, 2));
    }

    #[test]
    fn nothing_is_texted_but_what_is_asked_for() {
        let nothing = Wishes::default();
        assert!(Kind::ALL.iter().all(|kind| !nothing.tells(*kind, Channel::Text)));
        let wishes = Wishes::stored(&[("logged_in".to_owned(), "text".to_owned())]);
        assert!(wishes.tells(Kind::LoggedIn, Channel::Text) && !wishes.tells(Kind::TaskCompleted, Channel::Text));
        let different = Preference { kind: Kind::LoggedIn, channel: Channel::Text, enabled: true };
        assert_eq!(wishes.all_different(), [different]);
    }
}
