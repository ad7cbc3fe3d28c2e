//! A pack as a stream of bytes: made as it is taken, with no repository and no disk.
//!
//! Every object is written whole. Looking for objects that are like each other takes most of the time that a pack
//! takes, and new files hardly are. (libgit2 can be told so by a configuration file only, and gives a pack of its
//! memory as one block.) The invariant: the pieces together are a pack that git reads, and no more than one piece
//! is held at a time, however large an object is.

use std::collections::HashSet;
use std::io::{self, Cursor, Read};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::ZlibEncoder;
use git2::ObjectType;
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};

use super::super::objects::Object;

/// How long a piece is, about.
const PIECE: usize = 64 * 1024;
/// Source text shrinks nearly as much as at git's own 6, in half the time.
const LEVEL: Compression = Compression::new(3);

/// The pieces of a pack.
pub(in super::super) struct PackStream {
    waiting: std::vec::IntoIter<Object>,
    deflater: ZlibEncoder<Cursor<Bytes>>,
    digest: Option<Context>,
    at: At,
}

/// What comes next.
enum At {
    /// The head, with the number of objects.
    Head(u32),
    /// An object's own head, or the end.
    Object,
    /// The content of an object.
    Content,
}

impl PackStream {
    /// A pack of these objects; one that is there twice is written once.
    pub(in super::super) fn new(objects: Vec<Object>) -> io::Result<Self> {
        let mut seen = HashSet::new();
        let objects: Vec<Object> = objects.into_iter().filter(|object| seen.insert(object.id)).collect();
        let count = u32::try_from(objects.len()).map_err(io::Error::other)?;
        Ok(Self {
            waiting: objects.into_iter(),
            deflater: ZlibEncoder::new(Cursor::default(), LEVEL),
            digest: Some(Context::new(&SHA1_FOR_LEGACY_USE_ONLY)),
            at: At::Head(count),
        })
    }

    /// Fills a piece; `true` when the pack's content ends in it.
    fn fill(&mut self, piece: &mut Vec<u8>) -> io::Result<bool> {
        while piece.len() < PIECE {
            match self.at {
                At::Head(count) => {
                    piece.extend_from_slice(b"PACK\0\0\0\x02");
                    piece.extend_from_slice(&count.to_be_bytes());
                    self.at = At::Object;
                }
                At::Object => {
                    let Some(object) = self.waiting.next() else { return Ok(true) };
                    head(object.kind, object.data.len(), piece)?;
                    self.deflater.reset(Cursor::new(object.data));
                    self.at = At::Content;
                }
                At::Content => {
                    let room = (PIECE - piece.len()) as u64;
                    if (self.deflater.by_ref().take(room).read_to_end(piece)? as u64) < room {
                        self.at = At::Object;
                    }
                }
            }
        }
        Ok(false)
    }
}

impl Iterator for PackStream {
    type Item = io::Result<Bytes>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut digest = self.digest.take()?;
        let mut piece = Vec::with_capacity(PIECE + 64);
        match self.fill(&mut piece) {
            Ok(false) => {
                digest.update(&piece);
                self.digest = Some(digest);
            }
            Ok(true) => {
                digest.update(&piece);
                piece.extend_from_slice(digest.finish().as_ref());
            }
            Err(error) => return Some(Err(error)),
        }
        Some(Ok(piece.into()))
    }
}

/// Kind and length: four bits of the length beside the kind, then seven in each byte, the lowest first.
fn head(kind: ObjectType, length: usize, piece: &mut Vec<u8>) -> io::Result<()> {
    let kind = match kind {
        ObjectType::Commit => 1,
        ObjectType::Tree => 2,
        ObjectType::Blob => 3,
        other => return Err(io::Error::other(format!("a {other} is not packed"))),
    };
    let low = |length: usize, mask: u8| length.to_le_bytes().first().copied().unwrap_or_default() & mask;
    let mut byte = (kind << 4) | low(length, 0x0f);
    let mut rest = length >> 4;
    while rest > 0 {
        piece.push(byte | 0x80);
        byte = low(rest, 0x7f);
        rest >>= 7;
    }
    piece.push(byte);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};

    use super::*;

    fn blob(data: Vec<u8>) -> Object {
        Object::new(ObjectType::Blob, data).unwrap()
    }

    /// What git finds in a pack: id and size of each object.
    fn found_by_git(pack: &[u8]) -> Vec<(String, usize)> {
        let folder = tempfile::tempdir().unwrap();
        let git = |arguments: &[&str]| {
            let mut command = Command::new("git");
            command.args(arguments).current_dir(&folder).env("HOME", folder.path());
            command.env("GIT_CONFIG_NOSYSTEM", "1").stdin(Stdio::piped()).stdout(Stdio::piped());
            command
        };
        assert!(git(&["init", "--quiet", "--bare"]).status().unwrap().success());
        let mut index = git(&["index-pack", "--stdin", "--strict"]).spawn().unwrap();
        index.stdin.take().unwrap().write_all(pack).unwrap();
        assert!(index.wait().unwrap().success());
        let check = ["cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objectsize)"];
        let listed = git(&check).output().unwrap().stdout;
        let listed = String::from_utf8(listed).unwrap();
        listed
            .lines()
            .map(|line| line.split_once(' ').unwrap())
            .map(|(id, size)| (id.to_owned(), size.parse().unwrap()))
            .collect()
    }

    /// Bytes that do not shrink.
    fn noise(length: usize) -> Vec<u8> {
        let mut state = 1_u64;
        let next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state.to_be_bytes()[0]
        };
        std::iter::repeat_with(next).take(length).collect()
    }

    #[test]
    fn objects_of_every_length_arrive_in_git() {
        let lengths = [0, 1, 15, 16, 127, 2047, 2048, 65_535, 65_536, 300_000];
        let objects: Vec<Object> = lengths.into_iter().map(|length| blob(noise(length))).collect();
        let mut expected: Vec<(String, usize)> =
            objects.iter().map(|object| (object.id.to_string(), object.data.len())).collect();
        expected.sort();

        let pack: Vec<u8> = PackStream::new(objects).unwrap().flat_map(Result::unwrap).collect();

        assert_eq!(found_by_git(&pack), expected);
    }

    #[test]
    fn an_object_that_is_there_twice_is_written_once() {
        let pack: Vec<u8> = PackStream::new(vec![blob(b"x".to_vec()), blob(b"x".to_vec())])
            .unwrap()
            .flat_map(Result::unwrap)
            .collect();

        assert_eq!(pack[8..12], [0, 0, 0, 1]);
        assert_eq!(found_by_git(&pack).len(), 1);
    }

    #[test]
    fn a_large_object_comes_in_small_pieces() {
        let pieces = PackStream::new(vec![blob(noise(1_000_000))]).unwrap().map(Result::unwrap);

        assert!(pieces.map(|piece| piece.len()).max().unwrap() <= PIECE + 64);
    }
}
