//! The shape of instructions.

use super::*;

fn told(text: &str) -> Vec<(String, Value, u64)> {
    let (value, _) = read(text);
    let one = |one: &Value| {
        (one["Cmd"].as_str().unwrap().to_owned(), one["Value"].clone(), one["Stage"].as_u64().unwrap())
    };
    value.as_array().unwrap().iter().map(one).collect()
}

#[test]
fn instructions_have_the_shape_of_conftest() {
    let text = "FROM --platform=x rust:1 AS build\nRUN cargo build\nFROM scratch\nCOPY --from=build /a /b\nCMD [\"/b\"]\n";
    let (value, _) = read(text);

    assert_eq!(
        value[0],
        json!({"Cmd": "from", "SubCmd": "", "Flags": ["--platform=x"], "Value": ["rust:1", "AS", "build"],
               "JSON": false, "Stage": 0, "StartLine": 1, "EndLine": 1})
    );
    assert_eq!(value[3]["Stage"], 1);
    assert_eq!(value[4]["JSON"], true);
    assert_eq!(value[4]["Value"], json!(["/b"]));
}

#[test]
fn continued_lines_are_one_instruction() {
    let (value, marks) = read("RUN a \\\n# aside\n\n  && b\nUSER 1000\n");

    assert_eq!(value[0]["Value"], json!(["a   && b"]));
    assert_eq!((&value[0]["EndLine"], &value[1]["StartLine"]), (&json!(4), &json!(5)));
    assert_eq!(marks.line_at(&[json!(1)]), 5);
}

#[test]
fn the_mark_of_continued_lines_can_be_another() {
    assert_eq!(told("# escape=`\nRUN a `\n b\nUSER c:\\\n").len(), 2);
}

#[test]
fn a_heredoc_belongs_to_its_instruction() {
    let told = told("FROM a\nRUN <<EOF\nFROM b\nEOF\nUSER 1\n");

    assert_eq!(told.iter().map(|(cmd, ..)| cmd.as_str()).collect::<Vec<_>>(), ["from", "run", "user"]);
    assert_eq!(told[1].1, json!(["<<EOF\nFROM b"]));
}

#[test]
fn environment_gives_names_and_values() {
    let told = told("ENV A=1 B=\"x y\"\nENV OLD some text\nLABEL a=b\nARG V=1\n");

    assert_eq!(told[0].1, json!(["A", "1", "=", "B", "x y", "="]));
    assert_eq!(told[1].1, json!(["OLD", "some text", ""]));
    assert_eq!(told[2].1, json!(["a", "b", "="]));
    assert_eq!(told[3].1, json!(["V=1"]));
}
