//! What the tests share.

use std::{
    io,
    net::IpAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::future::{BoxFuture, FutureExt as _};
use labelmesh_outbound::{Config, Lookup, Outbound};

/// Each lookup is answered by the next list, the last one again and again.
#[derive(Default)]
pub(crate) struct Names {
    answers: Mutex<Vec<Vec<IpAddr>>>,
    pub(crate) asked: AtomicUsize,
}

impl Names {
    pub(crate) fn say(answers: &[&[&str]]) -> Arc<Self> {
        let parse = |texts: &&[&str]| texts.iter().map(|text| text.parse().expect("an address")).collect();
        Arc::new(Self { answers: Mutex::new(answers.iter().map(parse).collect()), asked: AtomicUsize::new(0) })
    }
}

impl Lookup for Names {
    fn lookup(&self, _: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().expect("no panic with the lock");
        let answer = if answers.len() > 1 { answers.remove(0) } else { answers.first().cloned().unwrap_or_default() };
        async move { Ok(answer) }.boxed()
    }
}

/// One that may call these networks, too, and has half a second for each call.
pub(crate) fn outbound(names: &Arc<Names>, allow: &[&str]) -> Outbound {
    let allow = allow.iter().map(|text| text.parse().expect("a network")).collect();
    let config = Config { allow, timeout: Duration::from_millis(500) };
    Outbound::new(&config, "test", Arc::clone(names) as Arc<dyn Lookup>).expect("TLS can be set up")
}
