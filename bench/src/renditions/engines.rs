//! What a picture costs in CPU by our engine, by Pillow and by sharp: the same files, in turns, in one run.

mod program;

use std::{
    fmt,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use labelmesh_pixels::{Bounds, Encoding, Fit, Focus, Frames, Limits, Output, Recipe, Source, Window};
use serde::Serialize;

use self::program::{Program, pillow, sharp};
use super::sources::{SIZE, numbered, picture};
use crate::cpu;

/// How many files each engine makes in its turn.
const FILES: u32 = 10;
/// How many turns of each engine are counted. One more comes first, in which nothing is warm.
const TURNS: usize = 7;
const QUALITY: u8 = 80;

/// What is made of each file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Work {
    /// 800 pixels wide.
    Resize,
    /// The middle, 50 % x 10 % of it.
    Crop,
}

/// A file of the picture, with bytes of its own.
struct Photo {
    path: PathBuf,
    bytes: Bytes,
}

/// What one picture took in a turn, and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
struct Turn {
    cpu_ms: f64,
    /// The mean of all files.
    bytes: u64,
    size: (u32, u32),
}

/// What was measured.
#[derive(Debug, Serialize)]
pub(super) struct Comparison {
    rows: Vec<Row>,
    /// Which engines could not be had, and why.
    missing: Vec<String>,
}

/// One engine at one work: the median of its turns.
#[derive(Debug, Serialize)]
struct Row {
    work: Work,
    engine: String,
    turn: Turn,
}

/// Measures our engine, and those of the others that can be had.
pub(super) fn compare() -> Result<Comparison> {
    let folder = tempfile::tempdir()?;
    let files = files(folder.path())?;
    let (mut others, mut missing) = (Vec::new(), Vec::new());
    for (name, started) in [("Pillow", pillow(&files)), ("sharp", sharp(folder.path(), &files))] {
        match started {
            Ok(program) => others.push(program),
            Err(error) => missing.push(format!("{name}: {error:#}")),
        }
    }
    let mut rows = Vec::new();
    for work in [Work::Resize, Work::Crop] {
        rows.extend(measure(work, &files, &mut others)?);
    }
    Ok(Comparison { rows, missing })
}

fn files(folder: &Path) -> Result<Vec<Photo>> {
    let picture = picture()?;
    let file = |number| {
        let file = numbered(&picture, number);
        let path = folder.join(file.name);
        std::fs::write(&path, &file.data)?;
        Ok(Photo { path, bytes: file.data })
    };
    (0..FILES).map(file).collect()
}

fn measure(work: Work, files: &[Photo], others: &mut [Program]) -> Result<Vec<Row>> {
    let mut turns = vec![Vec::new(); others.len() + 1];
    for number in 0..=TURNS {
        let mut taken = vec![ours(work, files)?];
        for other in &mut *others {
            taken.push(other.turn(work)?);
        }
        ensure!(taken.iter().all(|turn| turn.size == taken[0].size), "the sizes differ: {taken:?}");
        eprintln!("{}, turn {number} of {TURNS}: {}", work.name(), milliseconds(&taken));
        if number > 0 {
            turns.iter_mut().zip(taken).for_each(|(turns, turn)| turns.push(turn));
        }
    }
    let names = std::iter::once("Labelmesh".to_owned()).chain(others.iter().map(|other| other.name.clone()));
    names.zip(turns).map(|(engine, turns)| Ok(Row { work, engine, turn: median(turns)? })).collect()
}

fn milliseconds(turns: &[Turn]) -> String {
    turns.iter().map(|turn| format!("{:.1} ms", turn.cpu_ms)).collect::<Vec<_>>().join(", ")
}

fn median(mut turns: Vec<Turn>) -> Result<Turn> {
    turns.sort_by(|a, b| a.cpu_ms.total_cmp(&b.cpu_ms));
    turns.get(turns.len() / 2).copied().context("there was no turn")
}

/// A turn of our engine, as a worker calls it: what the job takes is judged before it is begun.
fn ours(work: Work, files: &[Photo]) -> Result<Turn> {
    let recipe = match work {
        Work::Resize => {
            Recipe::Resize { bounds: Bounds::Width(800), fit: Fit::Inside, enlarge: false, focus: Focus::Center }
        }
        Work::Crop => Recipe::Crop { window: Window::Percent(50, 10), focus: Focus::Point(SIZE.0 / 2, SIZE.1 / 2) },
    };
    let output = Output { encoding: Encoding::Jpeg { quality: QUALITY }, frames: Frames::First };
    let start = cpu::used_by_thread()?;
    let (mut bytes, mut size) = (0, (0, 0));
    for Photo { bytes: file, .. } in files {
        Source::open(file, Limits::default())?.memory_bytes_as(&recipe, output.encoding)?;
        let made = Source::open(file, Limits::default())?.make(&recipe, output)?;
        (bytes, size) = (bytes + made.bytes.len() as u64, (made.width, made.height));
    }
    let used = cpu::used_by_thread()?.saturating_sub(start);
    Ok(Turn { cpu_ms: used.as_secs_f64() * 1e3 / f64::from(FILES), bytes: bytes / u64::from(FILES), size })
}

impl Work {
    fn name(self) -> &'static str {
        match self {
            Self::Resize => "resize",
            Self::Crop => "crop",
        }
    }
}

impl Comparison {
    /// How many times the CPU of the best of the others ours takes for another size; none where there is no other.
    pub(super) fn ratio(&self) -> Option<f64> {
        let mut of_resize = self.rows.iter().filter(|row| row.work == Work::Resize).map(|row| row.turn.cpu_ms);
        let ours = of_resize.next()?;
        of_resize.reduce(f64::min).map(|best| ours / best)
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>8} {:>16} {:>12} {:>8} {:>12}", "work", "engine", "CPU ms", "bytes", "pixels")?;
        for Row { work, engine, turn } in &self.rows {
            let (Turn { cpu_ms, bytes, size: (width, height) }, work) = (turn, work.name());
            let pixels = format!("{width} x {height}");
            writeln!(f, "{work:>8} {engine:>16} {cpu_ms:>12.1} {bytes:>8} {pixels:>12}")?;
        }
        for missing in &self.missing {
            writeln!(f, "not measured: {missing}")?;
        }
        match self.ratio() {
            Some(ratio) => writeln!(f, "resize: {ratio:.2} times the CPU of the better of the others"),
            None => writeln!(f, "resize: there is no other engine here to compare with"),
        }
    }
}
