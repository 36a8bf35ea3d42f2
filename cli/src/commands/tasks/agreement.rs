//! `labelmesh tasks agreement`: how far operators agree.

use labelmesh_sdk::{
    Client,
    subtasks::{Agreement, AlikePair, GetAgreementRequest},
};

use super::submitted;
use crate::{
    exit::Failure,
    output::{Output, counted, table},
};

/// Show how far the operators of a task agree, and how far each can be relied on; they go by pseudonyms.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh tasks agreement TASK
  labelmesh tasks agreement TASK --json | jq '.byOperator[] | select(.reliability < 0.6)'")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let agreement = client.get_agreement(GetAgreementRequest { task_id: options.task.clone() }).await;
    let agreement = submitted(client, &options.task, agreement).await?;
    output.message(&agreement, || people(&agreement))
}

fn people(agreement: &Agreement) -> String {
    let percent = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{:.0} %", 100.0 * value));
    let index = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.3}"));
    let operators = agreement.by_operator.iter().map(|operator| {
        let right = match (operator.reliability, operator.standard_error) {
            (Some(right), Some(doubt)) => format!("{:.0} ± {:.0} %", 100.0 * right, 100.0 * doubt),
            _ => "-".to_owned(),
        };
        vec![operator.operator.clone(), operator.votes.to_string(), right, percent(operator.agreement)]
    });
    let labels = agreement.by_label.iter();
    let labels = labels.map(|label| vec![label.label.clone(), label.votes.to_string(), percent(label.agreement)]);
    format!(
        "{} of {} for {}\nKrippendorff's alpha {}, Fleiss' kappa {} (1 is perfect, 0 is chance)\n\n{}\n\n{}{}",
        counted(agreement.votes, "vote"),
        counted(agreement.operators, "operator"),
        counted(agreement.images, "image"),
        index(agreement.krippendorff_alpha),
        index(agreement.fleiss_kappa),
        table(&["operator", "votes", "right", "others agree"], &operators.collect::<Vec<_>>()),
        table(&["label", "votes", "others agree"], &labels.collect::<Vec<_>>()),
        alike(&agreement.alike),
    )
}

/// Who may be one person; nothing where there is nobody.
fn alike(pairs: &[AlikePair]) -> String {
    if pairs.is_empty() {
        return String::new();
    }
    let rows = pairs.iter().map(|pair| {
        let mistakes = format!("{}, {}", pair.first_mistakes, pair.second_mistakes);
        let shared = format!("{} (by chance {:.1})", pair.shared_mistakes, pair.expected);
        vec![pair.first.clone(), pair.second.clone(), pair.images.to_string(), mistakes, shared]
    });
    let rows = table(&["operator", "and", "both voted", "mistakes", "the same"], &rows.collect::<Vec<_>>());
    format!("\n\nThese share their mistakes: they may be one person, or ask each other.\n{rows}")
}
