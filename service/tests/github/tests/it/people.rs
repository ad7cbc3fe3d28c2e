//! Collaborators, invitations, teams, members.

use serde_json::{Value, json};

use crate::support::Acme;

#[test]
fn a_member_becomes_a_collaborator_at_once_and_a_stranger_is_asked() {
    let acme = Acme::new();
    let base = "/repos/acme/shop/collaborators";
    acme.done("PUT", &format!("{base}/joe"), &json!({ "permission": "maintain" }));
    let invitation = acme.expect(201, "PUT", &format!("{base}/ann"), &json!({ "permission": "push" }));

    assert_eq!(invitation["permissions"], "write");
    assert_eq!(acme.shop().collaborators["joe"], "maintain");
    assert_eq!(acme.shop().wiring.invitations[0].login, "ann");
    acme.refused(404, "GET", &format!("{base}/ann"), &Value::Null);
    acme.done("GET", &format!("{base}/joe"), &Value::Null);
    assert_eq!(acme.get(&format!("{base}/joe/permission"))["role_name"], "maintain");
    assert_eq!(acme.get(&format!("{base}?affiliation=direct")).as_array().unwrap().len(), 2);
    assert_eq!(acme.get("/repos/acme/shop/invitations").as_array().unwrap().len(), 1);
    acme.refused(404, "PUT", &format!("{base}/nobody"), &json!({}));
    acme.refused(422, "PUT", &format!("{base}/joe"), &json!({ "permission": "king" }));
    acme.done("DELETE", &format!("/repos/acme/shop/invitations/{}", invitation["id"]), &Value::Null);
    acme.done("DELETE", &format!("{base}/joe"), &Value::Null);
    assert!(acme.shop().wiring.invitations.is_empty() && !acme.shop().collaborators.contains_key("joe"));
}

#[test]
fn a_team_gets_a_repository() {
    let acme = Acme::new();
    let path = "/orgs/acme/teams/platform/repos/acme/shop";
    acme.refused(404, "GET", path, &Value::Null);
    acme.done("PUT", path, &json!({ "permission": "admin" }));
    acme.done("GET", path, &Value::Null);
    assert_eq!(acme.get("/repos/acme/shop/teams")[0]["permission"], "admin");
    assert_eq!(acme.shop().teams["platform"], "admin");
    acme.refused(404, "PUT", "/orgs/acme/teams/nobody/repos/acme/shop", &json!({ "permission": "push" }));
    acme.refused(422, "PUT", path, &json!({ "permission": "king" }));
    acme.done("DELETE", path, &Value::Null);
    assert!(acme.shop().teams.is_empty());
}

#[test]
fn an_organisation_has_teams_and_members() {
    let acme = Acme::new();
    let made = acme.made("/orgs/acme/teams", &json!({ "name": "Site Reliability" }));
    assert_eq!(made["slug"], "site-reliability");
    acme.refused(422, "POST", "/orgs/acme/teams", &json!({ "name": "site reliability" }));
    let path = "/orgs/acme/teams/site-reliability";
    acme.expect(200, "PUT", &format!("{path}/memberships/joe"), &json!({ "role": "member" }));
    assert_eq!(acme.get(&format!("{path}/memberships/joe"))["state"], "active");
    assert_eq!(acme.get(&format!("{path}/members"))[0]["login"], "joe");
    assert_eq!(acme.get(path)["members_count"], 1);
    assert_eq!(acme.get("/orgs/acme/teams").as_array().unwrap().len(), 2);
    acme.done("DELETE", path, &Value::Null);
    acme.refused(404, "GET", path, &Value::Null);
    assert_eq!(acme.get("/orgs/acme/members?role=admin")[0]["login"], "jane");
    acme.done("GET", "/orgs/acme/members/joe", &Value::Null);
    acme.refused(404, "GET", "/orgs/acme/members/ann", &Value::Null);
    assert_eq!(acme.get("/orgs/acme/memberships/jane")["role"], "admin");
}
