//! Which folders the lists of workspaces name.

use std::collections::HashSet;

use crate::detect::paths::{folder_text, is_side};
use crate::{Ecosystem, Evidence, Findings, TreePath};

/// The folders of all packages that a list of a workspace names.
pub(super) fn folders(findings: &Findings) -> HashSet<TreePath> {
    let mut out = HashSet::new();
    let folders: Vec<&TreePath> =
        findings.packages.iter().filter_map(|package| package.folder.as_ref()).collect();
    for workspace in &findings.workspaces {
        let base = workspace.file.parent();
        let (left_out, members): (Vec<&String>, Vec<&String>) =
            workspace.members.iter().partition(|member| member.starts_with('!'));
        let patterns = |members: &[&String]| -> Vec<Vec<String>> {
            members
                .iter()
                .filter_map(|member| pattern(base.as_ref(), member.trim_start_matches('!')))
                .collect()
        };
        let (wanted, unwanted) = (patterns(&members), patterns(&left_out));
        for folder in &folders {
            let segments: Vec<&str> = folder.segments().collect();
            let fits = |patterns: &[Vec<String>]| patterns.iter().any(|pattern| matches(pattern, &segments));
            if fits(&wanted) && !fits(&unwanted) {
                out.insert((*folder).clone());
            }
        }
    }
    out
}

/// The folders that hold a list of packages of their own, where the root of the repository has none.
pub(super) fn areas(findings: &Findings) -> Vec<(TreePath, Evidence)> {
    let lists = || findings.workspaces.iter().filter(|workspace| workspace.ecosystem != Ecosystem::DotNet);
    if lists().any(|workspace| workspace.file.parent().is_none()) {
        return Vec::new();
    }
    let own = lists().filter(|workspace| !is_side(&workspace.file));
    own.filter_map(|workspace| {
        let evidence =
            Evidence::at(&workspace.file, None, "components.workspace", "packages developed together");
        Some((workspace.file.parent()?, evidence))
    })
    .collect()
}

/// The segments of a member, from the root of the repository.
fn pattern(base: Option<&TreePath>, member: &str) -> Option<Vec<String>> {
    let joined = format!("{}/{member}", folder_text(base));
    let mut out: Vec<String> = Vec::new();
    for segment in joined.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                out.pop()?;
            }
            name => out.push(name.to_owned()),
        }
    }
    Some(out)
}

/// `**` stands for any folders, `*` for anything within a name.
fn matches(pattern: &[String], segments: &[&str]) -> bool {
    match pattern.split_first() {
        None => segments.is_empty(),
        Some((first, rest)) if first == "**" => {
            rest.is_empty()
                || (0..=segments.len()).any(|at| segments.get(at..).is_some_and(|tail| matches(rest, tail)))
        }
        Some((first, rest)) => match segments.split_first() {
            Some((segment, tail)) => name_matches(first, segment) && matches(rest, tail),
            None => false,
        },
    }
}

fn name_matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, end)) => {
            name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
        }
    }
}
