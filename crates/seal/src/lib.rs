#![doc = include_str!("../README.md")]

mod context;
mod key;
mod page;
mod sealer;

pub use context::context;
pub use key::{InvalidKey, SealKey};
pub use page::{Page, PageRequest, PageSizes, PageTokens};
pub use sealer::{Broken, Sealer};
