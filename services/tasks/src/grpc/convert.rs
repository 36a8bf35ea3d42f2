//! Between the contract's messages and the domain's values.

use labelmesh_errors::{Error, Result, parse_field};
use labelmesh_proto::{tasks::v1, timestamp};

use crate::{
    config::Quotas,
    domain::{
        Audience, Draft, DraftChange, GoldRules, Image, ImageFile, ImageResult, Note, Policy, State, Task, Usage,
        Verdict,
    },
};

/// The fields that a mask can name.
const FIELDS: [&str; 4] = ["title", "instructions", "labels", "policy"];

impl TryFrom<v1::CreateTaskRequest> for Draft {
    type Error = Error;

    fn try_from(request: v1::CreateTaskRequest) -> Result<Self> {
        Self::new(request.title, request.instructions, request.labels, required(request.policy)?)
    }
}

impl TryFrom<v1::UpdateTaskRequest> for DraftChange {
    type Error = Error;

    /// What the mask names; without one, what is given. What it names and is not given becomes empty.
    fn try_from(request: v1::UpdateTaskRequest) -> Result<Self> {
        let mask = request.update_mask.map(|mask| mask.paths).unwrap_or_default();
        if mask.iter().any(|path| !FIELDS.contains(&path.as_str())) {
            return Err(Error::invalid("update_mask", format!("must name fields among {}", FIELDS.join(", "))));
        }
        let named =
            |field: &str, is_given| if mask.is_empty() { is_given } else { mask.iter().any(|path| path == field) };
        Ok(Self {
            title: named("title", request.title.is_some()).then(|| request.title.unwrap_or_default()),
            instructions: named("instructions", request.instructions.is_some())
                .then(|| request.instructions.unwrap_or_default()),
            labels: named("labels", !request.labels.is_empty()).then_some(request.labels),
            policy: named("policy", request.policy.is_some()).then(|| required(request.policy)).transpose()?,
        })
    }
}

fn required(policy: Option<v1::Policy>) -> Result<Policy> {
    let policy = policy.ok_or_else(|| Error::invalid("policy", "is required"))?;
    let gold = GoldRules::new(policy.gold_share, policy.gold_accuracy, policy.qualification)?;
    Ok(Policy::new(policy.redundancy, policy.max_votes, policy.confidence)?
        .with_gold(gold)
        .with_one_vote_per_network(policy.one_vote_per_network))
}

/// The audience that a caller names.
pub(super) fn audience(audience: &v1::Audience) -> Result<Audience> {
    fn all<T: std::str::FromStr<Err: std::fmt::Display>>(field: &str, texts: &[String]) -> Result<Vec<T>> {
        let parse = |(index, text): (usize, &String)| parse_field(format!("audience.{field}[{index}]"), text);
        texts.iter().enumerate().map(parse).collect()
    }
    if audience.kind() == v1::AudienceKind::Invited {
        let (groups, operators) =
            (all("group_ids", &audience.group_ids)?, all("operator_ids", &audience.operator_ids)?);
        return Ok(Audience::Invited { groups, operators });
    }
    for (field, named) in [("group_ids", &audience.group_ids), ("operator_ids", &audience.operator_ids)] {
        if !named.is_empty() {
            return Err(Error::invalid(format!("audience.{field}"), "must be empty where everybody is handed images"));
        }
    }
    Ok(Audience::Open)
}

impl From<Audience> for v1::Audience {
    fn from(audience: Audience) -> Self {
        let kind = if audience.is_open() { v1::AudienceKind::Open } else { v1::AudienceKind::Invited };
        Self {
            kind: kind.into(),
            group_ids: audience.groups().iter().map(ToString::to_string).collect(),
            operator_ids: audience.operators().iter().map(ToString::to_string).collect(),
        }
    }
}

fn state(state: &State) -> v1::TaskState {
    match state {
        State::Draft { .. } => v1::TaskState::Draft,
        State::Open(_) => v1::TaskState::Open,
        State::Completed { .. } => v1::TaskState::Completed,
        State::Cancelled { .. } => v1::TaskState::Cancelled,
    }
}

impl From<Policy> for v1::Policy {
    fn from(policy: Policy) -> Self {
        Self {
            redundancy: policy.redundancy(),
            max_votes: policy.max_votes(),
            confidence: policy.confidence(),
            gold_share: policy.gold().share(),
            gold_accuracy: policy.gold().accuracy(),
            qualification: policy.gold().qualification(),
            one_vote_per_network: policy.one_vote_per_network(),
        }
    }
}

impl From<Task> for v1::Task {
    fn from(task: Task) -> Self {
        let progress = task.progress();
        Self {
            task_id: task.id.to_string(),
            owner_id: task.owner.to_string(),
            title: task.draft.title().to_owned(),
            instructions: task.draft.instructions().to_owned(),
            labels: task.draft.labels().to_vec(),
            policy: Some(task.draft.policy().into()),
            state: state(&task.state).into(),
            images: task.images(),
            decided: progress.decided,
            contested: progress.contested,
            undecided: progress.undecided,
            starved: progress.starved,
            created_at: Some(timestamp(task.created_at)),
            submitted_at: task.labeling().map(|labeling| timestamp(labeling.submitted_at)),
            ended_at: task.ended_at().map(timestamp),
            finishing: task.labeling().is_some_and(|labeling| labeling.finishing),
            audience: Some(task.audience.into()),
        }
    }
}

impl From<Task> for v1::TaskProgress {
    fn from(task: Task) -> Self {
        let progress = task.progress();
        Self {
            task_id: task.id.to_string(),
            version: task.version,
            state: state(&task.state).into(),
            images: task.images(),
            decided: progress.decided,
            contested: progress.contested,
            undecided: progress.undecided,
            starved: progress.starved,
        }
    }
}

/// Notes on a file, as the contract numbers them.
pub(super) fn notes(notes: &[Note]) -> Vec<i32> {
    let number = |note: &Note| match note {
        Note::Malformed => v1::ImageNote::Malformed.into(),
        Note::NoEnd => v1::ImageNote::NoEnd.into(),
    };
    notes.iter().map(number).collect()
}

impl From<ImageFile> for v1::ImageFile {
    fn from(file: ImageFile) -> Self {
        Self {
            sha256: file.hash.to_string(),
            media_type: file.media_type,
            size_bytes: file.size_bytes,
            width: file.width,
            height: file.height,
        }
    }
}

impl From<Image> for v1::Image {
    fn from(image: Image) -> Self {
        Self {
            image_id: image.id.to_string(),
            name: image.name,
            media_type: image.media_type,
            size_bytes: image.size_bytes,
            sha256: image.hash.to_string(),
            width: image.width,
            height: image.height,
            notes: notes(&image.notes),
            gold_label: image.gold_label.unwrap_or_default(),
            place: image.position.unsigned_abs(),
        }
    }
}

impl From<ImageResult> for v1::Result {
    fn from(result: ImageResult) -> Self {
        let message = Self {
            image_id: result.image_id.to_string(),
            name: result.name,
            state: v1::ResultState::Pending.into(),
            starved: result.starved,
            ..Self::default()
        };
        let Some((verdict, at)) = result.decided else { return message };
        let decided_at = Some(timestamp(at));
        match verdict {
            Verdict::Undecided => Self { state: v1::ResultState::Undecided.into(), decided_at, ..message },
            Verdict::Decided { label, confidence, rule, contested, votes } => {
                let votes = votes.into_iter().map(|count| v1::LabelCount { label: count.label, votes: count.votes });
                Self {
                    state: v1::ResultState::Decided.into(),
                    decided_at,
                    label,
                    confidence,
                    rule,
                    contested,
                    votes: votes.collect(),
                    ..message
                }
            }
        }
    }
}

/// What a client has, beside what they may have.
pub(super) fn usage(usage: Usage, quotas: Quotas) -> v1::Usage {
    let quota = |used, limit| Some(v1::Quota { used, limit: Some(limit).filter(|limit| *limit > 0) });
    v1::Usage {
        tasks: quota(usage.tasks, quotas.tasks),
        open_tasks: quota(usage.open_tasks, quotas.open_tasks),
        images: quota(usage.held.images, quotas.images),
        bytes: quota(usage.held.bytes, quotas.bytes),
    }
}
