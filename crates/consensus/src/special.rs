//! The special functions that the Bayesian methods need.

/// The logarithm of the gamma function for x > 0: Stirling's series after shifting x to 8 or more. Absolute error
/// below 1e-10.
pub(crate) fn ln_gamma(x: f64) -> f64 {
    let (x, shift) = shifted(x);
    stirling(x) + HALF_LN_2_PI - f64::ln(shift)
}

/// The logarithm of x (x + 1) .. (x + n - 1), for any n >= 0: the difference of two [`ln_gamma`] for less than both.
pub(crate) fn ln_rising(x: f64, n: f64) -> f64 {
    let ((from, from_shift), (to, to_shift)) = (shifted(x), shifted(x + n));
    stirling(to) - stirling(from) + if from_shift == 1.0 { 0.0 } else { f64::ln(from_shift / to_shift) }
}

const HALF_LN_2_PI: f64 = 0.918_938_533_204_672_8;

/// The number shifted to 8 or more, and by how much that makes its gamma larger.
fn shifted(x: f64) -> (f64, f64) {
    if x >= 8.0 {
        return (x, 1.0);
    }
    // x (x + 1) .. (x + 7), outer factors together.
    let outer = x * (x + 7.0);
    (x + 8.0, outer * (outer + 6.0) * ((outer + 10.0) * (outer + 12.0)))
}

/// Stirling's series but for its constant.
fn stirling(x: f64) -> f64 {
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    let series = inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0)));
    (x - 0.5) * x.ln() - x + series
}

/// The derivative of [`ln_gamma`] for x > 0, by its asymptotic series after the same shift.
pub(crate) fn digamma(mut x: f64) -> f64 {
    let mut shift = 0.0;
    while x < 8.0 {
        shift += 1.0 / x;
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    x.ln() - 0.5 / x - square * (1.0 / 12.0 - square * (1.0 / 120.0 - square * (1.0 / 252.0 - square / 240.0))) - shift
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        assert!((ln_gamma(1.0)).abs() < 1e-10);
        assert!((ln_gamma(5.0) - 24f64.ln()).abs() < 1e-10);
        assert!((ln_gamma(0.5) - std::f64::consts::PI.sqrt().ln()).abs() < 1e-10);
        assert!((ln_gamma(1e-6) - 13.815_509_980_749_43).abs() < 1e-9);
        for (x, n) in [(0.01, 0.3), (0.5, 20.0), (6.0, 3.0), (30.0, 400.0)] {
            assert!((ln_rising(x, n) - (ln_gamma(x + n) - ln_gamma(x))).abs() < 1e-9);
        }
        assert!((digamma(1.0) + 0.577_215_664_901_532_9).abs() < 1e-9);
        assert!((digamma(0.5) + 1.963_510_026_021_423_4).abs() < 1e-9);
    }
}
