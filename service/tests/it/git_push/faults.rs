//! Servers that are slow, lose answers, lie, or send elsewhere.

use std::time::Instant;

use axum::body::Bytes;
use axum::http::StatusCode;

use super::*;

fn short(idle: u64, total: u64) -> PushLimits {
    PushLimits {
        idle: Duration::from_millis(idle),
        total: Duration::from_millis(total),
        ..PushLimits::default()
    }
}

#[tokio::test]
async fn a_push_whose_answer_is_lost_is_found_done() {
    for mood in [Mood::LosesAnswer, Mood::BreaksOff] {
        let server = Server::start().await.with_empty_repository();
        let case = format!("{mood:?}");
        server.be(mood);

        let pushed = push_to(&server, sample()).await;

        assert_eq!(pushed.unwrap(), server.commit("main"), "{case}");
        let posts = server.requests().into_iter().filter(|(method, ..)| method == "POST").count();
        assert_eq!(posts, 1, "{case}");
    }
}

#[tokio::test]
async fn a_push_whose_answer_never_comes_is_found_done_after_the_limit() {
    let server = Server::start().await.with_empty_repository();
    server.be(Mood::HangsAfterWork);

    let pushed = push(&server.url(), commit_of(sample()), None, &short(2_000, 60_000)).await.unwrap();

    assert_eq!(pushed, server.commit("main"));
}

#[tokio::test]
async fn slow_servers_are_given_up_at_the_limits() {
    let refused = Bytes::from_static(b"000eunpack ok\n");
    let cases = [
        (Mood::Hangs, short(200, 60_000)),
        (Mood::TakesNothing, short(200, 60_000)),
        // Never idle, never done.
        (Mood::Says(Bytes::from(b"0005\x02".repeat(100_000))), PushLimits { max_answer: 1_000, ..limits() }),
        (Mood::Says(refused), limits()),
    ];
    for (mood, limits) in cases {
        let server = Server::start().await.with_empty_repository();
        let case = format!("{mood:?}").chars().take(40).collect::<String>();
        server.be(mood);
        let started = Instant::now();

        let error = push(&server.url(), commit_of(sample()), None, &limits).await.unwrap_err();

        assert!(
            matches!(error, GitError::Unavailable(_) | GitError::Invalid(_) | GitError::Refused(_)),
            "{case}: {error:?}"
        );
        assert!(started.elapsed() < Duration::from_secs(20), "{case}");
        assert_eq!(server.git(&["branch", "--list"]), "", "{case}");
    }
}

#[tokio::test]
async fn a_server_that_dribbles_is_given_up_in_the_end() {
    let server = Server::start().await.with_empty_repository();
    // Refused, so that a look at the branches does not help.
    server.judge("echo 'never, never, never, never, never, never, never, never' >&2; exit 1");
    server.be(Mood::Dribbles);
    let started = Instant::now();

    let error = push(&server.url(), commit_of(sample()), None, &short(60_000, 1_000)).await.unwrap_err();

    assert!(
        matches!(&error, GitError::Unavailable(text) if text.contains("took longer than 1 ")),
        "{error:?}"
    );
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn a_large_push_that_is_not_taken_stands_still() {
    let server = Server::start().await.with_empty_repository();
    server.be(Mood::TakesNothing);
    let large = tree(&[("large", Entry::file(vec![7_u8; 40 * 1024 * 1024]))]);

    let error = push(&server.url(), commit_of(large), None, &short(300, 60_000)).await.unwrap_err();

    assert!(matches!(&error, GitError::Unavailable(text) if text.contains("did not move")), "{error:?}");
}

#[tokio::test]
async fn a_redirect_is_refused_and_its_target_named_but_not_asked() {
    let other = Server::start().await;
    let target = format!("{}/stolen.git/git-receive-pack", other.address);
    for mood in [Mood::RedirectsTo(target.clone()), Mood::RedirectsWorkTo(target.clone())] {
        let server = Server::start().await.with_empty_repository();
        server.be(mood);

        let credentials = server.credentials("right");
        let error =
            push(&server.url(), commit_of(sample()), Some(&credentials), &limits()).await.unwrap_err();

        assert!(matches!(&error, GitError::Refused(text) if text.contains(&target)), "{error:?}");
    }
    assert_eq!(other.requests(), []);
}

#[tokio::test]
async fn servers_that_are_away_may_come_back() {
    let server = Server::start().await.with_empty_repository();
    for status in [StatusCode::BAD_GATEWAY, StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS] {
        for mood in [
            Mood::Answers(status, "text/html", "<h1>Unicorn!</h1>"),
            Mood::AnswersWork(status, "text/html", "<h1>Unicorn!</h1>"),
        ] {
            server.be(mood);
            let error = push_to(&server, sample()).await.unwrap_err();
            assert!(matches!(&error, GitError::Unavailable(text) if !text.contains("Unicorn")), "{error:?}");
        }
    }
    let error = push("http://127.0.0.1:1/shop.git", commit_of(sample()), None, &limits()).await.unwrap_err();
    assert!(matches!(error, GitError::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn a_success_that_does_not_name_the_branch_is_none() {
    let server = Server::start().await.with_empty_repository();
    let lies: [&[u8]; 6] = [
        b"",
        b"0000",
        b"0013\x01000eunpack ok\n0000",
        b"0017\x01000eunpack ok\n00000000",
        b"002f\x01000eunpack ok\n0018ok refs/heads/other\n00000000",
        b"<html>fine</html>",
    ];
    for lie in lies {
        server.be(Mood::Says(Bytes::from_static(lie)));
        let error = push_to(&server, sample()).await.unwrap_err();
        assert!(matches!(error, GitError::Unavailable(_) | GitError::Refused(_)), "{lie:?}: {error:?}");
    }
}

#[tokio::test]
async fn a_push_that_is_dropped_sends_nothing_more() {
    let server = Server::start().await.with_empty_repository();
    server.be(Mood::TakesNothing);
    let large = tree(&[("large", Entry::file(vec![7_u8; 4 * 1024 * 1024]))]);
    let url = server.url();
    let under_way = tokio::spawn(async move { push(&url, commit_of(large), None, &limits()).await });
    let asked = async {
        while !server.requests().iter().any(|(method, ..)| method == "POST") {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), asked).await.unwrap();

    under_way.abort();

    assert!(under_way.await.unwrap_err().is_cancelled());
    server.be(Mood::Works);
    push_to(&server, sample()).await.unwrap();
}
