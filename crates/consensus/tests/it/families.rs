//! `auto` on ten made kinds of crowds, against its reference and against counting.

use labelmesh_consensus::simulate::{Family, Simulated};
use labelmesh_consensus::{Estimate, Method, calibration, log_loss};

const ITEMS: u32 = 2000;

pub(crate) fn estimate(crowd: &Simulated, method: Method) -> Estimate {
    method.estimate(&crowd.table().expect("a made crowd fits"), 1)
}

/// Accuracy, expected calibration error over ten bins, and log-loss with no probability below a millionth.
pub(crate) fn figures(crowd: &Simulated, estimate: &Estimate) -> [f64; 3] {
    let judged: Vec<(f64, bool)> = (0..crowd.truth.len())
        .map(|item| (estimate.confidence(item), estimate.labels[item] == crowd.truth[item]))
        .collect();
    let given: Vec<f64> =
        crowd.truth.iter().enumerate().map(|(item, &truth)| estimate.of_item(item)[usize::from(truth)]).collect();
    [crowd.accuracy_of(&estimate.labels), calibration(&judged, 10).error, log_loss(&given, 1e-6)]
}

/// For each item whether one is right there (1) and the other not (-1).
pub(crate) fn differences(crowd: &Simulated, one: &[u16], other: &[u16]) -> Vec<f64> {
    let right = |labels: &[u16], item: usize| f64::from(u8::from(labels[item] == crowd.truth[item]));
    (0..crowd.truth.len()).map(|item| right(one, item) - right(other, item)).collect()
}

/// A mean by its standard error; 0 where nothing differs.
pub(crate) fn in_errors(differences: &[f64]) -> f64 {
    let n = differences.len() as f64;
    let sum: f64 = differences.iter().sum();
    let squares: f64 = differences.iter().map(|difference| difference * difference).sum();
    sum / (squares - sum * sum / n).max(1e-9).sqrt()
}

#[test]
fn auto_gives_what_its_reference_gives() {
    // By an implementation of the same recipe in another language, which sweeps by matrices.
    let reference = [
        [0.9350, 0.1401, 0.3081],
        [0.8450, 0.1181, 0.3954],
        [0.9430, 0.0748, 0.1977],
        [0.8680, 0.0361, 0.4109],
        [0.9345, 0.1092, 0.2641],
        [0.9865, 0.0777, 0.1073],
        [0.9735, 0.1117, 0.2077],
        [0.8930, 0.1396, 0.3668],
        [0.8545, 0.0721, 0.3044],
        [0.7070, 0.1002, 0.5035],
    ];
    for (family, reference) in Family::ALL.into_iter().zip(reference) {
        let crowd = family.run(ITEMS, 1);
        let figures = figures(&crowd, &estimate(&crowd, Method::Auto));
        let apart = figures.iter().zip(reference).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(apart < 0.002, "{}: {figures:?}, of the reference {reference:?}", family.name);
    }
}

#[test]
fn auto_is_on_no_kind_of_crowd_clearly_worse_than_counting() {
    for family in Family::ALL {
        let mut all = Vec::new();
        for seed in 1..=10 {
            let crowd = family.run(ITEMS / 2, seed);
            let labels = [Method::Auto, Method::Plurality].map(|method| estimate(&crowd, method).labels);
            all.extend(differences(&crowd, &labels[0], &labels[1]));
        }
        assert!(in_errors(&all) > -1.96, "{}: {} standard errors", family.name, in_errors(&all));
    }
}
