//! Version 2 of git's protocol, as far as looking at a repository without bringing it needs it.
//!
//! One request for the head of the default branch, one for objects that are known by their ids; neither needs the
//! list of all references. Every server speaks it since 2018; one that does not answers with words that are no
//! answer, which is an error here and no guess.

use super::{Packet, WireError, packet};

/// The default branch of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::git) struct Head {
    /// The commit.
    pub(in crate::git) commit: String,
    /// Its name, without `refs/heads/`; none where HEAD names a commit.
    pub(in crate::git) branch: Option<String>,
}

/// The request for the head of the default branch.
pub(in crate::git) fn head_request() -> String {
    format!("{}0001{}{}0000", packet("command=ls-refs\n"), packet("symrefs\n"), packet("ref-prefix HEAD\n"))
}

/// The request for objects by their ids. `trees_only`: of the one commit that is asked for, everything but the contents
/// of files, and no history.
pub(in crate::git) fn objects_request(ids: &[String], trees_only: bool) -> String {
    let mut request = format!("{}0001", packet("command=fetch\n"));
    let mut line = |text: &str| request.push_str(&packet(text));
    line("no-progress\n");
    line("ofs-delta\n");
    for id in ids {
        line(&format!("want {id}\n"));
    }
    if trees_only {
        line("deepen 1\n");
        line("filter blob:none\n");
    }
    line("done\n");
    request.push_str("0000");
    request
}

/// Takes the head out of the answer to its request.
#[derive(Debug, Default)]
pub(in crate::git) struct HeadAnswer {
    head: Option<Head>,
    complete: bool,
}

impl HeadAnswer {
    /// Takes the next packet.
    pub(in crate::git) fn feed(&mut self, packet: Packet) -> Result<(), WireError> {
        let line = match packet {
            Packet::Flush => {
                self.complete = true;
                return Ok(());
            }
            Packet::Delimiter => return Err(WireError::Malformed("a section in a list of references")),
            Packet::Data(line) => line,
        };
        if let Some(words) = line.strip_prefix(b"ERR ") {
            return Err(WireError::Server(String::from_utf8_lossy(words).into_owned()));
        }
        let Ok(text) = std::str::from_utf8(&line) else { return Ok(()) };
        let mut words = text.trim_end().split(' ');
        let (Some(id), Some(name)) = (words.next(), words.next()) else {
            return Err(WireError::Malformed("a reference without a name"));
        };
        if name != "HEAD" {
            return Ok(());
        }
        if id.len() != 40 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(WireError::Malformed("a reference whose id is not SHA-1"));
        }
        let branch = words.find_map(|word| word.strip_prefix("symref-target:refs/heads/"));
        self.head = Some(Head { commit: id.to_ascii_lowercase(), branch: branch.map(str::to_owned) });
        Ok(())
    }

    /// The head, once the whole answer has come; none of a repository without a commit.
    pub(in crate::git) fn end(self) -> Result<Option<Head>, WireError> {
        if self.complete { Ok(self.head) } else { Err(WireError::Malformed("an answer that is not whole")) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Decoder;
    use super::*;

    const ID: &str = "1111111111111111111111111111111111111111";

    fn read(answer: &str) -> Result<Option<Head>, WireError> {
        let (mut decoder, mut head) = (Decoder::default(), HeadAnswer::default());
        decoder.push(answer.as_bytes());
        while let Some(packet) = decoder.pop()? {
            head.feed(packet)?;
        }
        head.end()
    }

    #[test]
    fn the_head_is_read_with_the_name_of_its_branch() {
        let named = packet(&format!("{ID} HEAD symref-target:refs/heads/feat/x\n")) + "0000";
        let bare = packet(&format!("{ID} HEAD\n")) + "0000";

        assert_eq!(read(&named), Ok(Some(Head { commit: ID.to_owned(), branch: Some("feat/x".to_owned()) })));
        assert_eq!(read(&bare), Ok(Some(Head { commit: ID.to_owned(), branch: None })));
        assert_eq!(read("0000"), Ok(None));
    }

    #[test]
    fn an_answer_that_is_none_is_refused() {
        assert!(read(&packet(&format!("{ID} HEAD\n"))).is_err());
        assert!(read(&(packet("hello\n") + "0000")).is_err());
        assert!(read(&(packet("12 HEAD\n") + "0000")).is_err());
        assert_eq!(read(&packet("ERR no\n")), Err(WireError::Server("no\n".to_owned())));
    }

    #[test]
    fn objects_are_asked_for_by_their_ids() {
        let request = objects_request(&[ID.to_owned()], false);

        assert!(request.starts_with("0012command=fetch\n0001"), "{request}");
        assert!(request.contains(&packet(&format!("want {ID}\n"))), "{request}");
        assert!(!request.contains("filter"), "{request}");
        assert!(objects_request(&[ID.to_owned()], true).contains("filter blob:none\n"));
    }
}
