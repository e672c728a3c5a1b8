//! What a collected section leaves open.

use super::evidence::{mixed, runs_unknown, too_little};
use crate::rules::finding::efs::OpenQuestion;

/// In a sentence, for the report's gaps.
pub(in crate::render::words) fn question(question: &OpenQuestion) -> String {
    match question {
        OpenQuestion::NoInterfaces => "a running instance came without network interfaces".to_owned(),
        OpenQuestion::PingStatus { instance, status } => {
            format!("the ping status {status:?} of {instance} is not one this version knows")
        }
        OpenQuestion::DeepInspectionStatus(status) => {
            let status = if status.is_empty() { "missing" } else { status };
            format!("the status {status:?} of deep inspection is not one this version knows")
        }
        OpenQuestion::NoSize => {
            "EFS gave no metered size by storage class; a new file system has one after some hours".to_owned()
        }
        OpenQuestion::PrimaryTransition(other) => {
            format!("TransitionToPrimaryStorageClass is {other:?}, which this version does not know")
        }
        OpenQuestion::TransitionAge(age) => format!("the transition age {age:?} is not one this version knows"),
        OpenQuestion::NoMetrics => "no metrics of it were collected".to_owned(),
        OpenQuestion::MixedFall(fall) => mixed(fall),
        OpenQuestion::Metrics(why) => too_little(why),
        OpenQuestion::Runs(why) => runs_unknown(why),
        OpenQuestion::UnseenGroup(group) => {
            format!("the security group {group} is not visible to this account; its owner has to look")
        }
        OpenQuestion::UnreadableRange { group, range } => {
            format!("a rule of {group} on TCP 2049 has a range that cannot be read: {range:?}")
        }
        OpenQuestion::PrefixList { group, list, why } => {
            let why = why.as_deref().unwrap_or("its entries were not read");
            format!("a rule of {group} on TCP 2049 names the prefix list {list}: {why}")
        }
        OpenQuestion::Probe(why) | OpenQuestion::MountTable(why) => why.clone(),
    }
}
