//! Which path of the description a request's path is.
//!
//! Segments are decoded one by one, so that an encoded slash is part of a name. Where several templates fit, the one
//! that is literal earlier is meant, as with GitHub.

/// One part of a path in the description.
#[derive(Clone, Debug)]
enum Part {
    Literal(String),
    /// One segment.
    Param(&'static str),
    /// One or more segments.
    Long(&'static str),
}

/// A path of the description.
#[derive(Clone, Debug)]
pub(super) struct Template {
    parts: Vec<Part>,
}

/// What stands for the files of a repository; the path after it may be empty.
const FILES: &str = "contents";

/// The decoded segments of a path; nothing if no path can be meant.
pub(super) fn segments(path: &str) -> Option<Vec<String>> {
    let path =
        path.strip_suffix("contents/").map_or_else(|| path.to_owned(), |path| format!("{path}{FILES}"));
    let rest = path.strip_prefix('/')?;
    if rest.is_empty() { Some(Vec::new()) } else { rest.split('/').map(decoded).collect() }
}

fn decoded(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    let text = String::from_utf8(bytes).ok()?;
    (!text.is_empty() && text != "." && text != "..").then_some(text)
}

impl Template {
    /// Of a path; `long` are the parameters that may be several segments.
    pub(super) fn new(path: &'static str, long: &[&str]) -> Self {
        let parts = path.split('/').filter(|part| !part.is_empty());
        let parts = parts.map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) if long.contains(&name) => Part::Long(name),
            Some(name) => Part::Param(name),
            None => Part::Literal(part.to_owned()),
        });
        Self { parts: parts.collect() }
    }

    /// What comes first where several templates fit: the literal, then the longer.
    pub(super) fn rank(&self) -> Vec<u8> {
        let rank = self.parts.iter().map(|part| match part {
            Part::Literal(_) => 0,
            Part::Param(_) => 1,
            Part::Long(_) => 2,
        });
        rank.chain([3]).collect()
    }

    /// The parameters, if the segments fit.
    pub(super) fn params(&self, segments: &[String]) -> Option<Vec<(&'static str, String)>> {
        let mut found = Vec::new();
        if let ([begin @ .., Part::Long(_)], Some(FILES)) =
            (self.parts.as_slice(), segments.last().map(String::as_str))
            && fits(begin, segments, &mut found)
        {
            found.reverse();
            return Some(found);
        }
        found.clear();
        fits(&self.parts, segments, &mut found).then(|| {
            found.reverse();
            found
        })
    }
}

/// Whether the parts fit; the parameters are found from the last to the first.
fn fits(parts: &[Part], segments: &[String], found: &mut Vec<(&'static str, String)>) -> bool {
    let (Some((part, parts)), true) = (parts.split_first(), parts.len() <= segments.len()) else {
        return parts.is_empty() && segments.is_empty();
    };
    let most = if matches!(part, Part::Long(_)) { segments.len() } else { 1 };
    for taken in 1..=most {
        let Some((mine, rest)) = segments.split_at_checked(taken) else { return false };
        let name = match part {
            Part::Literal(text) if mine.first() == Some(text) => None,
            Part::Literal(_) => return false,
            Part::Param(name) | Part::Long(name) => Some(*name),
        };
        if fits(parts, rest, found) {
            found.extend(name.map(|name| (name, mine.join("/"))));
            return true;
        }
    }
    false
}
