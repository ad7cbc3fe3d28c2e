//! [`Reader`]: follows the feed as a catalog's provider does, and has what it has read.

use std::collections::BTreeMap;

use serde_json::Value;
use stagecraft::entities::Feed;

use crate::support::app::TestApp;

pub(crate) struct Reader {
    feed: Feed,
    pub(crate) cursor: Option<String>,
    pub(crate) entities: BTreeMap<String, Value>,
    pub(crate) resets: usize,
}

impl Reader {
    pub(crate) fn new(app: &TestApp) -> Self {
        let feed = app.app.catalog.feed().clone();
        Self { feed, cursor: None, entities: BTreeMap::new(), resets: 0 }
    }

    /// From now on reads the feed of another service.
    pub(crate) fn follow(&mut self, app: &TestApp) {
        self.feed = app.app.catalog.feed().clone();
    }

    /// Reads one page; the references on it, and whether there is more.
    pub(crate) async fn page(&mut self, limit: u32) -> (Vec<String>, bool) {
        let whole = self.cursor.is_none();
        let page = self.feed.changes(self.cursor.as_deref(), limit).await.unwrap();
        if page.reset {
            self.resets += 1;
            self.entities.clear();
        }
        assert!(page.changes.len() <= limit as usize);
        self.cursor = Some(page.cursor);
        let references = page.changes.iter().map(|change| change.entity_ref.clone()).collect();
        for change in page.changes {
            match change.entity {
                Some(entity) => self.entities.insert(change.entity_ref, entity),
                None => {
                    assert!(!whole && !page.reset, "a removal in the first page of everything");
                    self.entities.remove(&change.entity_ref)
                }
            };
        }
        (references, page.more)
    }

    /// Reads until there is no more; the references it was told of.
    pub(crate) async fn read(&mut self, limit: u32) -> Vec<String> {
        let mut all = Vec::new();
        loop {
            let (references, more) = self.page(limit).await;
            all.extend(references);
            if !more {
                return all;
            }
        }
    }
}
