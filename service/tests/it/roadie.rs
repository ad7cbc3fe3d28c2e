//! The actions of `roadiehq:utils` give what the originals give.
//!
//! `roadie/answers.json` has inputs, files before, and what the original made of them; `roadie/answers.cjs`
//! wrote it, and says how. Where the original fails, ours must; messages are its own.

use catalog_gen::Entry;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::support::bench::{Bench, tree};

/// What the original did with an input.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    action: String,
    input: Value,
    files: Map<String, Value>,
    #[serde(default)]
    failed: bool,
    output: Option<Value>,
    after: Option<Map<String, Value>>,
}

fn answers() -> Vec<Answer> {
    serde_json::from_str(include_str!("roadie/answers.json")).unwrap()
}

fn files(bench: &Bench) -> Map<String, Value> {
    let text = |entry: &Entry| match entry {
        Entry::File(file) => Some(Value::from(file.text().unwrap())),
        _ => None,
    };
    let files = bench.workspace.iter().filter_map(|(path, entry)| Some((path.to_string(), text(entry)?)));
    files.collect()
}

/// What differs from the answer.
async fn difference(bench: &mut Bench, answer: &Answer) -> Option<String> {
    let before: Vec<(&str, &str)> =
        answer.files.iter().map(|(path, text)| (path.as_str(), text.as_str().unwrap())).collect();
    bench.workspace = tree(&before);
    bench.forget();
    let done = bench.step(&answer.action, answer.input.clone()).await;
    match (done, &answer.output, &answer.after) {
        (Err(_), ..) if answer.failed => None,
        (Ok(()), Some(output), Some(after)) => {
            let got = Value::Object(bench.outputs.clone());
            let now = files(bench);
            (got != *output || now != *after)
                .then(|| format!("expected {output} {after:?}\n     got {got} {now:?}"))
        }
        (done, ..) => {
            Some(format!("the original {}, ours: {done:?}", if answer.failed { "fails" } else { "works" }))
        }
    }
}

#[tokio::test]
async fn every_answer_is_that_of_the_original() {
    let answers = answers();
    let mut bench = Bench::new().await;
    let mut faults = Vec::new();
    for answer in &answers {
        if let Some(fault) = difference(&mut bench, answer).await {
            let Answer { action, input, files, .. } = answer;
            faults.push(format!("{action}\ninput {input}\nfiles {files:?}\n{fault}"));
        }
    }
    assert!(answers.len() > 700, "{}", answers.len());
    let shown: Vec<&str> = faults.iter().take(10).map(String::as_str).collect();
    assert!(faults.is_empty(), "{} of {} differ:\n\n{}", faults.len(), answers.len(), shown.join("\n\n"));
}
