//! The tree that a case gives, and the one that is kept.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use proptest::prelude::*;

use super::Bench;

const NONE: [&str; 0] = [];

/// A bench whose one case has its snapshot.
fn kept() -> Bench {
    let bench = Bench::new();
    bench.case("first", "values: { name: demo }\n");
    let ran = bench.test(&["--update"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    bench
}

#[test]
fn a_case_without_a_snapshot_fails_and_says_how_to_make_one() {
    let bench = Bench::new();
    bench.case("first", "values: { name: demo }\n");

    let judged = bench.judged(&[]);

    assert_eq!(judged.ran.code, 1);
    assert_eq!(
        judged.findings("first"),
        [
            "service/cases/snapshots/first: there is no snapshot yet; write it with `--update`, look at it, and commit it"
        ]
    );
}

#[test]
fn what_an_update_writes_passes_and_a_second_update_writes_nothing() {
    let bench = kept();

    let test = bench.judged(&[]);
    let update = bench.judged(&["--update"]);

    assert_eq!((test.ran.code, test.findings("first")), (0, Vec::new()));
    assert_eq!(
        update.case("first")["snapshot"],
        serde_json::json!({ "added": 0, "changed": 0, "removed": 0 })
    );
    assert_eq!(bench.program.read("service/cases/snapshots/first/README.md"), "# demo\nby \n");
}

#[test]
fn a_changed_skeleton_fails_with_the_file_and_the_line() {
    let bench = kept();
    bench.program.write("service/skeleton/README.md", "# ${{ values.name }}\nby nobody\n");

    let ran = bench.test(&[]);

    insta::assert_snapshot!(ran.steady(), @r"
    service
      ✗ first  <time>
          service/cases/snapshots/first/README.md:2: `README.md` differs from what is rendered
            --- service/cases/snapshots/first/README.md
            +++ rendered
            @@ -1,2 +1,2 @@
             # demo
            -by 
            +by nobody
    1 case, 1 failed, <time>
    error: the case failed; if what is rendered now is right, take it over with `--update`
    exit code 1
    ");
}

#[test]
fn entries_that_come_and_go_are_told() {
    let bench = kept();
    let snapshot = bench.program.path("service/cases/snapshots/first");
    std::fs::remove_file(snapshot.join("deploy.yaml")).unwrap();
    bench.program.write("service/cases/snapshots/first/old/x.txt", "x");
    bench.program.write("service/cases/snapshots/first/notes.snap", "x");

    let found = bench.judged(&[]).findings("first");
    let update = bench.judged(&["--update"]);

    assert_eq!(
        found,
        [
            "service/cases/snapshots/first/deploy.yaml: `deploy.yaml` is rendered, but not in the snapshot",
            "service/cases/snapshots/first/notes.snap: this is not part of the snapshot; remove it",
            "service/cases/snapshots/first/old/x.txt: this is in the snapshot, but is not rendered any more",
        ]
    );
    assert_eq!(
        update.case("first")["snapshot"],
        serde_json::json!({ "added": 1, "changed": 0, "removed": 2 })
    );
    assert!(!snapshot.join("old").exists());
    assert_eq!(bench.judged(&[]).findings("first"), NONE);
}

#[test]
fn programs_links_empty_folders_and_bytes_are_kept() {
    let bench = Bench::new();
    let skeleton = bench.program.path("service/skeleton");
    bench.program.write("service/skeleton/run.sh", "#!/bin/sh\n");
    std::fs::set_permissions(skeleton.join("run.sh"), PermissionsExt::from_mode(0o755)).unwrap();
    symlink("run.sh", skeleton.join("link")).unwrap();
    std::fs::write(skeleton.join("logo.png"), [0x89, b'P', 0, 1, 2, 0xff]).unwrap();
    bench.case("first", "values: { name: demo }\nmocks: { steps: { publish: {} } }\n");
    bench.test(&["--update"]);
    let snapshot = bench.program.path("service/cases/snapshots/first");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o111;

    assert_ne!(mode(&snapshot.join("run.sh")), 0);
    assert_eq!(mode(&snapshot.join("README.md")), 0);
    assert_eq!(std::fs::read_link(snapshot.join("link")).unwrap(), Path::new("run.sh"));
    assert_eq!(std::fs::read(snapshot.join("logo.png")).unwrap(), [0x89, b'P', 0, 1, 2, 0xff]);

    std::fs::set_permissions(snapshot.join("run.sh"), PermissionsExt::from_mode(0o644)).unwrap();
    std::fs::remove_file(snapshot.join("link")).unwrap();
    symlink("README.md", snapshot.join("link")).unwrap();
    std::fs::write(snapshot.join("logo.png"), [0x89, b'P', 0, 1, 3, 0xff]).unwrap();

    let at = "service/cases/snapshots/first";
    assert_eq!(
        bench.judged(&[]).findings("first"),
        [
            format!("{at}/link: `link` leads to `run.sh`; in the snapshot to `README.md`"),
            format!(
                "{at}/logo.png: `logo.png` differs: 6 bytes in the snapshot, 6 rendered, the first difference at byte 4"
            ),
            format!("{at}/run.sh: `run.sh` is rendered executable, but is not so in the snapshot"),
        ]
    );
    assert_eq!(bench.test(&["--update"]).code, 0);
    assert_eq!(bench.judged(&[]).findings("first"), NONE);
}

#[test]
fn names_that_others_obey_are_kept_under_another_name() {
    let bench = Bench::new();
    bench.program.write("service/skeleton/.gitignore", "README.md\n");
    bench.program.write("service/skeleton/catalog-info.yaml", "kind: Component\n");
    bench.case("first", "values: { name: demo }\n");

    bench.test(&["--update"]);

    let snapshot = bench.program.path("service/cases/snapshots/first");
    assert!(snapshot.join(".gitignore.snap").is_file() && !snapshot.join(".gitignore").exists());
    assert!(
        snapshot.join("catalog-info.yaml.snap").is_file() && !snapshot.join("catalog-info.yaml").exists()
    );
    assert_eq!(bench.judged(&[]).findings("first"), NONE);
}

#[test]
fn a_snapshot_of_no_case_is_a_finding_and_an_update_removes_it() {
    let bench = kept();
    bench.program.write("service/cases/snapshots/gone/x.txt", "x");
    bench.program.write("service/cases/snapshots/README.md", "About the snapshots.\n");

    let test = bench.judged(&[]);
    let one = bench.judged(&["--case", "first"]);
    let update = bench.test(&["--update"]);

    assert_eq!(test.ran.code, 1);
    assert_eq!(test.document["findings"][0]["file"], "service/cases/snapshots/gone");
    assert_eq!(one.ran.code, 0, "one case alone says nothing of others");
    assert_eq!(update.code, 0, "{}", update.err);
    assert!(update.out.contains("removed service/cases/snapshots/gone"), "{}", update.out);
    assert!(!bench.program.path("service/cases/snapshots/gone").exists());
    assert!(bench.program.path("service/cases/snapshots/README.md").exists());
}

#[test]
fn a_case_that_expects_a_failure_has_no_snapshot() {
    let bench = Bench::new();
    bench.case("invalid", "values: { name: DEMO }\nexpect: { invalid: [name] }\n");
    bench.case(
        "fails",
        "values: { name: demo, parts: [a] }\nmocks: { steps: { publish: { error: no } } }\nexpect: { error: no }\n",
    );

    let ran = bench.test(&["--update"]);

    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(!bench.program.path("service/cases/snapshots").exists());
}

#[test]
fn an_update_never_writes_through_a_link() {
    for link in ["cases/snapshots", "cases/snapshots/first"] {
        let bench = Bench::new();
        bench.case("first", "values: { name: demo }\n");
        bench.program.write("elsewhere/keep.txt", "mine");
        let at = bench.program.path(&format!("service/{link}"));
        std::fs::create_dir_all(at.parent().unwrap()).unwrap();
        symlink(bench.program.path("elsewhere"), &at).unwrap();

        let ran = bench.test(&["--update"]);

        assert_eq!(ran.code, 1, "{link}");
        assert!(ran.out.contains("this has to be a folder, and not a link to one"), "{}", ran.out);
        let left: Vec<_> = std::fs::read_dir(bench.program.path("elsewhere")).unwrap().collect();
        assert_eq!(left.len(), 1, "{link}");
    }
}

#[test]
fn a_link_in_a_snapshot_is_replaced_and_never_followed() {
    let bench = kept();
    bench.program.write("elsewhere/README.md", "mine");
    let snapshot = bench.program.path("service/cases/snapshots/first");
    std::fs::remove_file(snapshot.join("README.md")).unwrap();
    symlink(bench.program.path("elsewhere/README.md"), snapshot.join("README.md")).unwrap();

    let update = bench.test(&["--update"]);

    assert_eq!(update.code, 0, "{}{}", update.out, update.err);
    assert_eq!(bench.program.read("elsewhere/README.md"), "mine");
    assert!(std::fs::symlink_metadata(snapshot.join("README.md")).unwrap().is_file());
}

#[test]
fn snapshots_are_no_part_of_a_template_that_copies_its_own_folder() {
    let bench = Bench::new();
    bench.program.template("service", &super::SPEC.replace("url: ./skeleton", "url: ./"));
    bench.case("first", "values: { name: demo }\n");

    let update = bench.test(&["--update"]);
    let again = bench.judged(&[]);

    assert!(update.err.contains("note: service/template.yaml: step `fetch` fetches `./`"), "{}", update.err);
    assert_eq!(again.findings("first"), NONE);
    assert!(bench.program.path("service/cases/snapshots/first/cases/first.yaml").is_file());
    assert!(!bench.program.path("service/cases/snapshots/first/cases/snapshots").exists());
}

#[test]
fn the_first_snapshots_of_many_cases_are_written_together() {
    let bench = Bench::new();
    (0..40).for_each(|number| bench.case(&format!("c{number}"), "values: { name: demo }\n"));

    let ran = bench.test(&["--update"]);

    assert_eq!(ran.code, 0, "{}", ran.out);
    assert_eq!(std::fs::read_dir(bench.program.path("service/cases/snapshots")).unwrap().count(), 40);
}

#[test]
fn an_update_of_one_case_leaves_the_others_alone() {
    let bench = kept();
    bench.case("second", "values: { name: other }\n");
    bench.program.write("service/skeleton/README.md", "changed\n");

    let ran = bench.test(&["--update", "--case", "second"]);

    assert_eq!(ran.code, 0, "{}", ran.out);
    assert_eq!(bench.program.read("service/cases/snapshots/first/README.md"), "# demo\nby \n");
    assert_eq!(bench.program.read("service/cases/snapshots/second/README.md"), "changed\n");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_byte_changed_in_a_snapshot_fails_with_its_line(
        lines in proptest::collection::vec("[a-z ]{1,12}", 1..8),
        pick in any::<prop::sample::Index>(),
    ) {
        let bench = Bench::new();
        bench.program.write("service/skeleton/text.txt", &(lines.join("\n") + "\n"));
        bench.case("first", "values: { name: demo }\n");
        prop_assert_eq!(bench.test(&["--update"]).code, 0);
        prop_assert_eq!(bench.judged(&[]).findings("first"), NONE);
        let changed = pick.index(lines.len());
        let mut damaged = lines;
        damaged[changed].replace_range(..1, "#");
        bench.program.write("service/cases/snapshots/first/text.txt", &(damaged.join("\n") + "\n"));

        let judged = bench.judged(&[]);

        prop_assert_eq!(judged.ran.code, 1);
        prop_assert_eq!(
            judged.findings("first"),
            [format!("service/cases/snapshots/first/text.txt:{}: `text.txt` differs from what is rendered", changed + 1)]
        );
    }
}
