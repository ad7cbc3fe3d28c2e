//! Against `tokens.json`: keys, users' tokens with their limited forms, and plugins' tokens, all made by the code of
//! `@backstage/backend-defaults` 0.18.0 and `@backstage/plugin-auth-backend` 0.30.1, and good for eighty years.

use super::*;

const TOKENS: &str = include_str!("tokens.json");

fn recorded() -> Value {
    serde_json::from_str(TOKENS).unwrap()
}

fn keys() -> KeySet {
    KeySet::read(TOKENS.as_bytes()).unwrap()
}

fn verified(token: &str, expected: Expected<'_>) -> Result<Claims, Fault> {
    let head = Head::read(token)?;
    keys().get(&head.kid).unwrap().verify(token, &head, expected)
}

const FOR_USERS: Expected<'static> =
    Expected { audience: &[USER_AUDIENCE], audience_needed: false, issuer: None };

#[test]
fn what_backstage_signs_is_verified_with_every_algorithm() {
    for user in recorded()["users"].as_array().unwrap() {
        let (token, limited) = (user["token"].as_str().unwrap(), user["limited"].as_str().unwrap());
        let issuer = Some("http://localhost:7007/api/auth");

        let whole = verified(token, Expected { issuer, audience_needed: true, ..FOR_USERS }).unwrap();
        let reduced = verified(limited, FOR_USERS).unwrap();

        assert_eq!((whole.sub.as_str(), whole.exp), (user["sub"].as_str().unwrap(), reduced.exp), "{user}");
        assert_eq!(Head::read(limited).unwrap().typ.as_deref(), Some(LIMITED_USER));
    }
}

#[test]
fn a_key_verifies_with_its_own_algorithm_alone() {
    let keys = keys();
    for user in recorded()["users"].as_array().unwrap() {
        let token = user["token"].as_str().unwrap();
        let mut head = Head::read(token).unwrap();
        let key = keys.get(&head.kid).unwrap();
        for other in [
            Algorithm::ES256,
            Algorithm::ES384,
            Algorithm::RS256,
            Algorithm::RS512,
            Algorithm::PS256,
            Algorithm::EdDSA,
            Algorithm::HS256,
        ] {
            let own = Head::read(token).unwrap().algorithm;
            head.algorithm = other;

            assert_eq!(key.verify(token, &head, FOR_USERS).is_ok(), own == other, "{own:?} as {other:?}");
        }
    }
}

#[test]
fn every_changed_letter_breaks_a_signature() {
    let recorded = recorded();
    let token = recorded["users"][0]["token"].as_str().unwrap();

    for (at, letter) in token.char_indices().filter(|(_, letter)| *letter != '.') {
        let other = if letter == 'A' { 'B' } else { 'A' };
        let mut changed = token.to_owned();
        changed.replace_range(at..=at, &other.to_string());

        let head = Head::read(&changed).ok().filter(|head| keys().get(&head.kid).is_some());
        assert!(head.is_none_or(|_| verified(&changed, FOR_USERS).is_err()), "letter {at}");
    }
}

#[test]
fn a_plugins_token_is_verified_and_holds_its_user() {
    let recorded = recorded();
    let token = |name: &str| recorded["plugin"][name].as_str().unwrap().to_owned();
    let expected = Expected { audience: &["stagecraft", "scaffolder"], audience_needed: true, issuer: None };

    let own = verified(&token("service"), expected).unwrap();
    let user = verified(&token("forUser"), expected).unwrap();

    assert_eq!((own.sub.as_str(), own.obo), ("scaffolder", None));
    assert_eq!(user.obo.as_deref(), recorded["users"][0]["limited"].as_str());
    let elsewhere = Expected { audience: &["catalog"], ..expected };
    assert_eq!(verified(&token("service"), elsewhere).unwrap_err(), Fault::Audience);
}

#[test]
fn the_limited_form_of_a_user_is_the_one_that_backstage_makes() {
    for user in recorded()["users"].as_array().unwrap() {
        let limited = limited_form(user["token"].as_str().unwrap()).unwrap();

        assert_eq!(limited, user["limited"].as_str().unwrap(), "{}", user["alg"]);
        assert_eq!(limited_form(&limited).unwrap(), limited);
    }
    let recorded = recorded();
    assert_eq!(limited_form(recorded["plugin"]["service"].as_str().unwrap()), Err(Fault::Header));
    assert_eq!(limited_form("a.b.c"), Err(Fault::Unreadable));
}

#[test]
fn what_is_signed_here_is_verified_by_the_public_half() {
    let NewKey { public, private } = NewKey::generate("own").unwrap();
    let set = KeySet::read(serde_json::json!({ "keys": [public] }).to_string().as_bytes()).unwrap();
    let claims = PluginClaims { sub: "stagecraft", aud: "catalog", iat: now(), exp: now() + 60, obo: None };

    let token = SigningKey::new("own", &private).sign(&claims).unwrap();

    let head = Head::read(&token).unwrap();
    let expected = Expected { audience: &["catalog"], audience_needed: true, issuer: None };
    let verified = set.get("own").unwrap().verify(&token, &head, expected).unwrap();
    assert_eq!((head.typ.as_deref(), verified.sub.as_str()), (Some(PLUGIN), "stagecraft"));
    let another = NewKey::generate("own").unwrap().public;
    let set = KeySet::read(serde_json::json!({ "keys": [another] }).to_string().as_bytes()).unwrap();
    assert_eq!(set.get("own").unwrap().verify(&token, &head, expected).unwrap_err(), Fault::Signature);
}

#[test]
fn keys_that_cannot_be_used_are_left_out() {
    let set = KeySet::read(
        br#"{"keys": [
            {"kty": "oct", "k": "c2VjcmV0", "kid": "shared", "alg": "HS256"},
            {"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA", "kid": "large"},
            {"kty": "OKP", "crv": "X25519", "x": "AA", "kid": "exchange"},
            {"kty": "RSA", "n": "AA", "e": "AQAB", "kid": "oaep", "alg": "RSA-OAEP"},
            {"kty": "RSA", "n": "AA", "e": "AQAB", "kid": "", "alg": "RS256"},
            {"kty": "RSA", "n": "AA", "e": "AQAB"},
            {"kty": "RSA", "n": "AA", "e": "AQAB", "kid": "signing", "key_ops": ["sign"]},
            null, 1, "key", {}, []
        ]}"#,
    )
    .unwrap();

    assert!(set.0.is_empty(), "{:?}", set.0.keys());
}

#[test]
fn of_two_keys_of_one_name_the_first_counts() {
    let mut first = recorded()["keys"][0].clone();
    let mut second = recorded()["keys"][2].clone();
    (first["kid"], second["kid"]) = ("one".into(), "one".into());

    let set = KeySet::read(serde_json::json!({ "keys": [first, second] }).to_string().as_bytes()).unwrap();

    assert_eq!(set.get("one").unwrap().algorithms, [Algorithm::ES256]);
}
