//! `labelmesh tasks audience`: who is handed the images of a task, or of new ones.

use labelmesh_sdk::{
    Client,
    tasks::{Audience, AudienceKind, GetMyAudienceRequest, SetMyAudienceRequest, SetTaskAudienceRequest},
    users::CreateGroupRequest,
};

use super::task;
use crate::{
    commands::groups::invite_or_add,
    exit::{Exit, Failure},
    output::{Output, counted},
};

/// How a new group is called at most, in characters.
const LONGEST: usize = 100;

/// Show or change who is handed the images of a task, or of your new tasks.
///
/// Without an option it shows who is. What is said takes the place of what was said before.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh tasks audience TASK
  labelmesh tasks audience TASK --audience open
  labelmesh tasks audience TASK --group GROUP --operator USER
  labelmesh tasks audience TASK --invite ann@example.com --invite bob@example.com
  labelmesh tasks audience --mine --audience open      # your new tasks, unless they say otherwise")]
pub(crate) struct Options {
    /// The task's id.
    #[arg(required_unless_present = "mine", conflicts_with = "mine")]
    task: Option<String>,
    /// Your new tasks, where they do not say it themselves.
    #[arg(long)]
    mine: bool,
    #[command(flatten)]
    who: Who,
}

/// Who is handed images.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Who {
    /// Who is handed images: `open` is every operator, `invited` those who are named, or nobody.
    #[arg(long, value_name = "WHO")]
    audience: Option<Kind>,
    /// A group whose members are; may be given several times.
    #[arg(long, value_name = "GROUP")]
    group: Vec<String>,
    /// An operator who is, by their user id; may be given several times.
    #[arg(long, value_name = "USER")]
    operator: Vec<String>,
    /// An e-mail address to invite, into a new group; may be given several times.
    #[arg(long, value_name = "EMAIL")]
    invite: Vec<String>,
}

/// Everybody, or those who are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kind {
    /// Every operator.
    Open,
    /// Those who are named.
    Invited,
}

impl Who {
    /// The audience that was asked for, if one was. Whoever is to be invited by mail is invited into a new group.
    ///
    /// # Errors
    /// Where everybody and somebody were asked for, or the server refuses.
    pub(crate) async fn audience(&self, client: &Client, title: &str) -> Result<Option<Audience>, Failure> {
        let named = !(self.group.is_empty() && self.operator.is_empty() && self.invite.is_empty());
        match (self.audience, named) {
            (None, false) => return Ok(None),
            (Some(Kind::Open), true) => {
                let failure = Failure::new(Exit::Usage, "a task that is open to everybody names nobody");
                return Err(failure.remedy("--audience invited, or neither --group, --operator nor --invite"));
            }
            (Some(Kind::Open), false) => {
                return Ok(Some(Audience { kind: AudienceKind::Open.into(), ..Audience::default() }));
            }
            _ => {}
        }
        let mut group_ids = self.group.clone();
        if !self.invite.is_empty() {
            let name = title.chars().take(LONGEST).collect();
            let group = client.create_group(CreateGroupRequest { name, ..Default::default() }).await?.group_id;
            for email in &self.invite {
                invite_or_add(client, &group, email).await?;
            }
            group_ids.push(group);
        }
        let operator_ids = self.operator.clone();
        Ok(Some(Audience { kind: AudienceKind::Invited.into(), group_ids, operator_ids }))
    }
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let Some(id) = &options.task else { return mine(options, client, output).await };
    let known = task(client, id).await?;
    let audience = match options.who.audience(client, &known.title).await? {
        None => known.audience.unwrap_or_default(),
        Some(audience) => {
            let request = SetTaskAudienceRequest { task_id: id.clone(), audience: Some(audience) };
            client.set_task_audience(request).await?.audience.unwrap_or_default()
        }
    };
    output.message(&audience, || told(&audience))
}

async fn mine(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let audience = match options.who.audience(client, "My operators").await? {
        None => client.get_my_audience(GetMyAudienceRequest {}).await?,
        audience => client.set_my_audience(SetMyAudienceRequest { audience }).await?,
    };
    output.message(&audience, || told(&audience))
}

/// Who is handed images, in a few words.
pub(super) fn told(audience: &Audience) -> String {
    if audience.kind() == AudienceKind::Open {
        return "every operator".to_owned();
    }
    let groups = audience.group_ids.iter().map(|group| format!("group {group}"));
    let operators = match audience.operator_ids.len() {
        0 => None,
        some => Some(counted(some as u64, "operator")),
    };
    let named: Vec<_> = groups.chain(operators).collect();
    if named.is_empty() { "nobody yet".to_owned() } else { named.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_handed_images_is_told_in_a_few_words() {
        let audience = |kind: AudienceKind, groups: &[&str], operators: &[&str]| Audience {
            kind: kind.into(),
            group_ids: groups.iter().map(ToString::to_string).collect(),
            operator_ids: operators.iter().map(ToString::to_string).collect(),
        };
        assert_eq!(told(&audience(AudienceKind::Open, &[], &[])), "every operator");
        assert_eq!(told(&audience(AudienceKind::Invited, &[], &[])), "nobody yet");
        assert_eq!(told(&audience(AudienceKind::Invited, &["7"], &["1", "2"])), "group 7, 2 operators");
    }
}
