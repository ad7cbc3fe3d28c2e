//! The starter set: its own tests hold, and each policy has an example that it refuses and one that it takes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use catalog_gen::{Entry, FileTree, TreePath};
use policy::{Level, Limits, PolicySet, Repository, check, prove};
use serde_json::json;

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates/_policies")
}

fn all_examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/examples")
}

/// All files below a folder, by their paths in it.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).unwrap_or_else(|error| panic!("`{}`: {error}", next.display()))
        {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned());
            }
        }
    }
    found
}

pub(crate) fn modules() -> BTreeMap<String, String> {
    files(&folder()).into_iter().filter(|(name, _)| name.ends_with(".rego")).collect()
}

pub(crate) fn starter() -> PolicySet {
    PolicySet::read(&modules(), json!({})).unwrap_or_else(|faults| panic!("{faults}"))
}

pub(crate) fn repository(folder: &Path) -> Repository {
    gathered(files(folder))
}

fn gathered(files: impl IntoIterator<Item = (String, String)>) -> Repository {
    let mut tree = FileTree::new();
    for (path, text) in files {
        tree.insert(TreePath::parse(&path).unwrap(), Entry::file(text)).unwrap();
    }
    Repository::new(tree)
}

pub(crate) fn examples(id: &str) -> [(PathBuf, bool); 2] {
    let examples = all_examples().join(id);
    [(examples.join("good"), true), (examples.join("bad"), false)]
}

#[test]
fn the_tests_of_the_policies_hold() {
    let proven = prove(&starter(), Limits::default());

    let failed: Vec<String> = proven
        .proofs
        .iter()
        .filter_map(|proof| {
            proof.failure.as_ref().map(|why| format!("{}:{} {}: {why}", proof.file, proof.line, proof.name))
        })
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(proven.proofs.len() > 50, "{}", proven.proofs.len());
}

#[test]
fn every_policy_says_what_why_and_how_to_mend() {
    for policy in starter().policies() {
        assert!(
            policy.title != policy.id && !policy.why.is_empty(),
            "`{}` does not say what and why",
            policy.file
        );
        assert!(!policy.mend.starts_with("see `"), "`{}` does not say how to mend it", policy.file);
        assert_eq!(policy.file, format!("{}.rego", policy.id.replace('-', "_")));
    }
}

#[test]
fn every_policy_has_tests() {
    let set = starter();
    let proven = prove(&set, Limits::default());
    for policy in set.policies() {
        let file = policy.file.replace(".rego", "_test.rego");
        assert!(proven.proofs.iter().filter(|proof| proof.file == file).count() > 1, "`{file}` has no tests");
    }
}

#[test]
fn every_policy_takes_its_good_example_and_refuses_its_bad_one() {
    let set = starter();
    let mut told = String::new();
    for policy in set.policies() {
        for (folder, good) in examples(&policy.id) {
            let report = check(&set, &repository(&folder), Limits::default());
            let found: Vec<String> = report
                .findings
                .iter()
                .filter(|one| {
                    one.policy == policy.id
                        || one.policy.starts_with("policy-")
                        || one.policy.starts_with("file-")
                })
                .map(|one| {
                    format!("{}:{} {} {}: {}\n", one.file, one.line, one.level, one.policy, one.message)
                })
                .collect();
            assert_eq!(found.is_empty(), good, "{}: {found:?}", folder.display());
            told.extend(found);
        }
    }
    insta::assert_snapshot!(told);
}

#[test]
fn every_example_belongs_to_a_policy() {
    let set = starter();
    for entry in std::fs::read_dir(all_examples()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(set.policies().any(|policy| policy.id == name), "`examples/{name}` belongs to no policy");
    }
}

#[test]
fn the_page_has_every_policy() {
    let page = std::fs::read_to_string(folder().join("../../docs/policy.md")).unwrap();
    for policy in starter().policies() {
        let mut about: Vec<&str> = policy.kinds.iter().map(|kind| kind.word()).collect();
        about.extend(policy.repository.then_some("repository"));
        let row = format!(
            "| [`{}`](../templates/_policies/{}) | {} | {} |\n",
            policy.id,
            policy.file,
            policy.title,
            about.join(", ")
        );
        assert!(page.contains(&row), "docs/policy.md lacks:\n{row}");
    }
    for (id, title) in policy::OWN_RULES {
        assert!(page.contains(&format!("| `{id}` | {title} |\n")), "docs/policy.md lacks `{id}`");
    }
    for kind in policy::Kind::ALL {
        assert!(page.contains(&format!("| `{}` | ", kind.word())), "docs/policy.md lacks `{}`", kind.word());
    }
}

#[test]
fn what_the_golden_paths_generate_is_taken() {
    let templates = folder().join("..");
    let mut checked = 0;
    for template in std::fs::read_dir(&templates).unwrap() {
        let Ok(snapshots) = std::fs::read_dir(template.unwrap().path().join("cases/snapshots")) else {
            continue;
        };
        for snapshot in snapshots {
            let snapshot = snapshot.unwrap().path();
            // A name that would mean something where it lies has `.snap` behind it.
            let files = files(&snapshot).into_iter().map(|(name, text)| match name.strip_suffix(".snap") {
                Some(real) if !real.is_empty() => (real.to_owned(), text),
                _ => (name, text),
            });
            let report = check(&starter(), &gathered(files), Limits::default());
            let refused: Vec<_> =
                report.findings.iter().filter(|one| one.level == policy::Level::Error).collect();
            assert!(refused.is_empty(), "{}: {refused:#?}", snapshot.display());
            checked += 1;
        }
    }
    assert!(checked > 3, "only {checked} snapshots were found");
}

#[test]
fn policies_are_read_while_others_are_asked() {
    let set = starter();
    let (folder, _) = &examples("images-by-digest")[0];
    let repository = repository(folder);

    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..5).for_each(|_| assert_eq!(starter().digest(), set.digest())));
            scope.spawn(|| {
                for _ in 0..5 {
                    let report = check(&set, &repository, Limits::default());
                    assert!(
                        report.findings.iter().all(|found| found.level != Level::Error),
                        "{:?}",
                        report.findings
                    );
                }
            });
        }
    });
}
