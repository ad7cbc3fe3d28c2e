//! What every client of another server shares.
//!
//! It knows TLS, proxies and how a foreign text is shown; what is asked and what an answer means is each client's
//! own. The invariant: a client made here follows no redirect, and no text made here holds an address, a control
//! character or more than a few lines. No name leads it to an address that is no server's ([`may_be_a_server`]).

mod resolver;

use std::net::IpAddr;
use std::sync::OnceLock;

use reqwest::{ClientBuilder, Url};

use resolver::Resolver;
pub(crate) use resolver::may_be_a_server;

/// How much of a server's words is shown.
pub(crate) const MAX_WORDS: usize = 300;

/// A client for the server of this address. Proxies are taken from the environment as other programs do, but not
/// for this machine itself.
pub(crate) fn client_for(url: &Url) -> ClientBuilder {
    provide_tls();
    let client =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).dns_resolver(Resolver);
    if is_this_machine(url) { client.no_proxy() } else { client }
}

/// Ring does the cryptography, for the whole process; a second call changes nothing.
fn provide_tls() {
    static PROVIDED: OnceLock<()> = OnceLock::new();
    PROVIDED.get_or_init(|| drop(rustls::crypto::ring::default_provider().install_default()));
}

fn is_this_machine(url: &Url) -> bool {
    url.host_str() == Some("localhost") || ip_of(url).is_some_and(|address| address.is_loopback())
}

/// The address that a URL names without a name.
pub(crate) fn ip_of(url: &Url) -> Option<IpAddr> {
    url.host_str()?.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Is the server's certificate what is wrong?
pub(crate) fn is_about_trust(error: &reqwest::Error) -> bool {
    let mut next = std::error::Error::source(error);
    while let Some(error) = next {
        if error.is::<rustls::Error>() {
            return true;
        }
        // An I/O error gives out what it wraps by a way of its own.
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        next = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    false
}

/// The innermost reason: the outer ones only say that a request failed, and to where.
pub(crate) fn reason(error: &reqwest::Error) -> String {
    let reasons = std::iter::successors(std::error::Error::source(error), |error| error.source());
    reasons
        .last()
        .map_or_else(|| "the request failed".to_owned(), |reason| words(reason.to_string().as_bytes()))
}

/// A foreign text as a message may hold it: one line, no control characters, not longer than a few lines.
pub(crate) fn words(text: &[u8]) -> String {
    words_up_to(text, MAX_WORDS)
}

/// The same, of up to so many characters.
pub(crate) fn words_up_to(text: &[u8], longest: usize) -> String {
    let text = String::from_utf8_lossy(text);
    let printable: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = printable.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(longest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_text_becomes_one_short_line() {
        assert_eq!(words(b"one\r\n\x1b[31mtwo\0  three"), "one [31mtwo three");
        assert_eq!(words("é".repeat(1_000).as_bytes()).chars().count(), MAX_WORDS);
    }

    #[test]
    fn only_loopback_addresses_are_this_machine() {
        let this = |url: &str| is_this_machine(&Url::parse(url).unwrap());

        assert!(this("http://localhost:7007") && this("http://127.0.0.2") && this("http://[::1]:1"));
        assert!(!this("http://localhost.acme.io") && !this("https://10.0.0.1"));
    }
}
