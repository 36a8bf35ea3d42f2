//! What a task is and may become, and which files are images: rules without IO.

mod decision;
mod draft;
mod ending;
mod file_name;
mod image;
mod picture;
mod policy;
mod refusal;
mod task;

pub use decision::{Decision, ImageResult, LabelCount, Verdict};
pub use draft::Draft;
pub use file_name::FileName;
pub use image::{ContentHash, Image, NewImage, Outcome};
pub use picture::{Header, MediaType, Picture};
pub use policy::Policy;
pub use refusal::Refusal;
pub use task::{Labeling, Progress, State, Step, Task};
