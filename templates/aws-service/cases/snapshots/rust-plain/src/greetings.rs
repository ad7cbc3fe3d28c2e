//! An example to replace: `GET /greetings/{name}`.

use axum::{Json, Router, extract::Path, routing::get};
use serde::Serialize;

use crate::{app::App, problem::Problem};

/// The routes of this example.
pub fn routes() -> Router<App> {
    Router::new().route("/greetings/{name}", get(greet))
}

#[derive(Serialize)]
struct Greeting {
    message: String,
}

async fn greet(Path(name): Path<String>) -> Result<Json<Greeting>, Problem> {
    if name.chars().count() > 100 {
        return Err(Problem::Invalid("a name has at most 100 characters".into()));
    }
    Ok(Json(Greeting { message: format!("Hello, {name}!") }))
}
