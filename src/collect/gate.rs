//! What a target is asked first, and when that is enough.
//!
//! Four answers say whether there is anything that a rule could be about: the file systems, the registry's scan type and its
//! repositories, and whether Inspector scans anything. As soon as one of them shows something, everything is asked. Where
//! all of them say that there is nothing, nothing more is: no rule finds anything in such a target, whatever its instances
//! are. An answer that is missing decides nothing, unless all four are: then the target is a gap as a whole.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use crate::model::{Gap, GapReason, Section};

/// One of the first questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    FileSystems,
    Registry,
    Repositories,
    Inspector,
}

/// What an answer shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sign {
    /// There is something, or it cannot be told.
    Something,
    /// There is nothing of its kind.
    Nothing,
    /// The region is off for the account, or nobody answers there.
    Closed(Gap),
}

impl Sign {
    /// What a section shows; `nothing` says whether its data is none.
    pub(super) fn of<T>(section: &Section<T>, nothing: impl Fn(&T) -> bool) -> Self {
        match section {
            Section::Complete(data) if nothing(data) => Self::Nothing,
            Section::Complete(_) | Section::NotAsked => Self::Something,
            Section::Absent(gap) | Section::Missing(gap) => Self::of_gap(gap.clone()),
        }
    }

    pub(super) fn of_gap(gap: Gap) -> Self {
        match gap.reason {
            GapReason::RegionDisabled | GapReason::Throttled | GapReason::Timeout => Self::Closed(gap),
            reason if reason.is_absence() => Self::Nothing,
            _ => Self::Something,
        }
    }
}

/// What the first answers came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Look {
    /// Everything is asked.
    Everything,
    /// There is nothing to ask about.
    Nothing,
    /// The region is off, or four different services are throttled or silent: asking a dozen more would tell no more.
    Closed(Gap),
}

/// Lets the other questions pass, or not.
#[derive(Debug)]
pub(super) struct Gate {
    /// What was said; `None`: not yet.
    said: Mutex<BTreeMap<Part, Option<Sign>>>,
    look: watch::Sender<Option<Look>>,
}

impl Gate {
    /// A gate that waits for these parts. Without Inspector's status nothing can be left out.
    pub(super) fn new(parts: &[Part]) -> Self {
        let look = (!parts.contains(&Part::Inspector)).then_some(Look::Everything);
        Self { said: Mutex::new(parts.iter().map(|part| (*part, None)).collect()), look: watch::Sender::new(look) }
    }

    /// Takes an answer; of a part that nobody waits for it is dropped.
    pub(super) fn said(&self, part: Part, sign: impl FnOnce() -> Sign) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(place) = said.get_mut(&part) else { return };
        *place = Some(sign());
        if *place == Some(Sign::Something) {
            return self.decide(Look::Everything);
        }
        let Some(all) = said.values().cloned().collect::<Option<Vec<Sign>>>() else { return };
        let closed = all.iter().map(|sign| if let Sign::Closed(gap) = sign { Some(gap) } else { None });
        let look = match closed.collect::<Option<Vec<&Gap>>>().as_deref() {
            Some([gap, ..]) => Look::Closed((*gap).clone()),
            _ if all.iter().all(|sign| *sign == Sign::Nothing) => Look::Nothing,
            _ => Look::Everything,
        };
        self.decide(look);
    }

    /// The first decision stands.
    fn decide(&self, look: Look) {
        self.look.send_if_modified(|known| {
            let is_new = known.is_none();
            known.get_or_insert(look);
            is_new
        });
    }

    /// Waits for the decision: whether everything is asked.
    pub(super) async fn passes(&self) -> bool {
        let mut look = self.look.subscribe();
        // The sender lives as long as the gate.
        look.wait_for(Option::is_some).await.is_ok_and(|look| *look == Some(Look::Everything))
    }

    /// What was decided.
    pub(super) fn look(&self) -> Look {
        self.look.borrow().clone().unwrap_or(Look::Everything)
    }

    /// Does something if everything is asked.
    pub(super) async fn behind<T: Default>(&self, work: impl Future<Output = T>) -> T {
        if self.passes().await { work.await } else { T::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Part; 4] = [Part::FileSystems, Part::Registry, Part::Repositories, Part::Inspector];

    fn gap(reason: GapReason) -> Gap {
        Gap { reason, operation: String::new(), message: String::new(), request_id: None }
    }

    fn look(signs: [Sign; 4]) -> Look {
        let gate = Gate::new(&ALL);
        for (part, sign) in ALL.into_iter().zip(signs) {
            gate.said(part, || sign);
        }
        gate.look()
    }

    #[test]
    fn only_four_answers_of_nothing_are_nothing() {
        let nothing = || Sign::Nothing;
        assert_eq!(look([nothing(), nothing(), nothing(), nothing()]), Look::Nothing);
        let closed = || Sign::Closed(gap(GapReason::RegionDisabled));
        assert_eq!(look([closed(), closed(), closed(), closed()]), Look::Closed(gap(GapReason::RegionDisabled)));
        assert_eq!(look([closed(), nothing(), nothing(), nothing()]), Look::Everything);
        for place in 0..4 {
            let mut signs = [nothing(), nothing(), nothing(), nothing()];
            signs[place] = Sign::Something;
            assert_eq!(look(signs), Look::Everything);
        }
    }

    #[test]
    fn what_could_not_be_read_may_be_something() {
        let of = |reason| Sign::of::<Vec<u8>>(&Section::from(gap(reason)), Vec::is_empty);
        for reason in [GapReason::AccessDenied, GapReason::NoCredentials, GapReason::Protocol, GapReason::Other] {
            assert_eq!(of(reason), Sign::Something);
        }
        assert_eq!(of(GapReason::Unsupported), Sign::Nothing);
        assert_eq!(Sign::of(&Section::<Vec<u8>>::NotAsked, Vec::is_empty), Sign::Something);
        assert_eq!(Sign::of(&Section::Complete(vec![1]), Vec::is_empty), Sign::Something);
    }

    #[test]
    fn one_thing_seen_opens_at_once_and_without_a_status_nothing_is_left_out() {
        let gate = Gate::new(&ALL);
        gate.said(Part::Repositories, || Sign::Something);
        assert_eq!(*gate.look.borrow(), Some(Look::Everything));
        assert_eq!(*Gate::new(&[Part::Registry]).look.borrow(), Some(Look::Everything));
    }
}
