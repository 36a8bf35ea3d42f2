//! Where pictures are made: on threads of their own, within bounds of number, memory and time.

use std::{sync::Arc, thread, time::Duration};

use labelmesh_pixels::Error as Fault;
use labelmesh_service::panics::contained;
use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore, oneshot},
    task::spawn_blocking,
    time::timeout,
};

use crate::domain::Failure;

const KIB: u64 = 1024;

/// Makes pictures. Clones share the bounds.
#[derive(Debug, Clone)]
pub(super) struct Processor {
    /// How many are made at once: no more than there are processors, or they only take each other's memory.
    workers: Arc<Semaphore>,
    /// KiB.
    memory: Arc<Semaphore>,
    memory_kib: u32,
    overrun: Arc<Notify>,
}

/// Memory that is set aside, in KiB, until it is dropped. None where nobody hands out any more.
#[derive(Debug)]
pub(super) struct Room(Option<OwnedSemaphorePermit>);

impl Room {
    /// The same with no more than this. It never grows: whoever waits for more of it waits for others who do so, too.
    pub(super) fn shrunk(mut self, bytes: u64) -> Self {
        if let Some(held) = &mut self.0 {
            let surplus = held.num_permits().saturating_sub(kib(bytes) as usize);
            drop(held.split(surplus));
        }
        self
    }
}

fn kib(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(KIB)).unwrap_or(u32::MAX)
}

impl Processor {
    /// One that makes so many at once in so much memory.
    pub(super) fn new(at_once: usize, memory_bytes: u64) -> Self {
        let memory_kib = u32::try_from(memory_bytes / KIB).unwrap_or(u32::MAX).max(1);
        Self {
            workers: Arc::new(Semaphore::new(at_once.max(1))),
            memory: Arc::new(Semaphore::new(memory_kib as usize)),
            memory_kib,
            overrun: Arc::new(Notify::new()),
        }
    }

    /// Is notified when something is still at it after twice its time: nothing but the end of the process ends it.
    pub(super) fn overrun(&self) -> Arc<Notify> {
        Arc::clone(&self.overrun)
    }

    /// Looks at a header.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce() -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let read = spawn_blocking(move || run(read)).await;
        read.unwrap_or_else(|_| Err(panicked()))
    }

    /// Waits for so many bytes of memory. A picture that needs more than there is in all is refused by pixels; with its
    /// file it may need a little more, and has all of it then.
    pub(super) async fn room(&self, bytes: u64) -> Room {
        let kib = kib(bytes).min(self.memory_kib);
        Room(Arc::clone(&self.memory).acquire_many_owned(kib).await.ok())
    }

    /// Makes a picture within this memory, when it is its turn.
    pub(super) async fn make<T: Send + 'static>(
        &self,
        room: Room,
        deadline: Duration,
        make: impl FnOnce() -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let worker = Arc::clone(&self.workers).acquire_owned().await;
        let (sender, mut made) = oneshot::channel();
        // No thread of the runtime: it would wait for one of those when it ends.
        let begun = thread::Builder::new().name("picture".to_owned()).spawn(move || {
            let made = run(make);
            // Counted here: nobody who gives up waiting ends the work.
            drop((room, worker));
            let _ = sender.send(made);
        });
        if let Err(error) = begun {
            tracing::error!(error = &error as &dyn std::error::Error, "no thread could be begun");
            return Err(Failure::worker_lost());
        }
        match timeout(deadline, &mut made).await {
            Ok(made) => made.unwrap_or_else(|_| Err(panicked())),
            Err(_) => {
                self.watch(made, deadline);
                Err(Failure::took_too_long(deadline.as_secs()))
            }
        }
    }

    /// Watches over something that has taken too long already.
    fn watch<T: Send + 'static>(&self, made: oneshot::Receiver<T>, deadline: Duration) {
        let overrun = self.overrun();
        tokio::spawn(async move {
            if timeout(deadline, made).await.is_err() {
                overrun.notify_one();
            }
        });
    }
}

/// Runs something whose panics are a matter of its input.
fn run<T>(run: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    // Nothing that it changed is looked at after it panicked.
    contained(std::panic::AssertUnwindSafe(run)).unwrap_or_else(|| Err(panicked()))
}

fn panicked() -> Failure {
    Fault::Panicked("it does not say why".to_owned()).into()
}

#[cfg(test)]
mod tests {
    use labelmesh_errors::Reason;
    use std::sync::mpsc;

    use super::*;

    const SOON: Duration = Duration::from_millis(20);
    const LATE: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn a_panic_fails_its_job_alone() {
        let processor = Processor::new(1, 1 << 20);
        let room = processor.room(1).await;
        let failure = processor.make::<()>(room, LATE, || panic!("as told")).await.expect_err("it panics");
        assert_eq!(failure.reason, Reason::ImageDamaged);
        assert_eq!(processor.make(processor.room(1).await, LATE, || Ok(7)).await, Ok(7));
    }

    #[tokio::test]
    async fn what_takes_too_long_fails_and_then_ends_its_worker() {
        let processor = Processor::new(1, 1 << 20);
        let overrun = processor.overrun();
        let (go_on, told) = mpsc::channel::<()>();
        let made = processor.make(processor.room(1).await, SOON, move || {
            // Until the test ends.
            let _ = told.recv_timeout(LATE);
            Ok(())
        });
        assert_eq!(made.await.expect_err("too late").reason, Reason::TookTooLong);
        timeout(LATE, overrun.notified()).await.expect("the worker is to end");
        drop(go_on);
    }

    #[tokio::test]
    async fn memory_is_shared() {
        let processor = Processor::new(2, 1 << 20);
        let (go_on, told) = mpsc::channel::<()>();
        let first = processor.make(processor.room(1 << 20).await, LATE, move || {
            let _ = told.recv_timeout(LATE);
            Ok(())
        });
        let mut first = std::pin::pin!(first);
        assert!(timeout(SOON, &mut first).await.is_err(), "it is at it");
        let second = async { processor.make(processor.room(1 << 30).await, LATE, || Ok(())).await };
        let mut second = std::pin::pin!(second);
        assert!(timeout(SOON, &mut second).await.is_err(), "it waits for memory");
        drop(go_on);
        assert_eq!((first.await, second.await), (Ok(()), Ok(())));
    }

    #[tokio::test]
    async fn room_that_is_not_needed_is_given_back() {
        let processor = Processor::new(2, 1 << 20);
        let whole = processor.room(1 << 30).await;
        assert!(timeout(SOON, processor.room(1)).await.is_err(), "it is all taken");
        let part = whole.shrunk(1 << 19);
        drop(timeout(LATE, processor.room(1 << 19)).await.expect("the other half"));
        let part = part.shrunk(1 << 30);
        assert!(timeout(SOON, processor.room(1 << 20)).await.is_err(), "it is kept, and does not grow");
        drop(part);
        timeout(LATE, processor.room(1 << 20)).await.expect("all of it");
    }
}
