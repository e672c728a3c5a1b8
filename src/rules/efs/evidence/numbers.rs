//! The numbers of instances and file systems behind ids and addresses.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use crate::model::{FileSystem, Instance, Observed, Section, Target};

pub(super) struct Numbers<'a> {
    pub(super) instances: HashMap<&'a str, u32>,
    pub(super) file_systems: HashMap<&'a str, usize>,
    pub(super) addresses: HashMap<IpAddr, Vec<(&'a str, usize)>>,
    vpcs: HashMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Numbers<'a> {
    pub(super) fn of(target: &'a Target, instances: &[&'a Instance], file_systems: &[&'a FileSystem]) -> Self {
        let file_systems: HashMap<&str, usize> =
            file_systems.iter().enumerate().map(|(number, fs)| (fs.id.as_str(), number)).collect();
        let evidence = &target.evidence;
        let any = evidence.probe.is_complete()
            || evidence.tables.is_complete()
            || evidence.efs_tasks.is_complete()
            || evidence.efs_utils_streams.is_complete()
            || evidence.declared.is_complete()
            || evidence.efs_connections.is_complete()
            || evidence.finding_paths.is_complete()
            || evidence.nfs_clients.is_complete();
        let mut addresses: HashMap<IpAddr, Vec<(&str, usize)>> = HashMap::new();
        if any && let Section::Complete(mounts) = &target.efs.mount_targets {
            for mount in mounts {
                let Some(number) = file_systems.get(mount.file_system_id.as_str()) else { continue };
                let v4 = mount.ipv4.map(IpAddr::V4);
                for address in v4.into_iter().chain(mount.ipv6.map(IpAddr::V6)) {
                    addresses.entry(address).or_default().push((mount.vpc_id.as_str(), *number));
                }
            }
        }
        let hosts: BTreeSet<&str> = evidence.hosts().map(|host| host.instance_id.as_str()).collect();
        let of_hosts = instances.iter().filter(|it| hosts.contains(it.id.as_str()));
        let vpcs = of_hosts.map(|it| (it.id.as_str(), vpcs_of(it))).collect();
        // A hundred thousand ids are not hashed for a snapshot without evidence.
        let numbered = instances.iter().enumerate().filter(|_| any);
        let instances = numbered.filter_map(|(index, it)| Some((it.id.as_str(), u32::try_from(index).ok()?))).collect();
        Self { instances, file_systems, addresses, vpcs }
    }

    /// The file system whose mount target has an address, as seen from an instance, and whether that is certain: VPCs
    /// may use the same addresses, so a mount target in another VPC than the instance's is a guess.
    pub(super) fn at(&self, address: IpAddr, instance: &str) -> Option<(usize, bool)> {
        let all = self.addresses.get(&address)?;
        let own = |vpc: &str| self.vpcs.get(instance).is_some_and(|vpcs| vpcs.contains(vpc));
        let near: BTreeSet<usize> = all.iter().filter(|(vpc, _)| own(vpc)).map(|(_, number)| *number).collect();
        let far: BTreeSet<usize> = all.iter().map(|(_, number)| *number).collect();
        match (near.len(), far.len()) {
            (1, _) => near.first().map(|number| (*number, true)),
            (0, 1) => far.first().map(|number| (*number, false)),
            _ => None,
        }
    }
}

fn vpcs_of(instance: &Instance) -> BTreeSet<&str> {
    let interfaces = instance.network_interfaces.iter().filter_map(|interface| interface.vpc_id.as_deref());
    interfaces.chain(instance.vpc_id.as_deref()).collect()
}

/// The rows of a source; none where it is missing.
pub(super) fn rows<T>(section: &Section<Observed<T>>) -> &[T] {
    section.complete().map(|observed| observed.rows.as_slice()).unwrap_or_default()
}
