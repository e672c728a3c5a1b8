//! A changed world: the same snapshot with some switches turned, for the rules to judge. Pure.

mod changes;
mod ecr;
mod exclude;
pub mod fees;
mod inspector;

pub use changes::{Changes, Excluded, ScanType, Switch};
pub use exclude::{Exclusions, NothingExcluded, Unblocked};

use self::inspector::set_type;
use crate::model::{Association, DeepInspection, Section, Tag, Target};
use crate::rules::finding::coupling::Prediction;

impl Changes {
    /// What AWS does by itself once ECR scanning or the registry's scan type is changed on this target.
    pub fn prediction(&self, target: &Target) -> Option<Prediction> {
        ecr::prediction(self, target)
    }

    /// Changes a target. What was not seen stays unseen, but for what a change decides by itself.
    pub fn apply(&self, target: &mut Target) {
        if let Some(switch) = self.inspector_ec2 {
            switch_ec2(target, switch);
        }
        ecr::apply(self, target);
        if let Some(switch) = self.deep_inspection {
            let status = if switch == Switch::On { "ACTIVATED" } else { "DEACTIVATED" };
            match &mut target.inspector.deep_inspection {
                Section::Complete(deep) => status.clone_into(&mut deep.status),
                unseen @ (Section::Absent(_) | Section::NotAsked | Section::Missing(_)) => {
                    *unseen =
                        Section::Complete(DeepInspection { status: status.to_owned(), ..DeepInspection::default() });
                }
            }
        }
        if let Some(schedule) = &self.scan_schedule {
            let known = match &target.ssm.inspector_association {
                Section::Complete(Some(association)) => association.clone(),
                _ => Association::default(),
            };
            target.ssm.inspector_association =
                Section::Complete(Some(Association { schedule_expression: Some(schedule.clone()), ..known }));
        }
        if let Some(switch) = self.transition_to_standard {
            for policy in target.efs.lifecycle.values_mut() {
                policy.transition_to_primary_storage_class =
                    (switch == Switch::On).then(|| "AFTER_1_ACCESS".to_owned());
            }
        }
        self.exclude_instances(target);
    }

    fn exclude_instances(&self, target: &mut Target) {
        let Section::Complete(instances) = &mut target.ec2.instances else { return };
        for instance in instances.iter_mut() {
            if !self.exclude.iter().any(|excluded| excluded.concerns(&instance.id, &instance.tags)) {
                continue;
            }
            instance.tags.push(Tag { key: "InspectorEc2Exclusion".into(), value: "".into() });
            instance.tags.sort();
            let options = instance.metadata_options.get_or_insert_default();
            options.state = Some("applied".into());
            options.http_endpoint = Some("enabled".into());
            options.instance_metadata_tags = Some("enabled".into());
        }
    }
}

/// Switching EC2 scanning on enables Inspector, and deep inspection with it (Inspector user guide, "Deep inspection",
/// 2026-10: on by itself for accounts activated since 2023-04-17), and makes coverage what SSM says. Switching it off
/// leaves the other types as they are.
fn switch_ec2(target: &mut Target, switch: Switch) {
    set_type(target, "ec2", switch);
    if switch == Switch::On && target.inspector.deep_inspection.is_absent() {
        target.inspector.deep_inspection =
            Section::Complete(DeepInspection { status: "ACTIVATED".to_owned(), ..DeepInspection::default() });
    }
}
