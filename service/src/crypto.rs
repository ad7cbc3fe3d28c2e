//! Ring as the cryptography behind `jsonwebtoken`: the one that TLS has already, so that the tree of packages holds
//! no second one.
//!
//! Signatures alone, by keys of two halves: nothing here takes a shared secret, so no token can be checked with a
//! public key as if that were one. What tokens say is their makers' business. The invariant: an algorithm that is not
//! in [`verifier`] verifies nothing, and one that is not in [`signer`] signs nothing.

use std::sync::OnceLock;

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result, new_error};
use jsonwebtoken::signature::{Error, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind, EncodingKey};
use ring::rand::SystemRandom;
use ring::signature::{
    self, EcdsaKeyPair, KeyPair, RsaKeyPair, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;

static RING: CryptoProvider = CryptoProvider {
    signer_factory: signer,
    verifier_factory: verifier,
    // Asked for by what makes public keys of private ones, which nothing here does.
    key_utils: KeyUtils::new_unimplemented(),
};

/// Ring does it for the whole process; a second call changes nothing.
pub(crate) fn provide() {
    static PROVIDED: OnceLock<()> = OnceLock::new();
    PROVIDED.get_or_init(|| {
        let _one_is_enough = RING.install_default();
    });
}

/// A fresh key pair for ES256: PKCS #8, and the public point.
pub(crate) fn generate() -> Option<(Vec<u8>, Vec<u8>)> {
    let (scheme, random) = (&signature::ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
    let private = EcdsaKeyPair::generate_pkcs8(scheme, &random).ok()?;
    let pair = EcdsaKeyPair::from_pkcs8(scheme, private.as_ref(), &random).ok()?;
    Some((private.as_ref().to_vec(), pair.public_key().as_ref().to_vec()))
}

struct RingVerifier {
    algorithm: Algorithm,
    scheme: Scheme,
    key: DecodingKey,
}

#[derive(Clone, Copy)]
enum Scheme {
    Point(&'static dyn signature::VerificationAlgorithm),
    Rsa(&'static RsaParameters),
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    let scheme = match algorithm {
        Algorithm::ES256 => Scheme::Point(&signature::ECDSA_P256_SHA256_FIXED),
        Algorithm::ES384 => Scheme::Point(&signature::ECDSA_P384_SHA384_FIXED),
        Algorithm::EdDSA => Scheme::Point(&signature::ED25519),
        Algorithm::RS256 => Scheme::Rsa(&signature::RSA_PKCS1_2048_8192_SHA256),
        Algorithm::RS384 => Scheme::Rsa(&signature::RSA_PKCS1_2048_8192_SHA384),
        Algorithm::RS512 => Scheme::Rsa(&signature::RSA_PKCS1_2048_8192_SHA512),
        Algorithm::PS256 => Scheme::Rsa(&signature::RSA_PSS_2048_8192_SHA256),
        Algorithm::PS384 => Scheme::Rsa(&signature::RSA_PSS_2048_8192_SHA384),
        Algorithm::PS512 => Scheme::Rsa(&signature::RSA_PSS_2048_8192_SHA512),
        _ => return Err(new_error(ErrorKind::UnsupportedAlgorithm)),
    };
    if key.family() != algorithm.family() {
        return Err(new_error(ErrorKind::InvalidKeyFormat));
    }
    Ok(Box::new(RingVerifier { algorithm: *algorithm, scheme, key: key.clone() }))
}

impl Verifier<Vec<u8>> for RingVerifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), Error> {
        let checked = match (self.scheme, self.key.kind()) {
            (Scheme::Point(scheme), DecodingKeyKind::SecretOrDer(key)) => {
                UnparsedPublicKey::new(scheme, key).verify(message, signature)
            }
            (Scheme::Rsa(scheme), DecodingKeyKind::RsaModulusExponent { n, e }) => {
                RsaPublicKeyComponents { n, e }.verify(scheme, message, signature)
            }
            _ => return Err(Error::new()),
        };
        checked.map_err(|_| Error::new())
    }
}

impl JwtVerifier for RingVerifier {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

/// The private RSA key in a PEM text, in either of the forms that are in use; `None` if there is none that can sign.
pub(crate) fn rsa_key(pem: &str) -> Option<EncodingKey> {
    // Variables of the environment often hold the text in one line, its ends of lines written out.
    let pem = pem.replace("\\n", "\n");
    let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).ok()?;
    let der = match &key {
        PrivateKeyDer::Pkcs1(der) => der.secret_pkcs1_der(),
        PrivateKeyDer::Pkcs8(der) => der.secret_pkcs8_der(),
        _ => return None,
    };
    rsa_pair(der)?;
    Some(EncodingKey::from_rsa_der(der))
}

fn rsa_pair(der: &[u8]) -> Option<RsaKeyPair> {
    RsaKeyPair::from_der(der).or_else(|_| RsaKeyPair::from_pkcs8(der)).ok()
}

enum RingSigner {
    Es256(Box<EcdsaKeyPair>),
    Rs256(Box<RsaKeyPair>),
}

fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    if key.family() != algorithm.family() {
        return Err(new_error(ErrorKind::InvalidKeyFormat));
    }
    let signer = match algorithm {
        Algorithm::ES256 => {
            let scheme = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
            let pair = EcdsaKeyPair::from_pkcs8(scheme, key.as_bytes(), &SystemRandom::new());
            RingSigner::Es256(Box::new(pair.map_err(|_| new_error(ErrorKind::InvalidEcdsaKey))?))
        }
        Algorithm::RS256 => {
            let pair = rsa_pair(key.as_bytes()).ok_or_else(|| new_error(ErrorKind::InvalidKeyFormat))?;
            RingSigner::Rs256(Box::new(pair))
        }
        _ => return Err(new_error(ErrorKind::UnsupportedAlgorithm)),
    };
    Ok(Box::new(signer))
}

impl Signer<Vec<u8>> for RingSigner {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, Error> {
        let random = SystemRandom::new();
        match self {
            Self::Es256(pair) => {
                let signature = pair.sign(&random, message).map_err(|_| Error::new())?;
                Ok(signature.as_ref().to_vec())
            }
            Self::Rs256(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&signature::RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .map_err(|_| Error::new())?;
                Ok(signature)
            }
        }
    }
}

impl JwtSigner for RingSigner {
    fn algorithm(&self) -> Algorithm {
        match self {
            Self::Es256(_) => Algorithm::ES256,
            Self::Rs256(_) => Algorithm::RS256,
        }
    }
}
