//! The picture as text for Mermaid.

use std::fmt::Write as _;

use super::{Graph, Node, Shape};

pub(super) fn write(graph: &Graph) -> String {
    let mut out = String::from("flowchart LR\n");
    let nodes: Vec<(usize, &Node)> = graph.nodes.iter().enumerate().collect();
    for (at, group) in graph.systems.iter().enumerate() {
        // Writing to a text cannot fail.
        let _ = writeln!(out, "  subgraph s{at}[\"{}\"]", escaped(&group.name));
        for (place, node) in nodes.iter().filter(|(_, node)| node.system == Some(at)) {
            let _ = writeln!(out, "    {}", shape(*place, node));
        }
        out.push_str("  end\n");
    }
    for (place, node) in nodes.iter().filter(|(_, node)| node.system.is_none()) {
        let _ = writeln!(out, "  {}", shape(*place, node));
    }
    for line in &graph.lines {
        let arrow = if line.word == "uses" { "-.->" } else { "-->" };
        let _ = writeln!(out, "  n{} {arrow}|{}| n{}", line.from, line.word, line.to);
    }
    out
}

fn shape(place: usize, node: &Node) -> String {
    let word = if node.word.is_empty() {
        String::new()
    } else {
        format!("<br/><small>{}</small>", escaped(&node.word))
    };
    let label = format!("\"{}{word}\"", escaped(&node.name));
    match node.kind {
        Shape::Component => format!("n{place}[{label}]"),
        Shape::Api => format!("n{place}([{label}])"),
        Shape::Resource => format!("n{place}[({label})]"),
        Shape::Elsewhere => format!("n{place}>{label}]"),
    }
}

/// A text within quotes of Mermaid, which reads it as HTML.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            '"' => out.push_str("#quot;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '&' => out.push_str("#amp;"),
            '#' => out.push_str("#35;"),
            '`' => out.push_str("#96;"),
            _ if c.is_control() => out.push(' '),
            _ => out.push(c),
        }
        out
    })
}
