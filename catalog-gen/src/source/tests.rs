use super::{Content, Limits, chosen, gather, remote};
use crate::{Listed, ListedKind, Listing, TreePath};

fn listed(path: &str, size: u64) -> Listed {
    Listed { path: TreePath::parse(path).unwrap(), kind: ListedKind::File, size, id: None }
}

#[test]
fn every_form_of_a_git_address_is_one_remote() {
    let forms = [
        "acme/shop",
        "https://github.com/acme/shop",
        "https://github.com/acme/shop.git",
        "https://x-access-token:secret@github.com/acme/shop.git",
        "git@github.com:acme/shop.git",
        "ssh://git@github.com/acme/shop",
        "ssh://git@github.com:22/acme/shop.git",
    ];

    for form in forms {
        let remote = remote(form, "main").unwrap();
        assert_eq!(remote.url, "https://github.com/acme/shop", "{form}");
    }
}

#[test]
fn what_names_no_repository_is_no_remote() {
    for text in
        ["", "shop", "../shop", "./acme/shop", "file:///acme/shop", "/srv/acme/shop", "a b/c", "c:\\x\\y"]
    {
        assert_eq!(remote(text, "main"), None, "{text}");
    }
}

#[test]
fn a_note_of_git_lfs_is_not_taken_for_the_content() {
    let listing = Listing::new([listed("package.json", 130)], 0);
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n";

    let (files, unread) = gather(&listing, Limits::default(), |_| Content::Bytes(pointer.to_vec()));

    assert!(files.is_empty());
    assert!(unread.len() <= 1);
}

#[test]
fn no_more_is_chosen_than_there_is_room_for() {
    let files = (0..100).map(|at| listed(&format!("{at:02}/package.json"), 1000));
    let listing = Listing::new(files, 0);

    let (taken, left) = chosen(&listing, Limits { entries: 1000, bytes: 10_000 });

    assert!(taken.len() <= 10);
    assert!(taken.len() + left.len() == crate::wanted(&listing).len());
}
