//! What is priced: the names of the table's dimensions, with their units.

/// The service code of EFS in the Price List API.
pub const EFS: &str = "AmazonEFS";
/// The service code of Inspector in the Price List API.
pub const INSPECTOR: &str = "AmazonInspectorV2";

/// Standard storage, regional file systems, per GiB-month.
pub const STANDARD: &str = "standard_storage";
/// IA storage under bursting or provisioned throughput, per GiB-month.
pub const IA: &str = "ia_storage_bursting_or_provisioned";
/// IA storage under elastic throughput, per GiB-month.
pub const IA_ELASTIC: &str = "ia_storage_elastic";
/// Archive storage (elastic throughput only), per GiB-month.
pub const ARCHIVE: &str = "archive_storage_elastic_only";
/// One Zone Standard storage, per GiB-month.
pub const ONE_ZONE_STANDARD: &str = "onezone_standard_storage";
/// One Zone IA storage, per GiB-month.
pub const ONE_ZONE_IA: &str = "onezone_ia_storage";
/// One Zone Archive storage, per GiB-month: AWS sells none, so only a price file can have it.
pub const ONE_ZONE_ARCHIVE: &str = "onezone_archive_storage";
/// Reading from IA, per GiB.
pub const IA_READ: &str = "ia_access_read";
/// Moving into or out of IA, per GiB.
pub const IA_TIERING: &str = "ia_access_write_tiering";
/// Reading from Archive, per GiB.
pub const ARCHIVE_READ: &str = "archive_access_read";
/// Moving into or out of Archive, per GiB.
pub const ARCHIVE_TIERING: &str = "archive_access_write_tiering";
/// Reads under elastic throughput, per GiB.
pub const ELASTIC_READ: &str = "elastic_throughput_read";
/// Writes under elastic throughput, per GiB.
pub const ELASTIC_WRITE: &str = "elastic_throughput_write";
/// Provisioned throughput beyond what the storage includes, per MiBps-month.
pub const PROVISIONED: &str = "provisioned_throughput";
/// Throughput that the storage includes, per MiBps-month: free.
pub const INCLUDED: &str = "included_throughput";
/// One re-scan of a container image.
pub const ECR_RESCAN: &str = "ecr_image_rescan";
/// The first scan of a container image.
pub const ECR_INITIAL_SCAN: &str = "ecr_image_initial_scan";
/// Agent-based scanning of one instance for one hour.
pub const EC2_AGENT_HOUR: &str = "ec2_agent_instance_hour";
/// Agent-based scanning of one instance for one month of 720 hours.
pub const EC2_AGENT_MONTH: &str = "ec2_agent_instance_month";
/// Agentless scanning of one instance for one hour.
pub const EC2_AGENTLESS_HOUR: &str = "ec2_agentless_instance_hour";
/// One CIS check of an instance.
pub const EC2_CIS_CHECK: &str = "ec2_cis_check";
/// Standard scanning of one Lambda function for one hour.
pub const LAMBDA_HOUR: &str = "lambda_standard_function_hour";
/// Code scanning of one Lambda function for one hour.
pub const LAMBDA_CODE_HOUR: &str = "lambda_code_function_hour";
/// One scan of a code repository for infrastructure as code.
pub const CODE_IAC: &str = "code_repo_scan_iac";
/// One static analysis of a code repository.
pub const CODE_SAST: &str = "code_repo_scan_sast";
/// One scan of a code repository's dependencies.
pub const CODE_SCA: &str = "code_repo_scan_sca";

/// Every dimension: service, name, and the unit where the arithmetic depends on it.
pub const ALL: [(&str, &str, Option<&str>); 26] = [
    (EFS, STANDARD, Some("GiB-month")),
    (EFS, IA, Some("GiB-month")),
    (EFS, IA_ELASTIC, Some("GiB-month")),
    (EFS, ARCHIVE, Some("GiB-month")),
    (EFS, ONE_ZONE_STANDARD, Some("GiB-month")),
    (EFS, ONE_ZONE_IA, Some("GiB-month")),
    (EFS, ONE_ZONE_ARCHIVE, Some("GiB-month")),
    (EFS, IA_READ, Some("GiB")),
    (EFS, IA_TIERING, Some("GiB")),
    (EFS, ARCHIVE_READ, Some("GiB")),
    (EFS, ARCHIVE_TIERING, Some("GiB")),
    (EFS, ELASTIC_READ, Some("GiB")),
    (EFS, ELASTIC_WRITE, Some("GiB")),
    (EFS, PROVISIONED, Some("MiBps-month")),
    (EFS, INCLUDED, Some("MiBps-month")),
    (INSPECTOR, ECR_RESCAN, None),
    (INSPECTOR, ECR_INITIAL_SCAN, None),
    (INSPECTOR, EC2_AGENT_HOUR, None),
    (INSPECTOR, EC2_AGENT_MONTH, None),
    (INSPECTOR, EC2_AGENTLESS_HOUR, None),
    (INSPECTOR, EC2_CIS_CHECK, None),
    (INSPECTOR, LAMBDA_HOUR, None),
    (INSPECTOR, LAMBDA_CODE_HOUR, None),
    (INSPECTOR, CODE_IAC, None),
    (INSPECTOR, CODE_SAST, None),
    (INSPECTOR, CODE_SCA, None),
];

/// The unit that a dimension must have (`Some(None)`: any), or `None` where there is no such dimension.
pub fn unit(service: &str, dimension: &str) -> Option<Option<&'static str>> {
    ALL.iter().find(|(of, name, _)| *of == service && *name == dimension).map(|(_, _, unit)| *unit)
}
