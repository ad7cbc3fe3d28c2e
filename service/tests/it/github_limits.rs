//! GitHub's limits, kept by two processes on one database: here they are two handles of their own.
//!
//! A minute is a fraction of a second long, so that a limit is met and left within a test.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::json;
use stagecraft::config::GitHubLimits;
use stagecraft::db::{Db, Engine};
use stagecraft::forge::Notices;
use stagecraft::forge::github::governor::{AccountStatus, Governor, Lesson, Weight};
use tempfile::TempDir;

use crate::github::repositories::wanted;
use crate::support::github::GitHubSite;
use crate::support::postgres;

const APP: &str = "installation 7";

struct Two {
    _folder: TempDir,
    governors: [Arc<Governor>; 2],
}

async fn two(engine: Engine, limits: &GitHubLimits) -> Two {
    let folder = tempfile::tempdir().unwrap();
    let url = match engine {
        Engine::Postgres => Some(postgres::new_database().await),
        Engine::Sqlite => None,
    };
    let mut governors = Vec::new();
    for _ in 0..2 {
        let db = match &url {
            Some(url) => Db::open_postgres(url, 8).await.unwrap(),
            None => Db::open_sqlite(&folder.path().join("db")).await.unwrap(),
        };
        db.migrate().await.unwrap();
        governors.push(Arc::new(Governor::new("github.com", limits, Duration::from_secs(10), db)));
    }
    let governors = governors.try_into().map_err(|_| "two").unwrap();
    Two { _folder: folder, governors }
}

fn limits(minute: u32, hour: u32, minute_seconds: f64) -> GitHubLimits {
    GitHubLimits {
        content_per_minute: minute,
        content_per_hour: hour,
        points_per_minute: 0,
        concurrent: 0,
        minute_seconds,
    }
}

async fn one_write(governor: &Governor) -> Instant {
    let pass = governor.pass(APP, Weight::Write, &Notices::default()).await.unwrap();
    let sent = Instant::now();
    governor.learn(pass, Lesson::Answered).await;
    sent
}

/// How the account stands in the eyes of a governor.
async fn status(governor: &Governor) -> AccountStatus {
    governor.status().await.unwrap().into_iter().find(|status| status.account == APP).unwrap()
}

async fn no_window_is_exceeded(engine: Engine, minute: (usize, Duration), hour: (usize, Duration)) {
    let limit = |limit: usize| u32::try_from(limit).unwrap();
    let two = two(engine, &limits(limit(minute.0), limit(hour.0), minute.1.as_secs_f64())).await;

    let senders: Vec<_> = (0..24)
        .map(|number| {
            let governor = Arc::clone(&two.governors[number % 2]);
            tokio::spawn(async move { [one_write(&governor).await, one_write(&governor).await] })
        })
        .collect();
    let mut sent = Vec::new();
    for sender in senders {
        sent.extend(sender.await.unwrap());
    }

    assert_eq!(sent.len(), 48);
    sent.sort_unstable();
    for (limit, length) in [minute, hour] {
        if limit > 0 {
            for pair in sent.windows(limit + 1) {
                assert!(pair[limit] - pair[0] > length, "{} in {:?}", limit + 1, pair[limit] - pair[0]);
            }
        }
    }
    assert_eq!(status(&two.governors[0]).await.waiting, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_minute_holds_more_than_its_limit_on_sqlite() {
    let minute = (10, Duration::from_millis(300));
    no_window_is_exceeded(Engine::Sqlite, minute, (0, Duration::ZERO)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_minute_holds_more_than_its_limit_on_postgres() {
    let minute = (10, Duration::from_millis(300));
    no_window_is_exceeded(Engine::Postgres, minute, (0, Duration::ZERO)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_hour_holds_more_than_its_limit_on_sqlite() {
    let minute = (8, Duration::from_millis(20));
    no_window_is_exceeded(Engine::Sqlite, minute, (20, Duration::from_millis(1_200))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_hour_holds_more_than_its_limit_on_postgres() {
    let minute = (8, Duration::from_millis(20));
    no_window_is_exceeded(Engine::Postgres, minute, (20, Duration::from_millis(1_200))).await;
}

async fn nobody_of_any_process_asks_in_a_pause(engine: Engine) {
    let two = two(engine, &limits(80, 500, 60.0)).await;
    let [one, other] = &two.governors;
    let notices = Notices::default();
    let pass = one.pass(APP, Weight::Read, &notices).await.unwrap();
    let pause = Duration::from_millis(400);
    let limited_at = Instant::now();
    one.learn(pass, Lesson::Limited(pause)).await;

    assert!(status(other).await.paused_for.unwrap() <= pause);
    let passes: Vec<_> = (0..8)
        .map(|number| {
            let (governor, weight) =
                (Arc::clone(other), if number % 2 == 0 { Weight::Read } else { Weight::Write });
            tokio::spawn(async move {
                let pass = governor.pass(APP, weight, &Notices::default()).await.unwrap();
                let sent = limited_at.elapsed();
                governor.learn(pass, Lesson::Answered).await;
                sent
            })
        })
        .collect();
    for pass in passes {
        assert!(pass.await.unwrap() >= pause);
    }

    assert_eq!(status(one).await.paused_for, None);
    // Another account is not concerned, nor is another host.
    let elsewhere = one.pass("installation 8", Weight::Read, &notices).await.unwrap();
    one.learn(elsewhere, Lesson::Answered).await;
}

#[tokio::test]
async fn nobody_of_any_process_asks_in_a_pause_on_sqlite() {
    nobody_of_any_process_asks_in_a_pause(Engine::Sqlite).await;
}

#[tokio::test]
async fn nobody_of_any_process_asks_in_a_pause_on_postgres() {
    nobody_of_any_process_asks_in_a_pause(Engine::Postgres).await;
}

async fn after_a_limit_one_goes_alone(engine: Engine) {
    let two = two(engine, &limits(80, 500, 60.0)).await;
    let [one, other] = &two.governors;
    let pass = one.pass(APP, Weight::Write, &Notices::default()).await.unwrap();
    one.learn(pass, Lesson::Limited(Duration::from_millis(100))).await;
    let under_way = Arc::new(Mutex::new((0, 0)));

    let all: Vec<_> = (0..10)
        .map(|number| {
            let governor = Arc::clone(if number % 2 == 0 { one } else { other });
            let under_way = Arc::clone(&under_way);
            tokio::spawn(async move {
                let pass = governor.pass(APP, Weight::Write, &Notices::default()).await.unwrap();
                {
                    let mut seen = under_way.lock().unwrap();
                    seen.0 += 1;
                    seen.1 += 1;
                    if seen.1 == 1 {
                        assert_eq!(seen.0, 1, "the first goes alone");
                    }
                }
                let first = under_way.lock().unwrap().1 == 1;
                if first {
                    // Its answer takes a while; the others look meanwhile.
                    for _ in 0..20 {
                        governor.status().await.unwrap();
                    }
                    assert_eq!(under_way.lock().unwrap().0, 1, "nobody follows before the first is answered");
                }
                governor.learn(pass, Lesson::Answered).await;
                under_way.lock().unwrap().0 -= 1;
            })
        })
        .collect();
    for one in all {
        one.await.unwrap();
    }

    assert_eq!(under_way.lock().unwrap().1, 10);
}

#[tokio::test]
async fn after_a_limit_one_goes_alone_on_sqlite() {
    after_a_limit_one_goes_alone(Engine::Sqlite).await;
}

#[tokio::test]
async fn after_a_limit_one_goes_alone_on_postgres() {
    after_a_limit_one_goes_alone(Engine::Postgres).await;
}

#[tokio::test]
async fn whoever_waits_is_told_his_position_and_gives_his_place_up_when_he_goes() {
    let two = two(Engine::Sqlite, &limits(1, 0, 60.0)).await;
    let [one, other] = &two.governors;
    one_write(one).await;
    let mut waiting = Vec::new();
    for position in 1..=3 {
        let (notices, mut lines) = Notices::channel();
        let governor = Arc::clone(if position % 2 == 0 { one } else { other });
        waiting.push(tokio::spawn(async move {
            governor.pass(APP, Weight::Write, &notices).await.unwrap();
        }));
        let told = lines.recv().await.unwrap();
        let start = format!("Waiting for GitHub's limits: position {position}, about ");
        assert!(told.starts_with(&start), "{told}");
    }
    assert_eq!(status(one).await.waiting, 3);
    assert_eq!(status(one).await.left_this_minute, Some(0));

    for one in waiting {
        one.abort();
    }

    while status(one).await.waiting > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_answer_that_took_the_last_of_the_hour_holds_everybody() {
    let two = two(Engine::Sqlite, &limits(0, 0, 60.0)).await;
    let [one, other] = &two.governors;
    let pass = one.pass(APP, Weight::Read, &Notices::default()).await.unwrap();
    one.learn(pass, Lesson::UsedUp(Duration::from_secs(600))).await;

    let (notices, mut lines) = Notices::channel();
    let waits = tokio::spawn({
        let other = Arc::clone(other);
        async move { other.pass(APP, Weight::Write, &notices).await.map(drop) }
    });

    assert_eq!(lines.recv().await.unwrap(), "Waiting for GitHub's limits: about 10 min");
    assert_eq!(status(one).await.left_this_hour, None);
    waits.abort();
}

#[tokio::test]
async fn what_the_limits_leave_is_among_the_numbers_but_for_tokens_of_users() {
    let limits = json!({ "content_per_minute": 80, "content_per_hour": 500, "points_per_minute": 900 });
    let site = GitHubSite::with(json!({ "limits": limits })).await;
    let (forge, _told) = site.acting(None);
    forge.create(&site.slug("acme", "shop"), &wanted()).await.unwrap();
    let token = site.github.token("jane", &["repo"]);
    let (forge, _told) = site.acting(Some(&token));
    forge.create(&site.slug("jane", "shop"), &wanted()).await.unwrap();

    let (url, stop) = site.app.serve().await;
    let text = reqwest::get(format!("{url}/metrics")).await.unwrap().text().await.unwrap();
    stop.cancel();

    let number = |family: &str, more: &str| {
        let account = format!("installation/{}", site.installation);
        let line = format!("stagecraft_github_{family}{{host=\"github.com\",account=\"{account}\"{more}}} ");
        text.lines().find_map(|found| found.strip_prefix(&line)).map(|value| value.parse::<f64>().unwrap())
    };
    let changes = site.github.exchanges().mutations().those(|one| one.who.starts_with("installation")).len();
    assert_eq!(number("changes_left", ",window=\"minute\""), Some(80.0 - changes as f64), "{text}");
    assert_eq!(number("changes_left", ",window=\"hour\""), Some(500.0 - changes as f64), "{text}");
    assert!(number("points_left", "").is_some_and(|left| left <= 900.0 - 5.0 * changes as f64), "{text}");
    assert_eq!((number("changes_waiting", ""), number("paused_seconds", "")), (Some(0.0), Some(0.0)));
    assert!(!text.contains("account=\"user"), "{text}");
}
