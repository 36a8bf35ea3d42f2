//! Plots as an SVG, side by side.

use std::fmt::Write;

const WIDTH: f64 = 460.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 60.0;
const TOP: f64 = 40.0;
const INNER: (f64, f64) = (370.0, 250.0);
/// Told apart by those who see no colours too: by their lightness and their dashes.
const COLOURS: [(&str, &str); 4] =
    [("#e69f00", "9 2 2 2"), ("#999999", "2 3"), ("#56b4e9", "7 3"), ("#d55e00", "none")];
/// About how many ticks an axis has.
const TICKS: f64 = 5.0;
/// How much of a plot from zero is above its points: the names of its lines are there.
const HEADROOM: f64 = 0.35;

/// One plot.
pub(crate) struct Plot {
    pub(crate) title: String,
    /// What is to be said of what is not shown, below the plot; or nothing.
    pub(crate) note: String,
    pub(crate) across: &'static str,
    pub(crate) up: &'static str,
    /// At most four; those behind are drawn over those before.
    pub(crate) lines: Vec<Line>,
    /// Whether both axes begin with 0. The names of the lines are at the top then, at the bottom otherwise.
    pub(crate) from_zero: bool,
}

/// Points that belong together, from left to right.
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) points: Vec<(f64, f64)>,
    pub(crate) style: Style,
}

/// How points are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// A line, and a mark at each.
    Marked,
    /// A line.
    Plain,
    /// A small dot at each.
    Dots,
}

/// Where values are on the picture.
struct Scale {
    from: (f64, f64),
    to: (f64, f64),
}

impl Scale {
    fn of(plot: &Plot) -> Self {
        let points = || plot.lines.iter().flat_map(|line| &line.points);
        let least = points().fold((f64::MAX, f64::MAX), |least, p| (least.0.min(p.0), least.1.min(p.1)));
        let most = points().fold((f64::MIN, f64::MIN), |most, p| (most.0.max(p.0), most.1.max(p.1)));
        if plot.from_zero {
            return Self { from: (0.0, 0.0), to: (most.0.max(1e-9), most.1.max(1e-9) * (1.0 + HEADROOM)) };
        }
        let margin = ((most.0 - least.0).max(1e-9) * 0.05, (most.1 - least.1).max(1e-9) * 0.05);
        Self { from: (least.0 - margin.0, least.1 - margin.1), to: (most.0 + margin.0, most.1 + margin.1) }
    }

    fn place(&self, point: (f64, f64)) -> (f64, f64) {
        let (across, up) =
            ((point.0 - self.from.0) / (self.to.0 - self.from.0), (point.1 - self.from.1) / (self.to.1 - self.from.1));
        (LEFT + across * INNER.0, TOP + (1.0 - up) * INNER.1)
    }
}

/// All plots, so many in a row.
pub(crate) fn svg(plots: &[Plot], columns: usize) -> String {
    let columns = columns.max(1);
    let (width, height) = (WIDTH * columns as f64, HEIGHT * plots.len().div_ceil(columns) as f64);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" \
         font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    for (number, plot) in plots.iter().enumerate() {
        let (x, y) = (WIDTH * (number % columns) as f64, HEIGHT * (number / columns) as f64);
        let _ = writeln!(svg, "<g transform=\"translate({x} {y})\">");
        axes(&mut svg, plot, &Scale::of(plot));
        curves(&mut svg, plot, &Scale::of(plot));
        svg.push_str("</g>\n");
    }
    svg.push_str("</svg>\n");
    svg
}

// Writing to a string does not fail, here and below.
fn axes(svg: &mut String, plot: &Plot, scale: &Scale) {
    let (right, bottom) = (LEFT + INNER.0, TOP + INNER.1);
    let _ = writeln!(svg, "<text x=\"{LEFT}\" y=\"24\" font-size=\"14\">{}</text>", plot.title);
    let _ = writeln!(svg, "<path d=\"M{LEFT} {TOP}V{bottom}H{right}\" fill=\"none\" stroke=\"#333\"/>");
    for (x, digits) in ticks(scale.from.0, scale.to.0) {
        let (at, _) = scale.place((x, scale.from.1));
        let _ = writeln!(svg, "<text x=\"{at:.1}\" y=\"{}\" text-anchor=\"middle\">{x:.digits$}</text>", bottom + 16.0);
    }
    for (y, digits) in ticks(scale.from.1, scale.to.1) {
        let (_, at) = scale.place((scale.from.0, y));
        let _ = writeln!(svg, "<text x=\"{}\" y=\"{at:.1}\" text-anchor=\"end\">{y:.digits$}</text>", LEFT - 6.0);
        let _ = writeln!(svg, "<path d=\"M{LEFT} {at:.1}H{right}\" stroke=\"#eee\"/>");
    }
    let middle = LEFT + INNER.0 / 2.0;
    let _ = writeln!(svg, "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{}</text>", bottom + 36.0, plot.across);
    if !plot.note.is_empty() {
        let _ = writeln!(svg, "<text x=\"{right}\" y=\"{}\" text-anchor=\"end\">{}</text>", bottom + 36.0, plot.note);
    }
    let turn = TOP + INNER.1 / 2.0;
    let _ =
        writeln!(svg, "<text transform=\"translate(16 {turn}) rotate(-90)\" text-anchor=\"middle\">{}</text>", plot.up);
}

/// Round numbers within a range, and how many digits they have after the point.
fn ticks(from: f64, to: f64) -> impl Iterator<Item = (f64, usize)> {
    let rough = (to - from) / TICKS;
    let power = rough.log10().floor();
    let step = [1.0, 2.0, 5.0, 10.0].map(|times| times * 10f64.powf(power)).into_iter().find(|&step| step >= rough);
    let step = step.unwrap_or(rough);
    let digits = (-step.log10().floor()).max(0.0) as usize;
    let first = (from / step).ceil();
    (0..)
        .map(move |tick| (first + f64::from(tick)) * step)
        .take_while(move |&value| value <= to)
        .map(move |v| (v, digits))
}

fn curves(svg: &mut String, plot: &Plot, scale: &Scale) {
    for (number, line) in plot.lines.iter().enumerate() {
        let (colour, dashes) = COLOURS[(number + COLOURS.len() - plot.lines.len().min(COLOURS.len())) % COLOURS.len()];
        let places: Vec<(f64, f64)> = line.points.iter().map(|&point| scale.place(point)).collect();
        let style = match line.style {
            Style::Dots => {
                // A line of no length with round ends: the shortest way to write a dot.
                let path: String = places.iter().map(|(x, y)| format!("M{x:.0} {y:.0}h0")).collect();
                let style = format!("stroke=\"{colour}\" stroke-width=\"2\" stroke-linecap=\"round\"");
                let _ = writeln!(svg, "<path d=\"{path}\" {style}/>");
                style
            }
            Style::Plain | Style::Marked => {
                let path: Vec<String> = places.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
                let style = format!("stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dashes}\"");
                let _ = writeln!(svg, "<path d=\"M{}\" fill=\"none\" {style}/>", path.join("L"));
                style
            }
        };
        for (x, y) in places.iter().filter(|_| line.style == Style::Marked) {
            let _ = writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{colour}\"/>");
        }
        let height = if plot.from_zero {
            TOP + 8.0 + 16.0 * number as f64
        } else {
            TOP + INNER.1 - 16.0 * (plot.lines.len() - number) as f64
        };
        let (start, end) = (LEFT + INNER.0 - 220.0, LEFT + INNER.0 - 190.0);
        let sample = if line.style == Style::Dots { "h0m10 0h0m10 0h0" } else { "h30" };
        let _ = writeln!(svg, "<path d=\"M{start} {height}{sample}\" {style}/>");
        let _ = writeln!(svg, "<text x=\"{}\" y=\"{}\">{}</text>", end + 6.0, height + 4.0, line.name);
    }
}
