//! Plans, in data: which findings one plan settles, by which way out, and what that takes. Pure.
//!
//! [`crate::render::words::script`] writes them out.

use std::collections::{HashMap, HashSet};

use crate::report::v1;
use crate::rules::finding::{Advice, Course, Finding, Way};

/// A finding in data and in words.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// In data: what decides.
    pub finding: &'a Finding,
    /// In words: what is shown.
    pub said: &'a v1::Finding,
    /// Whether a plan for it is asked for. The others only share a plan.
    pub wanted: bool,
}

impl Subject<'_> {
    fn is_about_file_system(&self) -> bool {
        self.finding.remedy.advice().is_some_and(Advice::is_about_file_system)
    }
}

/// The plan for one finding, or for all of one file system.
#[derive(Debug)]
pub struct Plan<'a> {
    /// What it settles; the first leads.
    pub subjects: Vec<Subject<'a>>,
    /// The way out that it takes, if what leads has ways or takes one.
    pub way: Option<Way>,
    /// What that takes; `None` where the way cannot be taken.
    pub course: Option<Course>,
}

impl Plan<'_> {
    /// The fingerprints of the findings that it settles.
    pub fn settles(&self) -> impl Iterator<Item = &str> {
        self.subjects.iter().map(|one| one.finding.fingerprint.as_str())
    }
}

/// What mending a finding takes, by the way given or its own; `None` where it has no such way.
pub type CourseOf<'c> = dyn Fn(&Finding, Option<Way>) -> Option<Course> + 'c;

/// The plans for the findings of one target, in the order given: one for each finding, but one for all of a file system.
/// By the way asked for or the recommended one; a finding that does not have the way asked for gets none.
pub fn plans<'a>(subjects: &[Subject<'a>], way: Option<Way>, course: &CourseOf<'_>) -> Vec<Plan<'a>> {
    let mut plans: Vec<Plan<'a>> = Vec::new();
    let mut settled: HashSet<String> = HashSet::new();
    let mut about: HashMap<&str, Vec<Subject<'a>>> = HashMap::new();
    for subject in subjects.iter().filter(|subject| subject.is_about_file_system()) {
        about.entry(&subject.finding.resource.id).or_default().push(*subject);
    }
    for subject in subjects.iter().filter(|subject| subject.wanted) {
        if settled.contains(&subject.finding.fingerprint) {
            continue;
        }
        let mut together = vec![*subject];
        if let Some(all) = about.get(subject.finding.resource.id.as_str()).filter(|_| subject.is_about_file_system()) {
            together.clone_from(all);
            // What changes something leads, and before what has no ways to choose from what has.
            together.sort_by_key(|one| {
                let finding = one.finding;
                (way.or(finding.way()).is_none_or(|way| way == Way::DoNothing), finding.ways_out.is_empty())
            });
        }
        let led = (0..together.len()).find_map(|at| {
            together.rotate_left(at.min(1));
            one_plan(&together, way, course)
        });
        settled.extend(led.iter().flat_map(Plan::settles).map(str::to_owned));
        plans.extend(led);
    }
    plans
}

/// The plan for findings of which the first leads.
fn one_plan<'a>(together: &[Subject<'a>], wanted: Option<Way>, course: &CourseOf<'_>) -> Option<Plan<'a>> {
    let lead = together.first()?;
    let ways = &lead.finding.ways_out;
    let has_way = !ways.is_empty() || lead.is_about_file_system();
    let way = wanted.or(lead.finding.way()).filter(|_| has_way);
    let is_open = match way {
        Some(way) if !ways.is_empty() => ways.iter().find(|one| one.way == way)?.obstacle.is_none(),
        _ => true,
    };
    let course = if is_open { Some(course(lead.finding, wanted)?) } else { None };
    Some(Plan { subjects: together.to_vec(), way, course })
}
