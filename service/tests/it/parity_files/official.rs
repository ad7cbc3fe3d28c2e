//! Backstage's side: the actions of the published package, in Node (`tests/tools/backstage/actions.cjs`).

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use base64::Engine as _;
use serde::Deserialize;
use serde_json::json;

use super::case::{Case, Made, Node};

#[derive(Deserialize)]
struct Answer {
    error: Option<String>,
    files: Vec<(String, String, u32, String)>,
}

/// The process; it ends when this value is dropped, because its input closes.
pub(super) struct Official {
    node: Child,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Official {
    pub(super) fn start() -> Self {
        let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/backstage");
        let mut node = Command::new("node")
            .arg("actions.cjs")
            .current_dir(&tools)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node runs");
        let answers = BufReader::new(node.stdout.take().unwrap()).lines();
        Self { node, answers }
    }

    /// Runs cases whose folders are numbered below `folder`.
    pub(super) fn run(&mut self, folder: &Path, cases: &[Case]) -> Vec<Made> {
        let all: Vec<_> = cases
            .iter()
            .enumerate()
            .map(|(place, case)| {
                let (place, work) = (folder.join(place.to_string()), folder.join(format!("{place}-theirs")));
                json!({ "folder": place, "work": work, "steps": case.steps })
            })
            .collect();
        let missing = "Backstage's actions do not run; `service/tests/tools/install.sh` installs them";
        writeln!(self.node.stdin.as_mut().unwrap(), "{}", json!(all)).expect(missing);
        let line = self.answers.next().expect(missing).unwrap();
        let answers: Vec<Answer> = serde_json::from_str(&line).unwrap();
        assert_eq!(answers.len(), cases.len());
        answers.into_iter().map(made).collect()
    }
}

impl Drop for Official {
    fn drop(&mut self) {
        drop(self.node.stdin.take());
        drop(self.node.wait());
    }
}

fn made(answer: Answer) -> Made {
    if let Some(error) = answer.error {
        return Made::Error(error);
    }
    let base64 = base64::engine::general_purpose::STANDARD;
    let node = |(name, kind, mode, content): (String, String, u32, String)| {
        let node = match kind.as_str() {
            "link" => Node::Link(content),
            "folder" => Node::Folder,
            "file" => {
                let bytes = base64.decode(content).unwrap();
                match mode {
                    0o644 => Node::File { bytes, executable: false },
                    0o755 => Node::File { bytes, executable: true },
                    _ => Node::Odd(bytes, mode),
                }
            }
            other => panic!("{other}"),
        };
        (name, node)
    };
    Made::Files(answer.files.into_iter().map(node).collect())
}
