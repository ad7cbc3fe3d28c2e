use super::*;
use crate::config::GitHubLimits;

const ACCOUNT: &str = "github.com installation 7";

async fn limits(per_minute: u32) -> (tempfile::TempDir, Limits, Limits) {
    let folder = tempfile::tempdir().unwrap();
    let settings = GitHubLimits { content_per_minute: per_minute, ..GitHubLimits::default() };
    let mut opened = Vec::new();
    for _ in 0..2 {
        let db = Db::open_sqlite(&folder.path().join("db")).await.unwrap();
        db.migrate().await.unwrap();
        opened.push(Limits { db, pace: Pace::new(&settings), under_way_ms: 90_000 });
    }
    let [one, other] = <[Limits; 2]>::try_from(opened).unwrap();
    (folder, one, other)
}

async fn look(limits: &Limits, place: &mut Option<Place>, now: i64) -> Look {
    limits.look(ACCOUNT, place, now).await.unwrap()
}

#[tokio::test]
async fn two_processes_stand_in_one_queue() {
    let (_folder, one, other) = limits(1).await;
    let (mut first, mut second, mut third) = (None, None, None);

    assert_eq!(look(&one, &mut first, 0).await, Look::Go);
    one.answered(first.unwrap().seq, 100).await.unwrap();
    let of_second = look(&other, &mut second, 200).await;
    let of_third = look(&one, &mut third, 300).await;

    assert_eq!(of_second, Look::Wait { position: 1, until_ms: 60_351 });
    assert_eq!(of_third, Look::Wait { position: 2, until_ms: 120_602 });
    assert!(matches!(look(&one, &mut third, 20_000).await, Look::Wait { .. }));
    assert!(matches!(look(&other, &mut second, 20_000).await, Look::Wait { .. }));
    // Whoever is behind does not take what is free for one who came before.
    assert!(matches!(look(&one, &mut third, 49_000).await, Look::Wait { .. }));
    assert!(matches!(look(&other, &mut second, 49_000).await, Look::Wait { .. }));
    assert!(matches!(look(&one, &mut third, 60_351).await, Look::Wait { position: 2, .. }));
    assert_eq!(look(&other, &mut second, 60_351).await, Look::Go);
}

#[tokio::test]
async fn a_place_that_nobody_looks_after_is_lost() {
    let (_folder, one, other) = limits(1).await;
    let (mut first, mut gone, mut waits) = (None, None, None);
    look(&one, &mut first, 0).await;
    one.answered(first.unwrap().seq, 0).await.unwrap();
    look(&one, &mut gone, 0).await;
    look(&other, &mut waits, 20_000).await;
    let before = gone;

    assert_eq!(look(&other, &mut waits, 40_000).await, Look::Wait { position: 1, until_ms: 60_251 });

    assert!(matches!(look(&one, &mut gone, 40_000).await, Look::Wait { position: 2, .. }));
    assert_ne!(gone, before);
}

#[tokio::test]
async fn a_request_that_was_let_go_and_not_sent_keeps_its_place() {
    let (_folder, one, other) = limits(1).await;
    let (mut first, mut second) = (None, None);
    look(&one, &mut first, 0).await;
    look(&other, &mut second, 0).await;

    one.give_back(first.unwrap().seq).await.unwrap();

    assert!(matches!(look(&other, &mut second, 10).await, Look::Wait { position: 2, .. }));
    assert_eq!(look(&one, &mut first, 20).await, Look::Go);
}

#[tokio::test]
async fn requests_under_way_together_meet_one_limit() {
    let (_folder, one, other) = limits(80).await;
    let minute = Duration::from_secs(60);

    assert_eq!(one.struck(ACCOUNT, (0, minute), 0).await.unwrap(), 60_000);
    assert_eq!(other.struck(ACCOUNT, (0, minute), 500).await.unwrap(), 60_000);
    assert_eq!(one.standing(ACCOUNT).await.unwrap().strikes, 1);
    assert_eq!(one.standing(ACCOUNT).await.unwrap().paused_until_ms, 60_500);

    // One that was sent after the pause meets the next.
    assert_eq!(one.struck(ACCOUNT, (1, minute), 60_600).await.unwrap(), 120_000);

    other.went_through(ACCOUNT, (2, true)).await.unwrap();
    assert_eq!(one.standing(ACCOUNT).await.unwrap().strikes, 0);
}

#[tokio::test]
async fn one_goes_alone_after_a_limit() {
    let (_folder, one, other) = limits(80).await;
    one.struck(ACCOUNT, (0, Duration::from_secs(1)), 0).await.unwrap();

    assert!(!other.try_alone(ACCOUNT, 999, 30_999).await.unwrap(), "the pause is not over");
    assert!(other.try_alone(ACCOUNT, 1_000, 31_000).await.unwrap());
    assert!(!one.try_alone(ACCOUNT, 1_001, 31_001).await.unwrap());
    other.went_through(ACCOUNT, (1, false)).await.unwrap();
    assert!(one.try_alone(ACCOUNT, 1_002, 31_002).await.unwrap(), "nobody knows yet: the next one tries");
}

#[tokio::test]
async fn what_counts_no_more_is_removed() {
    let (_folder, one, _) = limits(80).await;
    for _ in 0..5 {
        let mut place = None;
        look(&one, &mut place, 0).await;
        one.answered(place.unwrap().seq, 0).await.unwrap();
    }

    look(&one, &mut None, 3_600_000).await;
    assert_eq!(count(&one, "github_writes").await, 6);
    look(&one, &mut None, 3_700_000).await;
    assert_eq!(count(&one, "github_writes").await, 2);
    one.clear(FORGOTTEN_AFTER_MS + 3_700_001).await.unwrap();

    assert_eq!((count(&one, "github_accounts").await, count(&one, "github_writes").await), (0, 0));
}

async fn count(limits: &Limits, table: &str) -> i64 {
    let sql = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
    sqlx::query(sql).fetch_one(limits.db.reader()).await.unwrap().try_get(0).unwrap()
}
