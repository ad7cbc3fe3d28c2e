//! [`GitHub`]: the handle that tests hold.

mod inspect;
mod owner;
mod seed;

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::Notify;

use crate::clock::Clock;
use crate::fault::Fault;
use crate::limits::Governor;
use crate::server;
use crate::setup::{Lag, Limits, Setup, Variant};
use crate::shared::{Shared, locked};
use crate::state::{Bases, State};

pub use inspect::Commit;
pub use seed::AppCredentials;

/// A GitHub that runs until the value is dropped.
pub struct GitHub {
    shared: Arc<Shared>,
    address: SocketAddr,
    thread: Option<JoinHandle<()>>,
    /// The bare repositories; removed last.
    _root: tempfile::TempDir,
}

impl GitHub {
    /// Starts one.
    ///
    /// # Panics
    ///
    /// Where it cannot listen or has no temporary folder: no test could go on.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test that cannot start its GitHub has failed")]
    pub fn start(setup: Setup) -> Self {
        let root = tempfile::tempdir().expect("a temporary folder");
        let listener = TcpListener::bind(&setup.listen).expect("an address to listen on");
        listener.set_nonblocking(true).expect("a socket that does not block");
        let address = listener.local_addr().expect("the address of the socket");
        let web = format!("http://{address}");
        let api = if setup.variant == Variant::Server { format!("{web}/api/v3") } else { web.clone() };
        let shared = Arc::new(Shared {
            clock: Clock::default(),
            governor: Mutex::new(Governor::new(setup.limits)),
            state: Mutex::new(State::new(setup, Bases { api, web }, root.path().to_owned())),
            faults: Mutex::default(),
            recorded: Mutex::default(),
            violations: Mutex::default(),
            stop: Notify::new(),
        });
        let serving = Arc::clone(&shared);
        // A runtime of its own: whoever uses it may block his, or stop its time.
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
            let runtime = runtime.expect("a runtime");
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                server::serve(listener, serving).await;
            });
            runtime.shutdown_background();
        });
        Self { shared, address, thread: Some(thread), _root: root }
    }

    /// The base of the API, without a slash at the end.
    #[must_use]
    pub fn api_url(&self) -> String {
        self.shared.state().bases.api.clone()
    }

    /// The base of the web pages and of git, without a slash at the end.
    #[must_use]
    pub fn git_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `127.0.0.1:PORT`.
    #[must_use]
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// What git clones a repository from.
    #[must_use]
    pub fn clone_url(&self, owner: &str, name: &str) -> String {
        format!("{}/{owner}/{name}.git", self.git_url())
    }

    /// Lets time pass: tokens end, lag is over, limits are free again.
    pub fn advance(&self, by: Duration) {
        self.shared.clock.advance(by);
    }

    /// Something is to go wrong.
    pub fn fault(&self, fault: Fault) {
        locked(&self.shared.faults).push(fault);
    }

    /// Nothing is to go wrong any more.
    pub fn clear_faults(&self) {
        locked(&self.shared.faults).clear();
    }

    /// Nothing is to go wrong any more with the repository of this name.
    pub fn clear_faults_about(&self, name: &str) {
        locked(&self.shared.faults).retain(|fault| fault.about.as_deref() != Some(name));
    }

    /// From now on things are seen so late.
    pub fn lag(&self, lag: Lag) {
        self.shared.state().setup.lag = lag;
    }

    /// From now on these limits.
    pub fn limits(&self, limits: Limits) {
        locked(&self.shared.governor).set(limits);
    }

    /// From now on each answer takes so long.
    pub fn latency(&self, latency: Duration) {
        self.shared.state().setup.latency = latency;
    }
}

impl Drop for GitHub {
    /// # Panics
    ///
    /// If a request or an answer was not as GitHub describes it, unless the test has failed already.
    #[expect(clippy::panic, reason = "a test must not pass with requests that GitHub would not understand")]
    fn drop(&mut self) {
        self.shared.stop.notify_one();
        if let Some(thread) = self.thread.take() {
            // It has panicked, then, and said so.
            let _ = thread.join();
        }
        let violations = self.violations();
        if !violations.is_empty() && !std::thread::panicking() {
            panic!("not as GitHub describes it:\n{}", violations.join("\n"));
        }
    }
}
