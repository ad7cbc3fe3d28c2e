//! Expected values held against found ones, place by place.

use serde_json::{Value, json};

use super::Kept;

/// What stands before a line that an action writes, and before a warning.
const MARKS: [&str; 2] = ["\u{1b}[32minfo\u{1b}[39m: ", "\u{1b}[33mwarn\u{1b}[39m: "];

pub(super) fn filled(text: &str, kept: &Kept) -> String {
    kept.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

pub(super) fn compare(place: &str, expected: &Value, found: &Value, kept: &Kept, faults: &mut Vec<String>) {
    match (expected, found) {
        (Value::String(expected), found) => {
            let expected = filled(expected, kept);
            if !stands_for(&expected, found) {
                faults.push(format!("{place} is {found} instead of `{expected}`"));
            }
        }
        (Value::Object(expected), Value::Object(found)) => {
            let mut known = Vec::new();
            for (key, expected) in expected.iter().filter(|(key, _)| *key != "…") {
                let name = key.strip_suffix('?').unwrap_or(key);
                known.push(name);
                match found.get(name) {
                    Some(found) => compare(&format!("{place}/{name}"), expected, found, kept, faults),
                    None if name != key => {}
                    None => faults.push(format!("{place}/{name} is missing")),
                }
            }
            let open = expected.contains_key("…");
            for key in found.keys().filter(|key| !open && !known.contains(&key.as_str())) {
                faults.push(format!("{place}/{key} is one too many"));
            }
        }
        (Value::Array(expected), Value::Array(found)) => match expected.as_slice() {
            [Value::String(dots), each] if dots == "…" => {
                if found.is_empty() {
                    faults.push(format!("{place} is empty"));
                }
                for (position, found) in found.iter().enumerate() {
                    compare(&format!("{place}/{position}"), each, found, kept, faults);
                }
            }
            expected if expected.len() == found.len() => {
                for (position, (expected, found)) in expected.iter().zip(found).enumerate() {
                    compare(&format!("{place}/{position}"), expected, found, kept, faults);
                }
            }
            expected => faults.push(format!(
                "{place} has {} elements instead of {}: {found:?}",
                found.len(),
                expected.len()
            )),
        },
        (expected, found) if expected == found => {}
        (expected, found) => faults.push(format!("{place} is {found} instead of {expected}")),
    }
}

fn stands_for(expected: &str, found: &Value) -> bool {
    let is = |test: fn(&str) -> bool| found.as_str().is_some_and(test);
    match expected {
        "<any>" => true,
        "<text>" => found.is_string(),
        "<int>" => found.is_i64(),
        "<bool>" => found.is_boolean(),
        "<uuid>" => is(|text| uuid::Uuid::parse_str(text).is_ok()),
        "<time>" => is(is_time),
        "<time?>" => found.is_null() || is(is_time),
        text => found == text,
    }
}

/// `2026-11-23T03:19:51.000Z`
fn is_time(text: &str) -> bool {
    let form = "dddd-dd-ddTdd:dd:dd.dddZ";
    text.len() == form.len()
        && text
            .chars()
            .zip(form.chars())
            .all(|(found, form)| if form == 'd' { found.is_ascii_digit() } else { found == form })
}

/// Holds a list of events against `[type, body]` pairs. `"<lines of x>"` stands for the lines, if any, that the
/// action of step `x` writes in its own words. Times may be anything; ids are the caller's to look at.
pub(super) fn compare_events(
    task: &str,
    expected: &[Value],
    found: &[Value],
    kept: &Kept,
    faults: &mut Vec<String>,
) {
    let pairs = matched(expected, found, |event| &event["body"], faults);
    for (expected, found) in pairs {
        let expected = json!({
            "id": "<int>", "isTaskRecoverable": false, "taskId": task, "createdAt": "<time>",
            "type": expected[0], "body": expected[1],
        });
        compare(&format!("/event {}", found["id"]), &expected, found, kept, faults);
    }
}

/// The same for the log of a dry run: bodies alone.
pub(super) fn compare_log(expected: &[Value], found: &[Value], kept: &Kept, faults: &mut Vec<String>) {
    for (position, (expected, found)) in
        matched(expected, found, |line| &line["body"], faults).into_iter().enumerate()
    {
        compare(&format!("/log line {position}"), &json!({ "body": expected }), found, kept, faults);
    }
}

/// Pairs of what was expected and found. Lines of a step's action go to the `<lines of …>` that expect them.
fn matched<'a>(
    expected: &'a [Value],
    found: &'a [Value],
    body: impl Fn(&'a Value) -> &'a Value,
    faults: &mut Vec<String>,
) -> Vec<(&'a Value, &'a Value)> {
    let mut pairs = Vec::new();
    let mut rest = found.iter().peekable();
    for expected in expected {
        let lines = expected.as_str().and_then(|text| text.strip_prefix("<lines of ")?.strip_suffix('>'));
        match lines {
            Some(step) => while rest.next_if(|found| is_line(body(found), step)).is_some() {},
            None => match rest.next() {
                Some(found) => pairs.push((expected, found)),
                None => faults.push(format!("nothing where {expected} was expected")),
            },
        }
    }
    rest.for_each(|found| faults.push(format!("one too many: {found}")));
    pairs
}

fn is_line(body: &Value, step: &str) -> bool {
    let marked = body["message"].as_str().is_some_and(|text| MARKS.iter().any(|mark| text.starts_with(mark)));
    marked && body["stepId"] == step && body.as_object().is_some_and(|body| body.len() == 2)
}

#[test]
fn a_body_that_differs_is_told_with_its_place() {
    let expected = json!({ "id": "<uuid>", "list": ["…", { "n": "<int>", "x?": 1 }], "open": { "…": true } });
    let found =
        json!({ "id": "no", "list": [{ "n": 1 }, { "n": "2", "y": 1 }], "open": { "a": 1 }, "more": 1 });
    let mut faults = Vec::new();

    compare("", &expected, &found, &Kept::new(), &mut faults);

    let places: Vec<&str> = faults.iter().map(|fault| fault.split(' ').next().unwrap()).collect();
    assert_eq!(places, ["/id", "/list/1/n", "/list/1/y", "/more"]);
}

#[test]
fn a_body_that_fits_is_fine() {
    let expected = json!({ "at": "<time>", "never": "<time?>", "ref": "task {id}", "list": [1] });
    let found = json!({ "at": "2026-11-23T03:19:51.000Z", "never": null, "ref": "task 7", "list": [1] });
    let kept = Kept::from([("id".to_owned(), "7".to_owned())]);
    let mut faults = Vec::new();

    compare("", &expected, &found, &kept, &mut faults);

    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn lines_of_an_action_are_told_from_the_events_of_its_step() {
    let line = |text: &str| json!({ "body": { "message": format!("\u{1b}[32minfo\u{1b}[39m: {text}"), "stepId": "a" } });
    let state = json!({ "message": "Finished step A", "stepId": "a", "status": "completed" });
    let expected = [json!("<lines of a>"), state.clone()];
    let found = [line("one"), line("two"), json!({ "body": state })];
    let mut faults = Vec::new();

    compare_log(&expected, &found, &Kept::new(), &mut faults);
    assert_eq!(faults, Vec::<String>::new());

    compare_log(&expected, &found[..2], &Kept::new(), &mut faults);
    compare_log(&expected[1..], &found, &Kept::new(), &mut faults);
    assert!(faults.len() >= 3, "{faults:#?}");
}
