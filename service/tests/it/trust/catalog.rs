//! What Backstage's catalog may ask, for itself and for users.

use super::*;
use crate::support::backstage::plugin_keys;

/// The plugin `catalog` with keys of its own.
fn catalog(stage: &Stage) -> Issuer {
    let catalog = Issuer::new("catalog-1");
    stage.double.publish(&plugin_keys("catalog"), Document::Keys(vec![catalog.public()]));
    catalog
}

async fn reads_the_feed(stage: &Stage, token: &str) -> u16 {
    let url = format!("{}/api/stagecraft/v1/catalog/changes", stage.url);
    stage.client.get(url).bearer_auth(token).send().await.unwrap().status().as_u16()
}

/// Of a place that nobody reads: whoever may ask is told so with a 400.
async fn analyses(stage: &Stage, token: &str) -> u16 {
    let url = format!("{}/api/stagecraft/v1/analyze-location", stage.url);
    let body = json!({ "location": { "type": "url", "target": "https://nowhere.example/acme/shop" } });
    stage.client.post(url).bearer_auth(token).json(&body).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_feed_is_for_services_and_for_no_user_through_one() {
    let stage = Stage::new().await;
    let catalog = catalog(&stage);

    assert_eq!(reads_the_feed(&stage, &catalog.plugin("catalog")).await, 200);
    assert_eq!(reads_the_feed(&stage, &stage.jane()).await, 403);
    let for_jane = catalog.plugin_for("catalog", &stage.jane_limited());
    assert_eq!(reads_the_feed(&stage, &for_jane).await, 403);
}

#[tokio::test]
async fn the_catalog_asks_for_an_analysis_on_behalf_of_a_user_whom_it_has_judged() {
    let stage = Stage::new().await;
    let catalog = catalog(&stage);

    assert_eq!(analyses(&stage, &catalog.plugin("catalog")).await, 400);
    assert_eq!(analyses(&stage, &catalog.plugin_for("catalog", &stage.jane_limited())).await, 400);
    // Nobody has judged her here.
    assert_eq!(analyses(&stage, &stage.jane()).await, 403);
    let through_another = stage.double.scaffolder.plugin_for("scaffolder", &stage.jane_limited());
    assert_eq!(analyses(&stage, &through_another).await, 403);
}
