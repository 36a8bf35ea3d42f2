//! Hears everything that is logged on this thread.

use std::{
    io,
    sync::{Arc, Mutex},
};

use tracing::{Dispatch, subscriber::DefaultGuard};
use tracing_subscriber::fmt::MakeWriter;

/// What was logged. Clones hear the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("nobody panicked")).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panicked").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Hears until it is dropped.
pub(crate) struct Listening {
    _guard: DefaultGuard,
    _another: Dispatch,
}

/// Hears all levels of all crates, with all fields of all spans, while the second value lives.
pub(crate) fn listen() -> (Log, Listening) {
    let log = Log::default();
    // As long as there is only one subscriber, tracing asks the thread that comes by a line first whether anybody wants
    // it: another test's thread would say no for all. With two it asks the subscribers.
    let another = Dispatch::new(tracing_subscriber::registry());
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(log.clone())
        .finish();
    (log, Listening { _guard: tracing::subscriber::set_default(subscriber), _another: another })
}
