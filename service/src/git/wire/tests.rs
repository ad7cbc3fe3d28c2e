//! The protocol against hand-made answers, and against any bytes at all.

use proptest::prelude::*;

use super::*;

const MAIN: &str = "1111111111111111111111111111111111111111";
const TAG: &str = "2222222222222222222222222222222222222222";
const TAGGED: &str = "3333333333333333333333333333333333333333";
const OLD: &str = "4444444444444444444444444444444444444444";

fn advertisement(capabilities: &str) -> Advertisement {
    let lines = [
        packet("# service=git-upload-pack\n"),
        "0000".to_owned(),
        packet(&format!("{MAIN} HEAD\0{capabilities}\n")),
        packet(&format!("{MAIN} refs/heads/main\n")),
        packet(&format!("{TAG} refs/tags/v1\n")),
        packet(&format!("{TAGGED} refs/tags/v1^{{}}\n")),
        "0000".to_owned(),
    ];
    Advertisement::parse(lines.concat().as_bytes()).unwrap()
}

fn names(name: &str) -> Vec<String> {
    vec![name.to_owned()]
}

#[test]
fn a_branch_is_asked_for_alone_and_without_history() {
    let wanted =
        advertisement("side-band-64k shallow").want(&names("refs/heads/main"), None).unwrap().unwrap();

    assert_eq!(wanted.commit.as_deref(), Some(MAIN));
    let want = packet(&format!("want {MAIN} side-band-64k shallow\n"));
    assert_eq!(wanted.request, format!("{want}000ddeepen 1\n00000009done\n"));
}

#[test]
fn a_tag_is_asked_for_by_its_own_id_and_known_by_its_commit() {
    let wanted = advertisement("side-band-64k").want(&names("refs/tags/v1"), None).unwrap().unwrap();

    assert_eq!((wanted.object.as_str(), wanted.commit.as_deref()), (TAG, Some(TAGGED)));
}

#[test]
fn a_commit_without_a_name_is_asked_for_where_the_server_allows_it() {
    let listed = advertisement("side-band-64k shallow allow-reachable-sha1-in-want");

    let wanted = listed.want(&[], Some(OLD)).unwrap().unwrap();

    assert!(wanted.request.contains(&format!("want {OLD}")) && wanted.request.contains("deepen 1"));
    assert_eq!(wanted.commit, None);
}

#[test]
fn a_commit_without_a_name_costs_the_history_elsewhere() {
    let wanted = advertisement("side-band-64k shallow").want(&[], Some(OLD)).unwrap().unwrap();

    assert!(wanted.request.contains(MAIN) && wanted.request.contains(TAG));
    assert!(!wanted.request.contains(OLD) && !wanted.request.contains("deepen"));
}

#[test]
fn a_name_that_is_not_there_is_not_asked_for() {
    assert_eq!(advertisement("side-band-64k").want(&names("refs/heads/other"), None), Ok(None));
}

#[test]
fn an_empty_repository_lists_nothing() {
    let zero = "0".repeat(40);
    let lines = [
        packet("# service=git-upload-pack\n"),
        "0000".to_owned(),
        packet(&format!("{zero} capabilities^{{}}\0side-band-64k object-format=sha256\n")),
        "0000".to_owned(),
    ];

    let listed = Advertisement::parse(lines.concat().as_bytes()).unwrap();

    assert!(listed.is_empty());
    assert_eq!(listed.foreign_format(), Some("sha256"));
}

#[test]
fn a_reference_whose_name_is_not_utf_8_does_not_hide_the_others() {
    let mut body = [packet("# service=git-upload-pack\n"), "0000".to_owned()].concat().into_bytes();
    body.extend(format!("003b{MAIN} refs/heads/").bytes().chain([0xe4, b'a', b'\n']));
    body.extend(packet(&format!("{MAIN} refs/heads/main\n")).bytes());

    let listed = Advertisement::parse(&body).unwrap();

    assert_eq!(listed.references.len(), 1);
}

#[test]
fn a_list_that_was_cut_off_is_not_taken_for_a_short_one() {
    let body = [packet("# service=git-upload-pack\n"), "0000003f1111".to_owned()].concat();

    assert!(matches!(Advertisement::parse(body.as_bytes()), Err(WireError::Malformed(_))));
}

fn answer(packets: &[&[u8]]) -> (PackAnswer, Result<Vec<u8>, WireError>) {
    let (mut answer, mut pack) = (PackAnswer::default(), Vec::new());
    for content in packets {
        let packet =
            if content.is_empty() { Packet::Flush } else { Packet::Data(Bytes::copy_from_slice(content)) };
        match answer.feed(packet) {
            Ok(piece) => pack.extend(piece.unwrap_or_default()),
            Err(error) => return (answer, Err(error)),
        }
    }
    (answer, Ok(pack))
}

#[test]
fn the_pack_is_taken_out_of_its_band() {
    let (answer, pack) = answer(&[b"shallow 1", b"", b"NAK\n", b"\x01PA", b"\x02working", b"\x01CK", b""]);

    assert_eq!(pack.unwrap(), b"PACK");
    assert!(answer.is_complete());
}

#[test]
fn a_pack_that_was_cut_off_is_not_complete() {
    assert!(!answer(&[b"NAK\n", b"\x01PA"]).0.is_complete());
}

#[test]
fn what_the_server_says_on_its_error_band_is_kept() {
    let (_, pack) = answer(&[b"NAK\n", b"\x03no more quota"]);

    assert_eq!(pack, Err(WireError::Server("no more quota".to_owned())));
}

#[test]
fn a_refusal_before_the_pack_is_kept() {
    let (_, pack) = answer(&[b"ERR upload-pack: not our ref"]);

    assert_eq!(pack, Err(WireError::Server("upload-pack: not our ref".to_owned())));
}

fn packets_of(bytes: &[u8], cuts: &[usize]) -> Result<Vec<Packet>, WireError> {
    let (mut decoder, mut packets, mut rest) = (Decoder::default(), Vec::new(), bytes);
    for cut in cuts {
        let (piece, after) = rest.split_at((*cut).min(rest.len()));
        decoder.push(piece);
        rest = after;
        while let Some(packet) = decoder.pop()? {
            packets.push(packet);
        }
    }
    decoder.push(rest);
    while let Some(packet) = decoder.pop()? {
        packets.push(packet);
    }
    Ok(packets)
}

proptest! {
    #[test]
    fn packets_are_the_same_however_they_are_cut(
        lines in prop::collection::vec("[a-z]{1,40}", 0..20),
        cuts in prop::collection::vec(0_usize..30, 0..20),
    ) {
        let stream: String = lines.iter().map(|line| packet(line)).collect();

        let whole = packets_of(stream.as_bytes(), &[]).unwrap();

        prop_assert_eq!(whole.len(), lines.len());
        prop_assert_eq!(packets_of(stream.as_bytes(), &cuts).unwrap(), whole);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut framed = packet("# service=git-upload-pack\n").into_bytes();
        framed.extend(&bytes);

        let _ = Advertisement::parse(&framed);
        if let Ok(packets) = packets_of(&bytes, &[3, 5, 7]) {
            let mut answer = PackAnswer::default();
            let _ = packets.into_iter().try_for_each(|packet| answer.feed(packet).map(drop));
        }
    }
}
