//! The report against hand-made answers, and against any bytes at all.

use proptest::prelude::*;

use super::*;

const MAIN: &str = "refs/heads/main";

fn lines(lines: &[&str]) -> Vec<u8> {
    let mut report: String = lines.iter().map(|line| packet(line)).collect();
    report.push_str("0000");
    report.into_bytes()
}

fn in_band(band: u8, content: &[u8]) -> Vec<u8> {
    let mut framed = format!("{:04x}", content.len() + 5).into_bytes();
    framed.push(band);
    framed.extend(content);
    framed
}

/// Reads an answer that comes in pieces of these lengths.
fn read(bytes: &[u8], banded: bool, cuts: &[usize]) -> Result<Option<Verdict>, WireError> {
    let (mut answer, mut decoder, mut rest) = (PushAnswer::new(MAIN, banded), Decoder::default(), bytes);
    for cut in cuts.iter().copied().chain([usize::MAX]) {
        let (piece, after) = rest.split_at(cut.min(rest.len()));
        decoder.push(piece);
        rest = after;
        while let Some(packet) = decoder.pop()? {
            answer.feed(packet)?;
        }
    }
    Ok(answer.verdict())
}

fn banded(report: &[u8]) -> Vec<u8> {
    [in_band(1, report), b"0000".to_vec()].concat()
}

#[test]
fn a_report_that_is_good_throughout_is_a_success() {
    let report = lines(&["unpack ok\n", "ok refs/heads/main\n"]);

    assert_eq!(read(&report, false, &[]), Ok(Some(Verdict::Done)));
    assert_eq!(read(&banded(&report), true, &[]), Ok(Some(Verdict::Done)));
}

#[test]
fn a_report_may_be_spread_over_packets_and_texts() {
    let report = lines(&["unpack ok\n", "ok refs/heads/main\n"]);
    let (first, second) = report.split_at(7);
    let answer =
        [in_band(2, b"hello\n"), in_band(1, first), in_band(2, b""), in_band(1, second), b"0000".to_vec()]
            .concat();

    assert_eq!(read(&answer, true, &[]), Ok(Some(Verdict::Done)));
}

#[test]
fn a_refusal_comes_with_all_reasons() {
    let report = lines(&["unpack bad pack\n", "ng refs/heads/main unpacker error\n"]);
    let answer = [in_band(2, b"fatal: fsck error\n"), banded(&report)].concat();

    let reasons = Reasons {
        pack: "bad pack".to_owned(),
        branch: "unpacker error".to_owned(),
        said: "fatal: fsck error\n".to_owned(),
    };
    assert_eq!(read(&answer, true, &[]), Ok(Some(Verdict::Refused(reasons))));
}

#[test]
fn half_a_success_is_none() {
    let refused = |report: &[&str]| matches!(read(&lines(report), false, &[]), Ok(Some(Verdict::Refused(_))));
    assert!(refused(&["unpack no\n", "ok refs/heads/main\n"]));
    assert!(refused(&["unpack ok\n", "ng refs/heads/main\n"]));
    assert!(refused(&["unpack ok\n", "ok refs/heads/main\n", "ng refs/heads/main late\n"]));
    assert!(refused(&["unpack ok\n", "ng refs/heads/main early\n", "ok refs/heads/main\n"]));

    for report in [
        &["unpack ok\n"][..],
        &["unpack ok\n", "ok refs/heads/mainz\n"],
        &["unpack ok\n", "ok refs/heads/mai\n"],
    ] {
        assert_eq!(read(&lines(report), false, &[]), Ok(None), "{report:?}");
    }
    let cut = lines(&["unpack ok\n", "ok refs/heads/main\n"]);
    assert_eq!(read(&cut[..cut.len() - 4], false, &[]), Ok(None));
}

#[test]
fn a_fatal_text_beside_a_good_report_is_a_refusal() {
    let report = lines(&["unpack ok\n", "ok refs/heads/main\n"]);
    let answer = [in_band(1, &report), in_band(3, b"the disk is gone"), b"0000".to_vec()].concat();

    let Ok(Some(Verdict::Refused(reasons))) = read(&answer, true, &[]) else { panic!("taken for a success") };
    assert_eq!(reasons.said, "the disk is gone");
}

#[test]
fn what_is_no_report_is_malformed_or_the_servers_word() {
    assert!(matches!(read(&lines(&["ok refs/heads/main\n"]), false, &[]), Err(WireError::Malformed(_))));
    assert!(matches!(read(&lines(&["unpack ok\n", "yes\n"]), false, &[]), Err(WireError::Malformed(_))));
    assert!(matches!(read(&in_band(9, b"x"), true, &[]), Err(WireError::Malformed(_))));
    let words = WireError::Server("no access".to_owned());
    assert_eq!(read(&lines(&["ERR no access\n"]), false, &[]), Err(words.clone()));
    assert_eq!(read(&lines(&["ERR no access\n"]), true, &[]), Err(words));
}

#[test]
fn endless_texts_are_kept_to_a_bound() {
    let mut answer = PushAnswer::new(MAIN, true);
    for _ in 0..10_000 {
        answer.feed(Packet::Data(Bytes::from_static(b"\x02working and working\n"))).unwrap();
    }
    answer.feed(Packet::Data(Bytes::from_static(b"\x03stop"))).unwrap();

    let Some(Verdict::Refused(reasons)) = answer.verdict() else { panic!("taken for a success") };
    assert!(reasons.said.len() <= MAX_SAID);
}

#[test]
fn a_command_is_one_packet_and_an_end() {
    let command = command("0", "1", MAIN, "report-status");

    assert_eq!(command, "00260 1 refs/heads/main\0report-status\n0000");
}

/// Lines as they are, nearly are, and are not.
fn any_line() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("unpack ok\n".to_owned()),
        "unpack [ -~]{0,9}\n".prop_map(|line| line),
        Just("ok refs/heads/main\n".to_owned()),
        Just("ng refs/heads/main no\n".to_owned()),
        "(ok|ng) refs/heads/[a-z]{0,5}( [ -~]{0,9})?\n?".prop_map(|line| line),
        "[ -~]{0,12}".prop_map(|line| line),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn a_success_is_only_read_from_what_says_so(
        report in prop::collection::vec(any_line(), 0..6),
        with_band in any::<bool>(),
        cuts in prop::collection::vec(0_usize..40, 0..8),
    ) {
        let inner = lines(&report.iter().map(String::as_str).collect::<Vec<_>>());
        let bytes = if with_band { banded(&inner) } else { inner };

        let whole = read(&bytes, with_band, &[]);

        prop_assert_eq!(&read(&bytes, with_band, &cuts), &whole);
        let good = report.first().is_some_and(|line| line == "unpack ok\n")
            && report.iter().any(|line| line.trim_end() == "ok refs/heads/main");
        prop_assert!(good || whole != Ok(Some(Verdict::Done)));
    }

    #[test]
    fn no_bytes_make_it_panic_or_a_success(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        frames in prop::collection::vec((0_u8..5, prop::collection::vec(any::<u8>(), 0..60)), 0..8),
        with_band in any::<bool>(),
    ) {
        let framed: Vec<u8> = frames.iter().flat_map(|(band, content)| in_band(*band, content)).collect();

        for bytes in [bytes, framed] {
            prop_assert_ne!(read(&bytes, with_band, &[3, 5, 7]), Ok(Some(Verdict::Done)));
        }
    }
}
