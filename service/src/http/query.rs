//! Query strings, with Backstage's words for each fault.
//!
//! Names that are not known are refused, so that a misspelt filter does not silently list everything.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;

use super::error::ApiError;
use crate::entities::ListRepositories;
use crate::task::{ListTasks, Order, OrderField};
use crate::webhook::{Listing, State};

/// Changes on a page of the catalog feed, where the query does not say it.
const FEED_PAGE: u32 = 500;
/// Repositories on a page, and the most that a query can ask for.
const REPOSITORY_PAGE: u32 = 100;
/// The most that it can ask for.
const LARGEST_FEED_PAGE: u32 = 1000;

/// Deliveries on a page, where the query does not say it.
const DELIVERY_PAGE: u32 = 50;
/// The most that it can ask for.
const LARGEST_DELIVERY_PAGE: u32 = 200;

/// The pairs of a query, in order.
pub(super) struct Pairs(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Pairs {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Query::try_from_uri(&parts.uri)
            .map(|Query(pairs)| Self(pairs))
            .map_err(|_| ApiError::input("the query cannot be read; write it as `name=value&name=value`"))
    }
}

impl Pairs {
    /// `after` of the event routes: the last event that the client has.
    pub(super) fn after(&self) -> Result<Option<i64>, ApiError> {
        self.only(&["after"])?;
        self.integer("after")
    }

    /// The filters, the page and the order of a task list.
    pub(super) fn list(&self) -> Result<ListTasks, ApiError> {
        self.only(&["createdBy", "status", "limit", "offset", "order"])?;
        Ok(ListTasks {
            created_by: self.all("createdBy"),
            status: self.all("status"),
            limit: self.count("limit")?,
            offset: self.count("offset")?,
            order: self.all("order").iter().map(|text| order(text)).collect::<Result<_, _>>()?,
        })
    }

    /// `after` and `limit` of the catalog feed.
    pub(super) fn feed(&self) -> Result<(Option<String>, u32), ApiError> {
        self.only(&["after", "limit"])?;
        let after = match self.all("after").as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            _ => return Err(ApiError::input("request/query/after must be one cursor")),
        };
        let limit = self.count("limit")?.unwrap_or(FEED_PAGE);
        if !(1..=LARGEST_FEED_PAGE).contains(&limit) {
            let message = format!("request/query/limit must be >= 1 and <= {LARGEST_FEED_PAGE}");
            return Err(ApiError::input(message));
        }
        Ok((after, limit))
    }

    /// The page and the filters of the repositories that are looked after.
    pub(super) fn repositories(&self) -> Result<ListRepositories, ApiError> {
        self.only(&["after", "limit", "owner", "state"])?;
        let one = |name: &str| match self.all(name).as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(one.to_ascii_lowercase())),
            _ => Err(ApiError::input(format!("request/query/{name} must be one text"))),
        };
        let limit = self.count("limit")?.unwrap_or(REPOSITORY_PAGE);
        if !(1..=REPOSITORY_PAGE).contains(&limit) {
            return Err(ApiError::input(format!(
                "request/query/limit must be >= 1 and <= {REPOSITORY_PAGE}"
            )));
        }
        let state = one("state")?.map(|word| {
            serde_json::from_value(serde_json::Value::String(word))
                .map_err(|_| ApiError::input("request/query/state is not a state of a repository"))
        });
        Ok(ListRepositories { after: one("after")?, limit, owner: one("owner")?, state: state.transpose()? })
    }

    /// The filters and the page of a list of deliveries.
    pub(super) fn deliveries(&self) -> Result<Listing, ApiError> {
        self.only(&["state", "event", "about", "before", "limit"])?;
        let limit = self.count("limit")?.unwrap_or(DELIVERY_PAGE);
        if !(1..=LARGEST_DELIVERY_PAGE).contains(&limit) {
            let message = format!("request/query/limit must be >= 1 and <= {LARGEST_DELIVERY_PAGE}");
            return Err(ApiError::input(message));
        }
        let state = self.at_most_one("state")?.map(|word| {
            let known = State::ALL.map(State::as_str);
            let unknown = || format!("request/query/state must be one of {}", known.join(", "));
            State::of(&word).ok_or_else(|| ApiError::input(unknown()))
        });
        Ok(Listing {
            state: state.transpose()?,
            event: self.at_most_one("event")?,
            about: self.at_most_one("about")?,
            before: self.at_most_one("before")?,
            limit,
        })
    }

    fn at_most_one(&self, name: &str) -> Result<Option<String>, ApiError> {
        match self.all(name).as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(one.clone())),
            _ => Err(ApiError::input(format!("request/query/{name} must be given once"))),
        }
    }

    /// `path` of a file of the preview.
    pub(super) fn path(&self) -> Result<String, ApiError> {
        self.only(&["path"])?;
        match self.all("path").as_slice() {
            [one] => Ok(one.clone()),
            _ => Err(ApiError::input("request/query must have one required property 'path'")),
        }
    }

    fn only(&self, known: &[&str]) -> Result<(), ApiError> {
        match self.0.iter().find(|(name, _)| !known.contains(&bare(name))) {
            Some((name, _)) => Err(ApiError::input(format!("Unknown query parameter '{name}'"))),
            None => Ok(()),
        }
    }

    fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(key, _)| bare(key) == name).map(|(_, value)| value.clone()).collect()
    }

    fn integer(&self, name: &str) -> Result<Option<i64>, ApiError> {
        match self.all(name).as_slice() {
            [] => Ok(None),
            [one] => match one.trim().parse() {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(ApiError::input(format!("request/query/{name} must be integer"))),
            },
            _ => Err(ApiError::input(format!("request/query/{name} must be integer"))),
        }
    }

    fn count(&self, name: &str) -> Result<Option<u32>, ApiError> {
        match self.integer(name)? {
            None => Ok(None),
            Some(number) if number < 0 => Err(ApiError::input(format!("request/query/{name} must be >= 0"))),
            Some(number) => Ok(Some(u32::try_from(number).unwrap_or(u32::MAX))),
        }
    }
}

/// Both `status=a&status=b` and `status[]=a&status[]=b` are lists.
fn bare(name: &str) -> &str {
    name.strip_suffix("[]").unwrap_or(name)
}

fn order(text: &str) -> Result<Order, ApiError> {
    let (direction, field) = match text.split_once(':') {
        Some((direction @ ("asc" | "desc"), field)) if !field.is_empty() => (direction, field),
        _ => {
            let message =
                format!("Invalid order parameter \"{text}\", expected \"<asc or desc>:<field name>\"");
            return Err(ApiError::input(message));
        }
    };
    let field = match field {
        "created_at" => OrderField::CreatedAt,
        "status" => OrderField::Status,
        "created_by" => OrderField::CreatedBy,
        other => return Err(ApiError::input(format!("Invalid order field \"{other}\""))),
    };
    Ok(Order { field, descending: direction == "desc" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(query: &str) -> Pairs {
        let uri = format!("http://localhost/v2/tasks?{query}").parse().unwrap();
        Pairs(Query::try_from_uri(&uri).unwrap().0)
    }

    fn fault(query: &str) -> String {
        pairs(query).list().unwrap_err().for_log()
    }

    #[test]
    fn no_query_lists_everything() {
        let list = pairs("").list().unwrap();

        assert!(list.created_by.is_empty() && list.status.is_empty() && list.order.is_empty());
        assert_eq!((list.limit, list.offset), (None, None));
    }

    #[test]
    fn filters_may_be_repeated_with_or_without_brackets() {
        let list = pairs("status=failed&status=cancelled&createdBy[]=user:default/jane").list().unwrap();

        assert_eq!(list.status, ["failed", "cancelled"]);
        assert_eq!(list.created_by, ["user:default/jane"]);
    }

    #[test]
    fn a_page_and_an_order_are_read() {
        let list = pairs("limit=2&offset=1&order=desc:created_at&order=asc:status").list().unwrap();

        assert_eq!((list.limit, list.offset), (Some(2), Some(1)));
        let expected = [
            Order { field: OrderField::CreatedAt, descending: true },
            Order { field: OrderField::Status, descending: false },
        ];
        assert_eq!(list.order, expected);
    }

    #[test]
    fn a_limit_of_zero_is_a_limit() {
        assert_eq!(pairs("limit=0").list().unwrap().limit, Some(0));
    }

    #[test]
    fn faults_are_told_in_backstages_words() {
        assert_eq!(fault("limit=x"), "request/query/limit must be integer");
        assert_eq!(fault("limit="), "request/query/limit must be integer");
        assert_eq!(fault("offset=-1"), "request/query/offset must be >= 0");
        assert_eq!(fault("order=asc:spec"), "Invalid order field \"spec\"");
        assert_eq!(
            fault("order=sideways:created_at"),
            "Invalid order parameter \"sideways:created_at\", expected \"<asc or desc>:<field name>\""
        );
    }

    #[test]
    fn a_name_that_is_not_known_is_refused() {
        assert_eq!(fault("stauts=failed"), "Unknown query parameter 'stauts'");
    }

    #[test]
    fn after_is_an_integer_or_nothing() {
        assert_eq!(pairs("after=5").after().unwrap(), Some(5));
        assert_eq!(pairs("").after().unwrap(), None);
        assert_eq!(pairs("after=abc").after().unwrap_err().for_log(), "request/query/after must be integer");
    }
}
