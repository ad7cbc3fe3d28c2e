//! A file tree as a tar archive: what is read from a repository in one go.
//!
//! It writes what readers of tar understand everywhere: ustar, with an extended header before a name that is too
//! long for it. Contents are shared with the tree, not copied. The invariant: every piece but contents is whole
//! blocks, so the archive is well formed whatever names the tree holds.

use axum::body::Bytes;
use catalog_gen::{Entry, FileTree};

const BLOCK: usize = 512;
const LONGEST_NAME: usize = 100;

/// Bits of permission and the kinds of entries.
mod kind {
    pub(super) const FILE: u8 = b'0';
    pub(super) const LINK: u8 = b'2';
    pub(super) const FOLDER: u8 = b'5';
    pub(super) const EXTENDED: u8 = b'x';
}

/// An entry of the archive.
struct Member<'a> {
    name: &'a str,
    mode: u32,
    kind: u8,
    link: &'a str,
    content: Bytes,
}

/// The archive in pieces; everything lies in the folder `top`.
pub(super) fn pieces(top: &str, tree: &FileTree, seconds: i64) -> Vec<Bytes> {
    let mut all = Vec::with_capacity(tree.len() * 3 + 4);
    add(&mut all, folder(&format!("{top}/")), seconds);
    for (path, entry) in tree.iter() {
        let name = &format!("{top}/{path}");
        match entry {
            Entry::File(file) => {
                let (mode, content) = (if file.executable { 0o755 } else { 0o644 }, file.bytes.clone());
                add(&mut all, Member { name, mode, kind: kind::FILE, link: "", content }, seconds);
            }
            Entry::Symlink { target: link } => {
                let content = Bytes::new();
                add(&mut all, Member { name, mode: 0o777, kind: kind::LINK, link, content }, seconds);
            }
            Entry::Dir => add(&mut all, folder(&format!("{name}/")), seconds),
        }
    }
    all.push(Bytes::from_static(&[0; BLOCK * 2]));
    all
}

fn folder(name: &str) -> Member<'_> {
    Member { name, mode: 0o755, kind: kind::FOLDER, link: "", content: Bytes::new() }
}

fn add(all: &mut Vec<Bytes>, member: Member<'_>, seconds: i64) {
    if member.name.len() > LONGEST_NAME || member.link.len() > LONGEST_NAME {
        let content = Bytes::from(records(&[("path", member.name), ("linkpath", member.link)]));
        let extended = Member { name: "extended", mode: 0o644, kind: kind::EXTENDED, link: "", content };
        add(all, extended, seconds);
    }
    all.push(header(&member, seconds));
    let rest = padding(member.content.len());
    all.extend([member.content, rest]);
}

/// What fills the last block of a content.
fn padding(length: usize) -> Bytes {
    Bytes::from(vec![0; length.next_multiple_of(BLOCK) - length])
}

/// Records of an extended header: each begins with its own length.
fn records(pairs: &[(&str, &str)]) -> Vec<u8> {
    let mut text = String::new();
    for (key, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        let rest = key.len() + value.len() + 3;
        let mut length = rest + 1;
        while rest + length.to_string().len() != length {
            length += 1;
        }
        text.push_str(&format!("{length} {key}={value}\n"));
    }
    text.into_bytes()
}

fn header(member: &Member<'_>, seconds: i64) -> Bytes {
    let Member { name, mode, kind, link, content } = member;
    let cut = |text: &str| text.bytes().take(LONGEST_NAME).collect::<Vec<u8>>();
    let fields: [(Vec<u8>, usize); 13] = [
        (cut(name), LONGEST_NAME),
        (format!("{mode:07o}").into_bytes(), 8),
        (b"0000000".to_vec(), 8),
        (b"0000000".to_vec(), 8),
        (format!("{:011o}", content.len()).into_bytes(), 12),
        (format!("{:011o}", seconds.clamp(0, 0o77_777_777_777)).into_bytes(), 12),
        // The checksum is made with spaces in its own place.
        (b"        ".to_vec(), 8),
        (vec![*kind], 1),
        (cut(link), LONGEST_NAME),
        (b"ustar\x0000".to_vec(), 8),
        (b"root".to_vec(), 32),
        (b"root".to_vec(), 32),
        (Vec::new(), 183),
    ];
    let mut block = Vec::with_capacity(BLOCK);
    for (mut field, length) in fields {
        field.resize(length, 0);
        block.extend_from_slice(&field);
    }
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    let sum = format!("{sum:06o}\0 ").into_bytes();
    let start = 148;
    block.splice(start..start + sum.len(), sum);
    Bytes::from(block)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use catalog_gen::{File, TreePath};

    use super::*;

    #[test]
    fn tar_reads_what_was_written() {
        let long = format!("{}/{}.txt", "folder".repeat(20), "ü".repeat(60));
        let mut tree = FileTree::new();
        let mut insert = |path: &str, entry: Entry| {
            tree.insert(TreePath::parse(path).unwrap(), entry).unwrap();
        };
        insert("README.md", Entry::file("x".repeat(512)));
        insert("bin/run", Entry::File(File { executable: true, ..File::new("#!/bin/sh\n") }));
        insert("link", Entry::Symlink { target: "README.md".to_owned() });
        insert("empty", Entry::Dir);
        insert(&long, Entry::file("long\n"));
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("a.tar");
        std::fs::write(&archive, pieces("top", &tree, 1_700_000_000).concat()).unwrap();

        let ran = Command::new("tar").arg("-xf").arg(&archive).arg("-C").arg(folder.path()).output().unwrap();

        assert!(ran.status.success() && ran.stderr.is_empty(), "{}", String::from_utf8_lossy(&ran.stderr));
        let top = folder.path().join("top");
        assert_eq!(std::fs::read_to_string(top.join("README.md")).unwrap().len(), 512);
        assert_eq!(std::fs::read_to_string(top.join("link")).unwrap().len(), 512);
        assert_eq!(std::fs::read_to_string(top.join(&long)).unwrap(), "long\n");
        assert!(top.join("empty").is_dir());
        let modes =
            std::os::unix::fs::PermissionsExt::mode(&top.join("bin/run").metadata().unwrap().permissions());
        assert_eq!(modes & 0o111, 0o111);
    }
}
