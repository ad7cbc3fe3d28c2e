//! Protobuf files that declare a service.
//!
//! Messages alone are no interface. Files of one protobuf package are one. The invariant: packages that everybody
//! copies (`google`, `grpc`, `envoy` …) are never taken for one's own.

use std::sync::LazyLock;

use regex::Regex;

use super::Spec;
use crate::TreePath;
use crate::detect::text::line_at;

static SERVICE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?m)^[ \t]*service[ \t]+(\w+)[ \t\r\n]*\{").ok());
static PACKAGE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?m)^[ \t]*package[ \t]+([\w.]+)[ \t]*;").ok());

/// Packages that are copied into repositories.
const FOREIGN: [&str; 16] = [
    "google",
    "grpc",
    "envoy",
    "validate",
    "buf",
    "gogoproto",
    "opentelemetry",
    "k8s",
    "xds",
    "udpa",
    "cosmos",
    "tendermint",
    "istio",
    "openapi",
    "protoc_gen_openapiv2",
    "temporal",
];

pub(super) fn read<'m>(path: &'m TreePath, text: &'m str) -> Option<Spec<'m>> {
    if !text.contains("service ") {
        return None;
    }
    let found: Vec<_> = SERVICE.as_ref()?.captures_iter(text).filter_map(|found| found.get(1)).collect();
    let first = found.first()?;
    let package = PACKAGE.as_ref()?.captures(text).and_then(|found| found.get(1)).map(|found| found.as_str());
    let mut parts = package.unwrap_or_default().split('.');
    let top = parts.next().unwrap_or_default();
    let is_test = |part: &str| {
        matches!(part, "test" | "tests" | "testing" | "testdata" | "example" | "examples" | "mock")
    };
    if FOREIGN.contains(&top) || package.is_some_and(|package| package.split('.').any(is_test)) {
        return None;
    }
    let services: Vec<&str> = found.iter().take(5).map(regex::Match::as_str).collect();
    Some(Spec {
        path,
        kind: "grpc",
        title: (found.len() == 1).then(|| first.as_str().to_owned()).or_else(|| package.map(str::to_owned)),
        version: None,
        description: None,
        line: line_at(text, first.start()),
        seen: format!(
            "the protobuf service {}",
            services.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        ),
        family: package.map_or_else(|| path.to_string(), str::to_owned),
        weight: found.len(),
    })
}
