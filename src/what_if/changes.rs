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
