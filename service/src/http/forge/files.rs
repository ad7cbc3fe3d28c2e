//! Files as they are: for readers, browsers and clones.
//!
//! The invariant: no browser takes a repository's file for a page of this forge. Text is plain text, all else is
//! a download, and neither runs, loads or shows anything else.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::stream;
use tokio::io::AsyncReadExt;

use crate::forge::local::GitFile;
use crate::git::Blob;

/// What is read from the disk at once for a clone.
const PIECE: usize = 64 * 1024;

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// A file of a repository, or 304 when the reader has it already.
pub(super) fn file(blob: &Blob, bytes: Bytes, asked: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", blob.id);
    let known = asked.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok()).unwrap_or_default();
    let is_known = known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag);
    let media_type = if is_text(&bytes) { TEXT } else { BYTES };
    let mut response = Response::new(if is_known { Body::empty() } else { Body::from(bytes) });
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media_type);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// Text that a page or a reader can show.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok()
}

/// A file that a clone asked for.
pub(super) fn git_file(file: GitFile) -> Response {
    match file {
        GitFile::List(list) => with_type(TEXT, Body::from(list)),
        GitFile::File(file, length) => {
            let pieces = stream::unfold(tokio::fs::File::from_std(file), |mut file| async move {
                let mut piece = vec![0; PIECE];
                match file.read(&mut piece).await {
                    Ok(0) => None,
                    Ok(read) => {
                        piece.truncate(read);
                        Some((Ok(Bytes::from(piece)), file))
                    }
                    Err(error) => Some((Err(error), file)),
                }
            });
            let mut response = with_type(BYTES, Body::from_stream(pieces));
            response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
            response
        }
    }
}

fn with_type(media_type: HeaderValue, body: Body) -> Response {
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    response
}
