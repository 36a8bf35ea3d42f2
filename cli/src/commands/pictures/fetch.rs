//! A picture on its way from the server.

use std::{io::Write, path::Path, time::Duration};

use futures::TryStreamExt as _;
use labelmesh_sdk::{
    Client,
    renditions::{GetRenditionRequest, Rendition},
};
use sha2::{Digest as _, Sha256};
use tokio::time::sleep;

use crate::{
    exit::{Exit, Failure},
    part::Part,
};

/// Who may read the file: whoever the user's mask lets.
const MODE: u32 = 0o666;
/// How often a picture is fetched that does not arrive whole.
const TRIES: u32 = 4;
const FIRST_WAIT: Duration = Duration::from_millis(300);

/// A picture at the server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Remote<'a> {
    pub(super) client: &'a Client,
    pub(super) transformation_id: &'a str,
    /// Which of its pictures, from 0.
    pub(super) index: u32,
    pub(super) rendition: &'a Rendition,
}

impl Remote<'_> {
    /// Writes it to a file, whole or not at all.
    ///
    /// # Errors
    /// If the server refuses or stays away, or the file can't be written.
    pub(super) async fn write(self, path: &Path) -> Result<(), Failure> {
        let once = async || {
            let mut part = Part::create(path, MODE)?;
            self.copy(part.writer()).await?;
            part.finish()
        };
        persist(once).await
    }

    /// Its bytes.
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub(super) async fn bytes(self) -> Result<Vec<u8>, Failure> {
        let once = async || {
            let mut bytes = Vec::new();
            self.copy(&mut bytes).await?;
            Ok(bytes)
        };
        persist(once).await
    }

    /// Copies it once.
    async fn copy(self, to: &mut impl Write) -> Result<(), Failure> {
        let request = GetRenditionRequest { transformation_id: self.transformation_id.to_owned(), index: self.index };
        let mut pieces = self.client.get_rendition(request).await?;
        let mut hasher = Sha256::new();
        while let Some(piece) = pieces.try_next().await? {
            hasher.update(&piece);
            to.write_all(&piece)?;
        }
        if hex::encode(hasher.finalize()) == self.rendition.sha256 {
            return Ok(());
        }
        Err(Failure::new(Exit::Unavailable, "a picture did not arrive as it was made"))
    }
}

/// Tries until something has come whole, is refused, or was tried often enough.
pub(crate) async fn persist<T>(mut once: impl AsyncFnMut() -> Result<T, Failure>) -> Result<T, Failure> {
    let mut wait = FIRST_WAIT;
    for _ in 1..TRIES {
        match once().await {
            Err(failure) if failure.is_passing() => sleep(wait).await,
            ended => return ended,
        }
        wait *= 2;
    }
    once().await
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use super::*;
    use crate::stub::stub;

    #[tokio::test(start_paused = true)]
    async fn what_does_not_arrive_as_it_was_made_is_fetched_again_and_never_kept() {
        let calls = Arc::new(AtomicU32::new(0));
        let client = stub(move |_, _| {
            let cut = calls.fetch_add(1, Ordering::Relaxed) == 0;
            let text = if cut { "ab" } else { "abc" };
            async move { Some(text.to_owned()) }
        })
        .await;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.png");
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".to_owned();
        let rendition = Rendition { sha256, ..Rendition::default() };
        let remote = Remote { client: &client, transformation_id: "t", index: 0, rendition: &rendition };
        assert_eq!(remote.write(&path).await, Ok(()));
        assert_eq!(std::fs::read_to_string(&path).expect("there"), "abc");

        let other = Rendition { sha256: "00".to_owned(), ..Rendition::default() };
        let failure = Remote { rendition: &other, ..remote }.write(&path).await.expect_err("another picture");
        assert_eq!(failure.exit, Exit::Unavailable);
        assert_eq!(std::fs::read_to_string(&path).expect("there"), "abc", "an old file stays as it was");
        assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 1);
    }
}
