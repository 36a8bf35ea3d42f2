//! What sealed bytes are for.

/// A context of several parts, joined so that no two lists of parts give the same text: each is led by its length.
#[must_use]
pub fn context(parts: &[&str]) -> String {
    parts.iter().map(|part| format!("{}:{part}", part.len())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_parts_make_another_context() {
        assert_eq!(context(&["a", "bc"]), "1:a2:bc");
        assert_ne!(context(&["ListTasks", "user-1", "open"]), context(&["ListTasks", "user-1o", "pen"]));
    }
}
