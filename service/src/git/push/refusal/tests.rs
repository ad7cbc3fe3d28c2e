//! Words of git and GitHub, and what they are taken for.

use super::*;

#[test]
fn a_repository_or_branch_of_a_telling_name_is_not_taken_for_the_reason() {
    let words = "gh013: repository rule violations found for main. review all repository rules at \
                 https://github.com/acme/gh001-protected-branch/rules?ref=refs%2fheads%2fmain";

    assert_eq!(kind_of(words), RefusalKind::Rule);
}

#[test]
fn every_kind_is_known_by_some_words_and_has_an_advice() {
    for (kind, words) in KINDS {
        for word in *words {
            let found = KINDS.iter().position(|(known, _)| *known == kind_of(word)).unwrap();
            let own = KINDS.iter().position(|(known, _)| known == kind).unwrap();
            assert!(found <= own, "`{word}` is never reached");
        }
        assert!(!advice(*kind).is_empty());
    }
}

#[test]
fn progress_rulers_and_prefixes_are_left_out_of_what_is_told() {
    let said = "Resolving deltas:  50% (1/2)\rResolving deltas: 100% (2/2), done.\n\
                remote: error: GH013: Repository rule violations found\n\n\
                ———— GitHub Personal Access Token ————\n   - path: a:1  \n----\n";

    assert_eq!(
        told(said),
        "GH013: Repository rule violations found; GitHub Personal Access Token; path: a:1"
    );
}

#[test]
fn statuses_without_words_have_their_own_kinds() {
    let url = Url::parse("https://github.com/acme/shop.git").unwrap();
    let kind = |status, said| of_status(&url, status, said).kind;

    assert_eq!(kind(401, ""), RefusalKind::Token);
    assert_eq!(kind(403, ""), RefusalKind::Access);
    assert_eq!(kind(413, ""), RefusalKind::TooLarge);
    assert_eq!(kind(507, ""), RefusalKind::Quota);
    assert_eq!(kind(418, ""), RefusalKind::Other);
    assert_eq!(kind(403, "Permission to acme/shop.git denied to jane."), RefusalKind::Access);
    assert_eq!(kind(422, "This repository was archived so it is read-only."), RefusalKind::ReadOnly);
}
