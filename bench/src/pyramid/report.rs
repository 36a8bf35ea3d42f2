//! What was seen, minute by minute, and whether it is as it should be.

use std::{collections::BTreeMap, fmt, time::Duration};

use anyhow::{Context as _, Result, ensure};
use serde::Serialize;

use super::{
    SCALED, STEPS,
    crew::{Iteration, Side, Work},
    figures::Times,
    place::Sample,
};

/// How many times as long the median of the peak may be as that of the first step.
const FLAT: f64 = 1.2;

/// What was seen.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// How many times 15 clients and 10 operators there were.
    pub(super) times: u32,
    pub(super) step_seconds: f64,
    pub(super) steps: Vec<Step>,
    flatness: Vec<Flatness>,
    failures: Vec<String>,
    pub(super) samples: Vec<Sample>,
    pub(super) iterations: Vec<Iteration>,
}

/// One step of the pyramid.
#[derive(Debug, Serialize)]
pub(super) struct Step {
    pub(super) times: BTreeMap<Side, Times>,
    /// The fewest and the most replicas that there were, by service.
    replicas: BTreeMap<&'static str, (usize, usize)>,
    /// How many processors a service used on the mean, as far as that is known.
    cores: BTreeMap<&'static str, f64>,
}

/// The medians of one side.
#[derive(Debug, Serialize)]
struct Flatness {
    side: Side,
    first_ms: f64,
    peak_ms: f64,
    ratio: f64,
}

impl Report {
    pub(super) fn new(times: u32, step: Duration, work: Work, samples: Vec<Sample>) -> Result<Self> {
        let Work { iterations, failures } = work;
        let flatness = Side::BOTH.map(|side| Flatness::of(side, &iterations));
        let flatness =
            flatness.into_iter().collect::<Option<Vec<_>>>().context("a side did nothing in the first step")?;
        let step_seconds = step.as_secs_f64();
        let steps = (0..STEPS as usize).map(|number| Step::of(number, step_seconds, &iterations, &samples)).collect();
        Ok(Self { times, step_seconds, steps, flatness, failures, samples, iterations })
    }

    /// Fails where replicas did not follow the load, or response times did.
    pub(super) fn judge(&self) -> Result<()> {
        let failed = self.failures.len();
        ensure!(failed == 0, "{failed} iterations failed; the first: {}", self.failures[0]);
        for service in SCALED.map(labelmesh_cluster::Service::name) {
            let most_of = |step: &Step| step.replicas.get(service).map(|(_, most)| *most);
            let first = self.steps.first().and_then(most_of).context("nothing was seen in the first step")?;
            let most = self.steps.iter().filter_map(most_of).max().unwrap_or(first);
            let last = self
                .samples
                .last()
                .map_or(most, |sample| sample.services.get(service).map_or(most, |seen| seen.replicas));
            ensure!(
                most > first && last <= first,
                "{service} had {first} replicas in the first step, {most} at most, {last} at the end"
            );
        }
        for Flatness { side, ratio, .. } in &self.flatness {
            let name = side.name();
            ensure!(*ratio <= FLAT, "{name} waited {ratio:.2} times as long at the peak, more than {FLAT} times");
        }
        Ok(())
    }
}

impl Step {
    fn of(number: usize, seconds: f64, iterations: &[Iteration], samples: &[Sample]) -> Self {
        let within = |side| iterations.iter().filter(move |one| one.side == side && one.step == number);
        let times = Side::BOTH.map(|side| (side, Times::of(within(side).map(|one| one.seconds))));
        // A look is about what was since the one before.
        let (from, to) = (seconds * number as f64, seconds * (number + 1) as f64);
        let looks: Vec<_> = samples.iter().filter(|sample| sample.at > from && sample.at <= to).collect();
        let (mut replicas, mut known) = (BTreeMap::new(), BTreeMap::<_, Vec<f64>>::new());
        for (name, seen) in looks.iter().flat_map(|sample| &sample.services) {
            let (least, most) = replicas.entry(*name).or_insert((seen.replicas, seen.replicas));
            (*least, *most) = (seen.replicas.min(*least), seen.replicas.max(*most));
            known.entry(*name).or_default().extend(seen.cores);
        }
        let mean = |cores: Vec<f64>| (!cores.is_empty()).then(|| cores.iter().sum::<f64>() / cores.len() as f64);
        let cores = known.into_iter().filter_map(|(name, cores)| Some((name, mean(cores)?))).collect();
        Self { times: times.into(), replicas, cores }
    }
}

impl Flatness {
    fn of(side: Side, iterations: &[Iteration]) -> Option<Self> {
        let median = |counts: &dyn Fn(usize) -> bool| {
            let counted = iterations.iter().filter(|one| one.side == side && counts(one.step));
            Times::of(counted.map(|one| one.seconds)).median_ms
        };
        let (first_ms, peak_ms) = (median(&|step| step == 0), median(&|step| side.peaks(step)));
        (first_ms > 0.0).then(|| Self { side, first_ms, peak_ms, ratio: peak_ms / first_ms })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>4} | {:^31} | {:^31} | replicas       | CPU, thousandths", "", "clients", "operators")?;
        write!(f, "{:>4}", "step")?;
        for _ in Side::BOTH {
            write!(f, " | {:>5} {:>6} {:>8} {:>9}", "pause", "times", "median", "95 %")?;
        }
        writeln!(f, " | tasks subtasks | gateway tasks subtasks")?;
        for (number, step) in self.steps.iter().enumerate() {
            write!(f, "{:>4}", number + 1)?;
            for (side, Times { iterations, median_ms, p95_ms }) in &step.times {
                let pause = side.pause(number).as_secs();
                write!(f, " | {pause:>3} s {iterations:>6} {median_ms:>5.1} ms {p95_ms:>6.1} ms")?;
            }
            let replicas = |name| match step.replicas.get(name) {
                Some((least, most)) if least == most => most.to_string(),
                Some((least, most)) => format!("{least}-{most}"),
                None => "?".to_owned(),
            };
            let used = |name| step.cores.get(name).copied().unwrap_or_default() * 1_000.0;
            write!(f, " | {:>5} {:>8}", replicas("tasks"), replicas("subtasks"))?;
            writeln!(f, " | {:>7.0} {:>5.0} {:>8.0}", used("gateway"), used("tasks"), used("subtasks"))?;
        }
        for Flatness { side, first_ms, peak_ms, ratio } in &self.flatness {
            let side = side.name();
            writeln!(
                f,
                "{side}: median {first_ms:.1} ms in the first step, {peak_ms:.1} ms at the peak: {ratio:.2} times"
            )?;
        }
        writeln!(f, "failed: {} of {}", self.failures.len(), self.failures.len() + self.iterations.len())
    }
}
