use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

fn patience(seconds: u64, notices: &Notices) -> Patience<'_> {
    Patience { total: Duration::from_secs(seconds), minute: MINUTE, notices, chance: &|| 0.0 }
}

/// What came of an operation that fails like this before it succeeds: its answer, its tries and the time it took.
async fn after(failures: Vec<Failure>, is_new: bool, seconds: u64) -> (Result<u32, Failure>, u32, Duration) {
    let (notices, begun, tries) = (Notices::default(), Instant::now(), AtomicU32::new(0));
    let answer = patience(seconds, &notices)
        .persist(
            || is_new,
            || async {
                let number = tries.fetch_add(1, Ordering::Relaxed);
                match failures.get(usize::try_from(number).unwrap()) {
                    Some(failure) => Err(failure.clone()),
                    None => Ok(number),
                }
            },
        )
        .await;
    (answer, tries.load(Ordering::Relaxed), begun.elapsed())
}

fn lost() -> Failure {
    Failure::Unknown("GitHub cannot be reached".to_owned())
}

fn missing() -> Failure {
    Failure::NotFound("Not Found".to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_asked_for_again_with_growing_waits() {
    let (answer, tries, took) = after(vec![lost(), lost(), lost()], false, 300).await;

    assert_eq!((answer.unwrap(), tries), (3, 4));
    assert_eq!(took, Duration::from_secs(1 + 2 + 4));
}

#[tokio::test(start_paused = true)]
async fn what_no_time_mends_is_asked_once() {
    for failure in [
        missing(),
        Failure::Conflict("exists".to_owned()),
        Failure::Invalid("bad".to_owned()),
        Failure::Forbidden("Upgrade to GitHub Pro".to_owned()),
        Failure::Unauthorized("Bad credentials".to_owned()),
        Failure::Settings("no App".to_owned()),
        Failure::Moved { to: Some(1), message: "Moved Permanently".to_owned() },
    ] {
        let (answer, tries, took) = after(vec![failure.clone()], false, 300).await;

        assert_eq!((answer.unwrap_err(), tries, took), (failure, 1, Duration::ZERO));
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_just_made_is_waited_for() {
    let failures = vec![missing(), Failure::Conflict("Git Repository is empty.".to_owned()), missing()];

    let (answer, tries, took) = after(failures, true, 300).await;

    assert_eq!((answer.unwrap(), tries), (3, 4));
    assert_eq!(took, Duration::from_millis(250 + 500 + 1_000));
}

#[tokio::test(start_paused = true)]
async fn what_never_comes_is_given_up_after_two_minutes() {
    let (answer, _, took) = after(vec![missing(); 100], true, 300).await;

    assert_eq!((answer.unwrap_err(), took), (missing(), LONGEST_NOT_YET));
}

#[tokio::test(start_paused = true)]
async fn a_github_that_stays_away_is_given_up_when_the_settings_say() {
    let (answer, _, took) = after(vec![lost(); 100], false, 45).await;

    assert_eq!((answer.unwrap_err(), took), (lost(), Duration::from_secs(45)));
}

#[tokio::test(start_paused = true)]
async fn a_limit_is_waited_out_as_long_as_github_says_and_does_not_use_up_the_patience() {
    let limited = |seconds| Failure::Limited {
        wait: Duration::from_secs(seconds),
        message: "You have exceeded a secondary rate limit".to_owned(),
    };

    let (answer, tries, took) = after(vec![limited(600), limited(60), lost()], false, 10).await;

    assert_eq!((answer.unwrap(), tries), (3, 4));
    assert_eq!(took, Duration::from_secs(600 + 60 + 1));
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_never_ends_is_given_up() {
    let limited =
        Failure::Limited { wait: Duration::from_secs(3_600), message: "rate limit exceeded".to_owned() };

    let (answer, tries, took) = after(vec![limited.clone(); 100], false, 300).await;

    assert_eq!((answer.unwrap_err(), tries, took), (limited, 4, LONGEST_LIMITED));
}

#[tokio::test(start_paused = true)]
async fn long_waits_are_told_and_short_ones_are_not() {
    let (notices, mut heard) = Notices::channel();
    let failures = [lost(), lost()];
    let tries = AtomicU32::new(0);

    let done = patience(300, &notices)
        .persist(
            || false,
            || async {
                let number = tries.fetch_add(1, Ordering::Relaxed);
                failures.get(usize::try_from(number).unwrap()).cloned().map_or(Ok(()), Err)
            },
        )
        .await;

    done.unwrap();
    assert_eq!(heard.try_recv().unwrap(), "Trying again in 2 s: GitHub cannot be reached");
    assert!(heard.try_recv().is_err());
}

#[tokio::test(start_paused = true)]
async fn a_repository_is_new_for_a_minute() {
    let fresh = Fresh::default();
    let slug = RepoSlug::parse_repo_url("github.com?owner=acme&repo=shop").unwrap();
    let other = RepoSlug::parse_repo_url("github.com?owner=acme&repo=other").unwrap();
    fresh.note(&slug);

    assert!(fresh.is_new(&slug) && !fresh.is_new(&other));
    tokio::time::advance(NEW_FOR).await;
    assert!(!fresh.is_new(&slug));
}

#[tokio::test(start_paused = true)]
async fn where_a_minute_is_shorter_so_are_the_waits_that_github_does_not_ask_for() {
    let limited = |wait| Failure::Limited { wait, message: "too fast".to_owned() };
    for (failure, wait) in [
        (lost(), Duration::from_millis(100)),
        (limited(UNSAID_WAIT), Duration::from_secs(6)),
        (limited(Duration::from_secs(7)), Duration::from_secs(7)),
    ] {
        let (notices, begun, failed) = (Notices::default(), Instant::now(), AtomicU32::new(0));
        let short = Patience { minute: MINUTE / 10, ..patience(300, &notices) };

        let done = short.persist(
            || false,
            || async {
                if failed.fetch_add(1, Ordering::Relaxed) == 0 { Err(failure.clone()) } else { Ok(()) }
            },
        );

        assert_eq!(done.await, Ok(()));
        assert_eq!(begun.elapsed(), wait, "{failure:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn waits_are_spread_over_their_last_quarter() {
    let notices = Notices::default();
    let took = |chance: &'static (dyn Fn() -> f64 + Sync)| {
        let patience = Patience { chance, ..patience(300, &notices) };
        let mut waited = Waited::default();
        let mut wait = || patience.wait(Kind::Away, Duration::ZERO, &mut waited).unwrap();
        [wait(), wait(), wait()].map(|wait| wait.as_millis())
    };

    assert_eq!(took(&|| 0.0), [1_000, 2_000, 4_000]);
    assert_eq!(took(&|| 0.5), [875, 1_750, 3_500]);
    assert_eq!(took(&|| 1.0), [750, 1_500, 3_000]);
    assert!((0..100).map(|_| chance()).all(|chance| (0.0..=1.0).contains(&chance)));
    assert!((0..100).any(|_| chance() > 0.5) && (0..100).any(|_| chance() < 0.5));
}
