//! The HTTP edge: Backstage's scaffolder API, our own additions, and what operators ask.
//!
//! It translates: bodies and queries into the use case's words, answers and errors into Backstage's shapes. It
//! holds no rule about tasks or templates. All routes stand in [`routes`], all layers in [`layers`]. The
//! invariant: every answer passes `report`, and every path but those of `auth`'s list needs a token.

mod actions;
mod agents;
mod auth;
mod autocomplete;
mod body;
mod catalog;
mod cors;
mod deliveries;
mod dry_run;
mod entities;
mod error;
mod events;
mod extensions;
mod forge;
mod keys;
mod openapi;
mod operations;
mod permissions;
mod preview;
mod query;
mod reply;
mod report;
mod repositories;
mod server;
mod shape;
mod state;
mod tasks;
mod templates;
mod trial;
mod webhooks;

pub use forge::forge_router;
pub use openapi::openapi;
pub use preview::preview_router;
pub use server::serve;
pub use state::{HttpParts, HttpState};

use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, on};
use tower_http::catch_panic::CatchPanicLayer;

use crate::telemetry::Metrics;
use auth::Access;
use cors::Origins;
use error::ApiError;

/// Everything that is served.
pub fn router(state: HttpState) -> Router {
    let mut router = Router::new();
    for Route { method, path, handler } in routes() {
        tracing::trace!(http.method = %method, http.route = path, "route");
        router = router.route(path, handler);
    }
    layers(router, state.access.clone(), state.origins.clone(), state.metrics.clone()).with_state(state)
}

/// A method and a path pattern with what answers there.
struct Route {
    method: Method,
    path: &'static str,
    handler: MethodRouter<HttpState>,
}

/// All routes.
fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/scaffolder/v2/templates/{namespace}/{kind}/{name}/parameter-schema",
            templates::parameter_schema,
        ),
        get("/api/scaffolder/v2/actions", actions::list),
        get("/api/scaffolder/v2/tasks", tasks::list),
        post("/api/scaffolder/v2/tasks", tasks::create),
        get("/api/scaffolder/v2/tasks/{taskId}", tasks::get),
        post("/api/scaffolder/v2/tasks/{taskId}/cancel", tasks::cancel),
        post("/api/scaffolder/v2/tasks/{taskId}/retry", tasks::retry),
        get("/api/scaffolder/v2/tasks/{taskId}/events", events::poll),
        get("/api/scaffolder/v2/tasks/{taskId}/eventstream", events::stream),
        post("/api/scaffolder/v2/dry-run", dry_run::run),
        post("/api/scaffolder/v2/autocomplete/{provider}/{resource}", autocomplete::complete),
        get("/api/scaffolder/v2/templating-extensions", extensions::list),
        get("/api/scaffolder/.well-known/backstage/permissions/metadata", permissions::scaffolder),
        post("/api/scaffolder/.well-known/backstage/permissions/apply-conditions", permissions::apply),
        get("/api/stagecraft/.well-known/backstage/permissions/metadata", permissions::stagecraft),
        post("/api/stagecraft/.well-known/backstage/permissions/apply-conditions", permissions::apply),
        get("/api/scaffolder/.backstage/actions/v1/actions", agents::list),
        post("/api/scaffolder/.backstage/actions/v1/actions/{actionId}/invoke", agents::invoke),
        post("/api/scaffolder/.backstage/actions/v2/actions/{actionId}/invoke", agents::invoke_wrapped),
        get("/api/scaffolder/openapi.json", operations::description),
        get("/api/stagecraft/v1/templates", templates::list),
        get("/api/stagecraft/v1/entities", entities::list),
        get("/api/stagecraft/v1/catalog/changes", catalog::changes),
        post("/api/stagecraft/v1/analyze-location", catalog::analyze),
        get("/api/stagecraft/v1/repositories", repositories::list),
        post("/api/stagecraft/v1/repositories/onboard", repositories::onboard),
        post("/api/stagecraft/v1/dry-run", trial::run),
        get("/api/stagecraft/v1/deliveries", deliveries::list),
        get("/api/stagecraft/v1/deliveries/{deliveryId}", deliveries::get),
        post("/api/stagecraft/v1/deliveries/{deliveryId}/replay", deliveries::replay),
        post("/api/stagecraft/v1/events", webhooks::forwarded),
        post("/webhooks/github", webhooks::receive),
        get("/api/stagecraft/.backstage/auth/v1/jwks.json", keys::list),
        get("/api/scaffolder/.backstage/auth/v1/jwks.json", keys::list),
        get("/.backstage/health/v1/liveness", operations::alive),
        get("/.backstage/health/v1/readiness", operations::ready),
        get("/healthz", operations::alive),
        get("/readyz", operations::ready),
        get("/metrics", operations::metrics),
        get("/openapi.json", operations::description),
    ]
}

/// All layers; the last one is the outermost.
fn layers<S: Clone + Send + Sync + 'static>(
    router: Router<S>,
    access: Arc<Access>,
    origins: Arc<Origins>,
    metrics: Metrics,
) -> Router<S> {
    router
        .fallback(no_route)
        .method_not_allowed_fallback(no_route)
        .layer(from_fn_with_state(access, auth::require))
        .layer(from_fn_with_state(origins, cors::share))
        .layer(CatchPanicLayer::custom(report::panicked))
        .layer(from_fn_with_state(metrics, report::report))
}

async fn no_route() -> ApiError {
    ApiError::NoRoute
}

fn get<H: Handler<T, HttpState>, T: 'static>(path: &'static str, handler: H) -> Route {
    Route { method: Method::GET, path, handler: on(MethodFilter::GET, handler) }
}

fn post<H: Handler<T, HttpState>, T: 'static>(path: &'static str, handler: H) -> Route {
    Route { method: Method::POST, path, handler: on(MethodFilter::POST, handler) }
}

#[cfg(test)]
mod tests;
