//! Why an operator does not label an image.

/// What the operator says; `labelmesh.subtasks.v1.SkipReason` says what each means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkipReason {
    /// The picture can't be made out.
    Unclear,
    /// None of the labels fits.
    NoLabelFits,
    /// More than one of the labels fits.
    SeveralLabelsFit,
    /// The operator does not know.
    NotKnown,
    /// The picture offends.
    Offensive,
}

impl SkipReason {
    const ALL: [Self; 5] = [Self::Unclear, Self::NoLabelFits, Self::SeveralLabelsFit, Self::NotKnown, Self::Offensive];

    /// How the store writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unclear => "unclear",
            Self::NoLabelFits => "no_label_fits",
            Self::SeveralLabelsFit => "several_labels_fit",
            Self::NotKnown => "not_known",
            Self::Offensive => "offensive",
        }
    }

    /// What the store wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}
