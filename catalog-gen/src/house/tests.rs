use serde_json::{Value, json};

use super::site_of;
use crate::{Site, TeamNamespace};

fn component(name: &str, type_: &str, owner: &str) -> Value {
    json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": { "name": name, "annotations": { "github.com/project-slug": format!("acme/{name}") } },
        "spec": { "type": type_, "lifecycle": "live", "owner": owner },
    })
}

#[test]
fn house_words_that_are_used_more_often_are_proposed() {
    let catalog = [
        component("a", "backend", "x"),
        component("b", "backend", "x"),
        component("c", "service", "x"),
        component("d", "library", "x"),
    ];

    let site = site_of(&catalog).site;

    assert_eq!(site.types.get("service").map(String::as_str), Some("backend"));
    assert_eq!(site.types.get("library"), None);
    assert_eq!(site.lifecycles.get("production").map(String::as_str), Some("live"));
}

#[test]
fn an_owner_that_all_components_of_a_repository_have_is_proposed() {
    let mut second = component("a", "service", "group:default/other");
    second["metadata"]["name"] = json!("a-two");

    let site =
        site_of(&[component("a", "service", "x"), second, component("b", "service", "user:jane")]).site;

    assert_eq!(site.owners.get("acme/a"), None);
    assert_eq!(site.owners.get("acme/b").map(String::as_str), Some("user:default/jane"));
}

#[test]
fn a_word_that_says_nobody_is_no_owner() {
    let site = site_of(&[component("a", "service", "unknown"), component("b", "service", "guests")]).site;

    assert!(site.owners.is_empty());
}

#[test]
fn groups_with_other_names_than_their_teams_are_proposed() {
    let group = |name: &str, team: &str| {
        json!({
            "apiVersion": "backstage.io/v1alpha1",
            "kind": "Group",
            "metadata": { "name": name, "namespace": "acme", "annotations": { "github.com/team-slug": team } },
            "spec": { "type": "team", "children": [] },
        })
    };

    let site = site_of(&[group("shop", "acme/shop"), group("pay", "acme/payments")]).site;

    assert_eq!(site.teams, TeamNamespace::Organization);
    assert_eq!(site.owners.get("@acme/payments").map(String::as_str), Some("group:acme/pay"));
    assert_eq!(site.owners.len(), 1);
}

#[test]
fn a_catalog_in_our_own_words_proposes_nothing() {
    let mut plain = component("a", "service", "unknown");
    plain["spec"]["lifecycle"] = json!("production");

    let proposed = site_of(&[plain]);

    assert_eq!(proposed.site, Site::default());
    assert_eq!(proposed.to_yaml().unwrap(), "{}\n");
}

#[test]
fn what_is_proposed_is_a_site_file() {
    let proposed = site_of(&[component("a", "backend", "group:acme/x")]);

    let read: Site = serde_yaml::from_str(&proposed.to_yaml().unwrap()).unwrap();

    assert_eq!(read, proposed.site);
}

#[test]
fn words_that_nobody_knows_are_told() {
    let proposed = site_of(&[component("a", "flux-capacitor", "x")]);

    assert!(proposed.notes.iter().any(|note| note.contains("`flux-capacitor` (1)")));
}
