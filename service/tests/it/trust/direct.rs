//! Pages of Backstage's app that call the service themselves, from the origin of the app.

use reqwest::Method;

use super::*;

const APP: &str = "http://localhost:3000";

async fn stage() -> Stage {
    Stage::with(&[("SERVER__CORS_ORIGINS", "[http://localhost:3000]")]).await
}

#[tokio::test]
async fn a_browser_may_ask_beforehand_without_a_token() {
    let stage = stage().await;

    for path in ["v2/tasks", "v2/tasks/1/eventstream", "v2/dry-run"] {
        let url = format!("{}/api/scaffolder/{path}", stage.url);
        let asked = stage.client.request(Method::OPTIONS, url);
        let asked = asked.header("origin", APP).header("access-control-request-method", "POST");
        let answer = asked
            .header("access-control-request-headers", "authorization,content-type")
            .send()
            .await
            .unwrap();

        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(answer.status(), 204, "{path}");
        assert_eq!(header("access-control-allow-origin"), APP);
        assert_eq!(header("access-control-allow-headers"), "authorization,content-type");
        assert!(header("access-control-allow-methods").contains("POST"));
    }
}

#[tokio::test]
async fn a_page_reads_tasks_their_streams_and_refusals_with_the_users_token() {
    let stage = stage().await;
    assert_eq!(stage.owner(&stage.jane()).await, "user:default/jane");
    let (_, tasks) = stage.with_token(&stage.jane()).await;
    let stream = format!("v2/tasks/{}/eventstream", tasks["tasks"][0]["id"].as_str().unwrap());

    for (path, token, status) in [
        ("v2/tasks", stage.jane(), 200),
        (stream.as_str(), stage.jane(), 200),
        ("v2/tasks", "x".to_owned(), 401),
    ] {
        let asked = stage.client.get(format!("{}/api/scaffolder/{path}", stage.url));
        let answer = asked.header("origin", APP).bearer_auth(token).send().await.unwrap();

        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["access-control-allow-origin"]),
            (status, &APP.parse().unwrap()),
            "{path}"
        );
    }
}
