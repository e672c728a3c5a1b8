//! Terraform's findings on the terminal, in the shape in which compilers speak: what, where each side of it is written,
//! what happens in turn, what to write instead.

use std::io;

use super::paint::{Paint, write_line};
use super::{NARROWEST, PIPED};
use crate::render::Style;
use crate::render::group_by::groups;
use crate::render::text::{brief, clean, count, grouped, sentences};
use crate::render::words::{self, terraform as said};
use crate::report::Report;
use crate::report::v1::{Finding, GapReport};
use crate::rules::finding::terraform::Side;
use crate::rules::finding::{Confidence, Severity};

/// The longest address, file, value or condition that is printed.
const LONGEST: usize = 200;
/// The longest sentence.
const SENTENCE: usize = 900;
/// How many gaps are printed.
const GAPS: usize = 20;
/// How many suppressed findings are named.
const NAMED: usize = 3;
/// What configuration and commands are set in by: four columns behind the marks, so that they can be copied as a block.
const INDENT: &str = "        ";

/// Writes the findings, the gaps and what was read.
pub(super) fn write(report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let width = style.width.unwrap_or(PIPED).max(NARROWEST);
    let mut page = Page { out, width, color: style.color };
    let counted: Vec<&Finding> = report.counted().collect();
    let shown = counted.get(..style.top.unwrap_or(usize::MAX)).unwrap_or(&counted);
    if let Some(by) = style.group_by {
        for group in groups(report, shown.iter().copied(), by) {
            let number = count(u64::try_from(group.findings.len()).unwrap_or(u64::MAX), "finding", "findings");
            let key = if group.key.is_empty() { "(unknown)".to_owned() } else { brief(&group.key, LONGEST) };
            page.line(&format!("{}  {number}\n", Paint::Strong.on(&format!("{} {key}", by.as_str()))))?;
            group.findings.iter().try_for_each(|(_, finding)| page.finding(finding))?;
        }
    } else {
        shown.iter().try_for_each(|finding| page.finding(finding))?;
    }
    let open: Vec<&GapReport> = report.gaps.iter().filter(|gap| !gap.rules.is_empty()).collect();
    open.iter().take(GAPS).try_for_each(|gap| page.gap(gap))?;
    let more = |all: usize, shown: usize| u64::try_from(all.saturating_sub(shown)).unwrap_or(u64::MAX);
    if open.len() > GAPS {
        page.line(&format!("and {}\n", count(more(open.len(), GAPS), "more gap", "more gaps")))?;
    }
    if counted.len() > shown.len() {
        let hidden = count(more(counted.len(), shown.len()), "finding", "findings");
        page.line(&format!("{hidden} of lower rank not shown."))?;
    }
    page.wrapped("", "", &summary(report))?;
    page.notes(report)
}

/// What was found, and what was looked at.
fn summary(report: &Report) -> String {
    let mut sentences = vec![format!("{}.", words::findings(report.summary.findings))];
    sentences.extend(words::terraform_read(report).map(|read| format!("Read {read}.")));
    if !report.complete {
        sentences.push(words::completeness(report));
    }
    sentences.push("AWS was not asked.".to_owned());
    sentences.join(" ")
}

struct Page<'o> {
    out: &'o mut dyn io::Write,
    width: usize,
    color: bool,
}

impl Page<'_> {
    fn line(&mut self, text: &str) -> io::Result<()> {
        text.split('\n').try_for_each(|line| write_line(self.out, line, self.color))
    }

    /// A sentence behind a mark; what does not fit goes on below it.
    fn wrapped(&mut self, first: &str, next: &str, text: &str) -> io::Result<()> {
        self.broken(first, next, text).iter().try_for_each(|line| self.line(line))
    }

    fn broken(&self, first: &str, next: &str, text: &str) -> Vec<String> {
        let text = sentences(text, SENTENCE);
        // Names of rules and resources stay whole.
        let options = textwrap::Options::new(self.width)
            .initial_indent(first)
            .subsequent_indent(next)
            .word_splitter(textwrap::WordSplitter::NoHyphenation)
            .break_words(false);
        textwrap::wrap(&text, options).into_iter().map(std::borrow::Cow::into_owned).collect()
    }

    /// A headline behind its mark, strong on every line.
    fn headline(&mut self, mark: &str, text: &str) -> io::Result<()> {
        for line in self.broken(mark, INDENT, text) {
            let at = if line.starts_with(mark) { mark.len() } else { INDENT.len() };
            let (before, words) = line.split_at_checked(at).unwrap_or(("", &line));
            self.line(&format!("{before}{}", Paint::Strong.on(words)))?;
        }
        Ok(())
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        let level = if finding.severity >= Severity::High { "error" } else { "warning" };
        let new = if finding.new == Some(true) { " (new)" } else { "" };
        let head = Paint::of(finding.severity).on(&format!("{level}[{}]", brief(&finding.rule, LONGEST)));
        self.headline(&format!("{head}: "), &format!("{}{new}", finding.title))?;
        let placed = said::placed(&finding.reason);
        for side in &placed.sides {
            self.side(side)?;
        }
        if placed.sides.is_empty() {
            self.place(finding)?;
        }
        if placed.more_sides > 0 {
            self.line(&format!("   |  and {} more", grouped(u64::try_from(placed.more_sides).unwrap_or(u64::MAX))))?;
        }
        let mark = |word: &str| format!("   = {word}");
        let told = placed.sides.iter().any(|side| !side.when.is_empty());
        if let Some(when) = &placed.when {
            self.wrapped(&mark("when "), INDENT, &said::conditions(when))?;
        } else if !placed.except.is_empty() && !told {
            self.wrapped(&mark("except when "), INDENT, &said::conditions(&placed.except))?;
        }
        match finding.evidence.iter().find(|evidence| evidence.kind == said::SEQUENCE) {
            Some(sequence) => self.wrapped(&mark("then "), INDENT, &sequence.detail)?,
            None => self.wrapped(&mark("note: "), INDENT, &finding.message)?,
        }
        if finding.confidence == Confidence::Low {
            self.line("   = verify first: how sure this is, is low")?;
        }
        self.wrapped(&mark("fix: "), INDENT, &finding.remediation.summary)?;
        for snippet in &finding.remediation.configuration {
            self.wrapped(&mark(""), INDENT, &format!("{}:", snippet.what))?;
            snippet.hcl.lines().try_for_each(|line| self.line(&format!("{INDENT}{}", clean(line))))?;
        }
        if !finding.remediation.commands.is_empty() {
            self.line("   = run:")?;
            let lines = finding.remediation.commands.iter().flat_map(|command| command.lines());
            lines.into_iter().try_for_each(|line| self.line(&format!("{INDENT}{}", clean(line))))?;
        }
        self.line(&format!("   = inspector-audit explain {}\n", brief(&finding.rule, LONGEST)))
    }

    fn side(&mut self, side: &Side) -> io::Result<()> {
        let file = brief(&side.file, LONGEST);
        let file = side.line.map_or_else(|| file.clone(), |line| format!("{file}:{line}"));
        let value = if side.attribute.is_empty() {
            String::new()
        } else {
            format!(": {} = {}", brief(&side.attribute, LONGEST), brief(&side.value, LONGEST))
        };
        let when = if side.when.is_empty() {
            String::new()
        } else {
            format!("  ({})", brief(&said::conditions(&side.when), LONGEST))
        };
        self.line(&format!("  --> {file}"))?;
        self.wrapped("   |  ", "   |    ", &format!("{}{value}{when}", brief(&side.address, LONGEST)))
    }

    /// Where a report of an earlier version places a finding.
    fn place(&mut self, finding: &Finding) -> io::Result<()> {
        let Some(location) = &finding.location else { return Ok(()) };
        let file = brief(&location.file, LONGEST);
        let file = location.line.map_or_else(|| file.clone(), |line| format!("{file}:{line}"));
        self.line(&format!("  --> {file}\n   |  {}", brief(&finding.resource.id, LONGEST)))
    }

    fn gap(&mut self, gap: &GapReport) -> io::Result<()> {
        let head = format!("{}: ", Paint::Warning.on("warning: not decided"));
        self.wrapped(&head, INDENT, &gap.message)?;
        if let Some(resource) = &gap.resource {
            self.line(&format!("  --> {}", brief(resource, LONGEST)))?;
        }
        self.wrapped("   = keeps open: ", INDENT, &gap.rules.join(", "))?;
        self.line("")
    }

    /// What became of the baseline and of suppressions.
    fn notes(&mut self, report: &Report) -> io::Result<()> {
        if let Some(baseline) = words::baseline(report) {
            self.wrapped("", "", &baseline)?;
        }
        for (index, finding) in report.suppressed().enumerate() {
            if index == NAMED {
                let more = report.summary.suppressed.saturating_sub(3);
                self.line(&format!("and {}", count(more, "more suppressed finding", "more suppressed findings")))?;
                break;
            }
            let because = words::suppression(finding).unwrap_or_default();
            let what = format!("suppressed: {} {}: {because}", finding.rule, finding.resource.id);
            self.wrapped("", INDENT, &what)?;
        }
        for idle in words::idle_suppressions(report) {
            self.wrapped("", INDENT, &idle.sentence)?;
        }
        Ok(())
    }
}
