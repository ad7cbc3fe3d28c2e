use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

fn written(text: &str, kind: Option<&str>, namespace: Option<&str>) -> Result<String, RefError> {
    EntityRef::parse_with(text, kind, namespace).map(|reference| reference.to_written())
}

#[test]
fn missing_parts_come_from_the_place_the_reference_stands_in() {
    assert_eq!(written("b", Some("Component"), None).unwrap(), "Component:default/b");
    assert_eq!(written("b", Some("Component"), Some("Team")).unwrap(), "Component:Team/b");
    assert_eq!(written("n/b", Some("Component"), Some("team")).unwrap(), "Component:n/b");
    assert_eq!(written("API:b", Some("Component"), Some("team")).unwrap(), "API:team/b");
    assert_eq!(written("API:n/b", None, None).unwrap(), "API:n/b");
}

#[test]
fn a_colon_after_the_first_slash_belongs_to_the_name() {
    assert_eq!(written("n/b:c", Some("Component"), None).unwrap(), "Component:n/b:c");
    assert_eq!(written("k:n/b/c:d", None, None).unwrap(), "k:n/b/c:d");
    assert_eq!(written("k:a:b", None, None).unwrap(), "k:default/a:b");
}

#[test]
fn an_empty_part_is_an_error_that_names_it() {
    let part = |text: &str| match EntityRef::parse_with(text, Some("k"), None) {
        Err(RefError::EmptyPart { part, .. }) => part,
        other => panic!("{text:?} gave {other:?}"),
    };
    assert_eq!(part(":n/b"), "kind");
    assert_eq!(part("k:/b"), "namespace");
    assert_eq!(part("/b"), "namespace");
    assert_eq!(part("k:n/"), "name");
    assert_eq!(part("k:"), "name");
    assert_eq!(EntityRef::parse(""), Err(RefError::Empty));
}

#[test]
fn a_reference_without_a_kind_is_an_error_where_none_is_implied() {
    let error = EntityRef::parse("payments").unwrap_err();
    assert_eq!(error, RefError::MissingKind { text: "payments".into() });
    assert!(error.to_string().contains("`component:payments`"));
}

#[test]
fn letter_case_is_ignored_when_comparing_and_kept_when_writing() {
    let upper = EntityRef::parse("Component:Default/Pay").unwrap();
    let lower = EntityRef::parse("component:pay").unwrap();
    assert_eq!(upper, lower);
    assert_eq!(upper.to_string(), "component:default/pay");
    assert_eq!(upper.to_written(), "Component:Default/Pay");
    assert_eq!(HashSet::from([upper.clone(), lower]).len(), 1);
    assert_eq!(serde_json::to_string(&upper).unwrap(), "\"Component:Default/Pay\"");
}

proptest! {
    #[test]
    fn what_is_written_reads_back_as_the_same(
        kind in "[A-Za-z][A-Za-z0-9]{0,8}", namespace in "[a-z0-9]{1,8}", name in "[A-Za-z0-9._:/-]{1,16}",
    ) {
        let reference = EntityRef::new(&kind, &namespace, &name).unwrap();
        let read = EntityRef::parse(&reference.to_written()).unwrap();
        prop_assert_eq!(read.to_written(), reference.to_written());
        prop_assert_eq!(EntityRef::parse(&reference.to_string()).unwrap(), read);
    }

    #[test]
    fn no_text_makes_the_parser_panic_or_yield_an_empty_part(text in "[a:/ é]{0,8}|\\PC{0,12}") {
        if let Ok(reference) = EntityRef::parse_with(&text, Some("k"), Some("n")) {
            prop_assert!(!reference.kind().is_empty());
            prop_assert!(!reference.namespace().is_empty());
            prop_assert!(!reference.name().is_empty());
        }
    }
}
