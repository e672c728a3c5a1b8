//! Terraform against the state machine: does one apply after another come to rest?
//!
//! The two resources' behaviour is that of the provider's source (terraform-provider-aws, `inspector2/enabler.go` and
//! `ecr/registry_scanning_configuration.go`, read in the versions of 2024 and 2026). No file is read here; the caller
//! says what the configuration wants.

use std::collections::BTreeSet;

use crate::rules::finding::coupling::{Event, ResourceType, Rules, Setting, State};

/// A set of scan types.
pub(super) type Types = BTreeSet<ResourceType>;

/// The types that `aws_inspector2_enabler` takes.
pub(super) const ENABLER_TYPES: [ResourceType; 5] = [
    ResourceType::Ec2,
    ResourceType::Ecr,
    ResourceType::Lambda,
    ResourceType::LambdaCode,
    ResourceType::CodeRepository,
];

/// What `aws_ecr_registry_scanning_configuration` wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct RegistryIntent {
    /// `scan_type`.
    pub(super) setting: Setting,
    /// Whether it has `rule` blocks of its own.
    pub(super) rules: bool,
}

impl RegistryIntent {
    fn rules(self) -> Rules {
        if self.rules { Rules::Written } else { Rules::Absent }
    }

    fn put(self) -> Event {
        match self.setting {
            Setting::Basic => Event::PutBasic(self.rules()),
            Setting::Enhanced => Event::PutEnhanced(self.rules()),
        }
    }
}

/// Which of the two resources an apply changes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Order {
    /// The enablers, in the order given, then the registry.
    EnablersFirst,
    /// The registry, then the enablers.
    RegistryFirst,
}

/// Why applies never come to rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum LoopCause {
    /// The registry wants BASIC, an enabler wants ECR.
    BasicAgainstEcr,
    /// The registry wants ENHANCED, the enablers leave ECR out.
    EnhancedWithoutEcr,
    /// Two enablers of the account want different types: each disables what the other enables.
    EnablersDisagree,
}

/// The predicate: why this configuration flips for ever; empty where it does not.
///
/// `enablers` are those that name the account, `registry` the one configuration of it, both for one region. Proven
/// against [`simulate`] by enumeration.
pub(super) fn loop_causes(enablers: &[Types], registry: Option<RegistryIntent>) -> Vec<LoopCause> {
    let mut causes = Vec::new();
    if let (Some(registry), false) = (registry, enablers.is_empty()) {
        let ecr = enablers.iter().any(|types| types.contains(&ResourceType::Ecr));
        match (registry.setting, ecr) {
            (Setting::Basic, true) => causes.push(LoopCause::BasicAgainstEcr),
            (Setting::Enhanced, false) => causes.push(LoopCause::EnhancedWithoutEcr),
            (Setting::Basic, false) | (Setting::Enhanced, true) => {}
        }
    }
    if enablers.windows(2).any(|pair| pair[0] != pair[1]) {
        causes.push(LoopCause::EnablersDisagree);
    }
    causes
}

/// The applies of one configuration, until a state comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Simulation {
    /// The state after each apply and after AWS settled, from the first apply on.
    pub(super) states: Vec<State>,
    /// Where in `states` the cycle begins.
    pub(super) cycle_start: usize,
}

impl Simulation {
    /// How many applies it takes to come back to the same state; 1: the configuration comes to rest.
    pub(super) fn period(&self) -> usize {
        self.states.len() - self.cycle_start
    }

    /// The states that come back for ever.
    pub(super) fn cycle(&self) -> &[State] {
        &self.states[self.cycle_start..]
    }
}

/// Applies a configuration again and again in an account that was never touched.
pub(super) fn simulate(enablers: &[Types], registry: Option<RegistryIntent>, order: Order) -> Simulation {
    simulate_from(&State::untouched(), enablers, registry, order)
}

/// Applies a configuration again and again from `start`: plan, apply, let AWS settle.
///
/// It ends: the states are finitely many and each decides the next.
pub(super) fn simulate_from(
    start: &State,
    enablers: &[Types],
    registry: Option<RegistryIntent>,
    order: Order,
) -> Simulation {
    let mut states: Vec<State> = Vec::new();
    // The first apply creates what later ones find in Terraform's own state.
    let mut state = apply(start, enablers, registry, order, true);
    loop {
        if let Some(cycle_start) = states.iter().position(|seen| *seen == state) {
            return Simulation { states, cycle_start };
        }
        states.push(state.clone());
        state = apply(&state, enablers, registry, order, false);
    }
}

/// One apply. The plan is made before anything changes, as Terraform does it: what a first change does behind the back
/// of the second resource is seen by the next plan only.
fn apply(planned: &State, enablers: &[Types], registry: Option<RegistryIntent>, order: Order, create: bool) -> State {
    let mut state = planned.clone();
    let put =
        registry.filter(|registry| create || planned.setting != registry.setting || planned.rules != registry.rules());
    if order == Order::RegistryFirst
        && let Some(registry) = put
    {
        state = state.apply(&registry.put()).0;
    }
    for wanted in enablers {
        if !create && planned.types == *wanted {
            continue;
        }
        state = state.apply(&Event::Enable(wanted.clone())).0;
        // Create disables every other type that the account then reports; update disables what the plan saw.
        let reported = if create { &state.types } else { &planned.types };
        let surplus: Types = reported.difference(wanted).copied().collect();
        if !surplus.is_empty() {
            state = state.apply(&Event::Disable(surplus)).0;
        }
    }
    if order == Order::EnablersFirst
        && let Some(registry) = put
    {
        state = state.apply(&registry.put()).0;
    }
    state.apply(&Event::Settle).0
}
