package stagecraft.owners_known_test

import data.stagecraft.owners_known

component(owner) := {"kind": "Component", "metadata": {"name": "web"}, "spec": {"owner": owner}}

catalog := {"path": "catalog-info.yaml", "kind": "catalog", "contents": component("web")}

codeowners(rules) := {"path": "CODEOWNERS", "kind": "codeowners", "contents": rules}

test_a_team_is_taken if {
	count(owners_known.deny) == 0 with input as component("group:default/web")
	count(owners_known.deny) == 0 with input as component("web")
}

test_placeholders_are_nobody if {
	every owner in ["", "TODO", "group:default/unknown", "user:guest", "your-team"] {
		count(owners_known.deny) == 1 with input as component(owner)
	}
}

test_an_owner_that_is_left_out_is_nobody if {
	count(owners_known.deny) == 1 with input as {"kind": "API", "metadata": {"name": "a"}, "spec": {}}
}

test_what_needs_no_owner_has_none if {
	count(owners_known.deny) == 0 with input as {"kind": "Location", "metadata": {"name": "a"}, "spec": {}}
}

test_a_repository_without_codeowners_is_warned_of if count(owners_known.warn) == 1 with input as [catalog]

test_codeowners_without_owners_are_refused if {
	count(owners_known.deny) == 1 with input as [catalog, codeowners([{"pattern": "*", "owners": []}])]
}

test_a_repository_with_codeowners_is_taken if {
	count(owners_known.warn) == 0 with input as [catalog, codeowners([{"pattern": "*", "owners": ["@acme/web"]}])]
	count(owners_known.deny) == 0 with input as [catalog, codeowners([{"pattern": "*", "owners": ["@acme/web"]}])]
}

test_a_folder_of_manifests_is_no_repository if {
	count(owners_known.deny) == 0 with input as [{"path": "a.yaml", "kind": "manifest", "contents": {}}]
}
