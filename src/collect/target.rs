//! One target from its identity to its last section, all services side by side.

use std::collections::BTreeSet;

use futures::join;

use super::clients::{TargetClients, section};
use super::evidence::Ahead;
use super::gate::{Gate, Look, Part};
use super::request::EvidenceOptions;
use super::ssm::SoFar;
use super::{billing, ec2, ecr, efs, evidence, inspector, ssm};
use crate::model::{Section, SectionName, Target};

/// Fills the wanted sections: first what AWS knows at once, then the evidence that this makes worth asking for.
pub(super) async fn fill(
    clients: &TargetClients,
    target: &mut Target,
    wanted: &BTreeSet<SectionName>,
    options: &EvidenceOptions,
) {
    let wants = |name| wanted.contains(&name);
    let gate = Gate::new(&parts(&wants));
    let so_far = SoFar::new();
    // Boxed: the SDK's futures are large, and dozens of them are joined on one stack.
    let nodes = gate.behind(Box::pin(ssm::managed_nodes(clients, &wants, &so_far)));
    let others = Box::pin(async {
        let (ec2, ssm, inspector, efs, ecr, monthly_usage) = join!(
            gate.behind(Box::pin(ec2::collect(clients, &wants))),
            gate.behind(Box::pin(ssm::settings(clients, &wants))),
            Box::pin(inspector::collect(clients, &wants, target.taken_at, &gate)),
            Box::pin(efs::collect(clients, &wants, &gate)),
            Box::pin(ecr::collect(clients, &wants, &gate)),
            section(wants(SectionName::BillingMonthlyUsage), billing::monthly_usage(clients, target.taken_at)),
        );
        match gate.look() {
            Look::Closed(gap) => {
                target.identity = Section::Missing(gap);
                return None;
            }
            Look::Nothing => target.nothing_here = true,
            Look::Everything => {}
        }
        target.ec2 = ec2;
        target.ssm = ssm;
        target.inspector = inspector;
        target.efs = efs;
        target.ecr = ecr;
        target.billing.monthly_usage = monthly_usage;
        // A long list of nodes: what those that are known make worth asking is asked beside it.
        Some(match so_far.take() {
            Some(nodes) => evidence::ahead(clients, target, nodes, &wants, options).await,
            None => Ahead::default(),
        })
    });
    let (nodes, ahead) = join!(nodes, others);
    let Some(ahead) = ahead else { return };
    target.ssm.managed_nodes = nodes;
    let scope = (options.scope)(target);
    target.evidence = Box::pin(evidence::collect(clients, target, &wants, &scope, ahead, options)).await;
    if scope.file_systems.is_empty() && !scope.unreached.is_empty() {
        let scope = (options.scope)(target);
        Box::pin(evidence::complete(clients, target, &wants, &scope, options)).await;
    }
}

/// What is asked first, of what is wanted.
fn parts(wants: &impl Fn(SectionName) -> bool) -> Vec<Part> {
    let file_systems = [SectionName::EfsFileSystems, SectionName::EfsLifecycle, SectionName::EfsMountTargets];
    let repositories = [SectionName::EcrRepositories, SectionName::EcrRepositoryScanning];
    let asked = [
        (Part::FileSystems, file_systems.into_iter().any(wants)),
        (Part::Registry, wants(SectionName::EcrRegistryScanning)),
        (Part::Repositories, repositories.into_iter().any(wants)),
        (Part::Inspector, wants(SectionName::InspectorAccountStatus)),
    ];
    asked.into_iter().filter(|(_, is_asked)| *is_asked).map(|(part, _)| part).collect()
}
