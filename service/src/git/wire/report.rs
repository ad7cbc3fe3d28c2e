//! What a server says to a push: pure, bytes in and a verdict out.
//!
//! The answer is a report (`unpack`, then a line for each branch), by itself or in a band beside texts for people.
//! What the texts mean is `push`'s. The invariant: a push is taken for done only where the report is whole and
//! says so of the pack and of the branch; no input makes it panic or grow beyond its bounds.

use bytes::Bytes;

use super::{Decoder, Packet, WireError, packet};

/// How much of the texts is kept.
const MAX_SAID: usize = 32 * 1024;
/// How much of one reason is kept.
const MAX_REASON: usize = 4 * 1024;

/// What became of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Verdict {
    /// The branch is where it was wanted.
    Done,
    /// It is not.
    Refused(Reasons),
}

/// Why a push was refused, in the server's words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in super::super) struct Reasons {
    /// Of the pack, if that was not taken.
    pub(in super::super) pack: String,
    /// Of the branch.
    pub(in super::super) branch: String,
    /// The texts for people.
    pub(in super::super) said: String,
}

/// The answer to a push, as far as it has come.
#[derive(Debug)]
pub(in super::super) struct PushAnswer {
    reference: String,
    /// The packets of the report, which come in the packets of a band.
    band: Option<Decoder>,
    report: Report,
    said: Vec<u8>,
    is_fatal: bool,
    is_over: bool,
}

/// The report, as far as it has come.
#[derive(Debug, Default)]
struct Report {
    pack: Option<Result<(), String>>,
    branch: Option<Result<(), String>>,
    is_whole: bool,
}

impl PushAnswer {
    /// Waits for what becomes of this reference; `banded` when texts come beside the report.
    pub(in super::super) fn new(reference: &str, banded: bool) -> Self {
        Self {
            reference: reference.to_owned(),
            band: banded.then(Decoder::default),
            report: Report::default(),
            said: Vec::new(),
            is_fatal: false,
            is_over: false,
        }
    }

    /// Takes the next packet.
    pub(in super::super) fn feed(&mut self, packet: Packet) -> Result<(), WireError> {
        if self.is_over {
            return Err(WireError::Malformed("packets after the report"));
        }
        let Some(band) = &mut self.band else {
            self.is_over = packet == Packet::Flush;
            return self.report.feed(packet, &self.reference);
        };
        let Packet::Data(mut data) = packet else {
            self.is_over = true;
            return Ok(());
        };
        if data.starts_with(b"ERR ") {
            return Err(server(&data.split_off(4)));
        }
        match data.first().copied() {
            Some(1) => {
                band.push(data.get(1..).unwrap_or_default());
                while let Some(packet) = band.pop()? {
                    self.report.feed(packet, &self.reference)?;
                }
            }
            // Older servers keep a push alive with a band that holds nothing.
            Some(2) => self.keep(&data),
            Some(3) => {
                self.is_fatal = true;
                self.keep(&data);
            }
            None => {}
            Some(_) => return Err(WireError::Malformed("a packet of an unknown band")),
        }
        Ok(())
    }

    fn keep(&mut self, data: &Bytes) {
        let room = MAX_SAID.saturating_sub(self.said.len());
        self.said.extend(data.iter().skip(1).take(room));
    }

    /// What became of the push. `None` when the report did not come whole.
    pub(in super::super) fn verdict(self) -> Option<Verdict> {
        let said = String::from_utf8_lossy(&self.said).into_owned();
        let Report { pack, branch, is_whole } = self.report;
        match (pack, branch) {
            (Some(Ok(())), Some(Ok(()))) if is_whole && !self.is_fatal => Some(Verdict::Done),
            (pack @ Some(_), branch @ Some(_)) if is_whole => {
                let reason =
                    |part: Option<Result<(), String>>| part.and_then(Result::err).unwrap_or_default();
                Some(Verdict::Refused(Reasons { pack: reason(pack), branch: reason(branch), said }))
            }
            _ if self.is_fatal => Some(Verdict::Refused(Reasons { said, ..Reasons::default() })),
            _ => None,
        }
    }
}

impl Report {
    fn feed(&mut self, packet: Packet, reference: &str) -> Result<(), WireError> {
        if self.is_whole {
            return Err(WireError::Malformed("packets after the report"));
        }
        let Packet::Data(line) = packet else {
            self.is_whole = true;
            return Ok(());
        };
        let line = line.strip_suffix(b"\n").unwrap_or(&line);
        if let Some(words) = line.strip_prefix(b"ERR ") {
            return Err(server(words));
        }
        if self.pack.is_none() {
            let Some(unpacked) = line.strip_prefix(b"unpack ") else {
                return Err(WireError::Malformed("a report that does not begin with the pack"));
            };
            self.pack = Some(if unpacked == b"ok" { Ok(()) } else { Err(reason(unpacked)) });
            return Ok(());
        }
        let found = if let Some(name) = line.strip_prefix(b"ok ") {
            (name == reference.as_bytes()).then_some(Ok(()))
        } else if let Some(rest) = line.strip_prefix(b"ng ") {
            let rest = rest.strip_prefix(reference.as_bytes());
            rest.and_then(|rest| if rest.is_empty() { Some(rest) } else { rest.strip_prefix(b" ") })
                .map(|words| Err(reason(words)))
        } else {
            return Err(WireError::Malformed("an unknown line in the report"));
        };
        // Of two lines for one branch the refusal counts.
        if let Some(found) = found
            && !matches!(self.branch, Some(Err(_)))
        {
            self.branch = Some(found);
        }
        Ok(())
    }
}

/// A reason is never empty: an empty one would read as none.
fn reason(words: &[u8]) -> String {
    let words = words.get(..MAX_REASON).unwrap_or(words);
    let words = String::from_utf8_lossy(words).trim().to_owned();
    if words.is_empty() { "without a reason".to_owned() } else { words }
}

fn server(words: &[u8]) -> WireError {
    WireError::Server(reason(words))
}

/// The lines in front of a pack: from where a branch is to be moved to where.
pub(in super::super) fn command(old: &str, new: &str, reference: &str, capabilities: &str) -> String {
    format!("{}0000", packet(&format!("{old} {new} {reference}\0{capabilities}\n")))
}

#[cfg(test)]
mod tests;
