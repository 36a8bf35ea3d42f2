//! What a task is and may become, and which files are images: rules without IO.

mod audience;
mod decision;
mod draft;
mod file_name;
mod gold;
mod image;
mod picture;
mod policy;
mod quota;
mod refusal;
mod task;

pub(crate) use audience::Audience;
pub(crate) use decision::{Decision, ImageResult, LabelCount, Verdict};
pub(crate) use draft::{Draft, DraftChange};
pub(crate) use file_name::FileName;
pub(crate) use gold::{GoldLabels, GoldRules};
pub(crate) use image::{ContentHash, Image, ImageFile, NewImage, Outcome};
pub(crate) use labelmesh_pixels::Note;
pub(crate) use picture::{Header, MediaType, Picture, Renditions, has_thumbnail};
pub(crate) use policy::Policy;
pub(crate) use quota::{Held, Quota, Usage, UsedUp};
pub(crate) use refusal::Refusal;
pub(crate) use task::{Labeling, Progress, State, Step, Task};
