//! Opaque page tokens (AIP-158).

use labelmesh_errors::{Error, Reason, Result};
use serde::{Serialize, de::DeserializeOwned};

use crate::Sealer;

/// A context of several parts, joined so that no two lists of parts give the same text: each is led by its length.
#[must_use]
pub fn context(parts: &[&str]) -> String {
    parts.iter().map(|part| format!("{}:{part}", part.len())).collect()
}

/// How many rows a page has: as many as were asked for and at most `most`, or `default` where nothing was said.
#[must_use]
pub fn page_size(asked: i32, default: i64, most: i64) -> i64 {
    match i64::from(asked) {
        ..=0 => default,
        size => size.min(most),
    }
}

/// Makes and reads page tokens. Clones share the key.
#[derive(Debug, Clone)]
pub struct PageTokens(Sealer);

impl PageTokens {
    /// Page tokens sealed by this sealer.
    #[must_use]
    pub fn new(sealer: Sealer) -> Self {
        Self(sealer)
    }

    /// The token for a position. The context names the method, the filter and the principal: see [`context`].
    #[must_use]
    pub fn seal<T: Serialize>(&self, context: &str, position: &T) -> String {
        let position = serde_json::to_vec(position).expect("a position is plain data");
        self.0.seal_text(&page(context), &position)
    }

    /// Cuts rows to a page, and answers with the token of the next one, empty where there is none. One row more than the page
    /// has was read to know; the next page begins behind the position of the last row that is left.
    pub fn cut<T, P: Serialize>(
        &self,
        context: &str,
        rows: &mut Vec<T>,
        size: i64,
        position: impl FnOnce(&T) -> P,
    ) -> String {
        let size = usize::try_from(size).unwrap_or_default();
        let more = rows.len() > size;
        rows.truncate(size);
        rows.last().filter(|_| more).map(|last| self.seal(context, &position(last))).unwrap_or_default()
    }

    /// The position in a token; none where the token is empty, which asks for the first page.
    ///
    /// # Errors
    ///
    /// `PAGE_TOKEN_INVALID` where the token was not made for this context.
    pub fn open<T: DeserializeOwned>(&self, context: &str, token: &str) -> Result<Option<T>> {
        if token.is_empty() {
            return Ok(None);
        }
        let position = self.0.open_text(&page(context), token).map_err(|_| invalid())?;
        serde_json::from_slice(&position).map(Some).map_err(|_| invalid())
    }
}

/// Keeps page tokens apart from everything else that is sealed with the same key.
fn page(context_of_page: &str) -> String {
    context(&["page", context_of_page])
}

fn invalid() -> Error {
    Error::new(Reason::PageTokenInvalid, "the page token was not issued for this request")
}

#[cfg(test)]
mod tests {
    use labelmesh_clock::Random;

    use super::*;
    use crate::SealKey;

    #[test]
    fn a_page_has_a_token_where_there_is_more() {
        let tokens = PageTokens::new(Sealer::new(&SealKey::from([7; 32]), Random::seeded(1)));
        let cut = |count: i32| {
            let mut rows: Vec<i32> = (1..=count).collect();
            let token = tokens.cut("rows", &mut rows, 3, |row| row * 10);
            (rows, tokens.open::<i32>("rows", &token).expect("valid"))
        };
        assert_eq!(cut(0), (vec![], None));
        assert_eq!(cut(3), (vec![1, 2, 3], None));
        assert_eq!(cut(4), (vec![1, 2, 3], Some(30)));
    }

    #[test]
    fn a_page_is_as_large_as_asked_within_bounds() {
        assert_eq!([-1, 0, 1, 200, 201].map(|asked| page_size(asked, 50, 200)), [50, 50, 1, 200, 200]);
    }

    #[test]
    fn a_token_gives_its_position_back_for_the_same_question_alone() {
        let tokens = PageTokens::new(Sealer::new(&SealKey::from([7; 32]), Random::seeded(1)));
        let mine = context(&["ListTasks", "user-1", "open"]);
        let token = tokens.seal(&mine, &(42, "name"));
        assert_eq!(tokens.open(&mine, &token).expect("valid"), Some((42, "name".to_owned())));
        assert_eq!(tokens.open::<(i32, String)>(&mine, "").expect("first page"), None);
        for other in [context(&["ListTasks", "user-2", "open"]), context(&["ListTasks", "user-1o", "pen"])] {
            let refused = tokens.open::<(i32, String)>(&other, &token).expect_err("another question");
            assert_eq!(refused.reason(), Reason::PageTokenInvalid);
        }
        assert!(tokens.open::<(i32, String)>(&mine, "rubbish!").is_err());
    }
}
