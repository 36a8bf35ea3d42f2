#![doc = include_str!("../README.md")]

mod census;
mod context;
mod key;
mod page;
mod sealer;

pub use census::Census;
pub use context::context;
pub use key::{InvalidKey, SealKey, SealKeys};
pub use page::{Page, PageRequest, PageSizes, PageTokens};
pub use sealer::{Broken, Sealer};
