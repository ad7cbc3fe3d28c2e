//! Measures rendering alone: skeletons of 30, 1,000 and 10,000 files, in memory, in one process, both languages.
//!
//! A file has 40 lines with 3 substitutions, its name holds one more, and no two files are alike. Two more rows
//! are of the same files with one condition each, which Handlebars takes the long way for. Each figure is the median of 7 runs after one that is thrown away. Run it with
//! `cargo run --release -p stagecraft --example render_bench`; it prints a Markdown table, or with `--json` one
//! JSON object. Pin it to one core (`taskset -c 0`) for figures of one core.

use std::fmt::Write as _;
use std::time::Instant;

use catalog_gen::{Entry, FileTree, TreePath};
use nunjucks::Value;
use stagecraft::render::{self, TreeOptions, handlebars};

const SIZES: [usize; 3] = [30, 1_000, 10_000];
const RUNS: usize = 7;
const LINES: usize = 40;
const FILES_PER_FOLDER: usize = 25;

/// A language: how its tags are written and how a skeleton is rendered.
struct Language {
    name: &'static str,
    open: &'static str,
    close: &'static str,
    suffix: &'static str,
    /// Lines put in front of each file.
    block: &'static str,
    render: fn(&FileTree, &Value) -> Result<usize, render::RenderError>,
}

const LANGUAGES: [Language; 4] = [
    Language { name: "nunjucks", block: "", ..NUNJUCKS },
    Language { name: "handlebars", block: "", ..HANDLEBARS },
    NUNJUCKS,
    HANDLEBARS,
];

const NUNJUCKS: Language = Language {
    name: "nunjucks, a block in each file",
    open: "${{ values.",
    close: " }}",
    suffix: "",
    block: "{% if values.owner %}\n// Owned.\n{% endif %}\n",
    render: nunjucks_tree,
};

const HANDLEBARS: Language = Language {
    name: "handlebars, a block in each file",
    open: "{{ ",
    close: " }}",
    suffix: ".hbs",
    block: "{{#if owner}}\n// Owned.\n{{/if}}\n",
    render: handlebars_tree,
};

fn nunjucks_tree(skeleton: &FileTree, values: &Value) -> Result<usize, render::RenderError> {
    let hosts = ["github.com".to_owned()];
    Ok(render::render_tree(skeleton, &TreeOptions::default(), values, &hosts, &render::Ground::default())?
        .tree
        .len())
}

fn handlebars_tree(skeleton: &FileTree, values: &Value) -> Result<usize, render::RenderError> {
    Ok(handlebars::render_tree(skeleton, values)?.tree.len())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let json = std::env::args().any(|argument| argument == "--json");
    let values = Value::object([
        ("name", Value::from("demo-service")),
        ("owner", Value::from("group:default/bench")),
        ("description", Value::from("A demo service")),
    ]);
    let mut rows = Vec::new();
    for language in &LANGUAGES {
        for size in SIZES {
            let skeleton = skeleton(language, size)?;
            rows.push((language.name, size, median(language, &skeleton, &values)?));
        }
    }
    let cores = std::thread::available_parallelism()?.get();
    print(&rows, cores, json);
    Ok(())
}

/// Distinct files, the same as those of the templates that `bench/skeletons.mjs` writes.
fn skeleton(language: &Language, size: usize) -> Result<FileTree, Box<dyn std::error::Error>> {
    let write = |name: &str| format!("{}{name}{}", language.open, language.close);
    let mut tree = FileTree::new();
    for number in 0..size {
        let name = format!("src/part-{:03}/{}-file-{number:05}.ts", number / FILES_PER_FOLDER, write("name"));
        let mut text = format!("{}// File {number} of {}.\n", language.block, write("name"));
        writeln!(text, "export const owner = '{}';", write("owner"))?;
        writeln!(text, "export const description = '{}';", write("description"))?;
        for line in 4..=LINES {
            writeln!(text, "export const line{line} = '{number:05}: a line that no value changes';")?;
        }
        tree.insert(TreePath::parse(&(name + language.suffix))?, Entry::file(text))?;
    }
    Ok(tree)
}

/// The median time of a rendering, in milliseconds.
fn median(
    language: &Language,
    skeleton: &FileTree,
    values: &Value,
) -> Result<f64, Box<dyn std::error::Error>> {
    let mut times = Vec::with_capacity(RUNS);
    for run in 0..=RUNS {
        let start = Instant::now();
        let files = (language.render)(skeleton, values)?;
        let time = start.elapsed().as_secs_f64() * 1_000.0;
        if files != skeleton.len() {
            return Err(format!("{} files were rendered instead of {}", files, skeleton.len()).into());
        }
        if run > 0 {
            times.push(time);
        }
    }
    times.sort_by(f64::total_cmp);
    Ok(times.get(RUNS / 2).copied().unwrap_or(f64::NAN))
}

fn print(rows: &[(&str, usize, f64)], cores: usize, json: bool) {
    if json {
        let results: Vec<_> = rows
            .iter()
            .map(|(language, files, time)| serde_json::json!({"language": language, "files": files, "medianMs": time}))
            .collect();
        println!(
            "{}",
            serde_json::json!({"bench": "render", "cores": cores, "runs": RUNS, "results": results})
        );
        return;
    }
    println!("| language ({cores} cores) | 30 files | 1,000 files | 10,000 files |");
    println!("| --- | ---: | ---: | ---: |");
    for language in &LANGUAGES {
        let times = rows.iter().filter(|(name, ..)| *name == language.name);
        let cells: Vec<String> = times.map(|(_, _, time)| format!("{time:.2} ms")).collect();
        println!("| {} | {} |", language.name, cells.join(" | "));
    }
}
