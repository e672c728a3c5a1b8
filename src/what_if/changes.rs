//! What to change.

use crate::model::Tag;

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
    pub(super) fn concerns(&self, id: &str, tags: &[Tag]) -> bool {
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
}
