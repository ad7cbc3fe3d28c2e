//! The table of detectors in `docs/catalog.md` is what the detectors say of themselves. `UPDATE_GENERATED=1` writes it
//! anew.

use std::path::{Path, PathBuf};

use catalog_gen::{DETECTORS, Interest};

const BEGIN: &str =
    "<!-- detectors: made by `UPDATE_GENERATED=1 cargo test -p catalog-gen --test it`; do not edit. -->\n";
const END: &str = "<!-- /detectors -->\n";

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/catalog.md")
}

fn table() -> String {
    let mut out = String::from("\n| Detector | Finds | Reads | Does not see |\n| --- | --- | --- | --- |\n");
    for detector in DETECTORS {
        let reads: Vec<String> = detector.reads.iter().map(read).collect();
        let reads = if reads.is_empty() {
            "names of files only, or what others found".to_owned()
        } else {
            reads.join(", ")
        };
        out.push_str(&format!(
            "| `{}` | {} | {reads} | {} |\n",
            detector.name, detector.finds, detector.limits
        ));
    }
    out.push('\n');
    out
}

fn read(interest: &Interest) -> String {
    match interest {
        Interest::Name(name) | Interest::Path(name) => format!("`{name}`"),
        Interest::Suffix(end) => format!("`*{end}`"),
        Interest::Sniff(end) => format!("`*{end}` by content"),
    }
}

#[test]
fn the_page_lists_every_detector_as_it_is() {
    let page = page();
    let text = std::fs::read_to_string(&page).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("`docs/catalog.md` has no place for the detectors");
    let (_, after) = rest.split_once(END).expect("the place for the detectors does not end");
    let wanted = format!("{before}{BEGIN}{}{END}{after}", table());
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(&page, &wanted).unwrap();
    }
    let text = std::fs::read_to_string(&page).unwrap();
    assert!(
        text == wanted,
        "the detectors in `docs/catalog.md` are not current: run this test with UPDATE_GENERATED=1"
    );
}
