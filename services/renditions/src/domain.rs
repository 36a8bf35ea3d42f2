//! What can be made of a picture or a page, and how far that is: rules without IO.

mod digest;
mod kind;
mod line;
mod media_type;
mod page;
mod progress;
mod quota;
mod refusal;
mod rendition;
mod source;
mod spec;
mod transformation;

pub(crate) use digest::{Digest, JobKey};
pub use kind::{Kind, NotAKind};
pub(crate) use line::Line;
pub(crate) use media_type::{GIF, media_type};
pub(crate) use page::{Candidate, PageUrl, PageView, shortened};
pub(crate) use progress::Progress;
pub(crate) use quota::{check_open, check_source_bytes};
pub(crate) use refusal::Failure;
pub(crate) use rendition::{Face, Rendition, Window};
pub(crate) use source::{Source, StoredSource};
pub(crate) use spec::{
    Crop, Cut, Fit, Focus, Format, LeadImage, NoFace, Optimize, Output, Portrait, Resize, Screenshot, Spec,
};
pub(crate) use transformation::{Job, Outcome, State, Transformation};
