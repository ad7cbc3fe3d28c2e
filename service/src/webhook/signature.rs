//! Whose delivery is it: the secret with which its bytes were signed.
//!
//! HMAC-SHA256 over the bytes as they came; the older SHA-1 is not looked at. Every secret of every GitHub is tried,
//! each comparison takes the same time wherever texts differ. The invariant: a delivery whose signature no secret
//! makes belongs to nobody.

use std::collections::BTreeMap;

use ring::hmac;

use crate::config::ForgeKind;
use crate::secret::Secret;

const PREFIX: &str = "sha256=";
const DIGEST_BYTES: usize = 32;

/// The secrets, by host.
#[derive(Debug)]
pub(super) struct Signers(Vec<(String, hmac::Key)>);

/// Why it belongs to nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// It is not of the form `sha256=` and 64 digits.
    #[error("`x-hub-signature-256` is not `sha256=` and 64 hexadecimal digits in small letters")]
    Form,
    /// No secret makes it.
    #[error("the signature is not that of any `webhook_secret` of the settings")]
    Secret,
}

impl Signers {
    /// The secrets of the settings; empty ones sign nothing.
    pub(super) fn of(forges: &BTreeMap<String, ForgeKind>) -> Self {
        let of_github = forges.iter().filter_map(|(host, kind)| match kind {
            ForgeKind::GitHub(settings) => Some((host, settings)),
            ForgeKind::Local { .. } => None,
        });
        let secrets = of_github.flat_map(|(host, settings)| {
            let all = std::iter::once(&settings.webhook_secret).chain(&settings.former_webhook_secrets);
            all.filter(|secret| !secret.expose().is_empty()).map(|secret| (host.clone(), key(secret)))
        });
        Self(secrets.collect())
    }

    /// Whether the host has a secret.
    pub(super) fn sign_for(&self, host: &str) -> bool {
        self.0.iter().any(|(known, _)| known == host)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The host whose secret made the signature. Where two hosts share a secret, what the sender says it is decides.
    pub(super) fn signer(
        &self,
        signature: &str,
        body: &[u8],
        enterprise: Option<&str>,
    ) -> Result<String, Mismatch> {
        let digest = digest_of(signature).ok_or(Mismatch::Form)?;
        let signers = self.0.iter().filter(|(_, key)| hmac::verify(key, body, &digest).is_ok());
        let hosts: Vec<&str> = signers.map(|(host, _)| host.as_str()).collect();
        let named = enterprise.and_then(|named| hosts.iter().find(|host| host.eq_ignore_ascii_case(named)));
        named.or(hosts.first()).map(|host| (*host).to_owned()).ok_or(Mismatch::Secret)
    }
}

fn key(secret: &Secret) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes())
}

/// The digest that a signature tells, if it is written as GitHub writes it.
pub(super) fn digest_of(signature: &str) -> Option<[u8; DIGEST_BYTES]> {
    let hex = signature.strip_prefix(PREFIX)?.as_bytes();
    if hex.len() != DIGEST_BYTES * 2 {
        return None;
    }
    let mut digest = [0; DIGEST_BYTES];
    for (byte, pair) in digest.iter_mut().zip(hex.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(digest)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::GitHubForge;

    fn signers(hosts: &[(&str, &[&str])]) -> Signers {
        let forges = hosts.iter().map(|(host, secrets)| {
            let settings = GitHubForge {
                webhook_secret: Secret::new(*secrets.first().unwrap()),
                former_webhook_secrets: secrets.iter().skip(1).map(|secret| Secret::new(*secret)).collect(),
                ..GitHubForge::default()
            };
            ((*host).to_owned(), ForgeKind::GitHub(Box::new(settings)))
        });
        Signers::of(&forges.collect())
    }

    fn signed(secret: &str, body: &[u8]) -> String {
        let tag = hmac::sign(&key(&Secret::new(secret)), body);
        let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256={hex}")
    }

    #[test]
    fn the_example_of_githubs_own_page_is_verified() {
        let signers = signers(&[("github.com", &["It's a Secret to Everybody"])]);
        let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

        assert_eq!(signers.signer(signature, b"Hello, World!", None).unwrap(), "github.com");
        assert_eq!(signers.signer(signature, b"Hello, World?", None), Err(Mismatch::Secret));
    }

    #[test]
    fn any_secret_of_a_rotation_signs_and_an_empty_one_never() {
        let some = signers(&[("github.com", &["new", "old", ""])]);

        assert!(some.signer(&signed("new", b"x"), b"x", None).is_ok());
        assert!(some.signer(&signed("old", b"x"), b"x", None).is_ok());
        assert_eq!(some.signer(&signed("", b"x"), b"x", None), Err(Mismatch::Secret));
        assert!(signers(&[("github.com", &[""])]).is_empty());
    }

    #[test]
    fn the_secret_tells_the_host_and_a_shared_one_the_sender() {
        let signers = signers(&[("ghes.acme.io", &["b", "shared"]), ("github.com", &["a", "shared"])]);
        let host =
            |secret: &str, enterprise| signers.signer(&signed(secret, b"x"), b"x", enterprise).unwrap();

        assert_eq!(host("a", None), "github.com");
        assert_eq!(host("a", Some("ghes.acme.io")), "github.com");
        assert_eq!(host("b", None), "ghes.acme.io");
        assert_eq!(host("shared", Some("github.com")), "github.com");
        assert_eq!(host("shared", Some("GHES.acme.io")), "ghes.acme.io");
    }

    #[test]
    fn a_signature_of_another_form_is_none() {
        let good = signed("a", b"x");
        let hex = good.strip_prefix("sha256=").unwrap();
        for bad in [
            "",
            "sha256=",
            hex,
            &format!("sha1={hex}"),
            &format!("sha256={}", hex.to_uppercase()),
            &good[..good.len() - 1],
            &format!("{good}0"),
            &format!(" {good}"),
            &format!("sha256={}", "é".repeat(32)),
        ] {
            assert_eq!(digest_of(bad), None, "{bad}");
        }
        assert!(digest_of(&good).is_some());
    }
}
