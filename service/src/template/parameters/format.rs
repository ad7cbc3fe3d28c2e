//! `format`, as loosely as Backstage's validator takes it.
//!
//! Names it does not know are met by every text, and so are the few rare ones that no form uses
//! (`idn-email`, `iri-reference`, `uri-reference`, `uri-template`, `style`). No calendar is consulted.

use std::net::Ipv6Addr;

use super::pattern::Patterns;

/// Does the text have the named format?
pub(super) fn conforms(format: &str, text: &str) -> bool {
    match format {
        "date-time" => date_time(text),
        "date" => date(text),
        "time" => time(text),
        "duration" => duration(text),
        "email" => email(text),
        "ip-address" | "ipv4" => ipv4(text),
        "ipv6" => ipv6(text.trim()),
        "hostname" | "host-name" => hostname(text),
        "uri" | "iri" => uri(text),
        "uuid" => uuid(text),
        "json-pointer" => json_pointer(text),
        "relative-json-pointer" => relative_json_pointer(text),
        "regex" | "regexp" | "pattern" => Patterns::default().is_readable(text),
        "utc-millisec" => text.trim().parse::<f64>().is_ok_and(|number| number.fract() == 0.0),
        "color" => color(text),
        "phone" => phone(text),
        "alpha" => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic()),
        "alphanumeric" => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        _ => true,
    }
}

/// A number of exactly so many digits, within bounds.
fn digits(text: &str, length: usize, from: u32, to: u32) -> bool {
    let all = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    all && text.parse::<u32>().is_ok_and(|number| (from..=to).contains(&number))
}

fn date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    // A month `00` is taken, as the package does.
    matches!(parts[..], [y, m, d] if digits(y, 4, 0, 9999) && within(m, 12) && digits(d, 2, 1, 31))
}

fn within(text: &str, to: u32) -> bool {
    digits(text, 2, 0, to)
}

fn time(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    matches!(parts[..], [h, m, s] if within(h, 24) && within(m, 59) && within(s, 60))
}

fn date_time(text: &str) -> bool {
    let Some((day, rest)) = text.split_once(['t', 'T', ' ']) else { return false };
    let Some((clock, zone)) = rest.split_at_checked(8) else { return false };
    let zone = match zone.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            if zone.len() == fraction.len() {
                return false;
            }
            zone
        }
        None => zone,
    };
    let zone_fits = match zone.strip_prefix(['+', '-']) {
        Some(offset) => offset.split_once(':').is_some_and(|(h, m)| within(h, 59) && within(m, 60)),
        None => matches!(zone, "z" | "Z"),
    };
    date(day) && time(clock) && zone_fits
}

/// Somewhere a `P` with at least one amount behind it: the package does not look at the ends of the text.
fn duration(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    upper.split('P').skip(1).any(|after| {
        let after = after.strip_prefix('T').map_or((after, "DWMY"), |time| (time, "HMS"));
        let (amounts, units) = if after.1 == "HMS" { after } else { (after.0, "DWMY") };
        let unit = amounts.trim_start_matches(|c: char| c.is_ascii_digit());
        unit.len() < amounts.len() && unit.starts_with(|c: char| units.contains(c))
    })
}

fn email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let atom = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "_!#$%&'*+-/=?^`{|}~".contains(c))
    };
    let literal = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).is_some_and(ipv4);
    let labels: Vec<&str> = domain.split('.').collect();
    let named = labels.len() > 1 && labels.iter().all(|label| host_label(label));
    local.split('.').all(atom) && (literal || named)
}

fn host_label(label: &str) -> bool {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    label.len() <= 63
        && edge(label.chars().next())
        && edge(label.chars().next_back())
        && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

fn hostname(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.strip_suffix('.').unwrap_or(text).split('.').all(host_label)
}

fn ipv4(text: &str) -> bool {
    let byte = |part: &str| {
        (1..=3).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && part.parse::<u16>().is_ok_and(|number| number < 256)
    };
    text.split('.').count() == 4 && text.split('.').all(byte)
}

fn ipv6(text: &str) -> bool {
    let address = match text.split_once('%') {
        Some((_, "")) => return false,
        Some((address, _)) => address,
        None => text,
    };
    address.parse::<Ipv6Addr>().is_ok()
}

fn uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-'))
        && !rest.chars().any(char::is_whitespace)
}

fn uuid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

fn json_pointer(text: &str) -> bool {
    let escapes = text.split('~').skip(1).all(|after| after.starts_with(['0', '1']));
    (text.is_empty() || text.starts_with('/')) && escapes && text.is_ascii()
}

fn relative_json_pointer(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() < text.len() && (rest == "#" || json_pointer(rest))
}

fn phone(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('+') else { return false };
    let count = rest.bytes().filter(u8::is_ascii_digit).count();
    let apart = !rest.starts_with(' ') && !rest.ends_with(' ') && !rest.contains("  ");
    (7..=15).contains(&count) && apart && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ')
}

fn color(text: &str) -> bool {
    const NAMES: [&str; 17] = [
        "aqua", "black", "blue", "fuchsia", "gray", "green", "lime", "maroon", "navy", "olive", "orange",
        "purple", "red", "silver", "teal", "white", "yellow",
    ];
    let hex = text.strip_prefix('#').unwrap_or(text);
    let is_hex = matches!(hex.len(), 3 | 6) && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    let rgb = text.strip_prefix("rgb(").and_then(|rest| rest.strip_suffix(')')).is_some_and(|inner| {
        let parts: Vec<&str> = inner.split(',').map(str::trim).collect();
        let whole = |part: &&str| part.parse::<u16>().is_ok_and(|number| number < 256);
        let percent = |part: &&str| {
            part.strip_suffix('%')
                .is_some_and(|number| number.parse::<u16>().is_ok_and(|number| number <= 100))
        };
        parts.len() == 3 && (parts.iter().all(whole) || parts.iter().all(percent))
    });
    is_hex || rgb || NAMES.contains(&text)
}
