//! Answers that are kept, to be asked for again at no cost.
//!
//! GitHub counts an answer of "not modified" against no limit. The invariants: an answer is kept for the bucket of the
//! token that it was given to and for no other, and is used only when GitHub says that it still holds; there are
//! never more than [`MOST`] of them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use http::StatusCode;

use super::answer::Answer;
use super::client::Ask;

/// Answers that are kept.
const MOST: usize = 256;

/// The answers of one host.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    answers: HashMap<String, (u64, Answer)>,
    uses: u64,
}

impl Memory {
    /// The request with the entity tag of what is known.
    pub(super) fn remind(&self, bucket: &str, ask: Ask) -> Ask {
        if !ask.kept {
            return ask;
        }
        let known = self.with(|kept| kept.known(&name(bucket, &ask)));
        Ask { known: known.and_then(|answer| answer.header("etag").map(str::to_owned)), ..ask }
    }

    /// The answer to the request: the one that is known where GitHub says that it still holds.
    pub(super) fn recall(&self, bucket: &str, ask: &Ask, answer: Answer) -> Answer {
        if !ask.kept {
            return answer;
        }
        let name = name(bucket, ask);
        if answer.status == StatusCode::NOT_MODIFIED {
            return self.with(|kept| kept.known(&name)).unwrap_or(answer);
        }
        if answer.header("etag").is_some() {
            self.with(|kept| kept.keep(name, answer.clone()));
        }
        answer
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut Kept) -> T) -> T {
        use_it(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Kept {
    fn known(&mut self, name: &str) -> Option<Answer> {
        self.uses += 1;
        let (used, answer) = self.answers.get_mut(name)?;
        *used = self.uses;
        Some(answer.clone())
    }

    fn keep(&mut self, name: String, answer: Answer) {
        self.uses += 1;
        if self.answers.len() >= MOST && !self.answers.contains_key(&name) {
            let oldest = self.answers.iter().min_by_key(|(_, (used, _))| *used).map(|(name, _)| name.clone());
            oldest.and_then(|oldest| self.answers.remove(&oldest));
        }
        self.answers.insert(name, (self.uses, answer));
    }
}

fn name(bucket: &str, ask: &Ask) -> String {
    format!("{bucket} {}", ask.route)
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use serde_json::json;

    use super::super::route::Route;
    use super::*;

    fn answer(status: u16, etag: Option<&str>, body: serde_json::Value) -> Answer {
        let mut headers = HeaderMap::new();
        if let Some(etag) = etag {
            headers.insert("etag", etag.parse().unwrap());
        }
        Answer { status: StatusCode::from_u16(status).unwrap(), headers, body }
    }

    fn ask(name: &str) -> Ask {
        Ask::get(Route::fixed("users").name(name).unwrap()).kept()
    }

    #[test]
    fn what_still_holds_is_taken_from_memory_for_its_own_bucket() {
        let memory = Memory::default();
        memory.recall("a", &ask("jane"), answer(200, Some("\"1\""), json!({ "login": "jane" })));

        let reminded = memory.remind("a", ask("jane"));
        let recalled = memory.recall("a", &reminded, answer(304, None, json!(null)));

        assert_eq!(reminded.known.as_deref(), Some("\"1\""));
        assert_eq!(recalled.body, json!({ "login": "jane" }));
        assert_eq!(memory.remind("b", ask("jane")).known, None);
    }

    #[test]
    fn what_was_not_used_for_longest_is_forgotten() {
        let memory = Memory::default();
        for number in 0..MOST {
            memory.recall("a", &ask(&format!("u{number}")), answer(200, Some("\"1\""), json!(number)));
        }
        memory.remind("a", ask("u0"));

        memory.recall("a", &ask("new"), answer(200, Some("\"1\""), json!(0)));

        assert_eq!(memory.with(|kept| kept.answers.len()), MOST);
        assert!(memory.remind("a", ask("u0")).known.is_some());
        assert!(memory.remind("a", ask("u1")).known.is_none());
    }
}
