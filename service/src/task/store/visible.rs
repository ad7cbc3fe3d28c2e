//! Which tasks a caller may see, as a question about one task and as a clause of SQL.
//!
//! Both are made here from the same rules, so that a list never shows a task that cannot be opened, nor counts one
//! that it does not show. It asks nobody.

use crate::backstage::permission::{Criteria, Decision, TaskRule};

/// Users named in one decision: as many as a database takes values in one statement, and room for other filters.
const MAX_USERS: usize = 10_000;

/// The tasks that a decision leaves visible.
#[derive(Clone, Debug)]
pub(in crate::task) struct Visible(Decision<TaskRule>);

impl Visible {
    /// Those that the decision is about.
    pub(in crate::task) fn new(decision: Decision<TaskRule>) -> Self {
        if let Decision::When(criteria) = &decision {
            let users: usize = criteria.rules().into_iter().map(|TaskRule::IsOwner(users)| users.len()).sum();
            if users > MAX_USERS {
                tracing::warn!(
                    users,
                    "a policy names more users than can be asked for; it is taken for a refusal"
                );
                return Self(Decision::Deny);
            }
        }
        Self(decision)
    }

    /// Whether a task of this user is one of them; services' tasks have none.
    pub(in crate::task) fn shows(&self, created_by: Option<&str>) -> bool {
        self.0.allows(|TaskRule::IsOwner(users)| {
            created_by.is_some_and(|creator| users.iter().any(|user| user == creator))
        })
    }

    /// Whether there is none, whatever tasks there are.
    pub(in crate::task) fn is_nothing(&self) -> bool {
        self.0 == Decision::Deny
    }

    /// The same as a condition on `t.created_by`, none if all are visible. The values that it binds are added.
    pub(super) fn clause(&self, values: &mut Vec<String>) -> Option<String> {
        match &self.0 {
            Decision::Allow => None,
            Decision::Deny => Some("1 = 0".to_owned()),
            Decision::When(criteria) => Some(clause(criteria, values)),
        }
    }
}

fn clause(criteria: &Criteria<TaskRule>, values: &mut Vec<String>) -> String {
    let mut joined = |list: &[Criteria<TaskRule>], word: &str| {
        let parts: Vec<String> = list.iter().map(|one| clause(one, values)).collect();
        format!("({})", parts.join(word))
    };
    match criteria {
        Criteria::AllOf(all) => joined(all, " and "),
        Criteria::AnyOf(any) => joined(any, " or "),
        Criteria::Not(one) => format!("not {}", clause(one, values)),
        Criteria::Rule(TaskRule::IsOwner(users)) if users.is_empty() => "(1 = 0)".to_owned(),
        Criteria::Rule(TaskRule::IsOwner(users)) => {
            let places = super::places(users.len(), values.len());
            values.extend(users.iter().cloned());
            // Without the first half a task of a service would be neither here nor in the opposite.
            format!("(t.created_by is not null and t.created_by in ({places}))")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(users: &[&str]) -> Criteria<TaskRule> {
        Criteria::Rule(TaskRule::IsOwner(users.iter().map(|user| (*user).to_owned()).collect()))
    }

    #[test]
    fn a_clause_binds_what_it_compares_with_behind_what_is_bound_already() {
        let criteria = Criteria::AnyOf(vec![owner(&["a", "b"]), Criteria::Not(Box::new(owner(&["c"])))]);
        let mut values = vec!["x".to_owned()];

        let clause = Visible::new(Decision::When(criteria)).clause(&mut values).unwrap();

        assert_eq!(
            clause,
            "((t.created_by is not null and t.created_by in ($2, $3)) or not (t.created_by is not null and t.created_by in ($4)))"
        );
        assert_eq!(values, ["x", "a", "b", "c"]);
    }

    #[test]
    fn nobodys_tasks_are_no_tasks() {
        let visible = Visible::new(Decision::When(owner(&[])));

        assert_eq!(visible.clause(&mut Vec::new()).unwrap(), "(1 = 0)");
        assert!(!visible.shows(None) && !visible.shows(Some("a")));
    }

    #[test]
    fn a_task_of_a_service_is_nobodys() {
        assert!(!Visible::new(Decision::When(owner(&[""]))).shows(None));
        assert!(Visible::new(Decision::When(Criteria::Not(Box::new(owner(&["a"]))))).shows(None));
    }

    #[test]
    fn a_policy_that_names_everybody_is_a_refusal() {
        let everybody: Vec<String> = (0..=MAX_USERS).map(|number| format!("user:default/{number}")).collect();
        let rule = Criteria::Rule(TaskRule::IsOwner(everybody));

        assert!(Visible::new(Decision::When(rule)).is_nothing());
    }
}
