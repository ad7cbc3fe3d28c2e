//! [`State`]: everything that this GitHub knows.
//!
//! Names of accounts and repositories are found whatever their case, as on GitHub. Handlers change it directly; only
//! what several areas need together is a function here. The invariant: an id is given once and never again.

pub mod account;
pub mod app;
pub(crate) mod look;
pub mod repository;
pub mod tracker;
pub mod vault;
pub mod wiring;

use std::collections::BTreeMap;
use std::path::PathBuf;

use account::Account;
use app::{App, Installation, Token};
use repository::Repository;

use crate::clock::Millis;
use crate::setup::Setup;
use crate::webhooks::Delivery;

/// Where things are found on the web.
#[derive(Clone, Debug)]
pub struct Bases {
    /// Of the API, without a slash at the end.
    pub api: String,
    /// Of the web and of git, without a slash at the end.
    pub web: String,
}

/// Everything that this GitHub knows.
pub struct State {
    /// What it was started with; tests may change the lag.
    pub setup: Setup,
    /// Where it is reached.
    pub bases: Bases,
    /// The time at which the request at hand came.
    pub now: Millis,
    /// The folder of the bare repositories.
    pub root: PathBuf,
    /// Users and organisations by login in lower case.
    pub accounts: BTreeMap<String, Account>,
    /// Apps.
    pub apps: Vec<App>,
    /// Where Apps are installed.
    pub installations: Vec<Installation>,
    /// Tokens by their value.
    pub tokens: BTreeMap<String, Token>,
    /// Repositories by id.
    pub repositories: BTreeMap<u64, Repository>,
    /// Old full names in lower case of repositories that were renamed or transferred, and their ids.
    pub moved: BTreeMap<String, u64>,
    /// What was and is to be sent to webhooks, oldest first.
    pub deliveries: Vec<Delivery>,
    /// Whether what is to be sent to webhooks waits.
    pub webhooks_held: bool,
    /// How many entries a listing of a tree holds; what is beyond is cut off.
    pub most_tree_entries: usize,
    /// The login of the one whose request is at hand.
    pub sender: String,
    last_id: u64,
}

impl State {
    /// Empty.
    pub(crate) fn new(setup: Setup, bases: Bases, root: PathBuf) -> Self {
        Self {
            setup,
            bases,
            now: 0,
            root,
            accounts: BTreeMap::new(),
            apps: Vec::new(),
            installations: Vec::new(),
            tokens: BTreeMap::new(),
            repositories: BTreeMap::new(),
            moved: BTreeMap::new(),
            deliveries: Vec::new(),
            webhooks_held: false,
            most_tree_entries: 100_000,
            sender: String::new(),
            last_id: 1000,
        }
    }

    /// The next id. All things share one row of numbers, so that no two are ever mixed up unseen.
    pub(crate) const fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// Lets happen what is due by now.
    pub(crate) fn settle(&mut self) {
        let now = self.now;
        self.tokens.retain(|_, token| token.ends.is_none_or(|ends| ends + FORGOTTEN > now));
        self.fill();
    }
}

/// How long a token that has ended is still kept.
const FORGOTTEN: Millis = 60_000;
