//! [`Program`]: a folder to work in, and the program to run there.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

use crate::support::app::write;

/// A folder that the program runs in.
pub(crate) struct Program {
    folder: TempDir,
}

/// A run that has ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
    folder: PathBuf,
}

impl Program {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        write(&self.path(name), text);
    }

    /// Writes `<folder>/template.yaml` with these lines of its spec.
    pub(crate) fn template(&self, folder: &str, spec: &str) {
        let spec: String = spec.trim_start_matches('\n').lines().map(|line| format!("  {line}\n")).collect();
        let head = "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata:\n  name: ";
        self.write(
            &format!("{folder}/template.yaml"),
            &format!("{head}{folder}\nspec:\n  type: service\n{spec}"),
        );
    }

    /// Runs it without a terminal.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(&[], arguments)
    }

    /// The same with variables of the environment.
    pub(crate) fn run_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
        let mut command = self.command(Path::new(binary()));
        self.ran(command.args(arguments).envs(variables.iter().copied()).output().unwrap())
    }

    /// Runs it where no file may grow beyond so many blocks of 1024 bytes, as on a disk that is full.
    pub(crate) fn run_on_full_disk(&self, blocks: u32, arguments: &[&str]) -> Ran {
        self.ran(self.on_full_disk(blocks, arguments).output().unwrap())
    }

    pub(crate) fn start_on_full_disk(&self, blocks: u32, arguments: &[&str]) -> Child {
        let mut command = self.on_full_disk(blocks, arguments);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn on_full_disk(&self, blocks: u32, arguments: &[&str]) -> Command {
        let mut command = self.command(Path::new("bash"));
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        command.args(["-c", &script, "bash", binary()]).args(arguments);
        command
    }

    /// Starts it; the caller ends it.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(Path::new(binary()));
        command.args(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// A program with nothing of our environment.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir(self.folder.path()).stdin(Stdio::null());
        command.env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LC_ALL", "C.UTF-8");
        command.env("HOME", self.folder.path());
        command
    }

    fn ran(&self, output: Output) -> Ran {
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
            folder: self.folder.path().canonicalize().unwrap(),
        }
    }
}

impl Ran {
    /// What was printed to either side and the exit code, without what changes from run to run.
    pub(crate) fn steady(&self) -> String {
        let text = format!("{}{}exit code {}\n", self.out, self.err, self.code);
        steady(&text.replace(&self.folder.display().to_string(), "<folder>"))
    }
}

/// A text without ids, times, sizes and ports.
pub(crate) fn steady(text: &str) -> String {
    let replacements = [
        ("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>"),
        (r"\([0-9a-f]{12}\)", "(<commit>)"),
        (r"(<1|\b\d+) ms\b|\b\d+\.\d s\b", "<time>"),
        (r"\b\d+(\.\d kB| bytes)", "<size>"),
        (r"127\.0\.0\.1:\d{5}", "127.0.0.1:<port>"),
    ];
    let steady = |text: String, (pattern, name): (&str, &str)| {
        regex::Regex::new(pattern).unwrap().replace_all(&text, name).into_owned()
    };
    let text = replacements.into_iter().fold(text.to_owned(), steady);
    text.replace(binary(), "stagecraft")
}

pub(crate) fn binary() -> &'static str {
    env!("CARGO_BIN_EXE_stagecraft")
}
