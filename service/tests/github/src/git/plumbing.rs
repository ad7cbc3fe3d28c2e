//! What git itself does better than we would: reading files of a commit, comparing branches, merging them.
//!
//! Each function is one or a few runs of the command line in a bare repository, with nothing of the environment.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs git in a bare repository; gives what it writes, or nothing where it fails.
pub(crate) fn git(folder: &Path, args: &[&str], input: Option<&str>) -> Option<String> {
    let (ok, output) = run(folder, args, input.unwrap_or_default().as_bytes())?;
    ok.then_some(output)
}

/// Runs git in a bare repository; gives whether it went well and what it writes.
fn run(folder: &Path, args: &[&str], input: &[u8]) -> Option<(bool, String)> {
    let (ok, output) = ran(folder, args, input)?;
    Some((ok, String::from_utf8_lossy(&output).into_owned()))
}

fn ran(folder: &Path, args: &[&str], input: &[u8]) -> Option<(bool, Vec<u8>)> {
    let mut command = Command::new(super::program());
    command.arg("--git-dir").arg(folder).args(args).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.envs([("GIT_CONFIG_NOSYSTEM", "1"), ("HOME", "/nonexistent"), ("LC_ALL", "C")]);
    for who in ["AUTHOR", "COMMITTER"] {
        command
            .env(format!("GIT_{who}_NAME"), "GitHub")
            .env(format!("GIT_{who}_EMAIL"), "noreply@github.com");
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let mut stdin = child.stdin.take()?;
    // A git that does not read its input says so with its status.
    let _ = stdin.write_all(input);
    drop(stdin);
    let output = child.wait_with_output().ok()?;
    Some((output.status.success(), output.stdout))
}

/// The content of a blob.
pub(crate) fn blob(folder: &Path, id: &str) -> Option<Vec<u8>> {
    let (ok, output) = ran(folder, &["cat-file", "blob", id], b"")?;
    ok.then_some(output)
}

/// Stores an object; gives its id. One that is malformed is refused.
pub(crate) fn store(folder: &Path, kind: &str, content: &[u8]) -> Option<String> {
    let (ok, output) = ran(folder, &["hash-object", "-t", kind, "-w", "--stdin"], content)?;
    ok.then(|| String::from_utf8_lossy(&output).trim().to_owned())
}

/// Takes in a pack, without moving any ref.
pub(crate) fn unpack(folder: &Path, pack: &[u8]) -> Option<()> {
    let (ok, _) = ran(folder, &["unpack-objects", "-q"], pack)?;
    ok.then_some(())
}

/// The id of what a name stands for.
pub(crate) fn resolved(folder: &Path, name: &str) -> Option<String> {
    let id = git(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", name], None)?;
    Some(id.trim().to_owned())
}

/// Makes a tree of another one, or of none, and entries of mode, id and path; mode 0 removes. Gives its id.
pub(crate) fn tree(
    folder: &Path,
    base: Option<&str>,
    entries: &[(String, String, String)],
) -> Option<String> {
    git(folder, &["read-tree", base.unwrap_or("--empty")], None)?;
    let lines: String = entries.iter().map(|(mode, id, path)| format!("{mode} {id}\t{path}\0")).collect();
    git(folder, &["update-index", "-z", "--index-info"], Some(&lines))?;
    git(folder, &["write-tree"], None).map(|id| id.trim().to_owned())
}

/// The text of a file at a commit or branch.
pub(crate) fn file(folder: &Path, at: &str, path: &str) -> Option<String> {
    git(folder, &["cat-file", "blob", &format!("{at}:{path}")], None)
}

/// The files below a folder at a commit or branch, by their whole paths.
pub(crate) fn files(folder: &Path, at: &str, below: &str) -> Vec<String> {
    let listed = git(folder, &["ls-tree", "-r", "-z", "--name-only", at, below], None).unwrap_or_default();
    listed.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect()
}

/// How many commits `head` has that `base` has not.
pub(crate) fn ahead(folder: &Path, base: &str, head: &str) -> usize {
    let count = git(folder, &["rev-list", "--count", &format!("{base}..{head}")], None);
    count.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
}

/// The commits that `head` has and `base` has not, oldest first.
pub(crate) fn commits(folder: &Path, base: &str, head: &str) -> Vec<String> {
    let listed = git(folder, &["rev-list", "--reverse", &format!("{base}..{head}")], None);
    listed.unwrap_or_default().lines().map(str::to_owned).collect()
}

/// The commit that both come from.
pub(crate) fn merge_base(folder: &Path, one: &str, other: &str) -> Option<String> {
    git(folder, &["merge-base", one, other], None).map(|id| id.trim().to_owned())
}

/// The tree of both merged; nothing if they conflict.
pub(crate) fn merged_tree(folder: &Path, base: &str, head: &str) -> Option<String> {
    let output = git(folder, &["merge-tree", "--write-tree", base, head], None)?;
    output.lines().next().map(str::to_owned)
}

/// The tree of a commit put onto another; nothing if it conflicts.
fn replayed_tree(folder: &Path, commit: &str, onto: &str) -> Option<String> {
    let base = format!("--merge-base={commit}^");
    let output = git(folder, &["merge-tree", "--write-tree", &base, onto, commit], None)?;
    output.lines().next().map(str::to_owned)
}

/// Makes a commit; gives its id.
pub(crate) fn commit(folder: &Path, tree: &str, parents: &[&str], message: &str) -> Option<String> {
    let mut args = vec!["commit-tree", tree];
    for parent in parents {
        args.extend(["-p", parent]);
    }
    git(folder, &args, Some(message)).map(|id| id.trim().to_owned())
}

/// Puts the commits of `head` onto `base` one by one; gives the last.
pub(crate) fn rebased(folder: &Path, base: &str, head: &str) -> Option<String> {
    let from = merge_base(folder, base, head)?;
    let mut onto = base.to_owned();
    for one in commits(folder, &from, head) {
        let tree = replayed_tree(folder, &one, &onto)?;
        let message = git(folder, &["log", "-1", "--format=%B", &one], None)?;
        onto = commit(folder, &tree, &[&onto], message.trim_end())?;
    }
    Some(onto)
}

/// Moves a branch, if it is still where it was.
pub(crate) fn move_branch(folder: &Path, branch: &str, to: &str, from: &str) -> bool {
    git(folder, &["update-ref", &format!("refs/heads/{branch}"), to, from], None).is_some()
}

/// A changed file between two commits.
pub(crate) struct Changed {
    pub(crate) path: String,
    /// `added`, `removed` or `modified`.
    pub(crate) status: &'static str,
    pub(crate) additions: u64,
    pub(crate) deletions: u64,
    pub(crate) sha: String,
}

/// What differs between two commits, by path.
pub(crate) fn changed(folder: &Path, base: &str, head: &str) -> Vec<Changed> {
    let args = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", base, head];
    let raw = git(folder, &args, None).unwrap_or_default();
    let args = ["diff-tree", "-r", "-z", "--numstat", "--no-renames", base, head];
    let counts = git(folder, &args, None).unwrap_or_default();
    let counts: Vec<(u64, u64)> = counts.split('\0').filter_map(counted).collect();
    let mut parts = raw.split('\0');
    let mut all = Vec::new();
    while let (Some(told), Some(path)) = (parts.next(), parts.next()) {
        let words: Vec<&str> = told.split(' ').collect();
        let status = match words.last() {
            Some(&"A") => "added",
            Some(&"D") => "removed",
            _ => "modified",
        };
        let sha = words.get(if status == "removed" { 2 } else { 3 }).copied().unwrap_or_default().to_owned();
        let (additions, deletions) = counts.get(all.len()).copied().unwrap_or_default();
        all.push(Changed { path: path.to_owned(), status, additions, deletions, sha });
    }
    all
}

/// Added and removed lines of `3<tab>1<tab>path`; a file that is no text has dashes.
fn counted(line: &str) -> Option<(u64, u64)> {
    let mut words = line.split('\t');
    let (added, removed) = (words.next()?, words.next()?);
    Some((added.parse().unwrap_or(0), removed.parse().unwrap_or(0)))
}

/// Who and when of a commit, its tree and its message.
pub(crate) struct Told {
    pub(crate) tree: String,
    pub(crate) author: (String, String),
    pub(crate) committer: (String, String),
    pub(crate) when: String,
    pub(crate) message: String,
}

/// What a commit says.
pub(crate) fn told(folder: &Path, id: &str) -> Option<Told> {
    let format = "--format=%T%x00%an%x00%ae%x00%cn%x00%ce%x00%cd%x00%B";
    let date = "--date=format-local:%Y-%m-%dT%H:%M:%SZ";
    let output = git(folder, &["log", "-1", date, format, id], None)?;
    let mut parts = output.splitn(7, '\0').map(|part| part.trim_end().to_owned());
    let mut next = || parts.next();
    Some(Told {
        tree: next()?,
        author: (next()?, next()?),
        committer: (next()?, next()?),
        when: next()?,
        message: next()?,
    })
}

/// A change of a file: its path, and its content; nothing to remove it.
pub(crate) type Change<'a> = (&'a str, Option<&'a [u8]>);

/// Who writes a commit, and what about.
pub(crate) struct Signed<'a> {
    pub(crate) name: &'a str,
    pub(crate) email: &'a str,
    /// Seconds since 1970.
    pub(crate) at: u64,
    pub(crate) message: &'a str,
}

/// Makes a commit on a branch, which may be new and then begins with it; gives its id.
pub(crate) fn write(
    folder: &Path,
    branch: &str,
    changes: &[Change<'_>],
    signed: &Signed<'_>,
) -> Option<String> {
    let name = format!("refs/heads/{branch}");
    let before = super::Store::at(folder).resolve(&name);
    let mut stream =
        format!("commit {name}\ncommitter {} <{}> {} +0000\n", signed.name, signed.email, signed.at);
    stream.push_str(&format!("data {}\n{}\n", signed.message.len(), signed.message));
    if let Some(before) = before {
        stream.push_str(&format!("from {before}\n"));
    }
    let mut stream = stream.into_bytes();
    for (path, content) in changes {
        match content {
            Some(content) => {
                stream.extend(format!("M 100644 inline {path}\ndata {}\n", content.len()).bytes());
                stream.extend(*content);
                stream.push(b'\n');
            }
            None => stream.extend(format!("D {path}\n").bytes()),
        }
    }
    run(folder, &["fast-import", "--quiet"], &stream)?.0.then_some(())?;
    super::Store::at(folder).resolve(&name)
}
