//! YAML texts whose reading differs between versions of the language, or between readers.

/// Scalars, each of which is read in several places.
const SCALARS: &[&str] = &[
    "012",
    "-012",
    "+012",
    "0o14",
    "0xC",
    "0b11",
    "1_000",
    "1e3",
    "1E+3",
    "01e3",
    ".5",
    "5.",
    "+.5",
    "-.5",
    "+1",
    "1.",
    ".",
    "+",
    "-0",
    "0",
    "00",
    "-00.0",
    ".inf",
    "-.Inf",
    ".NaN",
    "nan",
    "yes",
    "No",
    "on",
    "y",
    "~",
    "null",
    "NULL",
    "nUll",
    "true",
    "TRUE",
    "tRue",
    "2024-01-02",
    "2024-01-02 03:04:05",
    "12:30",
    "0x",
    "0o8",
    "0xg",
    "1.5e",
    "123456789012345678901234567890",
    "9007199254740991",
    "!!str 012",
    "!!int 12",
    "!!float 1",
    "!!bool true",
    "!Ref x",
    "\"012\"",
    "'012'",
    "a: b",
    "a #c",
    "a#b",
    "@x",
    "`x",
    "%x",
    "=",
    "<<",
    "- a",
    "{a: 1, b}",
    "[a, , b]",
    "[a,]",
    "{a}",
    "{\"a\":1}",
    "{a:1}",
    "\"a\\nb\"",
    "\"\\x41\"",
    "'it''s'",
    "|\n  x\n  y\n",
    ">\n  x\n  y\n",
    "|2\n   x\n",
    "*a",
    "&a x",
    "&a",
    "? a",
    "a\n  b",
    "\"a\n  b\"",
    "x\t",
    "[[1]]",
    "-1x",
    "0.0.1",
    "1:2",
    "1,2",
    "0-1",
    "0e",
    "0e0",
    "00e1",
    "1e-3",
    "-1.50",
    "+012.50",
    "0123.",
    "\"\\u263a\"",
    "!!null x",
    "! 012",
    "! x",
    "!!binary aGk=",
    "-0xC",
];

/// Whole texts.
const WHOLE: &[&str] = &[
    "a: 1\n---\nb: 2\n",
    "---\n---\n",
    "# c\n",
    "",
    "a: 1\na: 2\n",
    "a: &x {b: 1}\nc:\n  <<: *x\n",
    "a: 1\n...\n",
    "a: 1\n...\nb: 2\n",
    "%YAML 1.2\n---\na: 1\n",
    "\u{feff}a: 1\n",
    "a: 1\r\nb: 2\r\n",
    "a:\n- b\n- c\n",
    "- - a\n  - b\n",
    "a: |\n  x\n ---\n",
    "a: \"x\n---\ny\"\n",
    "---a: 1\n",
    "--- a\n--- b\n",
    "--- |\n x\n",
    "1: a\n",
    "~: a\n",
    "[a]: b\n",
    "{a: b}: c\n",
    "a: b: c\n",
    "a:\n\tb: c\n",
    "a: [\n1\n]\n",
    "\"a\": 1\n\"b\": 2\n",
    "a: *x\n",
    "&a a: *a\n",
    "a: !!set {x, y}\n",
    "a: &x 1\nb: &x 2\nc: *x\n",
    "a: |+\n  x\n\n\nb: 1\n",
    "a: >-\n  x\n\n  y\n",
    "a: 'x\n\n  y'\n",
    "a: b\n c\n",
    "a:\n  - b\n - c\n",
    "a: {b: 1\n",
    "a: 'x\n",
    "{a: 1}\nb\n",
    "a: 1 # c\n# d\nb: 2\n",
    "a:\n  b: 1\n c: 2\n",
    "- a\nb: 1\n",
    "a: \"\\q\"\n",
    "a: @b\n",
    "? a\n: b\n",
    "a: !x\nb: 1\n",
    "a: &x\nb: *x\n",
    "a: \u{2028}b\n",
    "ä: ö\n",
    "a: 1\u{0}\n",
    "a: \u{7}\n",
];

/// Everything that is compared.
pub(super) fn all() -> Vec<String> {
    let mut texts: Vec<String> = WHOLE.iter().map(|text| (*text).to_owned()).collect();
    for scalar in SCALARS {
        texts.push(format!("k: {scalar}\n"));
        texts.push(format!("- {scalar}\n"));
        texts.push(format!("[{scalar}]\n"));
        texts.push((*scalar).to_owned());
        texts.push(format!("{scalar}: v\n"));
    }
    texts
}

/// Texts with many aliases, some of which are too many.
pub(super) fn aliases() -> Vec<String> {
    let uses = |name: &str, times: usize| vec![format!("*{name}"); times].join(", ");
    let mut texts = Vec::new();
    for times in [1, 98, 99, 100, 101] {
        texts.push(format!("a: &x 1\nb: [{}]\n", uses("x", times)));
        texts.push(format!("a: &x {{b: [c, d]}}\nb: [{}]\n", uses("x", times)));
        texts.push(format!("a: &x []\nb: [{}]\n", uses("x", times)));
    }
    for (inner, outer) in
        [(1, 48), (1, 49), (1, 50), (9, 9), (9, 10), (10, 9), (11, 11), (30, 2), (50, 1), (98, 1)]
    {
        texts.push(format!("a: &x 1\nb: &y [{}]\nc: [{}]\n", uses("x", inner), uses("y", outer)));
        texts.push(format!("a: &y {{k: &x [1], l: [{}]}}\nc: [{}]\n", uses("x", inner), uses("y", outer)));
    }
    texts
}
