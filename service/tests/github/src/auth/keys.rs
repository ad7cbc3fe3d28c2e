//! The keys that Apps sign with, and that the double signs its own tokens with.
//!
//! They are made for this crate and open nothing anywhere. Ring cannot make RSA keys, so they are files.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};

/// The files, as GitHub hands out the keys of Apps.
const PEMS: [&str; 3] = [
    include_str!("../../keys/app-1.pem"),
    include_str!("../../keys/app-2.pem"),
    include_str!("../../keys/app-3.pem"),
];

/// The pairs, in the files' order.
static PAIRS: LazyLock<Vec<KeyPair>> = LazyLock::new(|| PEMS.iter().filter_map(|pem| pair(pem)).collect());

fn pair(pem: &str) -> Option<KeyPair> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    KeyPair::from_der(&STANDARD.decode(body).ok()?).ok()
}

/// The file of a key.
pub(crate) fn pem(key: usize) -> &'static str {
    PEMS.get(key % PEMS.len()).copied().unwrap_or_default()
}

/// Whether a key has signed the message.
pub(crate) fn has_signed(key: usize, message: &[u8], signature: &[u8]) -> bool {
    PAIRS.get(key % PEMS.len()).is_some_and(|pair| {
        let public = pair.public_key().as_ref();
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public).verify(message, signature).is_ok()
    })
}

/// The signature of a message.
pub(crate) fn sign(key: usize, message: &[u8]) -> Vec<u8> {
    let Some(pair) = PAIRS.get(key % PEMS.len()) else { return Vec::new() };
    let mut signature = vec![0; pair.public().modulus_len()];
    match pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature) {
        Ok(()) => signature,
        Err(_) => Vec::new(),
    }
}
