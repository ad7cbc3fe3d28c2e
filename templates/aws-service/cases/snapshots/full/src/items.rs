//! An example to replace: items, kept in the database.

use axum::{
    Json, Router,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
    routing::get,
};
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;

use crate::{app::App, problem::Problem};

/// The columns of an item; the time as RFC 3339 has it.
const COLUMNS: &str = r#"
    id, name, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as created_at
"#;

/// The routes of this example.
pub fn routes() -> Router<App> {
    Router::new().route("/items", get(list).post(add)).route("/items/{id}", get(find))
}

#[derive(Serialize)]
struct Item {
    id: i64,
    name: String,
    created_at: String,
}

impl Item {
    fn of(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            created_at: row.try_get("created_at")?,
        })
    }
}

#[derive(Deserialize)]
struct NewItem {
    name: String,
}

/// The newest hundred.
async fn list(State(app): State<App>) -> Result<Json<Vec<Item>>, Problem> {
    let statement = format!("select {COLUMNS} from items order by id desc limit 100");
    let rows = app.database.get().await?.query(&statement, &[]).await?;
    Ok(Json(rows.iter().map(Item::of).collect::<Result<_, _>>()?))
}

async fn add(
    State(app): State<App>,
    body: Result<Json<NewItem>, JsonRejection>,
) -> Result<(StatusCode, Json<Item>), Problem> {
    let Json(item) = body.map_err(|error| Problem::Invalid(error.body_text()))?;
    if !(1..=200).contains(&item.name.chars().count()) || item.name.contains('\0') {
        return Err(Problem::Invalid("`name` has 1 to 200 characters".into()));
    }
    let statement = format!("insert into items (name) values ($1) returning {COLUMNS}");
    let row = app.database.get().await?.query_one(&statement, &[&item.name]).await?;
    Ok((StatusCode::CREATED, Json(Item::of(&row)?)))
}

async fn find(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Item>, Problem> {
    // What is no number is the id of nothing.
    let id: i64 = id.parse().map_err(|_| Problem::NotFound)?;
    let statement = format!("select {COLUMNS} from items where id = $1");
    let row = app.database.get().await?.query_opt(&statement, &[&id]).await?;
    Ok(Json(Item::of(&row.ok_or(Problem::NotFound)?)?))
}
