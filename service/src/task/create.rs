//! Creating a task: everything that can be refused is refused here, before anything is stored.

use catalog_gen::EntityRef;
use serde_json::{Map, Value, json};

use super::found::User;
use super::{CreateError, NewTask, StepFault, TaskSpec, Tasks, Unknown};
use crate::action::Registry;
use crate::backstage::permission::{PARAMETER_READ, Permission, STEP_READ, TASK_CREATE, TEMPLATE_RUN};
use crate::ids::TaskId;
use crate::template::parameters::with_defaults;
use crate::template::{Template, validate_secrets, validate_values};

/// What has to be decided before a task of a template is created.
const TO_CREATE: [Permission; 4] = [TASK_CREATE, TEMPLATE_RUN, PARAMETER_READ, STEP_READ];

impl Tasks {
    /// Creates a task: template found, values checked, actions known, files pinned, everything stored in one
    /// transaction. A wish that was granted under the same key is not granted twice.
    pub async fn create(&self, new: NewTask) -> Result<TaskId, CreateError> {
        let reference = template_ref(&new.template_ref)?;
        let (permitted, _) = self.permitted(&reference, &new.caller, &TO_CREATE).await?;
        let template = &permitted.template;
        let given = permitted.own_values(new.values.clone());
        if let Some(id) = self.granted(&reference, &new, &given).await? {
            return Ok(id);
        }
        let values = if new.fill_defaults { with_defaults(template, &given) } else { given.clone() };
        validate_values(template, &values).map_err(CreateError::Violations)?;
        validate_secrets(template, &Value::Object(new.secrets.clone())).map_err(CreateError::Violations)?;
        let registry = self.registry_for(&template.spec.steps).await;
        let mut faults = step_faults(template, &registry);
        faults.extend(self.unusable_steps(template, &registry));
        if !faults.is_empty() {
            return Err(CreateError::Steps(faults));
        }
        let pin = permitted.pin(&self.inner.library).await?;
        let spec = spec_of(template, values, permitted.user.clone());
        let id = TaskId::generate();
        if self.store_new(id, &spec, pin.as_ref(), &new).await? {
            return Ok(id);
        }
        self.granted(&reference, &new, &given).await?.ok_or(CreateError::KeyUsed)
    }

    /// The task that the caller has under the key of the wish.
    async fn granted(
        &self,
        reference: &str,
        new: &NewTask,
        given: &Value,
    ) -> Result<Option<TaskId>, CreateError> {
        let Some(key) = &new.key else { return Ok(None) };
        let Some(id) = self.task_of_key(&new.caller, key).await? else { return Ok(None) };
        let spec = self.stored(id).await?.spec;
        let made_from = spec.template_info.get("entityRef").and_then(Value::as_str).unwrap_or_default();
        if made_from.eq_ignore_ascii_case(reference) && spec.parameters == *given {
            return Ok(Some(id));
        }
        Err(CreateError::KeyUsed)
    }
}

impl Tasks {
    /// Steps whose action cannot work with what this service has. A dry run may leave them out.
    fn unusable_steps(&self, template: &Template, registry: &Registry) -> Vec<StepFault> {
        let capabilities = &self.inner.capabilities;
        let steps = template.spec.steps.iter().enumerate();
        // One with an `if` may never run.
        let steps = steps.filter(|(_, step)| step.condition.is_none());
        steps
            .filter_map(|(index, step)| {
                let message = registry.get(&step.action).ok()?.unusable(capabilities)?;
                let at = format!("spec.steps[{index}].action");
                Some(StepFault { step: step.id.clone(), at, message, unknown: Unknown::Action })
            })
            .collect()
    }
}

/// What of the steps cannot work whatever the values are: a task that cannot end well is not begun. Inputs of a
/// step with an `if` are left to its run, because it may never run.
pub(super) fn step_faults(template: &Template, registry: &Registry) -> Vec<StepFault> {
    let mut faults = Vec::new();
    for (index, step) in template.spec.steps.iter().enumerate() {
        let mut fault = |unknown: Unknown, below: &str, message: String| {
            let at = format!("spec.steps[{index}].{below}");
            faults.push(StepFault { step: step.id.clone(), at, message, unknown });
        };
        match registry.get(&step.action) {
            Err(unknown) => fault(Unknown::Action, "action", unknown.to_string()),
            Ok(action) if step.condition.is_none() => {
                for (key, message) in action.unknown_keys(step.input.as_ref().unwrap_or(&Map::new())) {
                    fault(Unknown::Input, &format!("input.{key}"), message);
                }
            }
            Ok(_) => {}
        }
    }
    faults
}

/// The comparable form of a reference to a template; the kind may be left out.
pub(super) fn template_ref(text: &str) -> Result<String, CreateError> {
    let not_a_template =
        || CreateError::BadReference("Invalid kind, only 'Template' kind is supported".to_owned());
    let parsed = EntityRef::parse_with(text, Some("Template"), None).map_err(|_| not_a_template())?;
    if !parsed.kind().eq_ignore_ascii_case("template") {
        return Err(not_a_template());
    }
    Ok(parsed.to_string())
}

/// The snapshot that Backstage would store.
pub(super) fn spec_of(template: &Template, values: Value, user: User) -> TaskSpec {
    let mut info = Map::new();
    info.insert("entityRef".to_owned(), json!(template.entity_ref));
    if let Some(base_url) = &template.base_url {
        info.insert("baseUrl".to_owned(), json!(base_url));
    }
    let metadata = template.entity.get("metadata").cloned().unwrap_or_default();
    info.insert("entity".to_owned(), json!({ "metadata": metadata }));
    TaskSpec {
        api_version: "scaffolder.backstage.io/v1beta3".to_owned(),
        steps: template.spec.steps.clone(),
        recovery: template.spec.recovery.clone(),
        output: template.spec.output.clone(),
        parameters: values,
        user,
        template_info: Value::Object(info),
    }
}
