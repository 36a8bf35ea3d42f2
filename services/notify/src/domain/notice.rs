//! What people are told.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use labelmesh_ids::{SessionId, TaskId, UserId, WebhookId};
use url::Url;
use uuid::Uuid;

use super::{origin::program_name, strangers::quoted};

/// Something that happened and is worth telling one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Notice {
    /// Somebody signed in to the user's account.
    LoggedIn(LoggedIn),
    /// A task of the user is complete.
    TaskCompleted(TaskCompleted),
    /// The user is paused as an operator in a task.
    OperatorPaused(OperatorPaused),
    /// A webhook of the user is told nothing more.
    WebhookPaused(WebhookPaused),
}

/// A session that began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LoggedIn {
    pub(crate) session_id: SessionId,
    pub(crate) user_id: UserId,
    pub(crate) address: String,
    pub(crate) user_agent: String,
    pub(crate) at: DateTime<Utc>,
}

/// A task whose images are all decided, or reported undecided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TaskCompleted {
    pub(crate) task_id: TaskId,
    pub(crate) owner_id: UserId,
    pub(crate) title: String,
    pub(crate) images: u64,
    pub(crate) decided: u64,
    pub(crate) contested: u64,
    pub(crate) undecided: u64,
    pub(crate) at: DateTime<Utc>,
}

/// A pause: a task hands out nothing more to an operator for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OperatorPaused {
    pub(crate) task_id: TaskId,
    pub(crate) operator_id: UserId,
    /// How often the operator was paused in the task, this time included.
    pub(crate) times: u64,
    pub(crate) title: String,
    pub(crate) at: DateTime<Utc>,
}

/// A webhook that is told nothing more, as its endpoint took nothing for too long or is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WebhookPaused {
    pub(crate) webhook_id: WebhookId,
    pub(crate) owner_id: UserId,
    pub(crate) url: String,
    /// Whether the endpoint said that it is gone for good.
    pub(crate) gone: bool,
    pub(crate) at: DateTime<Utc>,
}

/// The kind of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    LoggedIn,
    TaskCompleted,
    OperatorPaused,
    WebhookPaused,
}

impl Kind {
    /// All there are.
    pub(crate) const ALL: [Self; 4] = [Self::LoggedIn, Self::TaskCompleted, Self::OperatorPaused, Self::WebhookPaused];

    /// The name under which it is stored.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::LoggedIn => "logged_in",
            Self::TaskCompleted => "task_completed",
            Self::OperatorPaused => "operator_paused",
            Self::WebhookPaused => "webhook_paused",
        }
    }

    /// The kind that is stored under this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A notice in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    /// One line.
    pub(crate) subject: String,
    /// Plain text whose lines end with `\n`.
    pub(crate) body: String,
}

impl Notice {
    /// What happened.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::LoggedIn(_) => Kind::LoggedIn,
            Self::TaskCompleted(_) => Kind::TaskCompleted,
            Self::OperatorPaused(_) => Kind::OperatorPaused,
            Self::WebhookPaused(_) => Kind::WebhookPaused,
        }
    }

    /// The thing that the notice is about. With the kind it is the natural key: a session begins once, a task completes
    /// once, an operator is paused in a task for the first time once, for the second time once, and a webhook is paused
    /// at a time once.
    pub(crate) fn about(&self) -> Uuid {
        match self {
            Self::LoggedIn(login) => login.session_id.uuid(),
            Self::TaskCompleted(task) => task.task_id.uuid(),
            Self::OperatorPaused(pause) => {
                let key = [pause.operator_id.uuid().as_bytes().as_slice(), &pause.times.to_be_bytes()].concat();
                Uuid::new_v5(&pause.task_id.uuid(), &key)
            }
            Self::WebhookPaused(pause) => {
                Uuid::new_v5(&pause.webhook_id.uuid(), &pause.at.timestamp_micros().to_be_bytes())
            }
        }
    }

    /// The task that it is about, where it is about one.
    pub(crate) fn task_id(&self) -> Option<TaskId> {
        match self {
            Self::LoggedIn(_) | Self::WebhookPaused(_) => None,
            Self::TaskCompleted(task) => Some(task.task_id),
            Self::OperatorPaused(pause) => Some(pause.task_id),
        }
    }

    /// Who is told.
    pub(crate) fn user_id(&self) -> UserId {
        match self {
            Self::LoggedIn(login) => login.user_id,
            Self::TaskCompleted(task) => task.owner_id,
            Self::OperatorPaused(pause) => pause.operator_id,
            Self::WebhookPaused(pause) => pause.owner_id,
        }
    }

    /// When it happened.
    pub(crate) fn at(&self) -> DateTime<Utc> {
        match self {
            Self::LoggedIn(login) => login.at,
            Self::TaskCompleted(task) => task.at,
            Self::OperatorPaused(pause) => pause.at,
            Self::WebhookPaused(pause) => pause.at,
        }
    }

    /// What is said. `public_url` is where the gateway is reached, without a slash at the end.
    pub(crate) fn words(&self, public_url: &str) -> Words {
        match self {
            Self::LoggedIn(login) => login.words(public_url),
            Self::TaskCompleted(task) => task.words(public_url),
            Self::OperatorPaused(pause) => pause.words(public_url),
            Self::WebhookPaused(pause) => pause.words(public_url),
        }
    }
}

impl LoggedIn {
    fn words(&self, public_url: &str) -> Words {
        let when = time(self.at);
        let address = self.address.parse::<IpAddr>().map_or("unknown".to_owned(), |address| address.to_string());
        let program = quoted(&program_name(&self.user_agent));
        let body = format!(
            "Somebody signed in to your Labelmesh account from a place or with a program that is new to it.\n\n\
             \u{20}   When:     {when}\n\
             \u{20}   Address:  {address}\n\
             \u{20}   Program:  {program}\n\n\
             If this was you, there is nothing to do. If it was not, somebody knows your password: tell your\n\
             administrator. Labelmesh is at {public_url}\n"
        );
        Words { subject: "New sign-in to your Labelmesh account".to_owned(), body }
    }
}

impl TaskCompleted {
    fn words(&self, public_url: &str) -> Words {
        let title = quoted(&self.title);
        let when = time(self.at);
        let Self { task_id, images, decided, contested, .. } = self;
        let undecided = match self.undecided {
            0 => String::new(),
            undecided => format!("    Undecided:  {undecided} (they had no votes when the task was finished)\n"),
        };
        let body = format!(
            "Your task {title} is complete since {when}.\n\n\
             \u{20}   Images:     {images}\n\
             \u{20}   Decided:    {decided}\n\
             \u{20}   Contested:  {contested} of them (tied, or not sure enough, to the end: worth a second look)\n\
             {undecided}\n\
             The labels, one page at a time, as JSON:\n\
             {public_url}/v1/tasks/{task_id}/results\n\n\
             All of them as one file, CSV or JSON Lines:\n\
             {public_url}/v1/tasks/{task_id}/export?format=csv\n\
             {public_url}/v1/tasks/{task_id}/export?format=json_lines\n"
        );
        Words { subject: format!("Your task {title} is complete"), body }
    }
}

impl OperatorPaused {
    fn words(&self, public_url: &str) -> Words {
        let title = quoted(&self.title);
        let when = time(self.at);
        let body = format!(
            "Thank you for your work on {title}.\n\n\
             Since {when} this task hands no more images to you. Some of your labels differ from\n\
             what the task's owner expects. That happens: often the instructions leave something open.\n\n\
             Your other tasks are not touched, and what you have labeled is kept. The owner of the task can see that\n\
             you are paused and may let you go on; there is nothing that you need to do.\n\n\
             Labelmesh is at {public_url}\n"
        );
        Words { subject: format!("You are paused in {title}"), body }
    }
}

impl WebhookPaused {
    fn words(&self, public_url: &str) -> Words {
        let when = time(self.at);
        let Self { webhook_id, .. } = self;
        let host = Url::parse(&self.url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        let host = quoted(&host);
        let why = match self.gone {
            true => "Its endpoint answered “410 Gone”.",
            false => "Its endpoint has taken nothing for a day.",
        };
        let body = format!(
            "A webhook of yours is told nothing more since {when}.\n\n\
             \u{20}   Webhook:  {webhook_id}\n\
             \u{20}   Host:     {host}\n\n\
             {why} What was on its way has failed.\n\
             Once the endpoint is well, enable the webhook again and have deliveries made once more. The attempts\n\
             and their answers:\n\
             {public_url}/v1/webhooks/{webhook_id}/deliveries\n"
        );
        Words { subject: format!("Your webhook at {host} is told nothing more"), body }
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%-d %B %Y, %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{Contact, Mail};

    fn task(title: &str, undecided: u64) -> Notice {
        Notice::TaskCompleted(TaskCompleted {
            task_id: Uuid::from_u128(1).into(),
            owner_id: Uuid::from_u128(2).into(),
            title: title.to_owned(),
            images: 300,
            decided: 300 - undecided,
            contested: 4,
            undecided,
            at: DateTime::UNIX_EPOCH,
        })
    }

    #[test]
    fn a_title_cannot_add_a_line_to_the_subject_or_the_body() {
        let words = task("Cats\r\nBcc: everyone\r\n\r\nPay here", 0).words("http://localhost");
        assert_eq!(words.subject, "Your task “Cats Bcc: everyone Pay here” is complete");
        assert!(words.body.starts_with("Your task “Cats Bcc: everyone Pay here” is complete since"));
    }

    #[test]
    fn a_completion_says_how_it_went_and_where_the_results_are() {
        let words = task("Cats", 0).words("https://label.example");
        assert!(
            words.body.contains("Images:     300\n    Decided:    300\n    Contested:  4 of them"),
            "{}",
            words.body
        );
        assert!(words.body.contains("(tied, or not sure enough, to the end"), "{}", words.body);
        assert!(!words.body.contains("Undecided"));
        let results = "https://label.example/v1/tasks/00000000-0000-0000-0000-000000000001/results\n";
        assert!(words.body.contains(results), "{}", words.body);
        assert!(task("Cats", 7).words("").body.contains("Undecided:  7 "));
    }

    fn pause(times: u64) -> Notice {
        Notice::OperatorPaused(OperatorPaused {
            task_id: Uuid::from_u128(1).into(),
            operator_id: Uuid::from_u128(2).into(),
            times,
            title: "Cats\r\nBcc: x".to_owned(),
            at: DateTime::UNIX_EPOCH,
        })
    }

    #[test]
    fn a_pause_is_told_politely_and_gives_nothing_away() {
        let words = pause(1).words("https://label.example");
        assert_eq!(words.subject, "You are paused in “Cats Bcc: x”");
        assert!(words.body.starts_with("Thank you for your work"), "{}", words.body);
        assert!(!words.body.to_lowercase().contains("gold") && !words.body.contains('%'), "{}", words.body);
    }

    #[test]
    fn each_pause_is_told_once() {
        assert_eq!(pause(1).about(), pause(1).about());
        assert_ne!(pause(1).about(), pause(2).about());
    }

    #[test]
    fn a_sign_in_says_when_from_where_and_with_what() {
        let login = LoggedIn {
            session_id: Uuid::from_u128(1).into(),
            user_id: Uuid::from_u128(2).into(),
            address: "192.0.2.7".to_owned(),
            user_agent: "curl/8\r\nBcc: x@example.test".to_owned(),
            at: DateTime::UNIX_EPOCH,
        };
        let words = Notice::LoggedIn(login.clone()).words("http://localhost");
        for part in ["1 January 1970, 00:00:00 UTC\n", "192.0.2.7\n", "Program:  “curl”\n"] {
            assert!(words.body.contains(part), "{}", words.body);
        }
        let silent = Notice::LoggedIn(LoggedIn { address: String::new(), user_agent: String::new(), ..login });
        assert!(silent.words("").body.contains("Address:  unknown\n    Program:  “unknown”\n"));
    }

    /// Text as a stranger would choose it; each holds the mark that finds it again.
    fn strangers_text() -> impl Strategy<Value = String> {
        r#"([a-zX .:/<>&"“”«\r\n\u{2028}\u{202e}-]|://|www\.|WWW\.|Ж){0,80}Ж([a-z.:/“”]|://|www\.|Ж){0,80}"#
    }

    proptest! {
        #[test]
        fn no_text_of_a_stranger_is_in_a_mail_as_it_is(text in strangers_text(), name in strangers_text()) {
            const URL: &str = "https://labelmesh.test";
            let at = DateTime::UNIX_EPOCH;
            let (task_id, user_id) = (Uuid::from_u128(1).into(), Uuid::from_u128(2).into());
            let notices = Kind::ALL.map(|kind| match kind {
                Kind::LoggedIn => Notice::LoggedIn(LoggedIn {
                    session_id: Uuid::from_u128(3).into(),
                    user_id,
                    address: text.clone(),
                    user_agent: text.clone(),
                    at,
                }),
                Kind::TaskCompleted => task(&text, 3),
                Kind::OperatorPaused => {
                    let title = text.clone();
                    Notice::OperatorPaused(OperatorPaused { task_id, operator_id: user_id, times: 1, title, at })
                }
                Kind::WebhookPaused => Notice::WebhookPaused(WebhookPaused {
                    webhook_id: Uuid::from_u128(5).into(),
                    owner_id: user_id,
                    url: format!("https://{}", text.replace(char::is_whitespace, "")),
                    gone: false,
                    at,
                }),
            });
            for notice in notices {
                let words = notice.words(URL);
                let to = Contact { email: "ada@labelmesh.test".to_owned(), name: name.clone() };
                let mail = Mail::compose(Uuid::from_u128(4).into(), to, words.subject, &words.body);
                prop_assert!(!mail.subject.contains(char::is_control) && !mail.to.name.contains(char::is_control));
                let whole = format!("{}\n{}", mail.subject, mail.text);
                let ours = whole.replace(URL, "");
                prop_assert!(!ours.contains("://") && !ours.to_lowercase().contains("www."), "{whole}");
                for line in ours.lines().filter(|line| line.contains('Ж')) {
                    // Taken out of their quotation marks, strangers have said nothing; what they said in them is short.
                    let parts: Vec<&str> = line.split(['“', '”']).collect();
                    prop_assert!(parts.iter().step_by(2).all(|part| !part.contains('Ж')), "{line}");
                    let quoted = parts.iter().skip(1).step_by(2);
                    prop_assert!(parts.len() % 2 == 1 && quoted.clone().all(|part| part.chars().count() <= 40), "{line}");
                }
            }
        }
    }
}
