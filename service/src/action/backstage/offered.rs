//! Every action that a step can name: Stagecraft's own, and those that Backstage's plugins register.
//!
//! The plugins' lists are asked for when somebody needs them, kept for a while, and kept on when Backstage is
//! away. Who names only own actions never waits for Backstage. The invariants: an own action is never replaced by
//! a plugin's of the same name; a list that could not be had is told in the error about an action that may be in
//! it.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::bridged::Bridged;
use crate::action::Registry;
use crate::backstage::{Backstage, BackstageError, PluginId, RemoteAction};

/// How long a Backstage that did not answer is left alone.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(10);

/// The actions on offer. Cheap to clone.
#[derive(Clone)]
pub struct Actions {
    inner: Arc<Inner>,
}

struct Inner {
    own: Registry,
    source: Option<Source>,
    state: RwLock<State>,
    /// Held by whoever asks Backstage: others wait for his answer instead of asking too.
    asking: tokio::sync::Mutex<()>,
}

/// Where the plugins' lists come from.
struct Source {
    backstage: Backstage,
    plugins: Vec<PluginId>,
    fresh_for: Duration,
}

struct State {
    registry: Arc<Registry>,
    lists: BTreeMap<PluginId, List>,
}

/// What is known of a plugin's actions.
#[derive(Clone, Default)]
struct List {
    actions: Vec<Arc<RemoteAction>>,
    /// When it was asked for, and why it was not had.
    asked: Option<(Instant, Option<BackstageError>)>,
}

impl List {
    fn is_stale(&self, fresh_for: Duration) -> bool {
        match &self.asked {
            None => true,
            Some((at, None)) => at.elapsed() >= fresh_for,
            Some((at, Some(_))) => at.elapsed() >= PAUSE_AFTER_FAILURE.min(fresh_for),
        }
    }
}

impl Actions {
    /// The own actions, and those of the plugins that the settings of this Backstage name.
    pub fn new(own: Registry, backstage: Option<&Backstage>) -> Result<Self, BackstageError> {
        let source = backstage.map(Source::new).transpose()?.filter(|source| !source.plugins.is_empty());
        let state = State { registry: Arc::new(own.clone()), lists: BTreeMap::new() };
        let inner = Inner { own, source, state: RwLock::new(state), asking: tokio::sync::Mutex::default() };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// What is known now, without asking anybody.
    pub fn known(&self) -> Arc<Registry> {
        Arc::clone(&self.inner.state.read().unwrap_or_else(PoisonError::into_inner).registry)
    }

    /// Everything there is.
    pub async fn all(&self) -> Arc<Registry> {
        self.refreshed(|_| true).await
    }

    /// What is needed to look these names up: a plugin is asked only if one of them may be its own.
    pub async fn for_names<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Arc<Registry> {
        let foreign: Vec<&str> = names.into_iter().filter(|name| self.inner.own.get(name).is_err()).collect();
        if foreign.is_empty() {
            return self.known();
        }
        self.refreshed(|plugin| foreign.iter().any(|name| belongs(name, plugin))).await
    }

    async fn refreshed(&self, wanted: impl Fn(&PluginId) -> bool) -> Arc<Registry> {
        let Some(source) = &self.inner.source else { return self.known() };
        if self.stale(source, &wanted).is_empty() {
            return self.known();
        }
        let _asking = self.inner.asking.lock().await;
        let stale = self.stale(source, &wanted);
        let answers = join_all(stale.iter().map(|plugin| source.backstage.actions(plugin))).await;
        let mut state = self.inner.state.write().unwrap_or_else(PoisonError::into_inner);
        for (plugin, answer) in stale.into_iter().zip(answers) {
            let list = state.lists.entry(plugin.clone()).or_default();
            let failure = match answer {
                Ok(actions) => {
                    list.actions = actions.into_iter().map(Arc::new).collect();
                    None
                }
                Err(error) => {
                    tracing::warn!(plugin.id = %plugin, %error, "the actions of a Backstage plugin could not be listed");
                    Some(error)
                }
            };
            list.asked = Some((Instant::now(), failure));
        }
        state.registry = Arc::new(self.joined(source, &state.lists));
        Arc::clone(&state.registry)
    }

    fn stale(&self, source: &Source, wanted: &impl Fn(&PluginId) -> bool) -> Vec<PluginId> {
        let state = self.inner.state.read().unwrap_or_else(PoisonError::into_inner);
        let stale =
            |plugin: &&PluginId| state.lists.get(*plugin).is_none_or(|list| list.is_stale(source.fresh_for));
        source.plugins.iter().filter(|plugin| wanted(plugin)).filter(stale).cloned().collect()
    }

    fn joined(&self, source: &Source, lists: &BTreeMap<PluginId, List>) -> Registry {
        let mut registry = self.inner.own.clone();
        for (plugin, list) in lists {
            for action in &list.actions {
                if self.inner.own.get(&action.id).is_ok() {
                    tracing::debug!(action.id = %action.id, "an action of a Backstage plugin gives way to Stagecraft's own");
                    continue;
                }
                registry.register(Bridged {
                    plugin: plugin.clone(),
                    action: Arc::clone(action),
                    dry_run_reads: source.backstage.settings().dry_run_reads,
                });
            }
            if let Some((_, Some(error))) = &list.asked {
                registry.note_unlisted(plugin.as_str(), error.to_string());
            }
        }
        registry
    }
}

impl Source {
    fn new(backstage: &Backstage) -> Result<Self, BackstageError> {
        let settings = backstage.settings();
        let plugin = |name: &String| {
            PluginId::parse(name).ok_or_else(|| {
                BackstageError::Invalid(format!(
                    "`backstage.action_plugins`: `{}` is not the id of a plugin, such as `catalog`",
                    name.escape_debug()
                ))
            })
        };
        let mut plugins: Vec<PluginId> =
            settings.action_plugins.iter().map(plugin).collect::<Result<_, _>>()?;
        plugins.sort();
        plugins.dedup();
        let fresh_for = Duration::from_secs(settings.action_list_seconds);
        Ok(Self { backstage: backstage.clone(), plugins, fresh_for })
    }
}

fn belongs(name: &str, plugin: &PluginId) -> bool {
    name.split_once(':').is_some_and(|(owner, _)| owner == plugin.as_str())
}
