//! From pictures to findings: what holds in every picture, in some, and what cannot be told.

use std::collections::{BTreeMap, BTreeSet};

use crate::rules::finding::Confidence;
use crate::rules::finding::terraform::{self, Side};

use super::advice;
use super::condition::{Condition, distinguishing};
use super::coupling;
use super::misspelt;
use super::observe::{Class, Doubt, Observation, enabler_side, registry_side};
use super::resources::{Registry, Source};
use super::scene::{OneAccount, Scene};
use super::world::{Root, World};

/// The most pairs of pictures that two roots are compared in.
const MAX_PAIRS: usize = 1024;

/// The most resources, over all pictures, that are looked through for the conditions of one side.
const MAX_COMPARED: usize = 4096;

/// How an observation holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Holds {
    /// In every picture, with the variables as they are.
    Always,
    /// In some; the conditions under which, in words.
    When(Vec<Condition>),
}

/// An observation over all pictures.
#[derive(Debug)]
pub(crate) struct Judged {
    /// The observation, of the first picture that has it.
    pub(crate) observation: Observation,
    /// How it holds.
    pub(crate) holds: Holds,
    /// Under which conditions it does not, although it holds with the variables as they are.
    pub(crate) except: Vec<Condition>,
}

/// A doubt over all pictures.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Doubted {
    /// The doubt.
    pub(crate) doubt: Doubt,
    /// It arises only where a default is overridden.
    pub(crate) only_free: bool,
}

/// What the judgement of all roots comes to.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    /// Observations.
    pub(crate) judged: Vec<Judged>,
    /// Doubts that no observation answers.
    pub(crate) doubts: BTreeSet<Doubted>,
    /// What was too much to compare.
    pub(crate) skipped: Vec<String>,
}

/// One picture, or a pair of them, with what it says.
struct Seen<'w> {
    worlds: Vec<&'w World>,
    decisions: Vec<Condition>,
    observations: Vec<Observation>,
    doubts: Vec<Doubt>,
}

/// Judges all roots, each alone and in pairs.
pub(crate) fn judge(roots: &[Root], one: OneAccount) -> Judgement {
    let mut judgement = Judgement::default();
    for (index, root) in roots.iter().enumerate() {
        let foreign = Foreign::of(roots, index);
        let (base, free): (Vec<Seen<'_>>, Vec<Seen<'_>>) =
            (all(&root.base, &foreign, one), all(&root.free, &foreign, one));
        tally(&mut judgement, &base, &free);
    }
    let distinct: Vec<(Vec<&World>, Vec<&World>)> =
        roots.iter().map(|root| (distinct(&root.base), distinct(&root.free))).collect();
    for (index, (base, free)) in distinct.iter().enumerate() {
        for (position, (other_base, other_free)) in distinct.iter().enumerate().skip(index + 1) {
            if !may_meet(base, free, other_base, other_free) {
                continue;
            }
            let sizes = [base.len() * other_base.len(), free.len() * other_free.len()];
            if sizes.iter().any(|size| *size > MAX_PAIRS) {
                let labels = [roots.get(index), roots.get(position)].map(|root| root.map_or("", |root| &root.label));
                judgement.skipped.push(format!("{} and {} leave too much open to be compared", labels[0], labels[1]));
                continue;
            }
            tally(&mut judgement, &pairs(base, other_base, one), &pairs(free, other_free, one));
        }
    }
    judgement.settle();
    judgement
}

/// The pictures that differ in what they show.
fn distinct(worlds: &[World]) -> Vec<&World> {
    let mut seen = BTreeSet::new();
    let shows = |world: &World| {
        (world.enablers.clone(), world.registries.clone(), world.organizations.clone(), world.drift.clone())
    };
    worlds.iter().filter(|world| seen.insert(shows(world))).collect()
}

/// Whether resources of two roots could touch one another at all.
fn may_meet(base: &[&World], free: &[&World], other_base: &[&World], other_free: &[&World]) -> bool {
    let any =
        |worlds: [&[&World]; 2], has: fn(&World) -> bool| worlds.iter().any(|worlds| worlds.iter().any(|w| has(w)));
    let enabler = |worlds| any(worlds, |world| !world.enablers.is_empty());
    let registry = |worlds| any(worlds, |world| !world.registries.is_empty());
    let organization = |worlds| any(worlds, |world| !world.organizations.is_empty());
    let (a, b) = ([base, free], [other_base, other_free]);
    (enabler(a) && (enabler(b) || registry(b)))
        || (registry(a) && (enabler(b) || registry(b) || organization(b)))
        || (organization(a) && registry(b))
}

/// The registry configurations of all other roots, in whatever picture.
struct Foreign<'r>(Vec<&'r Registry>);

impl<'r> Foreign<'r> {
    fn of(roots: &'r [Root], own: usize) -> Self {
        let others = roots.iter().enumerate().filter(|(index, _)| *index != own).map(|(_, root)| root);
        let mut registries: Vec<&Registry> =
            others.flat_map(|root| root.base.iter().chain(&root.free)).flat_map(|world| &world.registries).collect();
        registries.sort_unstable();
        registries.dedup();
        Self(registries)
    }
}

fn scene<'w>(worlds: &[&'w World]) -> Scene<'w> {
    let mut scene = Scene::default();
    for world in worlds {
        scene.enablers.extend(&world.enablers);
        scene.registries.extend(&world.registries);
        scene.organizations.extend(&world.organizations);
        scene.drift.extend(&world.drift);
    }
    // Which one a finding points at must not depend on the order of a file.
    scene.enablers.sort_unstable();
    scene.registries.sort_unstable();
    scene
}

fn all<'w>(worlds: &'w [World], foreign: &Foreign<'_>, one: OneAccount) -> Vec<Seen<'w>> {
    worlds.iter().map(|world| alone(world, foreign, one)).collect()
}

fn alone<'w>(world: &'w World, foreign: &Foreign<'_>, one: OneAccount) -> Seen<'w> {
    let (mut observations, mut doubts) = coupling::observe(&scene(&[world]), one);
    let mut add = |(observation, doubt): (Option<Observation>, Option<Doubt>)| {
        observations.extend(observation);
        doubts.extend(doubt);
    };
    for registry in &world.registries {
        add(advice::scan_rules(registry));
        add(advice::implicit_by_registry(registry));
    }
    for enabler in &world.enablers {
        add((misspelt::enabler(enabler), None));
        let registries: Vec<&Registry> = world.registries.iter().chain(foreign.0.iter().copied()).collect();
        add(advice::implicit_by_enabler(enabler, &registries, one));
    }
    Seen { worlds: vec![world], decisions: world.decisions.clone(), observations, doubts }
}

/// What two roots do to each other; what each does alone has been told.
fn pairs<'w>(worlds: &[&'w World], others: &[&'w World], one: OneAccount) -> Vec<Seen<'w>> {
    let mut seen = Vec::new();
    for world in worlds {
        for other in others {
            let (mut observations, mut doubts) = coupling::observe(&scene(&[*world, *other]), one);
            let spans = |subject: &Source, others: &[Source]| others.iter().any(|other| other.root != subject.root);
            observations.retain(|observation| spans(&observation.subject, &observation.others));
            let own: BTreeSet<Doubt> =
                [world, other].iter().flat_map(|world| coupling::observe(&scene(&[world]), one).1).collect();
            doubts.retain(|doubt| !own.contains(doubt));
            let decisions = world.decisions.iter().chain(&other.decisions).cloned().collect();
            seen.push(Seen { worlds: vec![*world, *other], decisions, observations, doubts });
        }
    }
    seen
}

type Key = (Class, Source);

fn tally(judgement: &mut Judgement, base: &[Seen<'_>], free: &[Seen<'_>]) {
    let mut found: BTreeMap<Key, Observation> = BTreeMap::new();
    for seen in base.iter().chain(free) {
        for observation in &seen.observations {
            let key = (observation.class, observation.subject.clone());
            found.entry(key).or_insert_with(|| observation.clone());
        }
    }
    for (key, mut observation) in found {
        let has =
            |seen: &&Seen<'_>| seen.observations.iter().any(|other| (other.class, &other.subject) == (key.0, &key.1));
        let always = base.iter().all(|seen| has(&seen)) && !base.is_empty();
        let everywhere = |seen: &[Seen<'_>], wanted: bool| conditions_of(seen, |seen| has(&seen) == wanted);
        let (holds, except) = if always {
            (Holds::Always, everywhere(free, false))
        } else if base.iter().any(|seen| has(&seen)) {
            (Holds::When(everywhere(base, true)), Vec::new())
        } else {
            (Holds::When(everywhere(free, true)), Vec::new())
        };
        // What nobody could follow may be decided after all: then it is not known whether this holds at all.
        if let Holds::When(conditions) = &holds
            && let Some(unread) = conditions.iter().find(|condition| condition.unread)
        {
            let subject = observation.subject.clone();
            let message = format!("{}: it depends on {}, which is not read here", subject.describe(), unread.subject);
            let only_free = !base.iter().any(|seen| has(&seen));
            judgement.doubts.insert(Doubted { doubt: Doubt { class: observation.class, subject, message }, only_free });
            continue;
        }
        let pictures = if free.is_empty() || (!always && base.iter().any(|seen| has(&seen))) { base } else { free };
        for side in &mut observation.sides {
            side.when = conditions_of_side(pictures, side);
        }
        judgement.judged.push(Judged { observation, holds, except });
    }
    let doubts = |seen: &[Seen<'_>]| -> BTreeSet<Doubt> { seen.iter().flat_map(|seen| seen.doubts.clone()).collect() };
    let in_base = doubts(base);
    for doubt in doubts(free) {
        if !in_base.contains(&doubt) {
            judgement.doubts.insert(Doubted { doubt, only_free: true });
        }
    }
    judgement.doubts.extend(in_base.into_iter().map(|doubt| Doubted { doubt, only_free: false }));
}

/// What tells the pictures that are chosen from the others.
fn conditions_of(seen: &[Seen<'_>], chosen: impl Fn(&Seen<'_>) -> bool) -> Vec<Condition> {
    let (chosen, others): (Vec<&Seen<'_>>, Vec<&Seen<'_>>) = seen.iter().partition(|seen| chosen(seen));
    let chosen: Vec<&[Condition]> = chosen.iter().map(|seen| seen.decisions.as_slice()).collect();
    let others: Vec<&[Condition]> = others.iter().map(|seen| seen.decisions.as_slice()).collect();
    distinguishing(&chosen, &others)
}

/// The conditions under which one side says what it says; none where it says so in every picture.
fn conditions_of_side(seen: &[Seen<'_>], side: &Side) -> Vec<terraform::Condition> {
    let says = |seen: &Seen<'_>| seen.worlds.iter().any(|world| says(world, side));
    let work: usize =
        seen.iter().flat_map(|seen| &seen.worlds).map(|world| world.enablers.len() + world.registries.len()).sum();
    if seen.len() < 2 || work > MAX_COMPARED || seen.iter().all(says) || !seen.iter().any(says) {
        return Vec::new();
    }
    conditions_of(seen, says).iter().map(Condition::said).collect()
}

fn says(world: &World, side: &Side) -> bool {
    let enabler = || world.enablers.iter().any(|enabler| enabler_side(enabler) == *side);
    enabler() || world.registries.iter().any(|registry| registry_side(registry) == *side)
}

impl Judgement {
    /// An update that switches off what a loop switches on again is a phase of that loop.
    pub(crate) fn drop_phases_of_loops(&mut self) {
        let in_loop: BTreeSet<Source> = self
            .judged
            .iter()
            .filter(|judged| matches!(judged.observation.class, Class::Loop | Class::Hidden | Class::Conflict))
            .flat_map(|judged| std::iter::once(&judged.observation.subject).chain(&judged.observation.others))
            .cloned()
            .collect();
        self.judged.retain(|judged| {
            judged.observation.class != Class::SwitchedOff || !in_loop.contains(&judged.observation.subject)
        });
    }

    /// Drops what something stronger already says.
    fn settle(&mut self) {
        let definite: BTreeSet<Key> = self
            .judged
            .iter()
            .filter(|judged| judged.holds == Holds::Always)
            .map(|judged| (judged.observation.class, judged.observation.subject.clone()))
            .collect();
        let open = |class: Class, subject: &Source| !definite.contains(&(class, subject.clone()));
        self.doubts.retain(|doubted| open(doubted.doubt.class, &doubted.doubt.subject));
        // One registry may be in a loop with its own root and with another: one finding, the surest one.
        let mut kept: BTreeMap<Key, Judged> = BTreeMap::new();
        for judged in std::mem::take(&mut self.judged) {
            let key = (judged.observation.class, judged.observation.subject.clone());
            let rank = |judged: &Judged| (judged.holds == Holds::Always, judged.observation.confidence);
            if kept.get(&key).is_none_or(|known| rank(&judged) > rank(known)) {
                kept.insert(key, judged);
            }
        }
        self.judged = kept.into_values().collect();
        self.judged.sort_by(|a, b| a.observation.subject.cmp(&b.observation.subject));
    }
}

/// The confidence of something that holds only under conditions that nobody has settled.
pub(crate) fn conditional_confidence(confidence: Confidence) -> Confidence {
    confidence.min(Confidence::Medium)
}
