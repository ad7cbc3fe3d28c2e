//! Files and volumes of a container.
//!
//! Each container's files are one `ConfigMap`, named by its content so that a changed file starts new pods. The
//! content of a file never holds what is in a `Secret`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use catalog_gen::TreePath;
use serde_json::{Map, Value, json};

use super::Writer;
use crate::placeholder::{self, Output, Part};
use crate::workload::{Container, File, Volume};

/// What a container mounts, and the pod's volumes for it.
#[derive(Debug, Default)]
pub(super) struct Mounts {
    pub(super) mounts: Vec<Value>,
    pub(super) volumes: Vec<Value>,
}

impl Writer<'_, '_> {
    pub(super) fn mounts(&mut self, name: &str, container: &Container) -> Mounts {
        let mut mounts = Mounts::default();
        self.files(name, container, &mut mounts);
        for (at, (target, key, volume)) in container.volumes.sorted().into_iter().enumerate() {
            let path = ["containers", name, "volumes", key.as_str(), "source"];
            match self.volume(volume) {
                Ok(source) => {
                    let volume_name = format!("{name}-volume-{at}");
                    let mut entry = json!({ "name": volume_name });
                    if let (Value::Object(entry), Value::Object(source)) = (&mut entry, source) {
                        entry.extend(source);
                    }
                    let mut mount = json!({ "name": volume_name, "mountPath": target });
                    if let (Value::Object(mount), Some(inner)) = (&mut mount, &volume.path) {
                        mount.insert("subPath".to_owned(), json!(inner.trim_start_matches('/')));
                    }
                    if let (Value::Object(mount), true) = (&mut mount, volume.read_only) {
                        mount.insert("readOnly".to_owned(), json!(true));
                    }
                    mounts.mounts.push(mount);
                    mounts.volumes.push(entry);
                }
                Err(message) => self.fault(&path, message),
            }
        }
        mounts
    }

    /// The pod's volume for what a `source` names.
    fn volume(&self, volume: &Volume) -> Result<Value, String> {
        let name = std::cell::RefCell::new(None);
        let lookup = |path: &[String]| match path {
            [first, resource] if first == "resources" => {
                *name.borrow_mut() = Some(resource.clone());
                Ok(Output::Known(Value::Null))
            }
            _ => Err("name a resource: `${resources.<name>}`".to_owned()),
        };
        let parts = placeholder::parts(&volume.source, &lookup)?;
        let name = name.into_inner();
        let ([Part::Found(_)], Some(name)) = (parts.as_slice(), name) else {
            return Err(format!("`{}` names no resource; write `${{resources.<name>}}`", volume.source));
        };
        let Some(resolved) = self.resources.iter().find(|resolved| resolved.name == name) else {
            return Err(format!("the workload has no resource `{name}`; name it under `resources`"));
        };
        let Some(source) = &resolved.definition.volume else {
            return Err(format!("rule `{}` stands for `{name}`, and is no volume", resolved.definition.id));
        };
        let lookup = |path: &[String]| self.context.of_definition(resolved, path);
        placeholder::expand(source, &lookup, &|output| self.context.stand_in(output))
    }

    fn files(&mut self, name: &str, container: &Container, mounts: &mut Mounts) {
        let (mut data, mut binary, mut items) = (Map::new(), Map::new(), Vec::new());
        let volume = format!("{name}-files");
        for (at, (target, place, file)) in container.files.sorted().into_iter().enumerate() {
            let path = ["containers", name, "files", place.as_str()];
            let key = format!("file-{at}");
            match self.content(file) {
                Ok(Content::Text(text)) => drop(data.insert(key.clone(), Value::String(text))),
                Ok(Content::Binary(bytes)) => {
                    drop(binary.insert(key.clone(), Value::String(STANDARD.encode(bytes))));
                }
                Err(message) => {
                    self.fault(&path, message);
                    continue;
                }
            }
            let mode = file.mode.as_deref().and_then(|mode| u32::from_str_radix(mode, 8).ok());
            items.push(match mode {
                Some(mode) => json!({ "key": key, "path": key, "mode": mode }),
                None => json!({ "key": key, "path": key }),
            });
            mounts
                .mounts
                .push(json!({ "name": volume, "mountPath": target, "subPath": key, "readOnly": true }));
        }
        if items.is_empty() {
            return;
        }
        let content = json!({ "data": data, "binaryData": binary });
        let map = format!("{}-{name}-{:08x}", self.name(), digest(&content.to_string()));
        let mut manifest =
            json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": self.metadata(&map) });
        if let Value::Object(manifest) = &mut manifest {
            for (key, there) in [("data", data), ("binaryData", binary)] {
                if !there.is_empty() {
                    manifest.insert(key.to_owned(), Value::Object(there));
                }
            }
        }
        self.manifests.push(manifest);
        mounts.volumes.push(json!({ "name": volume, "configMap": { "name": map, "items": items } }));
    }

    fn content(&self, file: &File) -> Result<Content, String> {
        if let Some(encoded) = &file.binary_content {
            let bytes = STANDARD.decode(encoded.as_bytes());
            return bytes
                .map(Content::Binary)
                .map_err(|error| format!("`binaryContent` is no base64: {error}"));
        }
        let text = match (&file.content, &file.source) {
            (Some(content), _) => content.clone(),
            (None, Some(source)) => {
                let path = TreePath::parse(source.trim_start_matches("./"));
                let path =
                    path.map_err(|error| format!("`{source}` is no file beside the Score file: {error}"))?;
                let found = self.request.files.file(&path);
                let found =
                    found.ok_or_else(|| format!("there is no file `{source}` beside the Score file"))?;
                match found.text() {
                    Some(text) => text.to_owned(),
                    None if file.no_expand => return Ok(Content::Binary(found.bytes.to_vec())),
                    None => {
                        return Err(format!(
                            "`{source}` is not UTF-8; set `noExpand: true` to take it as it is"
                        ));
                    }
                }
            }
            (None, None) => return Err("the file has no content".to_owned()),
        };
        if file.no_expand {
            return Ok(Content::Text(text));
        }
        let parts = placeholder::parts(&text, &|path| self.lookup(path))?;
        placeholder::joined(&parts, &|output| self.context.stand_in(output)).map(Content::Text)
    }
}

/// What a file holds.
enum Content {
    Text(String),
    Binary(Vec<u8>),
}

/// FNV-1a, folded to 32 bits: enough to tell one content of a name from the next.
fn digest(text: &str) -> u32 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let folded = (hash >> 32) ^ (hash & 0xffff_ffff);
    u32::try_from(folded).unwrap_or(u32::MAX)
}
