//! The layers of a request, outermost first: recorder, faults, authentication and permissions, limits, check of the
//! request, handler, check of the answer.
//!
//! Each request is counted and recorded exactly once, whatever becomes of it.

mod api;
mod described;
mod finish;
mod served;
mod strike;

pub(crate) use finish::hex;

use std::sync::Arc;

use serde_json::Value;

use crate::auth::identify;
use crate::git::backend::Request;
use crate::recorder::Exchange;
use crate::router::{self, Found};
use crate::server::{Incoming, Outcome, Reply};
use crate::setup::Variant;
use crate::shared::{Shared, locked};
use crate::state::State;
use crate::webhooks;

/// What a request is for.
pub(crate) enum Target {
    /// A git client's.
    Git(Request),
    /// An operation of the API.
    Api(Found),
    /// Nothing there is.
    Nothing,
}

/// What a request came to, for the recorder.
pub(crate) struct Done {
    pub(crate) reply: Reply,
    pub(crate) who: String,
    /// Whether the operation was done.
    pub(crate) applied: bool,
}

/// Answers a request.
pub(crate) async fn respond(shared: &Arc<Shared>, mut incoming: Incoming) -> Outcome {
    let latency = locked(&shared.state).setup.latency;
    let target = target(shared, &mut incoming);
    let operation = match &target {
        Target::Git(request) => request.operation(),
        Target::Api(found) => found.route.operation,
        Target::Nothing => "",
    };
    let number = record(shared, &incoming, operation);
    let fault = strike::strike(shared, operation, &incoming);
    let whose = whose(shared, &incoming);
    let _running = Running::of(shared, whose);
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let done = match &fault {
        Some(fault) if !fault.applied => {
            Done { reply: Reply::text(0, ""), who: String::new(), applied: false }
        }
        _ => apply(shared, target, &incoming).await,
    };
    let (who, applied) = (done.who, done.applied);
    let outcome = match &fault {
        Some(fault) => strike::struck(shared, fault, &incoming, done.reply).await,
        None => Outcome::Reply(done.reply),
    };
    let status = match &outcome {
        Outcome::Reply(reply) | Outcome::Dribble(reply, _) | Outcome::Cut(reply) => reply.status,
        Outcome::Drop | Outcome::Hang => 0,
    };
    if let Some(exchange) = locked(&shared.recorded).get_mut(number - 1) {
        exchange.who = who;
        exchange.status = status;
        exchange.applied = applied;
        exchange.fault = fault.map(|fault| fault.told());
    }
    webhooks::send(shared);
    outcome
}

/// Whose limits a request counts for.
fn whose(shared: &Shared, incoming: &Incoming) -> String {
    let state = shared.state();
    identify(&state, &incoming.headers).map_or_else(|_| "unknown".to_owned(), |who| who.told())
}

/// A request that runs, until it is dropped: a client may go away in mid-request.
struct Running {
    shared: Arc<Shared>,
    whose: String,
}

impl Running {
    fn of(shared: &Arc<Shared>, whose: String) -> Self {
        locked(&shared.governor).came(&whose);
        Self { shared: Arc::clone(shared), whose }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        locked(&self.shared.governor).end(&self.whose);
    }
}

async fn apply(shared: &Arc<Shared>, target: Target, incoming: &Incoming) -> Done {
    match target {
        Target::Git(request) => served::serve(shared, &request, incoming).await,
        Target::Api(found) => api::apply(shared, found, incoming),
        Target::Nothing => {
            let line = format!("{} {}: no operation of the double", incoming.method, incoming.path);
            locked(&shared.violations).push(line);
            Done {
                reply: finish::plain(shared, crate::errors::not_found()),
                who: "anonymous".to_owned(),
                applied: false,
            }
        }
    }
}

/// What a request is for; its path is then below the API's base, and its repository by name.
fn target(shared: &Shared, incoming: &mut Incoming) -> Target {
    if let Some(request) = Request::of(&incoming.path) {
        return Target::Git(request);
    }
    let state = locked(&shared.state);
    if state.setup.variant == Variant::Server {
        match incoming.path.strip_prefix("/api/v3") {
            Some(path) => incoming.path = path.to_owned(),
            None if incoming.path == "/api/graphql" => "/graphql".clone_into(&mut incoming.path),
            None => return Target::Nothing,
        }
    }
    let path = by_name(&state, &incoming.path);
    router::find(&incoming.method, &path).map_or(Target::Nothing, Target::Api)
}

/// A path by the id of a repository or an organisation as the path by its name. Links to further pages are by id.
fn by_name(state: &State, path: &str) -> String {
    let parts = |prefix: &str| {
        let rest = path.strip_prefix(prefix)?;
        let (id, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        Some((id.parse::<u64>().ok()?, rest))
    };
    if let Some((id, rest)) = parts("/repositories/")
        && let Some(repository) = state.repositories.get(&id)
    {
        return format!("/repos/{}{rest}", repository.full_name());
    }
    if let Some((id, rest)) = parts("/organizations/")
        && let Some(account) = state.accounts.values().find(|account| account.id == id)
    {
        return format!("/orgs/{}{rest}", account.login);
    }
    path.to_owned()
}

/// Notes that a request came; gives its number.
fn record(shared: &Shared, incoming: &Incoming, operation: &str) -> usize {
    let mut recorded = locked(&shared.recorded);
    let number = recorded.len() + 1;
    recorded.push(Exchange {
        number,
        at: shared.clock.now(),
        operation: operation.to_owned(),
        method: incoming.method.clone(),
        path: incoming.path.clone(),
        query: incoming.query.clone(),
        body: serde_json::from_slice(&incoming.body).unwrap_or(Value::Null),
        who: String::new(),
        status: 0,
        applied: false,
        fault: None,
    });
    number
}
