//! What is written for people, for programs and for build services.

use std::process::Command;

use super::Bench;

fn failing() -> Bench {
    let bench = Bench::new();
    bench.case("good", "description: It works.\nvalues: { name: demo }\nexpect: { snapshot: false }\n");
    bench.case("bad", "values: { name: demo }\nexpect:\n  snapshot: false\n  files: { README.md: { equals: \"<&\\e[0m>\" } }\n  output: { links: 1 }\n");
    bench
}

/// What python's XML parser makes of a file.
fn parsed(bench: &Bench, file: &str) -> String {
    let script = "
import sys, xml.etree.ElementTree as tree
for element in tree.parse(sys.argv[1]).iter():
    shown = {key: value for key, value in element.attrib.items() if key != 'time'}
    print(element.tag, shown, (element.text or '').strip())
";
    let output = Command::new("python3").args(["-c", script]).arg(bench.program.path(file)).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn junit_holds_every_case_with_its_findings() {
    let bench = failing();

    let ran = bench.test(&["--junit", "out/junit.xml"]);

    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(parsed(&bench, "out/junit.xml"));
}

#[test]
fn json_holds_every_case_with_its_findings() {
    let judged = failing().judged(&[]);

    assert_eq!((judged.document["passed"].as_u64(), judged.document["failed"].as_u64()), (Some(1), Some(1)));
    assert_eq!(judged.case("good")["description"], "It works.");
    assert_eq!(judged.case("good")["template"], "service");
    assert_eq!(judged.case("bad")["findings"][0]["line"], 4);
    assert!(judged.case("good")["milliseconds"].is_f64());
}

#[test]
fn escapes_in_files_do_not_reach_the_terminal() {
    let ran = failing().test(&[]);

    assert!(ran.out.contains("-<&\\u{1b}[0m>"), "{}", ran.out);
    assert!(!ran.out.contains('\u{1b}'), "{}", ran.out);
}

#[test]
fn a_diff_has_colours_in_a_terminal() {
    let bench = failing();
    let script = "
import os, pty, sys
read = lambda fd: os.read(fd, 65536)
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:], read)))
";
    let binary = crate::cli::program::binary();

    let mut python = bench.program.command("python3".as_ref());
    let output = python.args(["-c", script, binary, "test", "service"]).output().unwrap();

    let shown = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{shown}");
    assert!(shown.contains("\u{1b}[32m+# demo\u{1b}[0m"), "{shown}");
    assert!(shown.contains("\u{1b}[31m✗\u{1b}[0m bad"), "{shown}");
}

#[test]
fn a_junit_file_that_cannot_be_written_is_told() {
    let bench = failing();
    bench.program.write("taken", "a file");

    let ran = bench.test(&["--junit", "taken/junit.xml"]);

    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("`taken/junit.xml` cannot be written"), "{}", ran.err);
}
