use super::*;

const SECOND: Duration = Duration::from_secs(1);
const POINT: &str = r#"{"kty":"EC","crv":"P-256","x":"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY","y":"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU""#;

fn keys(names: &[&str]) -> KeySet {
    let keys: Vec<String> = names.iter().map(|name| format!("{POINT},\"kid\":\"{name}\"}}")).collect();
    KeySet::read(format!("{{\"keys\":[{}]}}", keys.join(",")).as_bytes()).unwrap()
}

fn away() -> BackstageError {
    BackstageError::Unavailable("away".to_owned())
}

/// What holds the key `old` and was fetched at the moment that it gives too.
fn filled() -> (Memory, Instant) {
    let start = Instant::now();
    let mut memory = Memory::new(start);
    assert!(memory.may_fetch(0, start));
    memory.fetched(Ok(keys(&["old"])), start);
    (memory, start)
}

fn renews(memory: &Memory, kid: &str, now: Instant) -> bool {
    matches!(memory.look(kid, now), Look::Renew { .. })
}

#[test]
fn a_known_key_is_used_until_it_is_time_to_ask_again() {
    let (memory, start) = filled();

    assert!(!renews(&memory, "old", start + FRESH));
    assert!(renews(&memory, "old", start + FRESH + SECOND));
    assert!(renews(&memory, "new", start));
}

#[test]
fn a_key_that_was_taken_back_is_gone() {
    let (mut memory, start) = filled();

    memory.fetched(Ok(keys(&["new"])), start + SECOND);

    assert_eq!(memory.settle("old", start + SECOND).unwrap_err(), Missing::Unknown);
    assert!(memory.settle("new", start + SECOND).is_ok());
}

#[test]
fn a_known_key_outlasts_a_server_that_is_away_for_an_hour() {
    let (mut memory, start) = filled();
    let later = start + FRESH + SECOND;

    memory.fetched(Err(away()), later);

    assert!(memory.settle("old", later).is_ok());
    assert!(!renews(&memory, "old", later + SECOND), "the server is left alone for a while");
    assert!(renews(&memory, "old", later + PAUSE));
    assert_eq!(memory.settle("old", start + STALE + SECOND).unwrap_err(), Missing::Unavailable(away()));
}

#[test]
fn an_unknown_key_is_unknown_or_cannot_be_known() {
    let (mut memory, start) = filled();
    assert_eq!(memory.settle("new", start).unwrap_err(), Missing::Unknown);

    memory.fetched(Err(away()), start);
    assert_eq!(memory.settle("new", start).unwrap_err(), Missing::Unavailable(away()));

    memory.fetched(Err(BackstageError::NotFound("no such plugin".to_owned())), start);
    assert_eq!(memory.settle("new", start).unwrap_err(), Missing::Unknown);
}

#[test]
fn who_waited_for_a_fetch_makes_none() {
    let (mut memory, start) = filled();

    assert!(!memory.may_fetch(0, start));
    assert!(memory.may_fetch(1, start));
}

#[test]
fn names_that_nobody_has_published_cannot_make_it_fetch_often() {
    let (mut memory, start) = filled();
    let mut fetch = |now: Instant| {
        let allowed = memory.may_fetch(memory.count, now);
        if allowed {
            memory.fetched(Ok(keys(&["old"])), now);
        }
        u32::from(allowed)
    };

    let at_once: u32 = (0..100).map(|_| fetch(start)).sum();
    let in_a_minute: u32 = (0..600_u32).map(|tenth| fetch(start + SECOND / 10 * tenth)).sum();
    let much_later: u32 = (0..100).map(|_| fetch(start + 1_000 * SECOND)).sum();

    assert_eq!((at_once, in_a_minute, much_later), (BURST - 1, 11, BURST));
}
