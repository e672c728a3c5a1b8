//! Managed prefix lists: names for ranges that security group rules use.

use std::collections::HashMap;

use ipnet::IpNet;

use crate::model::{PrefixList, SectionName, Target};
use crate::rules::Blocker;
use crate::rules::finding::efs::OpenQuestion;

/// The lists of a target, by id.
#[derive(Debug, Default)]
pub(crate) struct PrefixLists<'a> {
    lists: HashMap<&'a str, &'a PrefixList>,
}

impl<'a> PrefixLists<'a> {
    /// Reads the target's lists; none where they are missing.
    pub(crate) fn of(target: &'a Target) -> Self {
        let lists = target.ec2.prefix_lists.complete().into_iter().flatten();
        Self { lists: lists.map(|list| (list.id.as_str(), list)).collect() }
    }

    /// The ranges of a list that a rule of `group` names, or what would have to be read for them.
    pub(crate) fn nets(&self, group: &str, list: &str) -> Result<Vec<IpNet>, Blocker> {
        match self.lists.get(list).filter(|list| list.unread.is_none()) {
            Some(list) => {
                Ok(list.ipv4.iter().copied().map(IpNet::V4).chain(list.ipv6.iter().copied().map(IpNet::V6)).collect())
            }
            None => Err(self.unread(group, list)),
        }
    }

    fn unread(&self, group: &str, list: &str) -> Blocker {
        let why = self.lists.get(list).and_then(|list| list.unread.clone());
        let question = OpenQuestion::PrefixList { group: group.to_owned(), list: list.to_owned(), why };
        Blocker::efs(SectionName::Ec2PrefixLists, Some(list), question)
    }
}
