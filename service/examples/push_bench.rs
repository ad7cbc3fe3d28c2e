//! Measures a first push beside the git command line: 30 and 1,000 files, to a `git http-backend` of this machine.
//!
//! Ours goes from files in memory to the branch on the server; git's from files that lie in a folder already, by
//! `init`, `add`, `commit` and `push`. Both push to the same server, into a new bare repository that checks what it
//! is sent, in turns, and who comes first changes. Files have 60 lines of text and no two are alike. Each figure is
//! the median of 15 turns (`--turns 5` for fewer) after one that is thrown away; after each push the files are
//! counted in the repository. Run it with `cargo run --release -p stagecraft --example push_bench`; it prints a
//! Markdown table.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use catalog_gen::{Entry, FileTree, TreePath};
use stagecraft::git::{Author, NewCommit, PushLimits, push};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

const SIZES: [usize; 2] = [30, 1_000];
const TURNS: usize = 15;
const LINES: usize = 60;
const FILES_PER_FOLDER: usize = 25;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let turns = std::env::args().skip_while(|word| word != "--turns").nth(1);
    let turns = turns.map_or(Ok(TURNS), |turns| turns.parse()).context("--turns is a number")?;
    let home = tempfile::tempdir()?;
    let address = serve(home.path().to_owned()).await?;
    println!(
        "| First push of | Stagecraft | fastest to slowest | git command line | fastest to slowest | Times |"
    );
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    for size in SIZES {
        let bench = Bench::new(home.path(), &address, size)?;
        let (mut ours, mut gits) = (Vec::new(), Vec::new());
        for turn in 0..=turns {
            let (our, git) = if turn % 2 == 0 {
                let our = bench.ours(turn).await?;
                (our, bench.git(turn).await?)
            } else {
                let git = bench.git(turn).await?;
                (bench.ours(turn).await?, git)
            };
            if turn > 0 {
                ours.push(our);
                gits.push(git);
            }
        }
        let (ours, gits) = (Figures::of(ours), Figures::of(gits));
        println!(
            "| {size} files, {} kB | {} ms | {}–{} | {} ms | {}–{} | {:.1} |",
            bench.tree.total_bytes() / 1000,
            ours.median,
            ours.fastest,
            ours.slowest,
            gits.median,
            gits.fastest,
            gits.slowest,
            gits.median as f64 / ours.median.max(1) as f64,
        );
    }
    Ok(())
}

/// Milliseconds.
struct Figures {
    median: u128,
    fastest: u128,
    slowest: u128,
}

impl Figures {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |index: usize| times.get(index).copied().unwrap_or_default().as_millis();
        Self { median: at(times.len() / 2), fastest: at(0), slowest: at(times.len().saturating_sub(1)) }
    }
}

/// Pushes of so many files.
struct Bench {
    home: PathBuf,
    address: String,
    tree: FileTree,
}

impl Bench {
    fn new(home: &Path, address: &str, files: usize) -> anyhow::Result<Self> {
        let mut tree = FileTree::new();
        for number in 0..files {
            let path = format!("src/part-{}/file-{number}.rs", number / FILES_PER_FOLDER);
            let text: String = (0..LINES).map(|line| line_of(number, line)).collect();
            tree.insert(TreePath::parse(&path)?, Entry::file(text))?;
        }
        Ok(Self { home: home.to_owned(), address: address.to_owned(), tree })
    }

    /// A repository to push to, and its name.
    async fn repository(&self, who: &str, turn: usize) -> anyhow::Result<String> {
        let name = format!("{who}-{}-{turn}.git", self.tree.len());
        git(&self.home, &["init", "--quiet", "--bare", "--initial-branch=main", &name]).await?;
        let folder = self.home.join(&name);
        git(&folder, &["config", "http.receivepack", "true"]).await?;
        git(&folder, &["config", "receive.fsckObjects", "true"]).await?;
        Ok(name)
    }

    async fn ours(&self, turn: usize) -> anyhow::Result<Duration> {
        let name = self.repository("ours", turn).await?;
        let url = format!("{}/{name}", self.address);
        let commit = NewCommit {
            tree: self.tree.clone(),
            branch: "main".to_owned(),
            message: "Initial commit".to_owned(),
            author: Author { name: "Ada".to_owned(), email: "ada@example.com".to_owned() },
            time_ms: 1_700_000_000_000,
        };
        let started = Instant::now();
        push(&url, commit, None, &PushLimits::default()).await?;
        let took = started.elapsed();
        self.check(&name).await?;
        Ok(took)
    }

    async fn git(&self, turn: usize) -> anyhow::Result<Duration> {
        let name = self.repository("git", turn).await?;
        let url = format!("{}/{name}", self.address);
        let folder = self.home.join(format!("work-{}-{turn}", self.tree.len()));
        for (path, entry) in self.tree.iter() {
            let place = folder.join(path.as_str());
            std::fs::create_dir_all(place.parent().context("a file has a folder")?)?;
            if let Entry::File(file) = entry {
                std::fs::write(place, &file.bytes)?;
            }
        }
        let started = Instant::now();
        git(&folder, &["init", "--quiet", "--initial-branch=main"]).await?;
        git(&folder, &["add", "--all"]).await?;
        git(&folder, &["commit", "--quiet", "--message=Initial commit"]).await?;
        git(&folder, &["push", "--quiet", &url, "main"]).await?;
        let took = started.elapsed();
        self.check(&name).await?;
        Ok(took)
    }

    /// Have all files arrived?
    async fn check(&self, name: &str) -> anyhow::Result<()> {
        let listed = git(&self.home.join(name), &["ls-tree", "-r", "--name-only", "main"]).await?;
        ensure!(listed.lines().count() == self.tree.len(), "`{name}` does not hold all files");
        Ok(())
    }
}

/// Text that is like a program's, and like no other line.
fn line_of(file: usize, line: usize) -> String {
    let value = (file as u64 * 1_000_003 + line as u64).wrapping_mul(6_364_136_223_846_793_005) >> 33;
    format!("    let value_{line} = transform(input_{file}, {value}); // step {line}\n")
}

/// Runs git without anybody's configuration.
async fn git(folder: &Path, arguments: &[&str]) -> anyhow::Result<String> {
    let output = Command::new("git")
        .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "gc.auto=0"])
        .args(arguments)
        .current_dir(folder)
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .await?;
    ensure!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

/// Serves the bare repositories in a folder, and gives the address.
async fn serve(root: PathBuf) -> anyhow::Result<String> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let router = Router::new().fallback(answer).with_state(root);
    drop(tokio::spawn(async move { axum::serve(listener, router).await }));
    Ok(address)
}

async fn answer(State(root): State<PathBuf>, request: Request) -> (StatusCode, HeaderMap, Bytes) {
    backend(&root, request).await.unwrap_or_else(|error| {
        (StatusCode::INTERNAL_SERVER_ERROR, HeaderMap::new(), Bytes::from(format!("{error:#}")))
    })
}

async fn backend(root: &Path, request: Request) -> anyhow::Result<(StatusCode, HeaderMap, Bytes)> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await?;
    let header =
        |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut child = Command::new("git")
        .arg("http-backend")
        .env("HOME", root)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("PATH_INFO", parts.uri.path())
        .env("QUERY_STRING", parts.uri.query().unwrap_or_default())
        .env("REQUEST_METHOD", parts.method.as_str())
        .env("CONTENT_TYPE", header("content-type"))
        .env("HTTP_CONTENT_ENCODING", header("content-encoding"))
        .env("CONTENT_LENGTH", body.len().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut input = child.stdin.take().context("there is an input")?;
    input.write_all(&body).await?;
    drop(input);
    let output = Bytes::from(child.wait_with_output().await?.stdout);
    let end = output.windows(4).position(|window| window == b"\r\n\r\n").context("there is a head")?;
    let (mut status, mut headers) = (StatusCode::OK, HeaderMap::new());
    for line in std::str::from_utf8(output.get(..end).unwrap_or_default())?.lines() {
        let (name, value) = line.split_once(": ").context("a header has a value")?;
        if name == "Status" {
            status = value.split(' ').next().unwrap_or_default().parse()?;
        } else {
            headers.insert(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
        }
    }
    Ok((status, headers, output.slice(end + 4..)))
}
