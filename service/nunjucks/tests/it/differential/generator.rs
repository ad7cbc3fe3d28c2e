//! Templates by chance, the same ones for the same seed.

use super::corpus::{Case, Options};
use super::grammar::{
    EXPRESSIONS, KEYS, KEYWORDS, LEAVES, NAMES, NUMBERS, PIECES, REGEXES, STATEMENTS, STRINGS, TEXTS,
};

/// A source of chance that is the same everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.below(from.len())]
    }
}

/// The names that the corpus knows, which a test holds against those of the engine.
#[derive(Default)]
struct Names {
    filters: Vec<&'static str>,
    tests: Vec<&'static str>,
    methods: Vec<&'static str>,
    globals: Vec<&'static str>,
}

impl Names {
    fn read() -> Self {
        let mut names = Self::default();
        let mut section = "";
        for line in include_str!("../../corpus/names.txt").lines() {
            if let Some(title) = line.strip_prefix("== ") {
                section = title.strip_prefix("cookiecutter ").unwrap_or(title);
            } else if !line.is_empty() && !line.starts_with(' ') {
                match section.split(' ').next() {
                    // Chance cannot be compared.
                    Some("filter") if line != "random" => names.filters.push(line),
                    Some("test") => names.tests.push(line),
                    Some("method") => names.methods.push(line),
                    Some("global") => names.globals.push(line),
                    _ => {}
                }
            }
        }
        names
    }
}

/// Makes templates.
pub(super) struct Generator {
    chance: Chance,
    names: Names,
}

impl Generator {
    pub(super) fn new(seed: u64) -> Self {
        Self { chance: Chance(seed.wrapping_mul(0x2545_f491_4f6c_dd1d)), names: Names::read() }
    }

    /// The next case.
    pub(super) fn case(&mut self) -> Case {
        let options = match self.chance.below(12) {
            0 | 1 => Options::Trimmed,
            2 => Options::Cookiecutter,
            _ => Options::Plain,
        };
        let mut template = self.template();
        if self.chance.one_in(10) {
            template = self.damaged(&template);
        }
        if options == Options::Cookiecutter {
            template = template.replace("${{", "{{");
        }
        Case { options, template }
    }

    fn template(&mut self) -> String {
        let depth = 1 + self.chance.below(3);
        match self.chance.below(5) {
            0 => self.body(depth, 4),
            1 => format!("{{% macro m(x) %}}<${{{{ x }}}}>{{% endmacro %}}{}", self.body(depth, 3)),
            2 => self.statement(depth),
            _ => self.output(depth),
        }
    }

    fn body(&mut self, depth: usize, most: usize) -> String {
        let count = self.chance.below(most);
        (0..count).map(|_| self.node(depth)).collect()
    }

    fn node(&mut self, depth: usize) -> String {
        match self.chance.below(5) {
            0 => self.chance.pick(TEXTS).to_owned(),
            1 if depth > 0 => self.statement(depth - 1),
            _ => self.output(depth.saturating_sub(1)),
        }
    }

    fn output(&mut self, depth: usize) -> String {
        let expression = self.expression(depth);
        match self.chance.below(16) {
            0 => format!("${{{{{expression}}}}}"),
            1 => format!("${{{{- {expression} -}}}}"),
            2 => format!("${{{{\n {expression}\n}}}}"),
            _ => format!("${{{{ {expression} }}}}"),
        }
    }

    fn statement(&mut self, depth: usize) -> String {
        let production = self.chance.pick(STATEMENTS);
        let made = self.expand(production, depth);
        if !self.chance.one_in(8) {
            return made;
        }
        let made = if self.chance.one_in(2) { made.replacen("{% ", "{%- ", 1) } else { made };
        if self.chance.one_in(2) { made.replacen(" %}", " -%}", 1) } else { made }
    }

    fn expression(&mut self, depth: usize) -> String {
        if depth == 0 {
            return match self.chance.below(4) {
                0 => self.chance.pick(NUMBERS).to_owned(),
                1 => self.chance.pick(STRINGS).to_owned(),
                _ => self.chance.pick(LEAVES).to_owned(),
            };
        }
        let production = self.chance.pick(EXPRESSIONS);
        self.expand(production, depth - 1)
    }

    fn expand(&mut self, production: &str, depth: usize) -> String {
        let mut out = String::new();
        let mut chars = production.chars();
        while let Some(char) = chars.next() {
            match (char, char == '@') {
                (_, true) => {
                    let letter = chars.next().unwrap();
                    out.push_str(&self.made(letter, depth));
                }
                (char, _) => out.push(char),
            }
        }
        out
    }

    fn made(&mut self, letter: char, depth: usize) -> String {
        let names = &self.names;
        let fixed = match letter {
            'e' => return self.expression(depth),
            'a' => return self.arguments(depth),
            'b' => return self.body(depth, 3),
            'l' => LEAVES,
            'i' => NUMBERS,
            't' => STRINGS,
            'r' => REGEXES,
            'v' => NAMES,
            'k' => KEYS,
            'F' => &names.filters,
            'T' => &names.tests,
            'M' => &names.methods,
            'G' => &names.globals,
            other => panic!("`@{other}` means nothing"),
        };
        self.chance.pick(fixed).to_owned()
    }

    fn arguments(&mut self, depth: usize) -> String {
        let count = [0, 1, 1, 1, 2, 2, 3][self.chance.below(7)];
        let mut arguments = Vec::new();
        for _ in 0..count {
            let keyword = self.chance.one_in(14).then(|| self.chance.pick(KEYWORDS));
            let value = match self.chance.below(6) {
                0 | 1 => self.chance.pick(NUMBERS).to_owned(),
                2 | 3 => self.chance.pick(STRINGS).to_owned(),
                4 => self.chance.pick(LEAVES).to_owned(),
                _ => self.expression(depth),
            };
            arguments.push(keyword.map_or_else(|| value.clone(), |name| format!("{name}={value}")));
        }
        arguments.join(", ")
    }

    /// The template with a piece taken out, put in or doubled.
    fn damaged(&mut self, template: &str) -> String {
        let mut chars: Vec<char> = template.chars().collect();
        for _ in 0..=self.chance.below(2) {
            let at = self.chance.below(chars.len() + 1);
            let length = self.chance.below(4).min(chars.len() - at);
            match self.chance.below(3) {
                0 => drop(chars.drain(at..at + length)),
                1 => drop(chars.splice(at..at, self.chance.pick(PIECES).chars())),
                _ => {
                    let piece: Vec<char> = chars[at..at + length].to_vec();
                    drop(chars.splice(at..at, piece));
                }
            }
        }
        chars.into_iter().collect()
    }
}
