#![doc = include_str!("../README.md")]

mod key;
mod page;
mod sealer;

pub use key::{InvalidKey, SealKey};
pub use page::{PageTokens, context, page_size};
pub use sealer::{Broken, Sealer};
