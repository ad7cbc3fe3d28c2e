//! Secrets as values that do not print, and the seal under which they are stored.
//!
//! [`Secret`] hides its text from `Debug` and from serialisation. [`Sealer`] encrypts bytes with
//! XChaCha20-Poly1305 and binds them to the row that holds them, so that a sealed value copied to another
//! row does not open; its digests tell whether two values are the same, to nobody without the key. Nothing here
//! decides who may see a secret.

use std::fmt;
use std::path::Path;

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, Generate, Key, KeyInit, Nonce, Payload};
use ring::hmac;
use serde::{Deserialize, Deserializer};

const NONCE_BYTES: usize = 24;
const KEY_BYTES: usize = 32;
/// What the key of digests is derived for, so that it is no other key.
const DIGESTS: &[u8] = b"stagecraft digests 1";

/// A text that must not be printed. `Debug` shows `***`; there is no `Display` and no `Serialize`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

impl Secret {
    /// Takes a text into custody.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: for the place that needs it (a header, a comparison), nowhere else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Compares in time that does not depend on where the texts differ.
    pub fn matches(&self, candidate: &str) -> bool {
        let (a, b) = (self.0.as_bytes(), candidate.as_bytes());
        let differing = a.iter().zip(b).fold(0_u8, |acc, (x, y)| acc | (x ^ y));
        a.len() == b.len() && differing == 0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

/// Why something could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The key is not 32 bytes written as 64 hexadecimal digits.
    #[error("the secret key must be 64 hexadecimal digits (32 bytes)")]
    BadKey,
    /// The key file could not be read or made.
    #[error("the key file `{path}` cannot be used")]
    KeyFile {
        /// The file.
        path: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The sealed value was made with another key, for another row, or was changed.
    #[error("a sealed value does not open with this key: is `secrets.key` the one it was stored with?")]
    Broken,
    /// The value could not be sealed: the system's random numbers failed.
    #[error("a value could not be sealed")]
    Unsealable,
}

/// Seals and opens byte strings under one key.
#[derive(Clone)]
pub struct Sealer {
    cipher: XChaCha20Poly1305,
    digests: hmac::Key,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer")
    }
}

impl Sealer {
    /// A sealer with a key written as 64 hexadecimal digits.
    pub fn from_hex(key: &Secret) -> Result<Self, SealError> {
        let text = key.expose().trim();
        if text.len() != KEY_BYTES * 2 || !text.is_ascii() {
            return Err(SealError::BadKey);
        }
        let bytes = (0..KEY_BYTES)
            .map(|i| text.get(i * 2..i * 2 + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
            .collect::<Option<Vec<u8>>>()
            .ok_or(SealError::BadKey)?;
        let cipher = XChaCha20Poly1305::new_from_slice(&bytes).map_err(|_| SealError::BadKey)?;
        let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &bytes), DIGESTS);
        Ok(Self { cipher, digests: hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()) })
    }

    /// The sealer whose key lies in `path`; the key is made on first use, readable by its owner alone.
    pub fn from_key_file(path: &Path) -> Result<Self, SealError> {
        let failed = |source| SealError::KeyFile { path: path.display().to_string(), source };
        match std::fs::read_to_string(path) {
            Ok(text) => Self::from_hex(&Secret::new(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let key = Key::<XChaCha20Poly1305>::generate();
                let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
                match write_private(path, &hex) {
                    // Another process made the key in the same moment: theirs counts.
                    Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                        let text = std::fs::read_to_string(path).map_err(failed)?;
                        Self::from_hex(&Secret::new(text))
                    }
                    Err(error) => Err(failed(error)),
                    Ok(()) => Self::from_hex(&Secret::new(hex)),
                }
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Seals `plain` for the row named by `row` (for example `task_secrets/<id>`).
    pub fn seal(&self, row: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let nonce = Nonce::<XChaCha20Poly1305>::generate();
        let payload = Payload { msg: plain, aad: row.as_bytes() };
        let sealed = self.cipher.encrypt(&nonce, payload).map_err(|_| SealError::Unsealable)?;
        let mut out = Vec::with_capacity(NONCE_BYTES + sealed.len());
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// Opens what [`Sealer::seal`] made for the same row.
    pub fn open(&self, row: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, body) = sealed.split_at_checked(NONCE_BYTES).ok_or(SealError::Broken)?;
        let nonce = Nonce::<XChaCha20Poly1305>::try_from(nonce).map_err(|_| SealError::Broken)?;
        let payload = Payload { msg: body, aad: row.as_bytes() };
        self.cipher.decrypt(&nonce, payload).map_err(|_| SealError::Broken)
    }

    /// A digest of `plain` in `context`: the same for the same, and of no use to guess by without the key.
    pub fn digest(&self, context: &str, plain: &[u8]) -> String {
        let mut signing = hmac::Context::with_key(&self.digests);
        // With its length in front, no context runs into the text.
        signing.update(&context.len().to_be_bytes());
        signing.update(context.as_bytes());
        signing.update(plain);
        signing.sign().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(unix)]
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;

    // Written beside and linked into place, so that no process ever reads half a key.
    let draft = path.with_extension(format!("{}.new", std::process::id()));
    let mut file =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft)?;
    linked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer() -> Sealer {
        Sealer::from_hex(&Secret::new("ab".repeat(32))).unwrap()
    }

    #[test]
    fn a_sealed_value_opens_for_its_own_row() {
        let sealed = sealer().seal("task_secrets/1", b"token").unwrap();

        assert_eq!(sealer().open("task_secrets/1", &sealed).unwrap(), b"token");
    }

    #[test]
    fn a_sealed_value_does_not_open_for_another_row() {
        let sealed = sealer().seal("task_secrets/1", b"token").unwrap();

        assert!(sealer().open("task_secrets/2", &sealed).is_err());
    }

    #[test]
    fn any_flipped_bit_breaks_the_seal() {
        let sealed = sealer().seal("row", b"token").unwrap();

        for position in 0..sealed.len() {
            let mut broken = sealed.clone();
            broken[position] ^= 1;
            assert!(sealer().open("row", &broken).is_err(), "byte {position}");
        }
    }

    #[test]
    fn the_key_file_is_made_once_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        let sealed = Sealer::from_key_file(&path).unwrap().seal("row", b"token").unwrap();

        assert_eq!(Sealer::from_key_file(&path).unwrap().open("row", &sealed).unwrap(), b"token");
    }

    #[test]
    fn a_digest_is_that_of_one_text_in_one_context_under_one_key() {
        let other = Sealer::from_hex(&Secret::new("cd".repeat(32))).unwrap();
        let digest = sealer().digest("a", b"bc");

        assert_eq!(digest, sealer().digest("a", b"bc"));
        assert_eq!(digest.len(), 64);
        for differing in [sealer().digest("ab", b"c"), sealer().digest("a", b"bd"), other.digest("a", b"bc")]
        {
            assert_ne!(digest, differing);
        }
    }

    #[test]
    fn a_secret_does_not_print() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "***");
    }
}
