//! Page tokens.

use std::sync::LazyLock;

use labelmesh_clock::Random;
use labelmesh_identity::Principal;
use labelmesh_seal::{PageRequest, PageSizes, PageTokens, Sealer};

use crate::first_line;

static TOKENS: LazyLock<PageTokens> = LazyLock::new(|| {
    let random = Random::seeded(7);
    PageTokens::new(Sealer::new(&random.bytes::<32>().into(), random))
});

const METHOD: &str = "/labelmesh.tasks.v1.TaskService/ListTasks";
const SIZES: PageSizes = PageSizes { default: 1, most: 1 };

/// A line that is taken for a token; then a position that a token of ours has.
pub fn page_tokens(data: &[u8]) {
    let Some((token, position)) = first_line(data) else { return };
    let (owner, other) = (Principal::Service("a".to_owned()), Principal::Service("b".to_owned()));
    let read = |principal: &Principal, method: &str, about: &[&str], token: &str| {
        let request = PageRequest { principal, size: 1, token };
        TOKENS.page::<Vec<u8>>(&request, method, about, SIZES).ok().map(|page| page.from)
    };
    if !token.is_empty() {
        assert_eq!(read(&owner, METHOD, &["task"], token), None, "nobody made it");
    }
    let first = PageRequest { principal: &owner, size: 1, token: "" };
    let page = TOKENS.page::<Vec<u8>>(&first, METHOD, &["task"], SIZES).expect("the first page has no token");
    let made = page.cut(&mut vec![1, 2], |_| position.to_vec());
    assert_eq!(read(&owner, METHOD, &["task"], &made), Some(Some(position.to_vec())));
    assert_eq!(read(&other, METHOD, &["task"], &made), None);
    assert_eq!(read(&owner, "/other", &["task"], &made), None);
    assert_eq!(read(&owner, METHOD, &["another"], &made), None);
}
