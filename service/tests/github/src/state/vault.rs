//! [`Vault`]: the secrets of one scope, with the key that they are sealed for.
//!
//! The double owns the private half of the key, opens each box that it gets and keeps what is in it, so that tests can
//! look at it. The API never shows it. The invariant: no two vaults have the same key.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crypto_box::SecretKey;
use ring::rand::{SecureRandom as _, SystemRandom};

use crate::call::Answer;
use crate::clock::Millis;
use crate::errors;

/// A secret, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// What is in it.
    pub value: String,
    /// Of an organisation's secret: `all`, `private` or `selected`.
    pub visibility: Option<String>,
    /// Of an organisation's secret: the repositories that are selected.
    pub repositories: BTreeSet<u64>,
    /// When it was made.
    pub created: Millis,
    /// When it was last set.
    pub updated: Millis,
}

/// The secrets of one scope, by their names in capitals.
#[derive(Clone, Debug, Default)]
pub struct Vault {
    key: Option<Key>,
    secrets: BTreeMap<String, Secret>,
}

#[derive(Clone, Debug)]
struct Key {
    id: String,
    private: [u8; 32],
}

impl Vault {
    /// What a secret holds.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.get(name).map(|secret| secret.value.as_str())
    }

    /// A secret.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Secret> {
        self.secrets.get(&name.to_uppercase())
    }

    /// All secrets by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Secret)> {
        self.secrets.iter().map(|(name, secret)| (name.as_str(), secret))
    }

    /// The names of all secrets.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.secrets.keys().map(String::as_str).collect()
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Secret> {
        self.secrets.get_mut(&name.to_uppercase())
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<Secret> {
        self.secrets.remove(&name.to_uppercase())
    }

    /// Sets a secret; gives whether it is new.
    pub(crate) fn set(&mut self, name: &str, value: String, now: Millis) -> bool {
        let name = name.to_uppercase();
        if let Some(secret) = self.secrets.get_mut(&name) {
            secret.value = value;
            secret.updated = now;
            return false;
        }
        let secret =
            Secret { value, visibility: None, repositories: BTreeSet::new(), created: now, updated: now };
        self.secrets.insert(name, secret);
        true
    }

    /// The id of the key, and its public half in base64.
    pub(crate) fn public_key(&mut self) -> (String, String) {
        let key = self.key.get_or_insert_with(Key::new);
        let public = SecretKey::from_bytes(key.private).public_key();
        (key.id.clone(), STANDARD.encode(public.as_bytes()))
    }

    /// What is in a sealed box, if it is sealed for this vault.
    pub(crate) fn open(&self, key_id: &str, sealed: &str) -> Result<String, Answer> {
        let wrong =
            || errors::unprocessable("The encrypted value cannot be decrypted with the key of this scope");
        let Some(key) = self.key.as_ref().filter(|key| key.id == key_id) else {
            return Err(errors::unprocessable("The key_id is not that of the public key of this scope"));
        };
        let sealed = STANDARD.decode(sealed).map_err(|_| wrong())?;
        let opened = SecretKey::from_bytes(key.private).unseal(&sealed).map_err(|_| wrong())?;
        String::from_utf8(opened).map_err(|_| wrong())
    }
}

impl Key {
    fn new() -> Self {
        let mut private = [0; 32];
        let mut id = [0; 8];
        let random = SystemRandom::new();
        // A system without randomness gives the same key twice, which tests then notice.
        let _ = random.fill(&mut private).and_then(|()| random.fill(&mut id));
        Self { id: u64::from_le_bytes(id).to_string(), private }
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use crypto_box::PublicKey;
    use crypto_box::aead::OsRng;

    use super::Vault;

    fn sealed(vault: &mut Vault, text: &str) -> (String, String) {
        let (id, key) = vault.public_key();
        let key = PublicKey::from_slice(&STANDARD.decode(key).unwrap()).unwrap();
        (id, STANDARD.encode(key.seal(&mut OsRng, text.as_bytes()).unwrap()))
    }

    #[test]
    fn a_box_opens_in_the_vault_it_was_sealed_for_and_in_no_other() {
        let (mut one, mut other) = (Vault::default(), Vault::default());
        let (id, text) = sealed(&mut one, "s3cret");
        let (other_id, _) = sealed(&mut other, "s3cret");

        assert_eq!(one.open(&id, &text).unwrap(), "s3cret");
        assert_eq!(one.open(&other_id, &text).unwrap_err().status, 422);
        assert_eq!(other.open(&other_id, &text).unwrap_err().status, 422);
        assert_eq!(one.open(&id, "c2VjcmV0").unwrap_err().status, 422);
    }
}
