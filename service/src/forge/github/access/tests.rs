use std::collections::BTreeMap;

use http::{HeaderMap, StatusCode};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::*;

fn minted(held: &mut Held, secret: &str, seconds: i64) -> Token {
    let ends = OffsetDateTime::from_unix_timestamp(1_000_000 + seconds).unwrap().format(&Rfc3339).unwrap();
    let body = json!({ "token": secret, "expires_at": ends, "permissions": { "contents": "write" } });
    held.mint(7, Answer { status: StatusCode::CREATED, headers: HeaderMap::new(), body }, 1_000_000).unwrap()
}

#[test]
fn a_token_is_replaced_ten_minutes_before_it_ends() {
    let mut held = Held::default();
    minted(&mut held, "one", 3_600);

    assert_eq!(held.token(1_002_999).unwrap().secret.expose(), "one");
    assert!(held.token(1_003_000).is_none());
}

#[test]
fn a_token_that_github_took_back_goes_and_a_newer_one_stays() {
    let mut held = Held::default();
    let old = minted(&mut held, "old", 3_600);
    minted(&mut held, "new", 3_600);

    held.refuse(&old);

    assert_eq!(held.token(1_000_000).unwrap().secret.expose(), "new");
}

#[test]
fn what_a_token_may_is_read_as_github_writes_what_is_needed() {
    let token = |granted: &[(&str, &str)]| Token {
        secret: Secret::default(),
        bucket: String::new(),
        granted: Some(Arc::new(
            granted
                .iter()
                .map(|(name, level)| ((*name).to_owned(), (*level).to_owned()))
                .collect::<BTreeMap<_, _>>(),
        )),
        minted: Some(0),
    };
    let needed = "administration=write,contents=read; organization_administration=read";

    assert!(token(&[("administration", "write"), ("contents", "write")]).may(needed));
    assert!(token(&[("organization_administration", "admin")]).may(needed));
    assert!(!token(&[("administration", "read"), ("contents", "write")]).may(needed));
    assert!(!token(&[("administration", "write")]).may(needed));
}

#[test]
fn a_fingerprint_tells_tokens_apart_and_does_not_show_them() {
    let (one, two) = (Secret::new("ghp_one"), Secret::new("ghp_two"));

    assert_ne!(fingerprint(&one), fingerprint(&two));
    assert_eq!(fingerprint(&one).len(), 16);
}
