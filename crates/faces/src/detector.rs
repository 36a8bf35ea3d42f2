//! The model, and a picture as it wants it.

use std::sync::Arc;

use image::{RgbImage, imageops};
use labelmesh_pixels::Source;
use rten::{Model, NodeId, RunOptions, ThreadPool, Value};
use rten_tensor::{AsView as _, NdTensor};

use crate::{
    Face,
    boxes::{Grid, faces},
};

/// YuNet of March 2023: see `model/README.md`.
static MODEL: &[u8] = include_bytes!("../model/face_detection_yunet_2023mar.onnx");
/// The model's picture is a square of this side.
const SIDE: u32 = 640;
const STRIDES: [usize; 3] = [8, 16, 32];
/// How sure it has to be that something is a face where nothing else is said. At 0.75 it took one of 46 scenes without
/// people for one.
pub const MIN_SCORE: f32 = 0.75;

/// Why no face was looked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The picture can't be read.
    #[error(transparent)]
    Picture(#[from] labelmesh_pixels::Error),
    /// The model can't be run: a fault of this crate.
    #[error("the face detector failed")]
    Model(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Finds faces. Loading it takes a few milliseconds and 2 MiB; it can be shared among threads.
pub struct Detector {
    model: Model,
    input: NodeId,
    /// What the model says, grid by grid: of a face, of an object, boxes.
    outputs: Vec<NodeId>,
    threads: Arc<ThreadPool>,
}

impl Detector {
    /// How much memory looking for faces takes at most, in bytes, beside reading the picture: what the model holds
    /// between its layers.
    pub const MEMORY_BYTES: u64 = 48 << 20;

    /// Loads the model.
    ///
    /// # Errors
    /// Model.
    pub fn load() -> Result<Self, Error> {
        let model = Model::load_static_slice(MODEL).map_err(|error| Error::Model(error.into()))?;
        let node = |name: String| model.node_id(&name).map_err(|error| Error::Model(error.into()));
        let names =
            STRIDES.into_iter().flat_map(|stride| ["cls", "obj", "bbox"].map(|kind| format!("{kind}_{stride}")));
        let outputs = names.map(&node).collect::<Result<_, _>>()?;
        let input = node("input".to_owned())?;
        // Whoever calls decides how many pictures are looked at side by side.
        Ok(Self { input, outputs, model, threads: Arc::new(ThreadPool::with_num_threads(1)) })
    }

    /// The faces of an upright picture of which the detector is so sure, from 0 to 1, the largest first. Those that are
    /// smaller than a sixtieth of the picture's longer side are not found. Takes some 50 ms of CPU time beside
    /// decoding: not for an async thread.
    ///
    /// # Errors
    /// Picture, as [`Source::make`] fails, or Model.
    pub fn faces(&self, source: &Source<'_>, min_score: f32) -> Result<Vec<Face>, Error> {
        let small = source.small(SIDE)?;
        let scale = f64::from(source.size().0.max(source.size().1)) / f64::from(small.width().max(small.height()));
        let answers = self.answers(&small).map_err(Error::Model)?;
        let mut found = Vec::new();
        for (stride, answers) in STRIDES.into_iter().zip(answers.chunks_exact(3)) {
            let [face, object, boxes] = answers else { continue };
            let columns = SIDE as usize / stride;
            found.extend(Grid { stride, columns, face, object, boxes }.found(min_score));
        }
        Ok(faces(found, scale, source.size()))
    }

    /// What the model says of a picture that is no longer than its side, grid by grid.
    fn answers(&self, small: &RgbImage) -> Result<Vec<Vec<f32>>, Box<dyn std::error::Error + Send + Sync>> {
        let mut square = RgbImage::new(SIDE, SIDE);
        imageops::replace(&mut square, small, 0, 0);
        let side = SIDE as usize;
        // Blue, green, red, each a plane, from 0 to 255.
        let input = NdTensor::<f32, 4>::from_fn([1, 3, side, side], |[_, channel, y, x]| {
            f32::from(square.as_raw()[(y * side + x) * 3 + 2 - channel])
        });
        let mut options = RunOptions::default();
        options.thread_pool = Some(Arc::clone(&self.threads));
        let answers = self.model.run(vec![(self.input, input.into())], &self.outputs, Some(options))?;
        let numbers = |answer: Value| Ok(answer.into_tensor::<f32>().ok_or("no numbers")?.to_vec());
        answers.into_iter().map(numbers).collect()
    }
}
