//! Opaque page tokens (AIP-158).

use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::Principal;
use serde::{Serialize, de::DeserializeOwned};

use crate::{Sealer, context};

/// Which page is asked for, and by whom.
#[derive(Debug, Clone, Copy)]
pub struct PageRequest<'a> {
    /// Who asks: a token is of no use to anybody else.
    pub principal: &'a Principal,
    /// How many rows are asked for; the default where it is not positive.
    pub size: i32,
    /// The token of the page before; empty for the first page.
    pub token: &'a str,
}

/// How many rows a page of a list may have.
#[derive(Debug, Clone, Copy)]
pub struct PageSizes {
    /// As many where the caller does not say.
    pub default: i64,
    /// As many at most.
    pub most: i64,
}

/// Makes and reads page tokens. Clones share the keys.
#[derive(Debug, Clone)]
pub struct PageTokens(Sealer);

impl PageTokens {
    /// Page tokens sealed by this sealer.
    #[must_use]
    pub fn new(sealer: Sealer) -> Self {
        Self(sealer)
    }

    /// The page that is asked for. Its tokens hold for this principal, this method and these parts of the question
    /// alone.
    ///
    /// # Errors
    ///
    /// `PAGE_TOKEN_INVALID` where the token was made for another question or another principal.
    pub fn page<P: DeserializeOwned>(
        &self,
        request: &PageRequest<'_>,
        method: &str,
        about: &[&str],
        sizes: PageSizes,
    ) -> Result<Page<'_, P>> {
        let principal = request.principal.key();
        let question = context(&[&[method, principal.as_str()], about].concat());
        // Keeps page tokens apart from everything else that is sealed with the same key.
        let question = context(&["page", &question]);
        let from = match request.token {
            "" => None,
            token => {
                let position = self.0.open_text(&question, token).map_err(|_| invalid())?;
                serde_json::from_slice(&position).map_err(|_| invalid())?
            }
        };
        let size = match i64::from(request.size) {
            ..=0 => sizes.default,
            size => size.min(sizes.most),
        };
        Ok(Page { tokens: self, question, from, size })
    }
}

/// A page of a list that is about to be read.
#[derive(Debug)]
pub struct Page<'a, P> {
    /// The position behind which the page begins; none for the first page.
    pub from: Option<P>,
    tokens: &'a PageTokens,
    question: String,
    size: i64,
}

impl<P> Page<'_, P> {
    /// How many rows to read: one more than the page has, so that it is known whether another page follows.
    #[must_use]
    pub fn limit(&self) -> i64 {
        self.size + 1
    }

    /// Cuts rows to the page, and answers with the token of the next one, empty where there is none. The next page
    /// begins behind the position of the last row that is left.
    pub fn cut<T>(&self, rows: &mut Vec<T>, position: impl FnOnce(&T) -> P) -> String
    where
        P: Serialize,
    {
        let size = usize::try_from(self.size).unwrap_or_default();
        let more = rows.len() > size;
        rows.truncate(size);
        let Some(last) = rows.last().filter(|_| more) else { return String::new() };
        let position = serde_json::to_vec(&position(last)).expect("a position is plain data");
        self.tokens.0.seal_text(&self.question, &position)
    }
}

fn invalid() -> Error {
    Error::new(Reason::PageTokenInvalid, "the page token was not issued for this request")
}

#[cfg(test)]
mod tests {
    use labelmesh_clock::Random;

    use super::*;

    const SIZES: PageSizes = PageSizes { default: 50, most: 200 };

    fn tokens() -> PageTokens {
        PageTokens::new(Sealer::new(&[7; 32].into(), Random::seeded(1)))
    }

    fn first(principal: &Principal, size: i32) -> PageRequest<'_> {
        PageRequest { principal, size, token: "" }
    }

    #[test]
    fn a_page_has_a_token_where_there_is_more() {
        let (tokens, somebody) = (tokens(), Principal::Anonymous);
        let cut = |count: i32| {
            let page = tokens.page::<i32>(&first(&somebody, 3), "List", &[], SIZES).expect("the first page");
            let mut rows: Vec<i32> = (1..=count).collect();
            let token = page.cut(&mut rows, |row| row * 10);
            let next = PageRequest { token: &token, ..first(&somebody, 3) };
            (rows, tokens.page(&next, "List", &[], SIZES).expect("valid").from)
        };
        assert_eq!(cut(0), (vec![], None));
        assert_eq!(cut(3), (vec![1, 2, 3], None));
        assert_eq!(cut(4), (vec![1, 2, 3], Some(30)));
    }

    #[test]
    fn a_page_is_as_large_as_asked_within_bounds() {
        let limit = |asked| {
            tokens()
                .page::<i32>(&first(&Principal::Anonymous, asked), "List", &[], SIZES)
                .expect("the first page")
                .limit()
        };
        assert_eq!([-1, 0, 1, 200, 201].map(limit), [51, 51, 2, 201, 201]);
    }

    #[test]
    fn a_token_gives_its_position_back_for_the_same_question_and_principal_alone() {
        let tokens = tokens();
        let [mine, other] = ["auth", "users"].map(|name| Principal::Service(name.to_owned()));
        let page = tokens.page::<i32>(&first(&mine, 1), "ListTasks", &["open"], SIZES).expect("the first page");
        let token = page.cut(&mut vec![41, 42], |row| *row);
        let open = |principal, method, about| {
            let page = tokens.page::<i32>(&PageRequest { principal, size: 1, token: &token }, method, about, SIZES);
            page.map(|page| page.from).map_err(|error| error.reason())
        };
        assert_eq!(open(&mine, "ListTasks", &["open"]), Ok(Some(41)));
        assert_eq!(open(&other, "ListTasks", &["open"]), Err(Reason::PageTokenInvalid));
        assert_eq!(open(&mine, "ListTask", &["sopen"]), Err(Reason::PageTokenInvalid));
        assert_eq!(open(&mine, "ListTasks", &["open", ""]), Err(Reason::PageTokenInvalid));
        let rubbish = PageRequest { principal: &mine, size: 1, token: "rubbish!" };
        assert!(tokens.page::<i32>(&rubbish, "ListTasks", &["open"], SIZES).is_err());
    }
}
