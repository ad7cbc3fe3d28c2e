//! GitHub's refusals, in GitHub's own words.
//!
//! `status` is a text in them, as GitHub sends it. Each body is one that GitHub was seen to answer.

use serde_json::{Value, json};

use crate::call::Answer;

/// Where GitHub sends readers of its errors.
const DOCUMENTATION: &str = "https://docs.github.com/rest";

/// An error with this message alone.
pub(crate) fn error(status: u16, message: &str) -> Answer {
    Answer::of(
        status,
        json!({ "message": message, "documentation_url": DOCUMENTATION, "status": status.to_string() }),
    )
}

/// 404, for what is not there and for what one may not know of.
pub(crate) fn not_found() -> Answer {
    error(404, "Not Found")
}

/// 401, for a token that GitHub does not know (any more, or yet).
pub(crate) fn bad_credentials() -> Answer {
    error(401, "Bad credentials")
}

/// 401, for a request without credentials where some are needed.
pub(crate) fn requires_authentication() -> Answer {
    error(401, "Requires authentication")
}

/// 403, for an App that has not got the permission.
pub(crate) fn not_by_integration() -> Answer {
    error(403, "Resource not accessible by integration")
}

/// 403, for a user who is no administrator.
pub(crate) fn admin_rights() -> Answer {
    error(403, "Must have admin rights to Repository.")
}

/// 403, for what a free plan has only in public repositories.
pub(crate) fn upgrade() -> Answer {
    error(403, "Upgrade to GitHub Pro or make this repository public to enable this feature.")
}

/// 409, for git data of a repository without a commit.
pub(crate) fn empty_repository() -> Answer {
    error(409, "Git Repository is empty.")
}

/// 422 with a message alone.
pub(crate) fn unprocessable(message: &str) -> Answer {
    error(422, message)
}

/// 422 with its list of errors.
pub(crate) fn invalid(message: &str, errors: &[Value]) -> Answer {
    Answer::of(
        422,
        json!({
            "message": message,
            "errors": errors,
            "documentation_url": DOCUMENTATION,
            "status": "422",
        }),
    )
}

/// 422 `Validation Failed` with one error: which field of which resource, and GitHub's code for what is wrong.
pub(crate) fn validation(resource: &str, field: &str, code: &str) -> Answer {
    invalid("Validation Failed", &[json!({ "resource": resource, "code": code, "field": field })])
}

/// One error with a message of its own.
pub(crate) fn custom(resource: &str, field: &str, message: &str) -> Value {
    json!({ "resource": resource, "code": "custom", "field": field, "message": message })
}

/// 422 for a name of a repository that is taken.
pub(crate) fn name_taken() -> Answer {
    invalid(
        "Repository creation failed.",
        &[custom("Repository", "name", "name already exists on this account")],
    )
}

/// 301 or 307 to where a renamed repository is now.
pub(crate) fn moved(status: u16, url: &str) -> Answer {
    let message = if status == 301 { "Moved Permanently" } else { "Temporary Redirect" };
    Answer::of(status, json!({ "message": message, "url": url, "documentation_url": DOCUMENTATION }))
        .header("location", url)
}
