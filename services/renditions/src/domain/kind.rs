//! The kinds of transformations.

use std::{fmt, str::FromStr};

use serde::Deserialize;

/// A kind of transformation: each has a queue of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub enum Kind {
    /// Another size.
    Resize,
    /// A part.
    Crop,
    /// Fewer bytes.
    Optimize,
    /// Faces.
    Portrait,
    /// A page as it is seen.
    Screenshot,
    /// The image that a page is about.
    LeadImage,
}

/// A text that names no kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAKind(String);

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Resize, Self::Crop, Self::Optimize, Self::Portrait, Self::Screenshot, Self::LeadImage];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Resize => "resize",
            Self::Crop => "crop",
            Self::Optimize => "optimize",
            Self::Portrait => "portrait",
            Self::Screenshot => "screenshot",
            Self::LeadImage => "lead_image",
        }
    }

    /// Whether pictures of this kind are made of web pages: they have no source.
    #[must_use]
    pub fn is_of_pages(self) -> bool {
        match self {
            Self::Resize | Self::Crop | Self::Optimize | Self::Portrait => false,
            Self::Screenshot | Self::LeadImage => true,
        }
    }

    /// Counts the ways in which pictures of this kind were made: it grows when the same request has another result.
    /// What was made before stays and is found no more.
    pub(crate) fn recipe_version(self) -> u32 {
        match self {
            Self::Screenshot | Self::LeadImage => 1,
            Self::Resize | Self::Crop | Self::Portrait | Self::Optimize => 2,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = NotAKind;

    fn from_str(text: &str) -> Result<Self, NotAKind> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(|| NotAKind(text.to_owned()))
    }
}

impl TryFrom<String> for Kind {
    type Error = NotAKind;

    fn try_from(text: String) -> Result<Self, NotAKind> {
        text.parse()
    }
}

impl fmt::Display for NotAKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no kind: there are {}", self.0, Kind::ALL.map(Kind::name).join(", "))
    }
}

impl std::error::Error for NotAKind {}
