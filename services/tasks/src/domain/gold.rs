//! Images whose label is known, and what operators' answers on them are used for.

use std::collections::HashSet;

use labelmesh_errors::{Error, Reason, Result};
use labelmesh_ids::ImageId;
use labelmesh_visible::find;

/// How many of the images handed out are gold where the client says nothing.
const SHARE: f64 = 0.1;
/// The most of them that may be.
const MAX_SHARE: f64 = 0.5;
/// How often an operator must be right where the client says nothing.
const ACCURACY: f64 = 0.7;
/// The most gold images that an operator may have to answer well at first.
const MAX_QUALIFICATION: u32 = 100;

/// How gold images are used, with every default filled in. Looked at only where a task has some.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct GoldRules {
    share: f64,
    accuracy: f64,
    qualification: u32,
}

impl Default for GoldRules {
    fn default() -> Self {
        Self { share: SHARE, accuracy: ACCURACY, qualification: 0 }
    }
}

impl GoldRules {
    /// The rules as the client gave them: of `share` and `accuracy` 0 means the default.
    ///
    /// # Errors
    /// FIELD_INVALID where a number is out of bounds.
    pub(crate) fn new(share: f64, accuracy: f64, qualification: u32) -> Result<Self> {
        // Negative zero is zero; what is no number is in no range.
        let share = if share == 0.0 { SHARE } else { share };
        if !(share > 0.0 && share <= MAX_SHARE) {
            return Err(Error::invalid("policy.gold_share", format!("must be 0, or above 0 and at most {MAX_SHARE}")));
        }
        let accuracy = if accuracy == 0.0 { ACCURACY } else { accuracy };
        if !(accuracy > 0.0 && accuracy < 1.0) {
            return Err(Error::invalid("policy.gold_accuracy", "must be 0, or above 0 and below 1"));
        }
        if qualification > MAX_QUALIFICATION {
            return Err(Error::invalid("policy.qualification", format!("must not be more than {MAX_QUALIFICATION}")));
        }
        Ok(Self { share, accuracy, qualification })
    }

    /// Rules that passed [`GoldRules::new`] when they were written down, whatever the rules are today.
    #[must_use]
    pub(crate) fn restored(share: f64, accuracy: f64, qualification: u32) -> Self {
        Self { share, accuracy, qualification }
    }

    /// How many of the images handed out are gold.
    #[must_use]
    pub(crate) fn share(self) -> f64 {
        self.share
    }

    /// How often an operator must be right on them.
    #[must_use]
    pub(crate) fn accuracy(self) -> f64 {
        self.accuracy
    }

    /// How many of them an operator must have answered well before others come.
    #[must_use]
    pub(crate) fn qualification(self) -> u32 {
        self.qualification
    }

    /// How many of so many gold images are for the qualification alone. Whoever has seen them knows their labels, so
    /// they are few: half as many again as must be labeled right, but a quarter of all is left to control operators
    /// with, where the qualification does not ask for more.
    #[must_use]
    pub(crate) fn qualifying(self, gold: u64) -> u64 {
        let asked = u64::from(self.qualification);
        (asked + asked.div_ceil(2)).min((gold * 3 / 4).max(asked))
    }
}

/// What is to be known of some images of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GoldLabels(Vec<(ImageId, String)>);

impl GoldLabels {
    /// Labels as the client gave them, an empty one for an image whose label is to be decided again. A label becomes
    /// the task's own that it is or looks like.
    ///
    /// # Errors
    /// LABEL_UNKNOWN for one that is not the task's; FIELD_INVALID where an image comes twice.
    pub(crate) fn new(mut given: Vec<(ImageId, String)>, labels: &[String]) -> Result<Self> {
        let mut seen = HashSet::new();
        for (index, (image, label)) in given.iter_mut().enumerate() {
            if !seen.insert(*image) {
                return Err(Error::invalid(format!("gold[{index}].image_id"), "must be there once"));
            }
            if label.is_empty() {
                continue;
            }
            let Some(known) = find(labels, label).and_then(|place| labels.get(place)) else {
                let message = format!("gold[{index}].label: {label:?} is not one of the task's labels");
                return Err(Error::new(Reason::LabelUnknown, message));
            };
            label.clone_from(known);
        }
        Ok(Self(given))
    }

    /// The images with their labels.
    #[must_use]
    pub(crate) fn entries(&self) -> &[(ImageId, String)] {
        &self.0
    }

    /// The error where an image is not among the task's, which come with their labels of before.
    #[must_use]
    pub(crate) fn stranger(&self, known: &[(ImageId, Option<String>)]) -> Option<Error> {
        let known: HashSet<_> = known.iter().map(|(image, _)| image).collect();
        let index = self.0.iter().position(|(image, _)| !known.contains(image))?;
        Some(Error::invalid(format!("gold[{index}].image_id"), "must be an image of the task"))
    }
}

#[cfg(test)]
mod tests {
    use labelmesh_ids::ImageId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn numbers_are_shares_or_nothing() {
        let rules = GoldRules::new(0.0, 0.0, 0).expect("defaults");
        assert_eq!(rules, GoldRules::default());
        assert!(GoldRules::new(0.5, 0.99, 100).is_ok());
        let wrong =
            [(0.51, 0.0, 0), (-0.1, 0.0, 0), (f64::NAN, 0.0, 0), (0.0, 1.0, 0), (0.0, -1.0, 0), (0.0, 0.0, 101)];
        for (share, accuracy, qualification) in wrong {
            assert!(GoldRules::new(share, accuracy, qualification).is_err(), "{share} {accuracy} {qualification}");
        }
    }

    #[test]
    fn some_gold_is_left_to_control_operators_with() {
        let qualifying = |asked, gold| GoldRules::new(0.0, 0.0, asked).expect("valid").qualifying(gold);
        assert_eq!([0, 3, 10, 100].map(|asked| qualifying(asked, 1_000)), [0, 5, 15, 150]);
        assert_eq!(
            [(3, 3), (3, 4), (3, 6), (10, 16), (10, 20)].map(|(asked, gold)| qualifying(asked, gold)),
            [3, 3, 4, 12, 15]
        );
    }

    #[test]
    fn each_image_has_one_label_and_it_is_the_tasks() {
        let image = |number| ImageId::from(Uuid::from_u128(number));
        let labels = ["cat".to_owned(), "dog".to_owned()];
        let given = |entries: &[(u128, &str)]| {
            GoldLabels::new(entries.iter().map(|&(id, label)| (image(id), label.to_owned())).collect(), &labels)
        };
        assert!(given(&[(1, "cat"), (2, "")]).is_ok());
        assert_eq!(given(&[(1, "cat"), (1, "dog")]).expect_err("twice").reason(), Reason::FieldInvalid);
        assert_eq!(given(&[(1, "owl")]).expect_err("no label").reason(), Reason::LabelUnknown);
        let kept = given(&[(1, "c\u{200b}at")]).expect("it looks so");
        assert_eq!(kept, given(&[(1, "cat")]).expect("the task's own"));
        let stranger =
            given(&[(1, "cat"), (2, "dog")]).expect("fine").stranger(&[(image(1), None)]).expect("a stranger");
        assert!(stranger.to_string().starts_with("gold[1].image_id"));
    }
}
