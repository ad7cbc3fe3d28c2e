//! An example to replace: files, kept in the bucket.
//!
//! The rights to the bucket come from the pod's identity; there is no key to keep.

use std::sync::Arc;

use anyhow::Context;
use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::IntoResponse,
    routing::get,
};
use bytes::Bytes;
use object_store::{
    ClientOptions, Error, ObjectStore, ObjectStoreExt, aws::AmazonS3Builder, path::Path as Key,
};

use crate::{app::App, problem::Problem};

/// The largest file.
const LIMIT: usize = 1024 * 1024;

/// Where the files are.
#[derive(Clone)]
pub struct Files(Arc<dyn ObjectStore>);

impl Files {
    /// Files in a bucket of S3, or of a stand-in that answers at `endpoint`.
    pub fn in_bucket(bucket: &str, endpoint: Option<&str>) -> anyhow::Result<Self> {
        let mut s3 = AmazonS3Builder::from_env().with_bucket_name(bucket);
        if let Some(endpoint) = endpoint {
            s3 = s3
                .with_endpoint(endpoint)
                .with_client_options(ClientOptions::new().with_allow_http(true));
        }
        Ok(Self(Arc::new(s3.build().context("cannot use the bucket")?)))
    }

    /// Files in any store, such as the memory of a test.
    pub fn of(store: impl ObjectStore) -> Self {
        Self(Arc::new(store))
    }
}

/// The routes of this example.
pub fn routes() -> Router<App> {
    Router::new().route("/files/{name}", get(read).put(write)).layer(DefaultBodyLimit::max(LIMIT))
}

/// Letters, digits, `.`, `_` and `-`, of which the first is a letter or digit; at most 100.
fn key(name: &str) -> Result<Key, Problem> {
    let letter = |c: char| c.is_ascii_alphanumeric();
    let fits = name.len() <= 100
        && name.starts_with(letter)
        && name.chars().all(|c| letter(c) || matches!(c, '.' | '_' | '-'));
    if !fits {
        return Err(Problem::Invalid("a name has letters, digits, `.`, `_` and `-`".into()));
    }
    Ok(Key::from(name))
}

async fn read(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let bytes = match app.files.0.get(&key(&name)?).await {
        Ok(found) => found.bytes().await?,
        Err(Error::NotFound { .. }) => return Err(Problem::NotFound),
        Err(error) => return Err(error.into()),
    };
    Ok(([(CONTENT_TYPE, "application/octet-stream")], bytes))
}

async fn write(
    State(app): State<App>,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    app.files.0.put(&key(&name)?, body.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_elsewhere_is_refused() {
        for wrong in ["", ".", "..", "../a", "a/b", "a b", "ä", &"a".repeat(101)] {
            assert!(matches!(key(wrong), Err(Problem::Invalid(_))), "{wrong}");
        }
    }

    #[test]
    fn a_plain_name_is_its_own_key() {
        assert_eq!(key("report-2026_01.pdf").unwrap().as_ref(), "report-2026_01.pdf");
    }
}
