//! Prometheus' text form (version 0.0.4): families, samples, escaping.
//!
//! It prints what it is given, in the order it is given; it keeps no numbers.

use std::fmt::Write;

/// Opens a family: its help and its type.
pub(super) fn family(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = write!(out, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
}

/// One sample. Label values are escaped; names are ours.
pub(super) fn sample(out: &mut String, name: &str, labels: &[(&str, &str)], value: f64) {
    out.push_str(name);
    if !labels.is_empty() {
        out.push('{');
        for (position, (label, text)) in labels.iter().enumerate() {
            if position > 0 {
                out.push(',');
            }
            let _ = write!(out, "{label}=\"{}\"", escaped(text));
        }
        out.push('}');
    }
    let _ = writeln!(out, " {value}");
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_value_cannot_break_out_of_its_quotes() {
        let mut out = String::new();

        sample(&mut out, "n", &[("template", "a\"b\\c\nd")], 1.0);

        assert_eq!(out, "n{template=\"a\\\"b\\\\c\\nd\"} 1\n");
    }

    #[test]
    fn a_sample_without_labels_has_no_braces() {
        let mut out = String::new();

        sample(&mut out, "n", &[], 0.5);

        assert_eq!(out, "n 0.5\n");
    }
}
