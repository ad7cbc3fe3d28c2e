//! The picture as SVG.
//!
//! Columns from left to right, by how many lines lead to a node; within a column the nodes of a system stand together.
//! The layout is simple on purpose: it is stable, and needs no program to draw it.

use std::fmt::Write as _;

use super::{Graph, Node, Shape};

const WIDTH: usize = 200;
const HEIGHT: usize = 48;
const GAP_X: usize = 90;
const GAP_Y: usize = 20;
const MARGIN: usize = 20;
/// The longest text in a box.
const LONGEST: usize = 26;

/// Where a node stands.
#[derive(Clone, Copy)]
struct Place {
    x: usize,
    y: usize,
}

pub(super) fn write(graph: &Graph) -> String {
    let columns = columns(graph);
    let count = columns.iter().max().map_or(0, |last| last + 1);
    let mut order: Vec<(usize, &Node)> = graph.nodes.iter().enumerate().collect();
    order.sort_by_key(|(at, node)| (node.system.unwrap_or(usize::MAX), *at));
    let mut filled = vec![0_usize; count];
    let mut places = vec![Place { x: 0, y: 0 }; graph.nodes.len()];
    for (at, _) in &order {
        let column = columns.get(*at).copied().unwrap_or_default();
        let row = filled.get(column).copied().unwrap_or_default();
        if let (Some(place), Some(next)) = (places.get_mut(*at), filled.get_mut(column)) {
            *place = Place { x: MARGIN + column * (WIDTH + GAP_X), y: MARGIN + row * (HEIGHT + GAP_Y) };
            *next += 1;
        }
    }
    let rows = filled.iter().max().copied().unwrap_or_default();
    let (width, height) = (2 * MARGIN + count * (WIDTH + GAP_X), 2 * MARGIN + rows * (HEIGHT + GAP_Y));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"13\">\n{HEAD}"
    );
    for line in &graph.lines {
        if let (Some(from), Some(to)) = (places.get(line.from), places.get(line.to)) {
            draw_line(&mut out, *from, *to, line.word);
        }
    }
    for ((_, node), place) in graph.nodes.iter().enumerate().zip(&places) {
        let system = node.system.and_then(|at| graph.systems.get(at)).map(|group| group.name.as_str());
        draw_node(&mut out, node, *place, system);
    }
    out.push_str("</svg>\n");
    out
}

const HEAD: &str = "<defs><marker id=\"end\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" \
    markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0 8 4 0 8z\" fill=\"#57606a\"/></marker></defs>\n\
    <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n";

/// The column of each node: one more than the furthest of those that lead to it. Circles end where they began.
fn columns(graph: &Graph) -> Vec<usize> {
    let mut columns = vec![0_usize; graph.nodes.len()];
    for _ in 0..graph.nodes.len().min(12) {
        let mut moved = false;
        for line in &graph.lines {
            let from = columns.get(line.from).copied().unwrap_or_default();
            let wanted = (from + 1).min(12);
            if let Some(to) = columns.get_mut(line.to).filter(|to| **to < wanted) {
                *to = wanted;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    columns
}

fn draw_line(out: &mut String, from: Place, to: Place, word: &str) {
    let (x1, y1) = (from.x + WIDTH, from.y + HEIGHT / 2);
    let (x2, y2) = (to.x, to.y + HEIGHT / 2);
    let bend = GAP_X / 2;
    let dash = if word == "uses" { " stroke-dasharray=\"4 3\"" } else { "" };
    // Writing to a text cannot fail.
    let _ = writeln!(
        out,
        "<path d=\"M{x1} {y1}C{} {y1} {} {y2} {x2} {y2}\" fill=\"none\" stroke=\"#57606a\"{dash} \
         marker-end=\"url(#end)\"><title>{word}</title></path>",
        x1 + bend,
        x2.saturating_sub(bend),
    );
}

fn draw_node(out: &mut String, node: &Node, Place { x, y }: Place, system: Option<&str>) {
    let (fill, round) = match node.kind {
        Shape::Component => ("#ddf4ff", 4),
        Shape::Api => ("#dafbe1", HEIGHT / 2),
        Shape::Resource => ("#fff8c5", 12),
        Shape::Elsewhere => ("#f6f8fa", 4),
    };
    let under = match system {
        Some(system) if !node.word.is_empty() => format!("{} · {system}", node.word),
        Some(system) => system.to_owned(),
        None => node.word.clone(),
    };
    let (middle, first, second) = (x + WIDTH / 2, y + 21, y + 38);
    let _ = writeln!(
        out,
        "<g><rect x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"{round}\" fill=\"{fill}\" \
         stroke=\"#57606a\"/><text x=\"{middle}\" y=\"{first}\" text-anchor=\"middle\">{}</text>\
         <text x=\"{middle}\" y=\"{second}\" text-anchor=\"middle\" font-size=\"11\" fill=\"#57606a\">{}</text></g>",
        escaped(&node.name),
        escaped(&under),
    );
}

/// A text in SVG, cut where the box ends.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().take(LONGEST) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ if c.is_control() => out.push(' '),
            _ => out.push(c),
        }
    }
    if text.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    out
}
