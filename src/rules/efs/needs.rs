//! The sections that the rules of R1 read.

use crate::model::SectionName;

/// The sections that rules read which also go by the meter.
pub(crate) const NEEDS_WITH_METRICS: &[SectionName] = &[
    SectionName::CloudWatchEfsMetrics,
    SectionName::Ec2Instances,
    SectionName::Ec2PrefixLists,
    SectionName::Ec2SecurityGroups,
    SectionName::Ec2TransitGatewayAttachments,
    SectionName::Ec2VpcPeering,
    SectionName::EfsFileSystems,
    SectionName::EfsLifecycle,
    SectionName::EfsMountTargets,
    SectionName::InspectorAccountStatus,
    SectionName::InspectorConfiguration,
    SectionName::InspectorDeepInspection,
    SectionName::InspectorEc2Coverage,
    SectionName::SsmDefaultHostManagement,
    SectionName::SsmInspectorAssociation,
    SectionName::SsmManagedNodes,
];

/// The sections that every rule of R1 reads: all of these but the meter, the first.
pub(crate) const NEEDS: &[SectionName] = match NEEDS_WITH_METRICS {
    [SectionName::CloudWatchEfsMetrics, rest @ ..] => rest,
    all => all,
};
