//! The words in which people are told what happened.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use url::Url;

use super::{
    letter::Letter,
    notice::{
        FactorChange, GroupInvited, LoggedIn, Notice, OperatorPaused, PasswordChanged, SecondFactorChanged,
        TaskCompleted, TaskStarved, WebhookPaused,
    },
    origin::program_name,
    strangers::quoted,
};

impl Notice {
    /// What is said. `public_url` is where the gateway is reached, without a slash at the end.
    pub(crate) fn letter(&self, public_url: &str) -> Letter {
        match self {
            Self::LoggedIn(login) => login.letter(public_url),
            Self::TaskCompleted(task) => task.letter(public_url),
            Self::OperatorPaused(pause) => pause.letter(public_url),
            Self::WebhookPaused(pause) => pause.letter(public_url),
            Self::TaskStarved(task) => task.letter(public_url),
            Self::GroupInvited(invited) => invited.letter(public_url),
            Self::PasswordChanged(changed) => changed.letter(public_url),
            Self::SecondFactorChanged(changed) => changed.letter(public_url),
        }
    }
}

impl LoggedIn {
    fn letter(&self, public_url: &str) -> Letter {
        let address = self.address.parse::<IpAddr>().map_or("unknown".to_owned(), |address| address.to_string());
        Letter::new("New sign-in to your Labelmesh account")
            .text("Somebody signed in to your Labelmesh account from a place or with a program that is new to it.")
            .facts([
                ("When", time(self.at)),
                ("Address", address),
                ("Program", quoted(&program_name(&self.user_agent))),
            ])
            .text(
                "If this was you, there is nothing to do. If it was not, somebody knows your password: change it, \
                 which ends all other sessions.",
            )
            .link("See where you are signed in", format!("{public_url}/v1/sessions"))
            .command("labelmesh password")
    }
}

impl TaskCompleted {
    fn letter(&self, public_url: &str) -> Letter {
        let title = quoted(&self.title);
        let Self { task_id, images, decided, contested, .. } = self;
        let contested = format!("{contested} of them (tied, or not sure enough, to the end: worth a second look)");
        let facts = [("Images", images.to_string()), ("Decided", decided.to_string()), ("Contested", contested)];
        let letter = Letter::new(format!("Your task {title} is complete"))
            .text(format!("Your task {title} is complete since {}.", time(self.at)));
        let letter = match self.undecided {
            0 => letter.facts(facts),
            undecided => {
                let undecided = format!("{undecided} (they had no votes when the task was finished)");
                let [images, decided, contested] = facts;
                letter.facts([images, decided, contested, ("Undecided", undecided)])
            }
        };
        letter
            .link("See the results", format!("{public_url}/v1/tasks/{task_id}/results"))
            .link("All labels as one CSV file", format!("{public_url}/v1/tasks/{task_id}/export?format=csv"))
            .link("All labels as JSON Lines", format!("{public_url}/v1/tasks/{task_id}/export?format=json_lines"))
    }
}

impl OperatorPaused {
    fn letter(&self, public_url: &str) -> Letter {
        let title = quoted(&self.title);
        Letter::new(format!("You are paused in {title}"))
            .text(format!("Thank you for your work on {title}."))
            .text(format!(
                "Since {} this task hands no more images to you. Some of your labels differ from what the task's \
                 owner expects. That happens: often the instructions leave something open.",
                time(self.at)
            ))
            .text(
                "Your other tasks are not touched, and what you have labeled is kept. The owner of the task can see \
                 that you are paused and may let you go on; there is nothing that you need to do.",
            )
            .link("See what is open to you", format!("{public_url}/v1/me/tasks"))
    }
}

impl WebhookPaused {
    fn letter(&self, public_url: &str) -> Letter {
        let Self { webhook_id, .. } = self;
        let host = Url::parse(&self.url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        let host = quoted(&host);
        let why = match self.gone {
            true => "Its endpoint answered “410 Gone”.",
            false => "Its endpoint has taken nothing for a day.",
        };
        Letter::new(format!("Your webhook at {host} is told nothing more"))
            .text(format!("A webhook of yours is told nothing more since {}.", time(self.at)))
            .facts([("Webhook", webhook_id.to_string()), ("Host", host)])
            .text(format!(
                "{why} What was on its way has failed. Once the endpoint is well, enable the webhook again and have \
                 deliveries made once more."
            ))
            .link("See the attempts and their answers", format!("{public_url}/v1/webhooks/{webhook_id}/deliveries"))
    }
}

impl TaskStarved {
    fn letter(&self, public_url: &str) -> Letter {
        let title = quoted(&self.title);
        let Self { task_id, images, starved, .. } = self;
        Letter::new(format!("Images of your task {title} are skipped"))
            .text(format!(
                "Three operators or more have skipped the same image of your task {title}. Such images may never get \
                 their votes, and the task is not complete without them."
            ))
            .facts([("Images", images.to_string()), ("Skipped", starved.to_string()), ("Since", time(self.at))])
            .text(
                "You can look at them and set their labels yourself, let further operators in, or finish the task \
                 with the votes at hand. Further images that are skipped are counted with the task and not told again.",
            )
            .link("See the images", format!("{public_url}/v1/tasks/{task_id}/results"))
            .command(format!("labelmesh tasks results {task_id}"))
    }
}

impl GroupInvited {
    fn letter(&self, public_url: &str) -> Letter {
        let name = quoted(&self.name);
        Letter::new(format!("You are invited to the group {name}"))
            .text(format!(
                "A client has invited you to {name}, a group of operators. Who is in it is handed images of tasks \
                 that are not open to everybody."
            ))
            .text("Nobody learns anything of you unless you accept. If you don't, the invitation lapses by itself.")
            .link("See your invitations", format!("{public_url}/v1/me/invitations"))
            .command("labelmesh groups invitations")
    }
}

impl PasswordChanged {
    fn letter(&self, public_url: &str) -> Letter {
        let ended = match self.through_session {
            true => "All sessions have ended but the one in which it was changed.",
            false => "All sessions have ended.",
        };
        Letter::new("Your Labelmesh password was changed")
            .text(format!("Your password was changed at {}. {ended}", time(self.at)))
            .text(
                "If this was you, there is nothing to do. If it was not, somebody else has your account: tell your \
                 administrator, who can block it.",
            )
            .link("See where you are signed in", format!("{public_url}/v1/sessions"))
    }
}

impl SecondFactorChanged {
    fn letter(&self, public_url: &str) -> Letter {
        let at = time(self.at);
        let (subject, what) = match self.change {
            FactorChange::Confirmed => (
                "A second factor was switched on for your Labelmesh account",
                format!("Since {at} a code of an authenticator is asked for beside your password."),
            ),
            FactorChange::Removed => (
                "The second factor of your Labelmesh account was switched off",
                format!("Since {at} no code is asked for any more: your password alone lets you in."),
            ),
            FactorChange::Taken => (
                "The second factor of your Labelmesh account was taken away",
                format!(
                    "An administrator has taken it at {at}, as for somebody who has lost the device. All sessions have \
                     ended, and your password alone lets you in: enrol another one once you have signed in."
                ),
            ),
        };
        let letter = Letter::new(subject).text(what).text(match self.change {
            FactorChange::Taken => "If you have not asked for this, tell your administrator.",
            FactorChange::Confirmed | FactorChange::Removed => {
                "If this was you, there is nothing to do. If it was not, somebody else has your account: change your \
                 password, which ends all other sessions, and tell your administrator."
            }
        });
        letter.link("See how it stands", format!("{public_url}/v1/me/second-factor")).command(match self.change {
            FactorChange::Taken => "labelmesh second-factor enrol",
            FactorChange::Confirmed | FactorChange::Removed => "labelmesh second-factor show",
        })
    }
}

/// A time as people read it.
pub(super) fn time(at: DateTime<Utc>) -> String {
    at.format("%-d %B %Y, %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{Contact, Kind, Mail};

    const URL: &str = "https://labelmesh.test";

    /// A notice of each kind in which strangers have said `text` wherever they can.
    fn each(text: &str) -> [Notice; Kind::ALL.len()] {
        let (task_id, user_id, at) = (Uuid::from_u128(1).into(), Uuid::from_u128(2).into(), DateTime::UNIX_EPOCH);
        let (title, group_id) = (text.to_owned(), Uuid::from_u128(6).into());
        Kind::ALL.map(|kind| match kind {
            Kind::LoggedIn => Notice::LoggedIn(LoggedIn {
                session_id: Uuid::from_u128(3).into(),
                user_id,
                address: text.to_owned(),
                user_agent: text.to_owned(),
                at,
            }),
            Kind::TaskCompleted => task(text, 3),
            Kind::OperatorPaused => Notice::OperatorPaused(OperatorPaused {
                task_id,
                operator_id: user_id,
                times: 1,
                title: title.clone(),
                at,
            }),
            Kind::WebhookPaused => Notice::WebhookPaused(WebhookPaused {
                webhook_id: Uuid::from_u128(5).into(),
                owner_id: user_id,
                url: format!("https://{}", text.replace(char::is_whitespace, "")),
                gone: false,
                at,
            }),
            Kind::TaskStarved => Notice::TaskStarved(TaskStarved {
                task_id,
                owner_id: user_id,
                title: title.clone(),
                images: 300,
                starved: 2,
                at,
            }),
            Kind::GroupInvited => Notice::GroupInvited(GroupInvited { group_id, user_id, name: title.clone(), at }),
            Kind::PasswordChanged => {
                Notice::PasswordChanged(PasswordChanged { user_id, version: 2, through_session: true, at })
            }
            Kind::SecondFactorChanged => factor(FactorChange::Confirmed),
        })
    }

    fn factor(change: FactorChange) -> Notice {
        let (user_id, at) = (Uuid::from_u128(2).into(), DateTime::UNIX_EPOCH);
        Notice::SecondFactorChanged(SecondFactorChanged { user_id, version: 2, change, at })
    }

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

    fn mail(notice: &Notice, name: &str) -> Mail {
        let to = Contact { email: "ada@labelmesh.test".to_owned(), name: name.to_owned() };
        Mail::compose(Uuid::from_u128(4).into(), to, &notice.letter(URL)).expect("nothing in it fails")
    }

    #[test]
    fn a_title_cannot_add_a_line_to_the_subject_or_the_body() {
        let letter = task("Cats\r\nBcc: everyone\r\n\r\nPay here", 0).letter(URL);
        assert_eq!(letter.subject, "Your task “Cats Bcc: everyone Pay here” is complete");
        assert!(letter.body().starts_with("Your task “Cats Bcc: everyone Pay here” is complete since"));
    }

    #[test]
    fn a_completion_says_how_it_went_and_where_the_results_are() {
        let body = task("Cats", 0).letter("https://label.example").body();
        assert!(body.contains("Images:     300\n    Decided:    300\n    Contested:  4 of them"), "{body}");
        assert!(body.contains("(tied, or not sure enough, to the end") && !body.contains("Undecided"), "{body}");
        let results = "https://label.example/v1/tasks/00000000-0000-0000-0000-000000000001/results\n";
        assert!(body.contains(results), "{body}");
        assert!(task("Cats", 7).letter("").body().contains("Undecided:  7 "));
    }

    #[test]
    fn a_pause_is_told_politely_and_gives_nothing_away() {
        let [_, _, pause, ..] = each("Cats\r\nBcc: x");
        let letter = pause.letter(URL);
        assert_eq!(letter.subject, "You are paused in “Cats Bcc: x”");
        let body = letter.body();
        assert!(body.starts_with("Thank you for your work"), "{body}");
        assert!(!body.to_lowercase().contains("gold") && !body.contains('%'), "{body}");
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
        let body = login.letter("http://localhost").body();
        for part in ["1 January 1970, 00:00:00 UTC\n", "192.0.2.7\n", "Program:  “curl”\n"] {
            assert!(body.contains(part), "{body}");
        }
        let silent = LoggedIn { address: String::new(), user_agent: String::new(), ..login };
        assert!(silent.letter("").body().contains("Address:  unknown\n    Program:  “unknown”\n"));
    }

    #[test]
    fn a_changed_password_says_what_has_ended() {
        let changed = |through_session| {
            let (user_id, at) = (Uuid::from_u128(2).into(), DateTime::UNIX_EPOCH);
            PasswordChanged { user_id, version: 2, through_session, at }.letter(URL).body()
        };
        assert!(
            changed(true).contains("but the one in which it was changed") && !changed(false).contains("but the one")
        );
    }

    #[test]
    fn a_changed_second_factor_says_what_lets_one_in_now() {
        let said = [FactorChange::Confirmed, FactorChange::Removed, FactorChange::Taken].map(|change| {
            let letter = factor(change).letter(URL);
            format!("{}: {}", letter.subject, letter.body())
        });
        assert!(
            said[0].contains("switched on") && said[0].contains("is asked for beside your password"),
            "{}",
            said[0]
        );
        assert!(said[1].contains("switched off") && said[1].contains("no code is asked for any more"), "{}", said[1]);
        assert!(said[2].contains("An administrator has taken it") && said[2].contains("All sessions"), "{}", said[2]);
    }

    #[test]
    fn each_kind_says_so_in_its_subject_and_leads_to_where_the_matter_is() {
        let ways = each("Cats").map(|notice| {
            let mail = mail(&notice, "Ada");
            assert!(mail.subject.is_ascii() || mail.subject.contains("“Cats”") || mail.subject.contains("“cats”"));
            let first = mail.html.split("class=\"button\"").nth(1).and_then(|rest| rest.split("href=\"").nth(1));
            let first = first.and_then(|rest| rest.split('"').next()).expect("a button").to_owned();
            assert!(mail.text.contains(&first), "{first}");
            first.strip_prefix(URL).expect("a link to us").to_owned()
        });
        let (task, webhook) = ("00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000005");
        assert_eq!(
            ways,
            [
                "/v1/sessions".to_owned(),
                format!("/v1/tasks/{task}/results"),
                "/v1/me/tasks".to_owned(),
                format!("/v1/webhooks/{webhook}/deliveries"),
                format!("/v1/tasks/{task}/results"),
                "/v1/me/invitations".to_owned(),
                "/v1/sessions".to_owned(),
                "/v1/me/second-factor".to_owned(),
            ]
        );
    }

    /// Text as a stranger would choose it; each holds the mark that finds it again.
    fn strangers_text() -> impl Strategy<Value = String> {
        r#"([a-zX .:/<>&"“”«\r\n\u{2028}\u{202e}-]|://|www\.|WWW\.|Ж){0,80}Ж([a-z.:/“”]|://|www\.|Ж){0,80}"#
    }

    /// Taken out of their quotation marks, strangers have said nothing; what they said in them is short.
    fn is_quoted(line: &str) -> bool {
        let parts: Vec<&str> = line.split(['“', '”']).collect();
        let mut quoted = parts.iter().skip(1).step_by(2);
        parts.iter().step_by(2).all(|part| !part.contains('Ж'))
            && parts.len() % 2 == 1
            && quoted.all(|part| part.chars().count() <= 40)
    }

    /// The text of HTML, a line for each line of it; markup that a stranger had brought in would be gone from it.
    fn unmarked(html: &str) -> String {
        let mut text = String::new();
        for piece in html.split('<').skip(1) {
            text.push_str(piece.split_once('>').expect("a tag ends").1);
        }
        [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")]
            .iter()
            .fold(text, |text, (written, meant)| text.replace(written, meant))
    }

    proptest! {
        #[test]
        fn no_text_of_a_stranger_is_in_a_mail_as_it_is(text in strangers_text(), name in strangers_text()) {
            for notice in each(&text) {
                let mail = mail(&notice, &name);
                prop_assert!(!mail.subject.contains(char::is_control) && !mail.to.name.contains(char::is_control));
                for whole in [format!("{}\n{}", mail.subject, mail.text), unmarked(&mail.html)] {
                    let ours = whole.replace(URL, "");
                    prop_assert!(!ours.contains("://") && !ours.to_lowercase().contains("www."), "{whole}");
                    for line in ours.lines().filter(|line| line.contains('Ж')) {
                        prop_assert!(is_quoted(line), "{line}");
                    }
                }
                // Whatever they say, the markup is ours.
                let harmless = mail_of_nobody(&notice);
                prop_assert_eq!(mail.html.matches('<').count(), harmless.html.matches('<').count());
            }
        }
    }

    /// The mail about the same kind where strangers said nothing.
    fn mail_of_nobody(notice: &Notice) -> Mail {
        let plain = each("Cats").into_iter().find(|plain| plain.kind() == notice.kind()).expect("each kind");
        mail(&plain, "Ada")
    }
}
