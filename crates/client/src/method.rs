//! The methods of the contract, as the layers keep count of them.

use std::{ops::Deref, sync::OnceLock};

use labelmesh_proto::method::{METHODS, Method};

/// A method of the contract with its place in the table of all of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listed {
    method: &'static Method,
    place: usize,
}

impl Listed {
    /// The method at a path such as `/labelmesh.tasks.v1.TaskService/GetTask`.
    pub(crate) fn find(path: &str) -> Option<Self> {
        let place = METHODS.binary_search_by(|method| method.path.cmp(path)).ok()?;
        Some(Self { method: &METHODS[place], place })
    }

    /// The methods of the service `peer`: those of the package `labelmesh.<peer>.v1`.
    pub(crate) fn of(peer: &str) -> impl Iterator<Item = Self> {
        let served = move |listed: &Self| listed.package().split('.').nth(1) == Some(peer);
        METHODS.iter().enumerate().map(|(place, method)| Self { method, place }).filter(served)
    }

    /// The full name without the slash in front, as the semantic conventions want it.
    pub(crate) fn full_name(self) -> &'static str {
        &self.method.path[1..]
    }
}

impl Deref for Listed {
    type Target = Method;

    fn deref(&self) -> &Method {
        self.method
    }
}

/// One value for each method, made when it is first asked for. Reading it takes no lock and hashes nothing.
pub(crate) struct PerMethod<T>(Box<[OnceLock<T>]>);

impl<T> PerMethod<T> {
    pub(crate) fn new() -> Self {
        Self(METHODS.iter().map(|_| OnceLock::new()).collect())
    }

    pub(crate) fn get(&self, method: Listed, make: impl FnOnce() -> T) -> &T {
        self.0[method.place].get_or_init(make)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_method_has_a_value_of_its_own() {
        let values = PerMethod::new();
        for method in Listed::of("tasks") {
            assert_eq!(Listed::find(method.path).map(|found| found.place), Some(method.place));
            assert_eq!(*values.get(method, || method.path), method.path);
        }
        assert!(Listed::of("tasks").count() > 5);
        assert!(Listed::find("/labelmesh.tasks.v1.TaskService/Nothing").is_none());
    }
}
