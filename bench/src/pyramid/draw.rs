//! The four plots: replicas and load, CPU, and the response times of either side.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::{
    crew::Side,
    figures::quantile,
    place::{Sample, Seen},
    report::Report,
};
use crate::plot::{Line, Plot, Style, svg};

/// How many points of a side are drawn at most.
const MOST_DOTS: usize = 3_000;
/// The share of them that decides how high a plot is; what is above is drawn at its edge.
const SHOWN: f64 = 0.98;

/// Draws them into `pyramid.svg` in a folder.
pub(super) fn write(folder: &Path, report: &Report) -> Result<()> {
    let plots = [
        replicas(report),
        cpu(report),
        response_times(report, Side::Clients, "One iteration of a client: create, upload, submit"),
        response_times(report, Side::Operators, "One iteration of an operator: lease, vote"),
    ];
    let file = folder.join("pyramid.svg");
    std::fs::write(&file, svg(&plots, 2)).with_context(|| file.display().to_string())
}

fn plot(title: String, up: &'static str, lines: Vec<Line>) -> Plot {
    Plot { title, note: String::new(), across: "minutes", up, lines, from_zero: true }
}

fn seen(sample: &Sample, service: &str) -> Seen {
    sample.services.get(service).copied().unwrap_or_default()
}

fn replicas(report: &Report) -> Plot {
    let load = |side| {
        let rate = |number: usize| {
            report.steps[number].times.get(&side).map_or(0.0, |times| times.iterations as f64)
                / report.step_seconds
                / f64::from(report.times)
        };
        steps(report, rate)
    };
    let replicas = |service| {
        let mut points: Vec<(f64, f64)> = Vec::new();
        for sample in &report.samples {
            let (at, now) = (sample.at / 60.0, seen(sample, service).replicas as f64);
            // It changed between two looks; the line goes up or down at the later one.
            if let Some(&(_, before)) = points.last().filter(|(_, before)| *before != now) {
                points.push((at, before));
            }
            points.push((at, now));
        }
        points
    };
    let lines = vec![
        Line { name: "iterations/s, operators", points: load(Side::Operators), style: Style::Plain },
        Line { name: "iterations/s, clients", points: load(Side::Clients), style: Style::Plain },
        Line { name: "replicas of subtasks", points: replicas("subtasks"), style: Style::Plain },
        Line { name: "replicas of tasks", points: replicas("tasks"), style: Style::Plain },
    ];
    let of = if report.times == 1 { String::new() } else { format!("; iterations / {}", report.times) };
    plot(format!("Replicas follow the load{of}"), "replicas; iterations a second", lines)
}

/// A value for each step of the pyramid.
fn steps(report: &Report, value: impl Fn(usize) -> f64) -> Vec<(f64, f64)> {
    let edge = |number: usize| report.step_seconds * number as f64 / 60.0;
    (0..report.steps.len()).flat_map(|number| [number, number + 1].map(|at| (edge(at), value(number)))).collect()
}

fn cpu(report: &Report) -> Plot {
    // Where nobody knows what was used there is no point, and the line goes on to the next.
    let of = |select: &dyn Fn(&str) -> bool| {
        let point = |sample: &Sample| {
            let services = sample.services.iter().filter(|(name, _)| select(name));
            let cores: Option<f64> = services.map(|(_, seen)| seen.cores).sum();
            Some((sample.at / 60.0, cores? * 1_000.0))
        };
        report.samples.iter().filter_map(point).collect::<Vec<_>>()
    };
    let used = |service: &'static str| of(&|name| name == service);
    let others = of(&|name| !["gateway", "tasks", "subtasks"].contains(&name));
    let lines = vec![
        Line { name: "the four other services", points: others, style: Style::Plain },
        Line { name: "gateway", points: used("gateway"), style: Style::Plain },
        Line { name: "subtasks", points: used("subtasks"), style: Style::Plain },
        Line { name: "tasks", points: used("tasks"), style: Style::Plain },
    ];
    plot("CPU of all replicas of a service".to_owned(), "thousandths of a processor", lines)
}

fn response_times(report: &Report, side: Side, title: &str) -> Plot {
    let of_side: Vec<_> = report.iterations.iter().filter(|one| one.side == side).collect();
    let mut sorted: Vec<f64> = of_side.iter().map(|one| one.seconds * 1_000.0).collect();
    sorted.sort_by(f64::total_cmp);
    let limit = quantile(&sorted, SHOWN) * 1.5;
    let above = sorted.iter().filter(|ms| **ms > limit).count();
    let drawn = of_side.iter().step_by(of_side.len().div_ceil(MOST_DOTS).max(1));
    let dots = drawn.map(|one| (one.at / 60.0, (one.seconds * 1_000.0).min(limit))).collect();
    let median = |number: usize| report.steps[number].times.get(&side).map_or(0.0, |times| times.median_ms);
    let lines = vec![
        Line { name: "each iteration", points: dots, style: Style::Dots },
        Line { name: "median of a step", points: steps(report, median), style: Style::Plain },
    ];
    let note = if above == 0 { String::new() } else { format!("{above} took longer than shown") };
    Plot { note, ..plot(title.to_owned(), "milliseconds", lines) }
}
