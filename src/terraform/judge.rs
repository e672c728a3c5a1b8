//! From pictures to judgements: what holds in every picture, in some, and what cannot be told. The same for all rules.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::Target;
use crate::rules::finding::terraform::{self, Side};

use super::condition::{Condition, distinguishing};
use super::coupling;
use super::observe::{Class, Doubt, Observation, Seen, enabler_side, registry_side};
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
    /// In some; the conditions under which.
    When(Vec<Condition>),
}

/// An observation over all pictures.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    /// The observation, of the first picture that has it.
    pub(crate) observation: Observation,
    pub(crate) holds: Holds,
    /// Under which conditions it does not, although it holds with the variables as they are.
    pub(crate) except: Vec<Condition>,
}

/// A doubt over all pictures.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Doubted {
    pub(crate) doubt: Doubt,
    /// It arises only where a default is overridden.
    only_free: bool,
}

/// What a rule concludes.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    pub(crate) judged: Vec<Judged>,
    /// What keeps it open, and nothing that is so answers.
    pub(crate) doubts: BTreeSet<Doubted>,
    /// Whether there was anything for the rule to look at.
    pub(crate) applicable: bool,
    /// There was nothing that it could be asked about.
    pub(crate) unasked: bool,
    /// The rule is about overridden defaults: what keeps only those from being seen keeps it open.
    pub(crate) overridden: bool,
}

/// What the rules judge: all roots, and what is live.
#[derive(Debug)]
pub(crate) struct Case<'r> {
    pub(crate) roots: &'r [Root],
    /// The targets of a snapshot to compare with.
    pub(crate) live: &'r [Target],
    one: OneAccount,
    /// The pictures of each root that differ in what they show: as it is, and with defaults overridden.
    distinct: Vec<[Vec<&'r World>; 2]>,
    /// The roots, two by two, whose resources may touch one another.
    meeting: Vec<(usize, usize)>,
    /// Those that leave too much open to be compared.
    pub(crate) not_compared: Vec<[String; 2]>,
    coupling: OnceCell<Judgement>,
}

/// One picture, or a pair of them, with what it says.
struct Picture<'w> {
    worlds: Vec<&'w World>,
    decisions: Vec<Condition>,
    seen: Seen,
}

impl<'r> Case<'r> {
    pub(crate) fn of(roots: &'r [Root], live: &'r [Target], one: OneAccount) -> Self {
        let distinct: Vec<[Vec<&World>; 2]> =
            roots.iter().map(|root| [&root.base, &root.free].map(|worlds| distinct(worlds))).collect();
        let (mut meeting, mut not_compared) = (Vec::new(), Vec::new());
        for (index, own) in distinct.iter().enumerate() {
            for (position, other) in distinct.iter().enumerate().skip(index + 1) {
                if !may_meet(own, other) {
                    continue;
                }
                if own.iter().zip(other).any(|(own, other)| own.len() * other.len() > MAX_PAIRS) {
                    let label = |at: usize| roots.get(at).map_or_else(String::new, |root| root.label.clone());
                    not_compared.push([label(index), label(position)]);
                } else {
                    meeting.push((index, position));
                }
            }
        }
        Self { roots, live, one, distinct, meeting, not_compared, coupling: OnceCell::new() }
    }

    /// Whether a picture of any root is so.
    pub(crate) fn any(&self, is_so: impl Fn(&World) -> bool) -> bool {
        self.roots.iter().flat_map(|root| root.base.iter().chain(&root.free)).any(is_so)
    }

    /// What a rule says that looks at each root alone.
    pub(crate) fn alone(&self, see: impl Fn(&Scene<'_>) -> Seen) -> Judgement {
        self.judge(false, &see).into_written()
    }

    /// What a rule says that looks at each root alone, and at two together.
    pub(crate) fn together(&self, see: impl Fn(&Scene<'_>) -> Seen) -> Judgement {
        self.judge(true, &see).into_written()
    }

    /// What a rule says about pictures that leave nothing open.
    pub(crate) fn definite(&self, see: impl Fn(&World) -> Seen) -> Judgement {
        let mut judgement = Judgement { applicable: self.any(|world| !world.is_empty()), ..Judgement::default() };
        for Seen { observations, doubts } in self.roots.iter().flat_map(|root| &root.base).map(see) {
            let judged = |observation| Judged { observation, holds: Holds::Always, except: Vec::new() };
            judgement.judged.extend(observations.into_iter().map(judged));
            judgement.doubts.extend(doubts.into_iter().map(|doubt| Doubted { doubt, only_free: false }));
        }
        judgement
    }

    /// The part of the coupling that is one rule's: what it says of something that holds always or only sometimes, and
    /// which doubts are its own.
    pub(crate) fn coupling(&self, says: impl Fn(Class, bool) -> bool, doubts: &[Class]) -> Judgement {
        let all = self.whole_coupling();
        let is_own = |judged: &&Judged| says(judged.observation.class, judged.holds == Holds::Always);
        let is_open = |doubted: &&Doubted| doubts.contains(&doubted.doubt.class);
        Judgement {
            judged: all.judged.iter().filter(is_own).cloned().collect(),
            doubts: all.doubts.iter().filter(is_open).cloned().collect(),
            ..*all
        }
    }

    /// The resources that are in a loop or a conflict.
    pub(crate) fn coupled(&self) -> BTreeSet<&Source> {
        let observations = self.whole_coupling().judged.iter().map(|judged| &judged.observation);
        observations.flat_map(|observation| std::iter::once(&observation.subject).chain(&observation.others)).collect()
    }

    fn whole_coupling(&self) -> &Judgement {
        self.coupling.get_or_init(|| self.judge(true, &coupling::observe))
    }

    fn judge(&self, together: bool, see: &impl Fn(&Scene<'_>) -> Seen) -> Judgement {
        let mut judgement = Judgement { applicable: self.any(|world| !world.is_empty()), ..Judgement::default() };
        for (index, root) in self.roots.iter().enumerate() {
            let foreign = if together { Vec::new() } else { foreign(self.roots, index) };
            let alone = |world: &'r World| Picture {
                worlds: vec![world],
                decisions: world.decisions.clone(),
                seen: see(&Scene { foreign: &foreign, ..self.scene(&[world]) }),
            };
            let [base, free] = [&root.base, &root.free].map(|worlds| worlds.iter().map(alone).collect::<Vec<_>>());
            tally(&mut judgement, &base, &free);
        }
        for (own, other) in self.meeting.iter().filter(|_| together) {
            let (Some([base, free]), Some([other_base, other_free])) =
                (self.distinct.get(*own), self.distinct.get(*other))
            else {
                continue;
            };
            let [base, free] = [(base, other_base), (free, other_free)].map(|(own, other)| self.pairs(own, other, see));
            tally(&mut judgement, &base, &free);
        }
        judgement.settle();
        judgement
    }

    fn scene<'w>(&self, worlds: &[&'w World]) -> Scene<'w> {
        let mut scene = Scene { one: self.one, ..Scene::default() };
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

    /// What two roots do to each other; what each does alone has been told.
    fn pairs(&self, worlds: &[&'r World], others: &[&'r World], see: &impl Fn(&Scene<'_>) -> Seen) -> Vec<Picture<'r>> {
        let mut pictures = Vec::new();
        for world in worlds {
            for other in others {
                let Seen { mut observations, mut doubts } = see(&self.scene(&[*world, *other]));
                let spans = |subject: &Source, others: &[Source]| others.iter().any(|other| other.root != subject.root);
                observations.retain(|observation| spans(&observation.subject, &observation.others));
                let own: BTreeSet<Doubt> =
                    [world, other].iter().flat_map(|world| see(&self.scene(&[world])).doubts).collect();
                doubts.retain(|doubt| !own.contains(doubt));
                let decisions = world.decisions.iter().chain(&other.decisions).cloned().collect();
                pictures.push(Picture { worlds: vec![*world, *other], decisions, seen: Seen { observations, doubts } });
            }
        }
        pictures
    }
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
fn may_meet(a: &[Vec<&World>; 2], b: &[Vec<&World>; 2]) -> bool {
    let any = |worlds: &[Vec<&World>; 2], has: fn(&World) -> bool| worlds.iter().flatten().any(|world| has(world));
    let enabler = |worlds| any(worlds, |world| !world.enablers.is_empty());
    let registry = |worlds| any(worlds, |world| !world.registries.is_empty());
    let organization = |worlds| any(worlds, |world| !world.organizations.is_empty());
    (enabler(a) && (enabler(b) || registry(b)))
        || (registry(a) && (enabler(b) || registry(b) || organization(b)))
        || (organization(a) && registry(b))
}

/// The registry configurations of all other roots, in whatever picture.
fn foreign(roots: &[Root], own: usize) -> Vec<&Registry> {
    let others = roots.iter().enumerate().filter(|(index, _)| *index != own).map(|(_, root)| root);
    let mut registries: Vec<&Registry> =
        others.flat_map(|root| root.base.iter().chain(&root.free)).flat_map(|world| &world.registries).collect();
    registries.sort_unstable();
    registries.dedup();
    registries
}

type Key = (Class, Source);

fn tally(judgement: &mut Judgement, base: &[Picture<'_>], free: &[Picture<'_>]) {
    let mut found: BTreeMap<Key, Observation> = BTreeMap::new();
    for observation in base.iter().chain(free).flat_map(|picture| &picture.seen.observations) {
        let key = (observation.class, observation.subject.clone());
        found.entry(key).or_insert_with(|| observation.clone());
    }
    for (key, mut observation) in found {
        let same = |other: &Observation| (other.class, &other.subject) == (key.0, &key.1);
        let has = |picture: &Picture<'_>| picture.seen.observations.iter().any(same);
        let always = base.iter().all(has) && !base.is_empty();
        let everywhere = |pictures: &[Picture<'_>], wanted: bool| conditions_of(pictures, |one| has(one) == wanted);
        let (holds, except) = if always {
            (Holds::Always, everywhere(free, false))
        } else if base.iter().any(has) {
            (Holds::When(everywhere(base, true)), Vec::new())
        } else {
            (Holds::When(everywhere(free, true)), Vec::new())
        };
        // What nobody could follow may be decided after all: then it is not known whether this holds at all.
        if let Holds::When(conditions) = &holds
            && let Some(unread) = conditions.iter().find(|condition| condition.unread)
        {
            let open = terraform::Doubt::DependsOn { what: unread.subject.clone() };
            let doubt = Doubt { class: observation.class, ..Doubt::of(&observation.subject, open) };
            judgement.doubts.insert(Doubted { doubt, only_free: !base.iter().any(has) });
            continue;
        }
        let pictures = if free.is_empty() || (!always && base.iter().any(has)) { base } else { free };
        for side in &mut observation.sides {
            side.when = conditions_of_side(pictures, side);
        }
        judgement.judged.push(Judged { observation, holds, except });
    }
    let doubts = |pictures: &[Picture<'_>]| -> BTreeSet<Doubt> {
        pictures.iter().flat_map(|picture| picture.seen.doubts.iter().cloned()).collect()
    };
    let in_base = doubts(base);
    for doubt in doubts(free) {
        if !in_base.contains(&doubt) {
            judgement.doubts.insert(Doubted { doubt, only_free: true });
        }
    }
    judgement.doubts.extend(in_base.into_iter().map(|doubt| Doubted { doubt, only_free: false }));
}

/// What tells the pictures that are chosen from the others.
fn conditions_of(pictures: &[Picture<'_>], is_chosen: impl Fn(&Picture<'_>) -> bool) -> Vec<Condition> {
    let (chosen, others): (Vec<&Picture<'_>>, Vec<&Picture<'_>>) = pictures.iter().partition(|one| is_chosen(one));
    let [chosen, others] =
        [chosen, others].map(|pictures| pictures.iter().map(|one| one.decisions.as_slice()).collect::<Vec<_>>());
    distinguishing(&chosen, &others)
}

/// The conditions under which one side says what it says; none where it says so in every picture.
fn conditions_of_side(pictures: &[Picture<'_>], side: &Side) -> Vec<terraform::Condition> {
    let says = |picture: &Picture<'_>| picture.worlds.iter().any(|world| says(world, side));
    let worlds = pictures.iter().flat_map(|picture| &picture.worlds);
    let work: usize = worlds.map(|world| world.enablers.len() + world.registries.len()).sum();
    if pictures.len() < 2 || work > MAX_COMPARED || pictures.iter().all(says) || !pictures.iter().any(says) {
        return Vec::new();
    }
    conditions_of(pictures, says).iter().map(Condition::said).collect()
}

fn says(world: &World, side: &Side) -> bool {
    let enabler = || world.enablers.iter().any(|enabler| enabler_side(enabler) == *side);
    enabler() || world.registries.iter().any(|registry| registry_side(registry) == *side)
}

impl Judgement {
    /// Without what only overridden defaults would bring along: nothing of that is written, and one rule is about it.
    pub(crate) fn into_written(mut self) -> Self {
        self.doubts.retain(|doubted| !doubted.only_free);
        self
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
