//! Looking for secrets in bytes, in every form in which one could hide there.

use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use regex::bytes::Regex;

/// As addresses are written.
const IN_ADDRESSES: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A secret, and how it could be written.
pub(super) struct Canary {
    name: String,
    forms: Regex,
}

impl Canary {
    pub(super) fn new(name: &str, secret: &str) -> Self {
        let mut forms = vec![secret.to_owned(), secret.escape_debug().to_string()];
        forms.push(secret.bytes().map(|byte| format!("{byte:02x}")).collect());
        forms.push(secret.chars().rev().collect());
        forms.push(utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string());
        forms.push(utf8_percent_encode(secret, IN_ADDRESSES).to_string());
        for offset in 0..3 {
            // Encoded behind so many bytes: its own part begins and ends at whole letters.
            let before = [vec![0; offset], secret.as_bytes().to_vec()].concat();
            for engine in [STANDARD, URL_SAFE] {
                let text = engine.encode(&before);
                let own = text.trim_end_matches('=');
                let begin = if offset == 0 { 0 } else { 4 };
                forms.push(own[begin..own.len() - 2].to_owned());
            }
        }
        let forms: Vec<String> = forms.iter().map(|form| regex::escape(form)).collect();
        Self { name: name.to_owned(), forms: Regex::new(&forms.join("|")).unwrap() }
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        self.forms.is_match(bytes)
    }
}

/// What is searched.
#[derive(Default)]
pub(super) struct Places(Vec<(String, Vec<u8>)>);

impl Places {
    pub(super) fn add(&mut self, name: &str, bytes: Vec<u8>) {
        self.0.push((name.to_owned(), bytes));
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Every file of a folder, as it lies on the disk.
    pub(super) fn folder(&mut self, folder: &Path) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                self.folder(&path);
            } else {
                let bytes = std::fs::read(&path).unwrap_or_default();
                self.add(&path.display().to_string(), bytes);
            }
        }
    }

    /// Every object of a git repository, unpacked.
    pub(super) fn objects(&mut self, folder: &Path) {
        let output = Command::new("git")
            .arg("--git-dir")
            .arg(folder)
            .args(["cat-file", "--batch-all-objects", "--batch"])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        self.add(&format!("objects of {}", folder.display()), output.stdout);
    }

    /// Which canary is where.
    pub(super) fn found(&self, canaries: &[Canary]) -> Vec<String> {
        let mut found = Vec::new();
        for (place, bytes) in &self.0 {
            found.extend(
                canaries.iter().filter(|one| one.is_in(bytes)).map(|one| format!("{} in {place}", one.name)),
            );
        }
        found
    }
}

#[test]
fn a_secret_is_found_in_every_form() {
    let secret = "canary/of+all=secrets-0123456789";
    let canaries = [Canary::new("it", secret), Canary::new("another", "something else altogether")];
    let forms = [
        secret.to_owned(),
        format!("{{\"a\":\"x{secret}y\"}}"),
        STANDARD.encode(secret),
        STANDARD.encode(format!("x-access-token:{secret}")),
        STANDARD.encode(format!("a:{secret}")),
        URL_SAFE.encode(format!("ab:{secret}?")),
        "canary%2Fof%2Ball%3Dsecrets-0123456789".to_owned(),
        secret.bytes().map(|byte| format!("{byte:02x}")).collect(),
    ];

    for form in forms {
        let mut places = Places::default();
        places.add("a place", format!("before {form} after").into_bytes());
        assert_eq!(places.found(&canaries), ["it in a place"], "{form}");
    }
}
