//! Tests of policies: rules named `test_…`, which hold or do not.

use crate::ask::{Asker, Limits, NoAnswer};
use crate::finding::one_line;
use crate::set::PolicySet;

/// One test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Its name, with that of its package.
    pub name: String,
    /// The file it stands in.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// Why it does not hold; none where it does.
    pub failure: Option<String>,
}

/// All tests of a set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proven {
    /// In the order of their files and lines.
    pub proofs: Vec<Proof>,
}

impl Proven {
    /// How many do not hold.
    pub fn failed(&self) -> usize {
        self.proofs.iter().filter(|proof| proof.failure.is_some()).count()
    }
}

/// Runs the tests that stand beside policies.
pub fn prove(set: &PolicySet, limits: Limits) -> Proven {
    let asker = Asker::new(limits);
    let mut engine = set.engine.clone();
    let mut proofs = Vec::new();
    for test in &set.tests {
        let failure = match asker.ask(&mut engine, &test.rule, regorus::Value::new_object()) {
            Ok(Some(serde_json::Value::Bool(true))) => None,
            Ok(None) => Some("it has no value: something in it does not hold".to_owned()),
            Ok(Some(value)) => Some(format!("it is `{value}`, and not `true`")),
            Err(NoAnswer::Time(limit)) => Some(format!("it was stopped after {} ms", limit.as_millis())),
            Err(NoAnswer::Memory(limit)) => Some(format!("it took more than {limit} bytes of memory")),
            Err(NoAnswer::Broken(why)) => Some(one_line(&why)),
        };
        proofs.push(Proof { name: test.name.clone(), file: test.file.clone(), line: test.line, failure });
    }
    Proven { proofs }
}
