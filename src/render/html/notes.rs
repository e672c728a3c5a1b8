//! What several findings say alike: written once below the findings, referred to by number.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use crate::render::text::{brief, clean_lines};
use crate::report::v1::Finding;

/// From how many findings on a text is a note.
const SHARED: usize = 3;
/// The longest sentence.
const TEXT: usize = 1_500;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Text<'a> {
    Sentence(&'a str),
    Commands(&'a [String]),
}

/// The notes of a page, numbered from 1.
pub(super) struct Notes<'a> {
    numbers: BTreeMap<Text<'a>, usize>,
    texts: Vec<Text<'a>>,
}

/// What can be shared: the assumptions of the figure and of the ways out, and the commands.
fn texts(finding: &Finding) -> BTreeSet<Text<'_>> {
    let of_figure = finding.cost.iter().flat_map(|cost| &cost.assumptions);
    let of_ways = finding.ways_out.iter().filter(|way| way.available).flat_map(|way| &way.assumptions);
    let (looks, changes) = finding.remediation.look_and_change();
    let commands = [looks, changes].into_iter().filter(|commands| !commands.is_empty()).map(Text::Commands);
    of_figure.chain(of_ways).map(|text| Text::Sentence(text)).chain(commands).collect()
}

impl<'a> Notes<'a> {
    /// The notes of those findings.
    pub(super) fn of(findings: &'a [Finding]) -> Self {
        let mut uses: BTreeMap<Text<'a>, usize> = BTreeMap::new();
        let mut shared = Vec::new();
        for text in findings.iter().flat_map(texts) {
            let number = uses.entry(text).or_default();
            *number += 1;
            if *number == SHARED {
                shared.push(text);
            }
        }
        Self { numbers: shared.iter().copied().zip(1..).collect(), texts: shared }
    }

    /// The note that has the sentence.
    pub(super) fn sentence(&self, text: &str) -> Option<usize> {
        self.numbers.get(&Text::Sentence(text)).copied()
    }

    /// The note that has the commands.
    pub(super) fn commands(&self, commands: &[String]) -> Option<usize> {
        self.numbers.get(&Text::Commands(commands)).copied()
    }

    /// The notes themselves; empty where nothing is shared.
    pub(super) fn list(&self) -> Markup {
        html! {
            @if !self.texts.is_empty() {
                div.shared {
                    h2 id="notes" { "Notes" }
                    p.soft { "What several findings have in common, once." }
                    ol.notes.small {
                        @for (text, number) in self.texts.iter().zip(1_usize..) {
                            li id={ "n" (number) } {
                                @match text {
                                    Text::Sentence(text) => { (brief(text, TEXT)) }
                                    Text::Commands(commands) => { (pasted(commands)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Commands to paste.
pub(super) fn pasted(commands: &[String]) -> Markup {
    html! { pre { code { (clean_lines(&commands.join("\n"))) } } }
}

/// A reference to a note.
pub(super) fn link(number: usize) -> Markup {
    html! { a href={ "#n" (number) } { "note " (number) } }
}

/// Sentences as a list, each with a remark: those that are notes as references in the last item.
pub(super) fn listed(notes: &Notes<'_>, all: &[(&str, String)]) -> Markup {
    let (shared, own): (Vec<_>, Vec<_>) = all
        .iter()
        .map(|(text, remark)| (notes.sentence(text), *text, remark))
        .partition(|(number, ..)| number.is_some());
    html! {
        ul {
            @for (_, text, remark) in &own { li { (brief(text, TEXT)) (remarked(remark)) } }
            @if !shared.is_empty() {
                li {
                    @for (index, (number, _, remark)) in shared.iter().enumerate() {
                        @if index > 0 { ", " }
                        @if let Some(number) = number { (link(*number)) }
                        (remarked(remark))
                    }
                }
            }
        }
    }
}

fn remarked(remark: &str) -> Markup {
    html! { @if !remark.is_empty() { span.soft { " (" (remark) ")" } } }
}
