//! Signs that a folder is deployed for itself, by the names of files in it.

use crate::{Evidence, Listed, TreePath};

/// A file's name, the sign, and what it is in words.
const FILES: [(&str, &str, &str); 30] = [
    ("dockerfile", "deployed:image", "an image is built here"),
    ("containerfile", "deployed:image", "an image is built here"),
    ("serverless.yml", "deployed:serverless", "functions are deployed from here"),
    ("serverless.yaml", "deployed:serverless", "functions are deployed from here"),
    ("serverless.ts", "deployed:serverless", "functions are deployed from here"),
    ("samconfig.toml", "deployed:sam", "functions are deployed from here"),
    ("host.json", "deployed:azure-functions", "functions are deployed from here"),
    ("app.yaml", "deployed:app-engine", "App Engine deploys it"),
    ("fly.toml", "deployed:fly", "Fly deploys it"),
    ("procfile", "deployed:procfile", "a platform starts it"),
    ("vercel.json", "deployed:vercel", "Vercel deploys it"),
    ("now.json", "deployed:vercel", "Vercel deploys it"),
    ("netlify.toml", "deployed:netlify", "Netlify deploys it"),
    ("wrangler.toml", "deployed:cloudflare", "Cloudflare deploys it"),
    ("wrangler.json", "deployed:cloudflare", "Cloudflare deploys it"),
    ("wrangler.jsonc", "deployed:cloudflare", "Cloudflare deploys it"),
    ("render.yaml", "deployed:render", "Render deploys it"),
    ("railway.json", "deployed:railway", "Railway deploys it"),
    ("railway.toml", "deployed:railway", "Railway deploys it"),
    ("apprunner.yaml", "deployed:app-runner", "App Runner deploys it"),
    ("skaffold.yaml", "deployed:kubernetes", "Skaffold deploys it"),
    ("kustomization.yaml", "deployed:kubernetes", "Kustomize deploys it"),
    ("kustomization.yml", "deployed:kubernetes", "Kustomize deploys it"),
    ("firebase.json", "deployed:firebase", "Firebase deploys it"),
    ("staticwebapp.config.json", "deployed:azure", "Azure deploys it"),
    ("nais.yaml", "deployed:kubernetes", "NAIS deploys it"),
    ("nais.yml", "deployed:kubernetes", "NAIS deploys it"),
    ("chart.yaml", "deployed:helm", "a chart deploys it"),
    ("captain-definition", "deployed:caprover", "CapRover deploys it"),
    ("project.toml", "deployed:buildpacks", "buildpacks build it"),
];

/// Folders that hold how something is shipped, not the thing.
const AROUND: [&str; 18] = [
    "docker",
    ".docker",
    "build",
    "deploy",
    "deployment",
    "deployments",
    "helm",
    "chart",
    "charts",
    "k8s",
    "kubernetes",
    "manifests",
    "infra",
    "infrastructure",
    "ci",
    "ops",
    "container",
    "openshift",
];

/// The folder that a file says is deployed, and the sign.
pub(super) fn sign(file: &Listed) -> Option<(Option<TreePath>, &'static str, Evidence)> {
    let name = file.path.file_name();
    let image = ("", "deployed:image", "an image is built here");
    let (_, sign, seen) = FILES
        .iter()
        .find(|(wanted, _, _)| name.eq_ignore_ascii_case(wanted))
        .or_else(|| is_image(name).then_some(&image))?;
    let mut folder = file.path.parent();
    if *sign == "deployed:helm" {
        // A chart stands in a folder of its own, beside or below what it deploys.
        folder = folder.and_then(|folder| folder.parent());
    }
    while let Some(own) =
        folder.as_ref().filter(|own| AROUND.contains(&own.file_name().to_ascii_lowercase().as_str()))
    {
        folder = own.parent();
    }
    Some((folder, sign, Evidence::at(&file.path, None, "components.deployed", *seen)))
}

/// `Dockerfile.api`, `api.Dockerfile`.
fn is_image(name: &str) -> bool {
    const START: &str = "dockerfile.";
    const ENDS: [&str; 2] = [".dockerfile", ".containerfile"];
    let begins = name.get(..START.len()).is_some_and(|start| start.eq_ignore_ascii_case(START));
    let is_end = |end: &&str| {
        let at = name.len().checked_sub(end.len());
        at.and_then(|at| name.get(at..)).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
    };
    if !begins && !ENDS.iter().any(is_end) {
        return false;
    }
    let name = name.to_ascii_lowercase();
    !name.ends_with(".dockerignore") && !is_development(&name)
}

/// `Dockerfile.dev` and its like ship nothing.
fn is_development(name: &str) -> bool {
    name.split('.')
        .any(|word| matches!(word, "dev" | "develop" | "development" | "test" | "ci" | "local" | "debug"))
}
