//! [`Stage`]: a template in a folder of its own, with a preview of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Map, Value};
use stagecraft::app::Workbench;
use stagecraft::config::{Config, ExpressionErrors};
use stagecraft::preview::{Given, Preview, Shown, Watch};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::app::write;

pub(crate) const TEMPLATE: &str = "\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: demo
  title: Demo
spec:
  type: service
  parameters:
    - title: About
      required: [name]
      properties:
        name: {type: string, title: Name, pattern: '^[a-z]+$'}
        port: {type: integer, default: 8080}
        token: {type: string, ui:field: Secret}
  steps:
    - id: fetch
      action: fetch:template
      input:
        url: ./skeleton
        values:
          name: ${{ parameters.name }}
          port: ${{ parameters.port }}
    - id: publish
      action: publish:github
      input:
        repoUrl: github.com?owner=acme&repo=${{ parameters.name }}
        description: ${{ secrets.token }}
  output:
    links:
      - {title: Repository, url: '${{ steps.publish.output.remoteUrl }}'}
";

/// A template with a preview.
pub(crate) struct Stage {
    pub(crate) folder: TempDir,
    pub(crate) preview: Preview,
    // The preview needs it.
    _bench: Workbench,
}

impl Stage {
    /// `demo/template.yaml`, a skeleton of two files and two cases; not looked at yet.
    pub(crate) async fn new() -> Self {
        Self::with(Given::default()).await
    }

    pub(crate) async fn with(given: Given) -> Self {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("demo/template.yaml"), TEMPLATE);
        write(&folder.path().join("demo/skeleton/README.md"), "# ${{ values.name }}\n");
        write(&folder.path().join("demo/skeleton/src/port.txt"), "${{ values.port }}\n");
        write(&folder.path().join("demo/cases/small.yaml"), "description: Small\nvalues: {name: orders}\n");
        write(&folder.path().join("demo/cases/big.yaml"), "values: {name: billing, port: 9000}\n");
        let settings = [("STAGECRAFT_DATA_DIR".to_owned(), folder.path().join("data").display().to_string())];
        let bench = Workbench::build(Config::from_parts(None, &settings).unwrap()).await.unwrap();
        let preview = bench.preview(&folder.path().join("demo"), None, given, ExpressionErrors::Fail);
        Self { folder, preview, _bench: bench }
    }

    /// The same with the case `small`, looked at once.
    pub(crate) async fn shown() -> Self {
        let stage = Self::with(Given { case: Some("small".to_owned()), ..Given::default() }).await;
        stage.look().await;
        stage
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        write(&self.folder.path().join("demo").join(path), text);
    }

    /// Looks at the files and gives what is to be seen then.
    pub(crate) async fn look(&self) -> Arc<Shown> {
        self.preview.look(Instant::now()).await;
        self.preview.now()
    }

    /// Fills the form in.
    pub(crate) async fn fill(&self, values: Value, secrets: Value) -> Arc<Shown> {
        let object = |value: Value| -> Map<String, Value> { value.as_object().cloned().unwrap() };
        self.preview.fill(object(values), object(secrets)).await
    }

    /// Watches the files until the token is cancelled.
    pub(crate) async fn watch(&self) -> CancellationToken {
        let stop = CancellationToken::new();
        let (preview, token) = (self.preview.clone(), stop.clone());
        let watch = Watch::start(&preview).await.unwrap();
        tokio::spawn(async move { watch.follow(&preview, token).await });
        stop
    }

    /// Waits for a state that is as wanted.
    pub(crate) async fn wait_for(&self, wanted: impl Fn(&Shown) -> bool) -> Arc<Shown> {
        let mut states = self.preview.subscribe();
        let found = states.wait_for(|shown| wanted(shown));
        let waited = tokio::time::timeout(Duration::from_secs(20), found).await;
        Arc::clone(&waited.expect("the state comes in time").unwrap())
    }
}

/// The text of a file of the last run.
pub(crate) fn text(shown: &Shown, path: &str) -> Option<String> {
    let path = catalog_gen::TreePath::parse(path).unwrap();
    let file = shown.run.as_ref()?.files.file(&path)?;
    file.text().map(str::to_owned)
}
