//! A changed world: the same snapshot with some switches turned, for the rules to judge. Pure.

mod ecr;
mod exclude;
pub mod fees;

pub use exclude::{Exclusions, NothingExcluded};

use crate::model::{Association, DeepInspection, Section, Tag, Target, TypeStatus};

/// A switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

impl Switch {
    /// As it is typed.
    fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
        }
    }
}

/// The registry's scan type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanType {
    /// ECR scans by itself.
    Basic,
    /// Inspector scans.
    Enhanced,
}

/// An instance to exclude: by id, or all that carry a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Excluded {
    /// The instance with this id.
    Instance(String),
    /// Every instance with this tag.
    Tag {
        /// The key.
        key: String,
        /// The value.
        value: String,
    },
}

impl Excluded {
    fn concerns(&self, id: &str, tags: &[Tag]) -> bool {
        match self {
            Self::Instance(instance) => instance == id,
            Self::Tag { key, value } => tags.iter().any(|tag| tag.key == *key && tag.value == *value),
        }
    }
}

/// What to change. Nothing set: the world as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Inspector's EC2 scanning, and Inspector itself where it has to be on for that.
    pub inspector_ec2: Option<Switch>,
    /// Inspector's ECR scanning, with what AWS then does to the registry.
    pub inspector_ecr: Option<Switch>,
    /// The registry's scan type, with what AWS then does to Inspector; after [`Self::inspector_ecr`].
    pub ecr_scan_type: Option<ScanType>,
    /// How many images there are in each registry whose ECR scanning goes on: Inspector counts them only where it scans
    /// them.
    pub ecr_images: Option<u64>,
    /// Deep inspection.
    pub deep_inspection: Option<Switch>,
    /// The schedule of the association that runs the plugin, e.g. `rate(12 hours)`.
    pub scan_schedule: Option<String>,
    /// Whether files return to Standard when they are read, on every file system that has a lifecycle configuration.
    pub transition_to_standard: Option<Switch>,
    /// Instances that carry the tag and have their tags in the metadata.
    pub exclude: Vec<Excluded>,
}

impl Changes {
    /// What is changed, a phrase each.
    pub fn describe(&self) -> Vec<String> {
        let mut phrases = Vec::new();
        let mut switch = |what: &str, switch: Option<Switch>| {
            phrases.extend(switch.map(|switch| format!("{what} {}", switch.as_str())));
        };
        switch("Inspector's EC2 scanning", self.inspector_ec2);
        switch("Inspector's ECR scanning", self.inspector_ecr);
        switch("deep inspection", self.deep_inspection);
        switch("files return to Standard when they are read:", self.transition_to_standard);
        phrases.extend(self.ecr_scan_type.map(|scan_type| match scan_type {
            ScanType::Basic => "the registry's scan type BASIC".to_owned(),
            ScanType::Enhanced => "the registry's scan type ENHANCED".to_owned(),
        }));
        phrases.extend(
            self.ecr_images.map(|images| format!("{images} images in each registry that Inspector then scans")),
        );
        phrases.extend(self.scan_schedule.as_ref().map(|schedule| format!("the scan's schedule {schedule}")));
        phrases.extend(self.exclude.iter().map(|excluded| match excluded {
            Excluded::Instance(id) => format!("{id} excluded"),
            Excluded::Tag { key, value } => format!("every instance with the tag {key}={value} excluded"),
        }));
        phrases
    }

    /// What AWS does by itself once ECR scanning or the registry's scan type is changed on this target, in words.
    pub fn prediction(&self, target: &Target) -> Option<String> {
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
            instance.tags.push(Tag { key: "InspectorEc2Exclusion".to_owned(), value: String::new() });
            instance.tags.sort();
            let options = instance.metadata_options.get_or_insert_default();
            options.state = Some("applied".to_owned());
            options.http_endpoint = Some("enabled".to_owned());
            options.instance_metadata_tags = Some("enabled".to_owned());
        }
    }
}

/// Switching EC2 scanning on enables Inspector, and deep inspection with it (Inspector user guide, "Deep inspection",
/// 2026-10: on by itself for accounts activated since 2023-04-17), and makes coverage what SSM says. Switching it off
/// leaves the other types as they are.
fn switch_ec2(target: &mut Target, switch: Switch) {
    set_type(target, "ec2", switch);
    if switch == Switch::On {
        if target.inspector.deep_inspection.is_absent() {
            target.inspector.deep_inspection =
                Section::Complete(DeepInspection { status: "ACTIVATED".to_owned(), ..DeepInspection::default() });
        }
    }
}

/// Switches one of Inspector's types; Inspector is on where any of them is.
fn set_type(target: &mut Target, resource: &str, switch: Switch) {
    let status = |text: &str| TypeStatus { status: text.to_owned(), ..TypeStatus::default() };
    let was_off = match &target.inspector.account_status {
        Section::Complete(account) => account.state.as_ref().is_some_and(|state| state.status == "DISABLED"),
        Section::Absent(_) => true,
        Section::NotAsked | Section::Missing(_) => false,
    };
    let mut account = target.inspector.account_status.complete().cloned().unwrap_or_default();
    account.failed = None;
    account.resources.insert(resource.to_owned(), status(if switch == Switch::On { "ENABLED" } else { "DISABLED" }));
    let any = account.resources.values().any(|resource| resource.status == "ENABLED");
    account.state = Some(status(if any { "ENABLED" } else { "DISABLED" }));
    // Of an Inspector that was off AWS need not list the types; once it is on, what is not listed would read as unknown.
    for other in ["ec2", "ecr"].into_iter().filter(|_| was_off) {
        account.resources.entry(other.to_owned()).or_insert_with(|| status("DISABLED"));
    }
    target.inspector.account_status = Section::Complete(account);
}
