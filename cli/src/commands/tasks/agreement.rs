//! `labelmesh tasks agreement`: how far operators agree.

use serde_json::Value;

use super::submitted;
use crate::{
    api::{Api, Rpc, count, field},
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

pub(super) async fn run(options: &Options, api: &Api, output: Output) -> Result<(), Failure> {
    let agreement = api.call(&Rpc::GET_AGREEMENT, &[&options.task], None).await;
    let agreement = submitted(api, &options.task, agreement).await?;
    output.result(&agreement, || people(&agreement))
}

fn people(agreement: &Value) -> String {
    let of = |value: &Value, name: &str| value[name].as_f64();
    let percent = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{:.0} %", 100.0 * value));
    let index = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.3}"));
    let rows = |list: &str, row: &dyn Fn(&Value) -> Vec<String>| -> Vec<Vec<String>> {
        agreement[list].as_array().into_iter().flatten().map(row).collect()
    };
    let operators = rows("byOperator", &|operator| {
        let right = match (of(operator, "reliability"), of(operator, "standardError")) {
            (Some(right), Some(doubt)) => format!("{:.0} ± {:.0} %", 100.0 * right, 100.0 * doubt),
            _ => "-".to_owned(),
        };
        let votes = count(operator, "votes").to_string();
        vec![field(operator, "operator").to_owned(), votes, right, percent(of(operator, "agreement"))]
    });
    let labels = rows("byLabel", &|label| {
        vec![field(label, "label").to_owned(), count(label, "votes").to_string(), percent(of(label, "agreement"))]
    });
    format!(
        "{} of {} for {}\nKrippendorff's alpha {}, Fleiss' kappa {} (1 is perfect, 0 is chance)\n\n{}\n\n{}",
        counted(count(agreement, "votes"), "vote"),
        counted(count(agreement, "operators"), "operator"),
        counted(count(agreement, "images"), "image"),
        index(of(agreement, "krippendorffAlpha")),
        index(of(agreement, "fleissKappa")),
        table(&["operator", "votes", "right", "others agree"], &operators),
        table(&["label", "votes", "others agree"], &labels),
    )
}
