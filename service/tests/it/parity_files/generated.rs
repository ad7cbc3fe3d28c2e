//! Cases made from a seed: skeletons in random combinations of names, contents, options and what is there
//! before; and files of random bytes, for the guess whether they are binary.
//!
//! Names carry a number, so that no two entries of a skeleton render to the same name.

use serde_json::{Map, Value, json};

use super::case::{Case, Item, Wanted};

/// A small generator (SplitMix64): the same seed gives the same cases everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn of<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }
}

/// Parts of names; `@` becomes a number. What the part renders to stands beside it.
const PARTS: &[(&str, &str)] = &[
    ("n@", "n@"),
    ("${{ values.name }}-@", "demo-@"),
    ("@${{ values.n }}", "@3"),
    ("{% if values.yes %}y@{% endif %}", "y@"),
    ("{% if values.no %}z@{% endif %}", ""),
    ("{% if values.empty %}@{% endif %}", ""),
    ("${{ values.list[0] }}@${{ values.list[1] }}", "a@b"),
    (".dot@", ".dot@"),
    ("sp ace@", "sp ace@"),
    ("üñ@日本", "üñ@日本"),
    ("[x]@(y)", "[x]@(y)"),
    ("{{ cookiecutter.name }}@", "{{ cookiecutter.name }}@"),
    ("${{ values.name | upper }}@${{ values.unknown }}", "DEMO@"),
    ("@.${{ values.dot }}x", "@..x"),
];

const ENDINGS: &[&str] = &["", ".md", ".njk", ".txt.njk", ".tpl", ".yml", "."];

const TEXTS: &[&str] = &[
    "",
    "plain\n",
    "${{ values.name }}",
    "a\r\n${{ values.n }}\r\n",
    "{% if values.yes %}\n  yes\n{% else %}\n  no\n{% endif %}\n",
    "  {% for x in values.list %}\n- ${{ x }}\n  {% endfor %}\n",
    "{# gone #}\n\tx {{ cookiecutter.name }} ${{ values.map.key }}\n",
    "{% raw %}${{ github.sha }}{% endraw %}\n",
    "\u{feff}${{ values.name }} grüße 🚀\n",
    "{{ cookiecutter.list | jsonify }}{%- if cookiecutter.yes %} y{% endif -%}\n z",
    "${{ values.unknown }}[${{ values.none }}]",
];

const BYTES: &[&[u8]] = &[b"\x89PNG\r\n\x1a\n\0\0 ${{ values.name }}", b"%PDF-1.4 ${{", b"\0\x01\x02"];

const COPIES: &[&str] =
    &["**", "*.md", "**/*.md", "n*", "**/n*/**", ".*", "!**/*.yml", "sp*/**", "**/*.{njk,tpl}"];

/// Skeletons with options, over what is there before.
pub(super) fn trees(seed: u64, count: usize) -> Vec<Case> {
    (0..count)
        .map(|number| {
            let mut chance = Chance(seed ^ (u64::try_from(number).unwrap() << 40));
            let case = tree(&mut chance, format!("skeleton {number} of seed {seed}"));
            Case { generated: true, ..case }
        })
        .collect()
}

fn tree(chance: &mut Chance, name: String) -> Case {
    let mut case = Case::new(name).folder("skeleton").folder("before");
    let mut folders = vec![(String::new(), Some(String::new()))];
    let mut last = 0;
    let input = options(chance);
    let replaces = input.get("replace") == Some(&json!(true));
    for _ in 0..1 + chance.below(10) {
        let (folder, rendered_folder) = folders[chance.below(folders.len())].clone();
        last += 1;
        let (part, rendered_part) = PARTS[chance.below(PARTS.len())];
        let number = last.to_string();
        let (part, rendered_part) = (part.replace('@', &number), rendered_part.replace('@', &number));
        let ending = if rendered_part.is_empty() || chance.one_in(2) { "" } else { chance.of(ENDINGS) };
        let path = format!("{folder}{part}{ending}");
        let rendered = rendered_folder
            .filter(|_| !rendered_part.is_empty())
            .map(|folder| format!("{folder}{rendered_part}{ending}"));
        match chance.below(12) {
            // Rows of the page: a file without a name over its folder, a link over a file.
            3..=11 if replaces && rendered_part.is_empty() => {}
            0..=2 => {
                // A folder's name has no ending: one that ends as templates do is a case of its own.
                let (path, rendered) = (
                    format!("{folder}{part}/"),
                    rendered.map(|path| format!("{}/", path.strip_suffix(ending).unwrap())),
                );
                case = case.folder(&format!("skeleton/{path}"));
                folders.push((path, rendered));
                continue;
            }
            3 => case = case.link(&format!("skeleton/{path}"), chance.of(&["elsewhere", "nowhere", "./x/y"])),
            4 => case = case.file(&format!("skeleton/{path}"), chance.of(BYTES)),
            5 => case = case.script(&format!("skeleton/{path}"), chance.of(BYTES)),
            6 => case = case.script(&format!("skeleton/{path}"), chance.of(TEXTS)),
            _ => case = case.file(&format!("skeleton/{path}"), chance.of(TEXTS)),
        }
        let is_link = matches!(case.items.last(), Some((_, Item::Link(_))));
        if let Some(rendered) = rendered.filter(|_| chance.one_in(4) && !(is_link && replaces)) {
            case = stands_there(case, chance, &rendered);
        }
    }
    case.before().template(Value::Object(input))
}

/// Something at the place that an entry renders to. Links are a matter of the written cases.
fn stands_there(case: Case, chance: &mut Chance, rendered: &str) -> Case {
    let path = format!("before/{rendered}");
    match chance.below(6) {
        0 => case.folder(&path),
        1 => case.file(&format!("{path}/x"), "old"),
        2 => case.script(&path, "old"),
        3 => case.item(&path, Item::File { bytes: b"\0old".to_vec(), mode: 0o755 }),
        _ => case.file(&path, "old"),
    }
}

fn options(chance: &mut Chance) -> Map<String, Value> {
    let mut input = Map::new();
    let mut set = |name: &str, value: Value| drop(input.insert(name.to_owned(), value));
    for name in ["replace", "trimBlocks", "lstripBlocks"] {
        if chance.one_in(3) {
            set(name, json!(!chance.one_in(4)));
        }
    }
    let replaces = input.get("replace") == Some(&json!(true));
    let mut set = |name: &str, value: Value| drop(input.insert(name.to_owned(), value));
    if chance.one_in(5) {
        set("targetPath", json!(chance.of(&["./", "a/b", "", "t"])));
    }
    match chance.below(6) {
        0 | 1 => {
            let globs: Vec<&str> = (0..1 + chance.below(3)).map(|_| chance.of(COPIES)).collect();
            set("copyWithoutTemplating", json!(globs));
        }
        2 => {
            set("templateFileExtension", [json!(true), json!("njk"), json!(".tpl")][chance.below(3)].clone())
        }
        // With `replace` a name that uses `values` would render to nothing over its folder: a row of the page.
        3 if !replaces => set("cookiecutterCompat", json!(true)),
        _ => {}
    }
    input
}

/// One file of bytes on the border between text and not.
pub(super) fn blobs(seed: u64, count: usize) -> Vec<Case> {
    (0..count)
        .map(|number| {
            let mut chance = Chance(!seed ^ (u64::try_from(number).unwrap() << 40));
            let case = Case::new(format!("blob {number} of seed {seed}"));
            let case = case.file("skeleton/blob", blob(&mut chance)).template(json!({}));
            Case { generated: true, wanted: Wanted::SameGuess, ..case }
        })
        .collect()
}

fn blob(chance: &mut Chance) -> Vec<u8> {
    let mut bytes = Vec::new();
    match chance.below(8) {
        0 => bytes.extend(chance.of::<[u8]>(&[
            b"\xef\xbb\xbf",
            b"\xff\xfe",
            b"\xfe\xff",
            b"%PDF-",
            b"\x84\x31\x95\x33",
        ])),
        1 => bytes.extend([0x0a, u8::try_from(chance.below(40)).unwrap(), 0x12, 4]),
        _ => {}
    }
    let longest = if chance.one_in(4) { 700 } else { 60 };
    let length = chance.below(longest);
    let odd = [2, 5, 9, 11, 14, 30, 1_000][chance.below(7)];
    let tag = chance.below(length + 1);
    for place in 0..=length {
        if place == tag {
            bytes.extend(b"${{ values.name }}");
        }
        match chance.below(odd) {
            0 => bytes.push(u8::try_from(chance.below(256)).unwrap()),
            1 => bytes.extend(chance.of(&["é", "日", "🚀", "ß"]).bytes()),
            _ => bytes.push(b' ' + u8::try_from(chance.below(95)).unwrap()),
        }
    }
    bytes
}
