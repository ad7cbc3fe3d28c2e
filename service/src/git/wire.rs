//! Git's wire protocol, as far as reading one revision over HTTP and pushing one branch need it: pure, bytes in
//! and bytes out.
//!
//! Packet lines, the list of references, the request for a pack, and the answer with its side band (version 0,
//! which every server speaks); the answer to a push is in `report`. No network, no objects, no negotiation: what is
//! asked for is sent whole. Looking at a repository without bringing it is in `second` (version 2). The invariant: however the bytes are cut into pieces, they are read the same, and no
//! input makes it panic.

mod report;
mod second;

use std::fmt::Write as _;

use bytes::{Buf, Bytes, BytesMut};

pub(super) use report::{PushAnswer, Reasons, Verdict, command};
pub(super) use second::{HeadAnswer, head_request, objects_request};

/// The longest packet there is, with its length.
const MAX_PACKET: usize = 65_520;

/// Why an answer cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum WireError {
    /// It is not what the protocol says.
    Malformed(&'static str),
    /// The server said so, in these words.
    Server(String),
}

/// One packet line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Packet {
    /// The end of a message.
    Flush,
    /// The end of a section, in version 2.
    Delimiter,
    /// Content, without the length.
    Data(Bytes),
}

/// Cuts a stream of bytes into packets.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    buffer: BytesMut,
}

impl Decoder {
    /// Takes the next piece of the stream.
    pub(super) fn push(&mut self, piece: &[u8]) {
        self.buffer.extend_from_slice(piece);
    }

    /// The next packet, once all of it has come.
    pub(super) fn pop(&mut self) -> Result<Option<Packet>, WireError> {
        let Some(digits) = self.buffer.get(..4) else { return Ok(None) };
        let length = std::str::from_utf8(digits)
            .ok()
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| usize::from_str_radix(digits, 16).ok())
            .ok_or(WireError::Malformed("a packet without a length"))?;
        match length {
            0 => {
                self.buffer.advance(4);
                Ok(Some(Packet::Flush))
            }
            1 => {
                self.buffer.advance(4);
                Ok(Some(Packet::Delimiter))
            }
            4..=MAX_PACKET if self.buffer.len() >= length => {
                let packet = self.buffer.split_to(length).freeze();
                Ok(Some(Packet::Data(packet.slice(4..))))
            }
            4..=MAX_PACKET => Ok(None),
            _ => Err(WireError::Malformed("a packet with an impossible length")),
        }
    }

    /// Has everything that was pushed been popped?
    pub(super) fn is_drained(&self) -> bool {
        self.buffer.is_empty()
    }
}

/// One reference as a server lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Listed {
    name: String,
    id: String,
    /// The commit, where `id` is an annotated tag.
    peeled: Option<String>,
}

/// What a server has and can do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Advertisement {
    references: Vec<Listed>,
    capabilities: Vec<String>,
}

/// What to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The object that the revision names.
    pub(super) object: String,
    /// The commit, where the list tells.
    pub(super) commit: Option<String>,
    /// The body of the request.
    pub(super) request: String,
}

impl Advertisement {
    /// Reads the answer to `info/refs`.
    pub(super) fn parse(body: &[u8]) -> Result<Self, WireError> {
        let mut decoder = Decoder::default();
        decoder.push(body);
        let mut found = Self::default();
        let mut lines = Vec::new();
        while let Some(packet) = decoder.pop()? {
            let Packet::Data(line) = packet else { continue };
            let line = line.strip_suffix(b"\n").map(<[u8]>::to_vec).unwrap_or_else(|| line.to_vec());
            if let Some(words) = line.strip_prefix(b"ERR ") {
                return Err(WireError::Server(String::from_utf8_lossy(words).into_owned()));
            }
            lines.push(line);
        }
        let mut lines = lines.into_iter();
        if !decoder.is_drained() || !lines.next().is_some_and(|line| line.starts_with(b"# service=")) {
            return Err(WireError::Malformed("a list of references that is not whole"));
        }
        for line in lines {
            found.add(&line)?;
        }
        Ok(found)
    }

    fn add(&mut self, line: &[u8]) -> Result<(), WireError> {
        let mut parts = line.splitn(2, |byte| *byte == 0);
        let reference = parts.next().unwrap_or_default();
        if let Some(capabilities) = parts.next() {
            let capabilities = String::from_utf8_lossy(capabilities);
            self.capabilities = capabilities.split_ascii_whitespace().map(str::to_owned).collect();
        }
        // A name that is not UTF-8 cannot be asked for; the others can.
        let Ok(reference) = std::str::from_utf8(reference) else { return Ok(()) };
        let Some((id, name)) = reference.split_once(' ') else {
            return Err(WireError::Malformed("a reference without a name"));
        };
        if id.len() != 40 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(WireError::Malformed("a reference whose id is not SHA-1"));
        }
        match (name.strip_suffix("^{}"), self.references.last_mut()) {
            (Some("capabilities"), _) => {}
            (Some(tag), Some(last)) if last.name == tag => last.peeled = Some(id.to_owned()),
            _ => self.references.push(Listed { name: name.to_owned(), id: id.to_owned(), peeled: None }),
        }
        Ok(())
    }

    /// The object format that the server names, if it is not the usual one.
    pub(super) fn foreign_format(&self) -> Option<&str> {
        let format = self.capabilities.iter().find_map(|word| word.strip_prefix("object-format="));
        format.filter(|format| *format != "sha1")
    }

    /// The id that a reference is at, if it is there.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        self.references.iter().find(|listed| listed.name == name).map(|listed| listed.id.as_str())
    }

    /// The branch that keeps another from being there: one is the name of a folder of the other.
    pub(super) fn in_the_way_of(&self, reference: &str) -> Option<&str> {
        let holds =
            |folder: &str, name: &str| name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let clashes = |other: &str| holds(other, reference) || holds(reference, other);
        self.references
            .iter()
            .filter(|listed| clashes(&listed.name))
            .find_map(|listed| listed.name.strip_prefix("refs/heads/"))
    }

    /// What a push says that it can do, of what the server offers. `None` when the server would not report.
    pub(super) fn push_capabilities(&self, agent: &str) -> Option<String> {
        let words = ["side-band-64k", "quiet", "object-format=sha1"].into_iter();
        let offered: String = words.filter(|word| self.can(word)).map(|word| format!(" {word}")).collect();
        let agent = if self.capabilities.iter().any(|word| word.starts_with("agent=")) {
            format!(" agent={agent}")
        } else {
            String::new()
        };
        self.can("report-status").then(|| format!("report-status{offered}{agent}"))
    }

    /// Are texts sent beside the report?
    pub(super) fn has_side_band(&self) -> bool {
        self.can("side-band-64k")
    }

    /// Is there nothing in the repository?
    pub(super) fn is_empty(&self) -> bool {
        self.references.is_empty()
    }

    /// What to ask for to get a revision: one of `names`, or the commit `id`. `None` when it is not there.
    pub(super) fn want(&self, names: &[String], id: Option<&str>) -> Result<Option<Wanted>, WireError> {
        let by_id = id.map(str::to_ascii_lowercase);
        let by_id = by_id.as_deref();
        let is_meant = |listed: &&Listed| Some(listed.id.as_str()) == by_id;
        let named = || names.iter().find_map(|name| self.references.iter().find(|l| l.name == *name));
        if let Some(listed) = self.references.iter().find(is_meant).or_else(named) {
            let commit = listed.peeled.as_ref().unwrap_or(&listed.id).clone();
            let request = self.request(&[&listed.id], true)?;
            return Ok(Some(Wanted { object: listed.id.clone(), commit: Some(commit), request }));
        }
        let Some(id) = by_id else { return Ok(None) };
        let request = if self.can("allow-reachable-sha1-in-want") {
            self.request(&[id], true)?
        } else {
            // The server gives no commit by its id: everything that has a name is brought, with its history.
            let mut all: Vec<&str> = self
                .references
                .iter()
                .filter(|listed| {
                    listed.name.starts_with("refs/heads/") || listed.name.starts_with("refs/tags/")
                })
                .map(|listed| listed.id.as_str())
                .collect();
            all.sort_unstable();
            all.dedup();
            self.request(&all, false)?
        };
        Ok(Some(Wanted { object: id.to_owned(), commit: None, request }))
    }

    fn can(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|word| word == capability)
    }

    fn request(&self, ids: &[&str], one_revision: bool) -> Result<String, WireError> {
        if !self.can("side-band-64k") {
            return Err(WireError::Malformed("no side band; its git is too old"));
        }
        let mut capabilities = String::new();
        for capability in ["side-band-64k", "ofs-delta", "no-progress", "shallow"] {
            if self.can(capability) {
                write!(capabilities, " {capability}").map_err(|_| WireError::Malformed("no memory"))?;
            }
        }
        let mut request = String::new();
        for (index, id) in ids.iter().enumerate() {
            let capabilities = if index == 0 { capabilities.as_str() } else { "" };
            request.push_str(&packet(&format!("want {id}{capabilities}\n")));
        }
        if one_revision && self.can("shallow") {
            request.push_str(&packet("deepen 1\n"));
        }
        request.push_str("0000");
        request.push_str(&packet("done\n"));
        Ok(request)
    }
}

fn packet(line: &str) -> String {
    format!("{:04x}{line}", line.len() + 4)
}

/// Takes the pack out of the answer to a request.
#[derive(Debug, Default)]
pub(super) enum PackAnswer {
    /// Lines before the pack.
    #[default]
    Preamble,
    /// The pack, in side-band packets.
    Pack,
    /// All of it has come.
    Complete,
}

impl PackAnswer {
    /// Takes the next packet and gives the piece of the pack that is in it.
    pub(super) fn feed(&mut self, packet: Packet) -> Result<Option<Bytes>, WireError> {
        match (&self, packet) {
            (Self::Preamble, Packet::Flush | Packet::Delimiter) => Ok(None),
            (Self::Preamble, Packet::Data(line)) => {
                if let Some(words) = line.strip_prefix(b"ERR ") {
                    return Err(WireError::Server(String::from_utf8_lossy(words).into_owned()));
                }
                if [b"NAK".as_slice(), b"ACK ", b"packfile\n"].iter().any(|word| line.starts_with(word)) {
                    *self = Self::Pack;
                } else if ![b"shallow".as_slice(), b"unshallow "].iter().any(|word| line.starts_with(word)) {
                    return Err(WireError::Malformed("an unknown line before the pack"));
                }
                Ok(None)
            }
            (Self::Pack, Packet::Flush) => {
                *self = Self::Complete;
                Ok(None)
            }
            (Self::Pack, Packet::Data(mut data)) => match data.first().copied() {
                Some(1) => Ok(Some(data.split_off(1))),
                Some(2) => Ok(None),
                Some(3) => Err(WireError::Server(String::from_utf8_lossy(&data.split_off(1)).into_owned())),
                _ => Err(WireError::Malformed("a packet of an unknown band")),
            },
            (Self::Pack, Packet::Delimiter) => Err(WireError::Malformed("a section in the pack")),
            (Self::Complete, _) => Err(WireError::Malformed("packets after the pack")),
        }
    }

    /// Has the whole pack come?
    pub(super) fn is_complete(&self) -> bool {
        matches!(self, Self::Complete)
    }
}

#[cfg(test)]
mod tests;
