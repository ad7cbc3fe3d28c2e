//! `--fix`: what is certain is mended, and nothing else changes.

use std::path::Path;

use stagecraft::lint::fix;

use super::{ids, lint_below, write};

const SLIPS: &str = "\
# My template: keep this comment
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: example   # and this space
  titel: Example
spec:
  owner: group:default/platform
  type: service
  parameters:
    properties:
      name:
        type: string
        title: Name
        minlength: 3
  steps:
    - id: my-log
      name: Log
      action: debug:logg
      inputs:
        mesage: \"Hello ${{ parameters.name }}\"
    - {id: fetch, name: Fetch, action: 'fetch:plain', input: {url: https://example.com/x, targetpath: x}}
  output:
    text:
      - title: Done # stagecraft-allow unknown-key: not needed
        content: ${{ steps.my-log.output.x }}
";

const MENDED: &str = "\
# My template: keep this comment
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: example   # and this space
  title: Example
spec:
  owner: group:default/platform
  type: service
  parameters:
    properties:
      name:
        type: string
        title: Name
        minLength: 3
  steps:
    - id: my-log
      name: Log
      action: debug:log
      input:
        message: \"Hello ${{ parameters.name }}\"
    - {id: fetch, name: Fetch, action: 'fetch:plain', input: {url: https://example.com/x, targetPath: x}}
  output:
    text:
      - title: Done
        content: ${{ steps['my-log'].output.x }}
";

/// Mends until nothing more can be, as the command does.
fn mend(root: &Path) -> usize {
    (0..5).map(|_| fix(&lint_below(root).findings).unwrap().findings).sum()
}

fn text(root: &Path) -> String {
    std::fs::read_to_string(root.join("template.yaml")).unwrap()
}

#[test]
fn what_is_certain_is_mended_and_the_rest_stays_to_the_byte() {
    let disk = tempfile::tempdir().unwrap();
    write(disk.path(), &[("template.yaml", SLIPS)]);

    let mended = mend(disk.path());

    assert_eq!(text(disk.path()), MENDED);
    assert_eq!(mended, 8);
    assert_eq!(mend(disk.path()), 0);
}

#[test]
fn what_is_left_is_what_nobody_can_be_certain_of() {
    let disk = tempfile::tempdir().unwrap();
    write(disk.path(), &[("template.yaml", SLIPS)]);
    mend(disk.path());

    assert_eq!(ids(&lint_below(disk.path())), ["unknown-output"]);
}

#[test]
fn a_file_that_changed_meanwhile_is_left_alone() {
    let disk = tempfile::tempdir().unwrap();
    write(disk.path(), &[("template.yaml", SLIPS)]);
    let report = lint_below(disk.path());
    let changed = format!("{SLIPS}# changed\n");
    write(disk.path(), &[("template.yaml", &changed)]);

    assert_eq!(fix(&report.findings).unwrap().findings, 0);
    assert_eq!(text(disk.path()), changed);
}

#[cfg(unix)]
#[test]
fn permissions_stay() {
    use std::os::unix::fs::PermissionsExt as _;

    let disk = tempfile::tempdir().unwrap();
    write(disk.path(), &[("template.yaml", SLIPS)]);
    let path = disk.path().join("template.yaml");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();

    mend(disk.path());

    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
}
