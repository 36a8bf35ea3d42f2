//! Something that was done, and what it changed.

use labelmesh_ids::UserId;
use labelmesh_proto::r#type::v1::FieldChange;

/// The longest text that is told of a field, in bytes; a longer one is cut.
const LONGEST: usize = 1_000;
/// How many changes one act tells of; those of more are several acts of the same request.
const MOST: usize = 200;

/// What is told of a thing.
pub trait Facts {
    /// Its fields and what they hold, as text; without those that hold nothing.
    fn facts(&self) -> Vec<(&'static str, String)>;
}

/// Something that was done.
#[derive(Debug)]
pub struct Deed {
    pub(crate) subject: String,
    pub(crate) by: Option<UserId>,
    pub(crate) about: Option<UserId>,
    pub(crate) changes: Vec<FieldChange>,
    /// Whether it is none unless it changed something.
    compares: bool,
}

impl Deed {
    /// Something that was done to what has this id.
    #[must_use]
    pub fn on(subject: impl ToString) -> Self {
        Self { subject: subject.to_string(), by: None, about: None, changes: Vec::new(), compares: false }
    }

    /// By this user, where that is not whoever has signed in.
    #[must_use]
    pub fn by(self, actor: UserId) -> Self {
        Self { by: Some(actor), ..self }
    }

    /// What is told is something personal of this user: it is erased with them.
    #[must_use]
    pub fn about(self, person: UserId) -> Self {
        Self { about: Some(person), ..self }
    }

    /// Something was made that was not there before.
    #[must_use]
    pub fn made(mut self, new: &impl Facts) -> Self {
        self.changes.extend(new.facts().into_iter().map(|(field, after)| change(field, None, Some(after))));
        self
    }

    /// Something has gone.
    #[must_use]
    pub fn removed(mut self, old: &impl Facts) -> Self {
        self.changes.extend(old.facts().into_iter().map(|(field, before)| change(field, Some(before), None)));
        self
    }

    /// Something is different now. The deed is none if nothing of what is told is.
    #[must_use]
    pub fn changed<T: Facts>(mut self, old: &T, new: &T) -> Self {
        self.compares = true;
        let (old, mut new) = (old.facts(), new.facts());
        for (field, before) in old {
            let after = new.iter().position(|(name, _)| *name == field).map(|at| new.remove(at).1);
            if after.as_ref() != Some(&before) {
                self.changes.push(change(field, Some(before), after));
            }
        }
        self.changes.extend(new.into_iter().map(|(field, after)| change(field, None, Some(after))));
        self
    }

    /// One field is different now: another one than before, or there was none, or there is none any more.
    #[must_use]
    pub fn field(mut self, field: &str, before: Option<&str>, after: Option<&str>) -> Self {
        if before != after {
            self.changes.push(change(field, before.map(str::to_owned), after.map(str::to_owned)));
        }
        self
    }

    /// What came of it, such as how many there were.
    #[must_use]
    pub fn result(self, field: &str, value: impl ToString) -> Self {
        self.field(field, None, Some(&value.to_string()))
    }

    /// The deed is none if nothing is told to have changed.
    #[must_use]
    pub fn unless_idle(self) -> Self {
        Self { compares: true, ..self }
    }

    /// Whether nothing was done.
    pub(crate) fn is_idle(&self) -> bool {
        self.compares && self.changes.is_empty()
    }
}

/// The changes in as many parts as there are acts; one that is empty where there are none.
pub(crate) fn in_parts(mut changes: Vec<FieldChange>) -> Vec<Vec<FieldChange>> {
    let mut parts = Vec::new();
    while changes.len() > MOST {
        let rest = changes.split_off(MOST);
        parts.push(std::mem::replace(&mut changes, rest));
    }
    parts.push(changes);
    parts
}

fn change(field: &str, before: Option<String>, after: Option<String>) -> FieldChange {
    FieldChange { field: field.to_owned(), before: before.map(cut), after: after.map(cut) }
}

fn cut(mut text: String) -> String {
    if text.len() > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Cat {
        name: &'static str,
        owner: Option<&'static str>,
    }

    impl Facts for Cat {
        fn facts(&self) -> Vec<(&'static str, String)> {
            let owner = self.owner.map(|owner| ("owner", owner.to_owned()));
            [("name", self.name.to_owned())].into_iter().chain(owner).collect()
        }
    }

    fn told(deed: &Deed) -> Vec<(&str, Option<&str>, Option<&str>)> {
        let changes = deed.changes.iter();
        changes.map(|change| (change.field.as_str(), change.before.as_deref(), change.after.as_deref())).collect()
    }

    #[test]
    fn of_a_change_only_what_differs_is_told() {
        let stray = Cat { name: "Tom", owner: None };
        let kept = Cat { name: "Tom", owner: Some("Ada") };
        assert_eq!(told(&Deed::on(1).made(&kept)), [("name", None, Some("Tom")), ("owner", None, Some("Ada"))]);
        assert_eq!(told(&Deed::on(1).changed(&stray, &kept)), [("owner", None, Some("Ada"))]);
        assert_eq!(told(&Deed::on(1).changed(&kept, &stray)), [("owner", Some("Ada"), None)]);
        assert_eq!(told(&Deed::on(1).removed(&stray)), [("name", Some("Tom"), None)]);
    }

    #[test]
    fn what_changed_nothing_was_not_done() {
        let tom = Cat { name: "Tom", owner: None };
        assert!(Deed::on(1).changed(&tom, &tom).is_idle());
        assert!(!Deed::on(1).is_idle());
        assert!(told(&Deed::on(1).field("state", Some("open"), Some("open"))).is_empty());
    }

    #[test]
    fn long_texts_are_cut_between_characters_and_many_changes_are_several_acts() {
        let long = "é".repeat(LONGEST);
        let mut deed = Deed::on(1).result("title", &long);
        assert_eq!(deed.changes[0].after.as_ref().map(String::len), Some(LONGEST + '…'.len_utf8()));
        for number in 0..MOST {
            deed = deed.result("image", number);
        }
        let lengths: Vec<_> = in_parts(deed.changes).iter().map(Vec::len).collect();
        assert_eq!(lengths, [MOST, 1]);
        assert_eq!(in_parts(Vec::new()).len(), 1);
    }
}
