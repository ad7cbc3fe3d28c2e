//! Manifests of Kubernetes, as far as lines show them.
//!
//! Templates of charts are no YAML until they are rendered, so nothing is parsed: kinds, names, images and settings
//! stand on lines of their own. The invariant: the time is linear in the length of the text.

/// One manifest.
#[derive(Debug, Default)]
pub(super) struct Manifest<'t> {
    pub(super) api: &'t str,
    pub(super) kind: &'t str,
    pub(super) name: Option<&'t str>,
    /// The line of its kind, from 1.
    pub(super) line: u32,
    pub(super) images: Vec<&'t str>,
    /// Labels and annotations at any depth, and other pairs of words that stand on one line.
    pub(super) pairs: Vec<(&'t str, &'t str, u32)>,
    /// Settings of containers with their values.
    pub(super) environment: Vec<(&'t str, &'t str, u32)>,
}

/// The manifests of a text.
pub(super) fn manifests(text: &str) -> Vec<Manifest<'_>> {
    let mut all = Vec::new();
    let mut now = Manifest::default();
    let (mut root, mut setting) = ("", None);
    for (at, line) in text.lines().enumerate() {
        if line.starts_with("---") {
            finish(&mut all, std::mem::take(&mut now));
            (root, setting) = ("", None);
            continue;
        }
        let bare = line.trim().trim_start_matches("- ");
        let Some((key, value)) = bare.split_once(':').filter(|_| !bare.starts_with('#')) else { continue };
        let (key, value) = (key.trim().trim_matches(['"', '\'']), value.trim().trim_matches(['"', '\'']));
        let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
        if !line.starts_with([' ', '\t', '-']) {
            root = key;
            match key {
                "apiVersion" => now.api = value,
                "kind" => (now.kind, now.line) = (value, number),
                _ => {}
            }
            continue;
        }
        let depth = line.len() - line.trim_start().len();
        if root == "metadata" && key == "name" && depth <= 4 && now.name.is_none() {
            now.name = Some(value).filter(|name| !name.is_empty());
        }
        match key {
            "image" if !value.is_empty() => now.images.push(value),
            "name" => setting = Some(value),
            "value" => {
                let name = setting.take();
                now.environment.extend(name.map(|name| (name, value, number)));
            }
            _ => {}
        }
        if !value.is_empty() {
            now.pairs.push((key, value, number));
        }
    }
    finish(&mut all, now);
    all
}

fn finish<'t>(all: &mut Vec<Manifest<'t>>, manifest: Manifest<'t>) {
    if !manifest.kind.is_empty() && !manifest.api.is_empty() {
        all.push(manifest);
    }
}

impl Manifest<'_> {
    /// The value of a label or another pair.
    pub(super) fn pair(&self, key: &str) -> Option<(&str, u32)> {
        let usable = |value: &str| !value.contains("{{") && !value.contains('$');
        let found = self.pairs.iter().find(|(own, value, _)| *own == key && usable(value));
        found.map(|(_, value, line)| (*value, *line))
    }
}

#[cfg(test)]
mod tests {
    use super::manifests;

    #[test]
    fn manifests_are_told_apart_and_templates_do_no_harm() {
        let text = "{{- if .Values.x }}\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  labels:\n    app: \"web\"\nspec:\n  containers:\n    - image: acme/web:1\n      env:\n        - name: URL\n          value: http://api\n---\n# nothing\n---\nkind: Service\napiVersion: v1\nmetadata:\n  name: {{ .Chart.Name }}\n";
        let found = manifests(text);

        assert_eq!(
            found.iter().map(|one| (one.kind, one.name, one.line)).collect::<Vec<_>>(),
            [("Deployment", Some("web"), 3), ("Service", Some("{{ .Chart.Name }}"), 17),]
        );
        assert_eq!(found[0].images, ["acme/web:1"]);
        assert_eq!(found[0].environment, [("URL", "http://api", 13)]);
        assert_eq!(found[0].pair("app"), Some(("web", 7)));
    }
}
