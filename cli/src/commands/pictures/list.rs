//! `labelmesh pictures list`: what was asked for, the newest first.

use labelmesh_sdk::{
    Client,
    renditions::{ListTransformationsRequest, Transformation},
};

use super::{kind, state};
use crate::{
    exit::Failure,
    limit,
    output::{Output, print, print_json, table, when},
};

/// List what you have asked for (all for administrators), the newest first.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh pictures list
  labelmesh pictures list --batch BATCH --limit 500 --json      # one transformation a line")]
pub(crate) struct Options {
    /// Those alone that were asked for together.
    #[arg(long, value_name = "BATCH")]
    batch: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = 50, value_parser = limit::parser())]
    limit: usize,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let batch_id = options.batch.clone().unwrap_or_default();
    let request = ListTransformationsRequest { batch_id, page_size: limit::page(options.limit), ..Default::default() };
    let mut found = limit::first(client.list_transformations_all(request), options.limit).await?;
    limit::cut(&mut found, options.limit, output);
    if output.json {
        return print_json(&found);
    }
    if found.is_empty() {
        output.note("There is none. Try: labelmesh pictures resize --help");
        return Ok(());
    }
    let row = |one: &Transformation| {
        let pictures = one.renditions.len().to_string();
        let created = when(one.created_at.as_ref());
        vec![one.transformation_id.clone(), kind(one).to_owned(), state(one), pictures, created]
    };
    let rows: Vec<_> = found.iter().map(row).collect();
    print(&[table(&["transformation", "kind", "state", "pictures", "created"], &rows)])
}
