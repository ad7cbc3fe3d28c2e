//! Lists of more than one page.
//!
//! GitHub says in a header where the next page is. The invariant: of that address only path and query are taken, and
//! they are asked for at the API that is configured, by the same rules as every other request.

use reqwest::Url;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::GitHub;
use super::answer::{Answer, Failure};
use super::client::Ask;
use super::route::Route;

/// Pages that are read at most, of a hundred things each.
const MAX_PAGES: usize = 500;

/// As whom a list is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Asker<'a> {
    /// Whoever acts for this owner.
    Owner(&'a str),
    /// The App itself.
    App,
}

/// Every thing of a list that belongs to `owner`; `key` names the list where it is not the whole answer.
pub(super) async fn all<T: DeserializeOwned>(
    github: &GitHub,
    owner: &str,
    route: Route,
    key: Option<&str>,
) -> Result<Vec<T>, Failure> {
    all_as(github, Asker::Owner(owner), route, key).await
}

/// The same for somebody else.
pub(super) async fn all_as<T: DeserializeOwned>(
    github: &GitHub,
    asker: Asker<'_>,
    route: Route,
    key: Option<&str>,
) -> Result<Vec<T>, Failure> {
    let mut things = Vec::new();
    let mut next = Some(route.with("per_page", "100"));
    for _ in 0..MAX_PAGES {
        let Some(route) = next.take() else { break };
        let answer = match asker {
            Asker::Owner(owner) => github.ask(owner, Ask::get(route)).await?,
            Asker::App => github.shared.access.ask_as_app(github, Ask::get(route)).await?,
        };
        next = next_page(github.shared.client.base(), &answer);
        things.append(&mut read(answer, key)?);
    }
    Ok(things)
}

/// The things of one page.
pub(super) fn read<T: DeserializeOwned>(mut answer: Answer, key: Option<&str>) -> Result<Vec<T>, Failure> {
    if let Some(key) = key {
        answer.body = answer.body.get_mut(key).map(Value::take).unwrap_or_default();
    }
    answer.read()
}

/// Where the next page is.
pub(super) fn next_page(base: &Url, answer: &Answer) -> Option<Route> {
    let link = answer.header("link")?;
    let next = link.split(',').find_map(|part| {
        let (address, attributes) = part.split_once(';')?;
        let is_next = attributes.split(';').any(|one| one.trim().eq_ignore_ascii_case("rel=\"next\""));
        is_next.then(|| address.trim().trim_start_matches('<').trim_end_matches('>'))
    })?;
    Route::of_link(base, next)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::*;

    fn next(base: &str, link: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert("link", link.parse().unwrap());
        let answer = Answer { status: StatusCode::OK, headers, body: Value::Null };
        next_page(&Url::parse(base).unwrap(), &answer).map(|route| route.to_string())
    }

    #[test]
    fn the_next_page_is_asked_for_at_the_configured_api() {
        let link = "<https://api.github.com/organizations/1/repos?per_page=100&page=1>; rel=\"prev\", \
                    <https://api.github.com/organizations/1/repos?per_page=100&page=3>; rel=\"next\"";

        assert_eq!(
            next("https://api.github.com", link).as_deref(),
            Some("/organizations/1/repos?per_page=100&page=3")
        );
        assert_eq!(
            next(
                "https://ghes.acme.io/api/v3",
                "<https://ghes.acme.io/api/v3/user/repos?page=2>; rel=\"next\""
            )
            .as_deref(),
            Some("/user/repos?page=2")
        );
        assert_eq!(
            next("http://127.0.0.1:1", "<https://evil.example/user/repos?page=2>; rel=\"next\"").as_deref(),
            Some("/user/repos?page=2")
        );
    }

    #[test]
    fn an_address_that_is_none_ends_the_list() {
        for link in [
            "<https://ghes.acme.io/other?page=2>; rel=\"next\"",
            "<not an address>; rel=\"next\"",
            "<https://ghes.acme.io/api/v3/user/repos?page=9>; rel=\"last\"",
            "<https://ghes.acme.io/api/v3/../../x?page=2>; rel=\"next\"",
            "garbage",
        ] {
            assert_eq!(next("https://ghes.acme.io/api/v3", link), None, "{link}");
        }
    }
}
