//! A finding as a short block: what it is and costs, what is wrong, how sure that is, the step to take. Findings of one
//! rule with the same step are one block, a line each.

use std::collections::HashSet;
use std::io;

use super::lines::{LABEL, Lines, wrapped};
use super::paint::Paint;
use crate::price::Usd;
use crate::render::text::{brief, count, shorten, width as text_width};
use crate::render::words::Ended;
use crate::render::{Style, group_by, mounts, words};
use crate::report::v1::Finding;
use crate::report::{Report, bills, is_billed};
use crate::rules::{Confidence, Rule, Severity};

/// The longest advice that is printed.
const ADVICE: usize = 480;
/// The longest line of ways out that is printed.
const WAYS: usize = 300;
/// From this width on a line of a block says how sure it is beside the resource.
const WIDE: usize = 100;
/// The most room for a resource in a block of several.
const RESOURCE: usize = 34;

pub(super) struct Blocks<'a> {
    pub(super) report: &'a Report,
    pub(super) rules: &'a [&'a Rule],
    pub(super) style: &'a Style,
    pub(super) width: usize,
    /// How many characters of a fingerprint tell findings apart.
    pub(super) fingerprint: usize,
    /// The fingerprints of those whose cost is in the sum: of two findings about one bill, one.
    pub(super) summed: HashSet<&'a str>,
    /// What their steps end besides them.
    pub(super) ended: Ended<'a>,
}

impl Blocks<'_> {
    /// Writes the findings, those that share rule, severity and step in one block, where the first of them stands.
    pub(super) fn write(&self, findings: &[&Finding], out: &mut dyn io::Write) -> io::Result<()> {
        let blocks: Vec<Vec<&Finding>> = if self.style.verbose {
            findings.iter().map(|finding| vec![*finding]).collect()
        } else {
            let blocks = group_by::blocks(findings.iter().copied());
            blocks.into_iter().map(|block| block.into_iter().map(|(_, finding)| finding).collect()).collect()
        };
        let mut before = None;
        for block in &blocks {
            let mut lines = Lines::new(self.style.color);
            match block.as_slice() {
                [one] => self.one(one, &mut lines),
                several => self.several(several, &mut lines),
            }
            // What takes several lines stands apart.
            if before.is_some_and(|spaced| spaced || lines.spaced) {
                writeln!(out)?;
            }
            before = Some(lines.spaced);
            lines.write(out)?;
        }
        Ok(())
    }

    fn one(&self, finding: &Finding, lines: &mut Lines) {
        let room = self.width.saturating_sub(LABEL);
        let (headline, subject) = (brief(words::headline(finding), 300), self.subject(finding));
        let id = self.fix(finding);
        let is_exposed = finding.instance_counts.total() > 0;
        // What matters little has a sentence alone: its step is what `fix` prints.
        let is_small = finding.severity <= Severity::Low && !is_exposed && !self.style.verbose;
        let mut amount = amount(finding);
        if finding.cost.is_some() && is_billed(finding) && !self.summed.contains(finding.fingerprint.as_str()) {
            amount.push_str(", counted once");
        }
        if is_small {
            amount = [amount, id.clone().map(|id| format!("id {id}")).unwrap_or_default()]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join("  ");
        }
        if is_exposed {
            lines.beside(&severity(finding), &Paint::Strong.on(&subject), &amount, room);
            lines.under("", &headline, room);
        } else {
            lines.beside(&severity(finding), &format!("{}: {headline}", Paint::Strong.on(&subject)), &amount, room);
        }
        if let Some(location) = &finding.location {
            let line = location.line.map(|line| format!(":{line}")).unwrap_or_default();
            lines.under("", &format!("--> {}{line}", brief(&location.file, 120)), room);
        }
        if is_small {
            return;
        }
        let sure = words::sure(finding);
        if let Some(sure) = sure.as_ref().filter(|_| is_exposed || self.style.verbose) {
            let first = if finding.confidence == Confidence::Low { ": verify first" } else { "" };
            let stop = if first.is_empty() && sure.why.ends_with('…') { "" } else { "." };
            lines.under(sure.word, &format!("{}{first}{stop}", sure.why), room);
        }
        let word = sure.filter(|_| !is_exposed && !self.style.verbose).map_or("", |sure| sure.word);
        let fix = id.map(|id| format!("id {id}")).unwrap_or_default();
        let step = format!("{}{}", words::step(finding), self.ended.besides(finding).unwrap_or_default());
        if !step.is_empty() || !fix.is_empty() {
            lines.beside(word, &format!("→ {step}"), &fix, room);
        }
        if self.style.verbose {
            lines.under("", &format!("Rule: {}", brief(&finding.rule, 48)), room);
            lines.under("", &brief(&words::advice(finding), ADVICE), room);
            for line in mounts::lines(finding, self.report.run.taken_at, self.width) {
                lines.under("", &line, room);
            }
            if let Some(ways) = words::ways_out(finding) {
                lines.under("", &brief(&ways, WAYS), room);
            }
        }
        lines.spaced = is_exposed || self.style.verbose;
    }

    /// A heading with the sum, the step once, and a line each.
    fn several(&self, findings: &[&Finding], lines: &mut Lines) {
        let Some(first) = findings.first() else { return };
        let room = self.width.saturating_sub(LABEL);
        let rule = self.rules.iter().find(|rule| rule.id == first.rule);
        let title = rule.map_or(first.rule.as_str(), |rule| rule.title);
        let number = u64::try_from(findings.len()).unwrap_or(u64::MAX);
        let title = format!("{title}: {}", count(number, "finding", "findings"));
        let sum = words::short_sums(bills(findings.iter().copied()).map(|(_, cost)| cost));
        lines.beside(&severity(first), &Paint::Strong.on(&title), &sum, room);
        let has_fix = findings.iter().any(|finding| self.fix(finding).is_some());
        let fix = if has_fix { "id" } else { "" };
        // What names instances in the step of one finding does not hold for all.
        lines.beside("", &format!("→ {}", words::shared_step(first)), fix, room);
        let widest =
            |of: &dyn Fn(&Finding) -> String| findings.iter().map(|one| text_width(&of(one))).max().unwrap_or(0);
        let subject = widest(&|one| self.subject(one)).min((self.width / 3).max(RESOURCE));
        let amount = widest(&|one| at_most(one));
        for finding in findings {
            self.row(finding, subject, amount, lines);
        }
        lines.spaced = true;
    }

    /// One of several: on a line of its own in columns of those widths, or on two where the terminal is narrow.
    fn row(&self, finding: &Finding, subjects: usize, amounts: usize, lines: &mut Lines) {
        let id = self.fix(finding).unwrap_or_default();
        let (subject, amount) = (self.subject(finding), at_most(finding));
        let (word, why) = match words::sure(finding) {
            Some(sure) if finding.instance_counts.total() > 0 => (sure.word, sure.why),
            _ => ("", brief(words::headline(finding), 300)),
        };
        if self.width >= WIDE {
            let subject = padded(&shorten(&subject, subjects), subjects);
            let gap = " ".repeat(amounts.saturating_sub(text_width(&amount)));
            let head = format!("  {subject}  {gap}{amount}  {word:<9}  ");
            let room = self.width.saturating_sub(text_width(&head) + id.len() + 2);
            lines.push(&format!("{head}{}  {id}", padded(&shorten(&why, room), room)));
        } else {
            let room = self.width.saturating_sub(LABEL);
            lines.beside("", &subject, format!("{amount}  {id}").trim(), room);
            lines.under(word, &why, room);
        }
    }

    /// The resource, with its place where the headline does not have it.
    fn subject(&self, finding: &Finding) -> String {
        let resource = words::resource(finding);
        self.place(finding).map_or_else(|| resource.clone(), |place| format!("{resource} ({place})"))
    }

    /// The short fingerprint that `fix` takes, where it can make a plan.
    fn fix(&self, finding: &Finding) -> Option<String> {
        words::fix_command(finding, &self.style.run, self.fingerprint)?;
        Some(words::short_fingerprint(finding, self.fingerprint))
    }

    /// Account and region, as far as the run has several of them or they are not in the headline.
    fn place(&self, finding: &Finding) -> Option<String> {
        let Finding { account, region, .. } = finding;
        let targets = &self.report.run.targets;
        let place = match targets.as_slice() {
            [_] => return None,
            [] => format!("{account} {region}"),
            all if all.iter().all(|target| target.account == *account) => region.clone(),
            all if all.iter().all(|target| target.region == *region) => account.clone(),
            _ => format!("{account} {region}"),
        };
        let place = brief(place.trim(), 48);
        (!place.is_empty()).then_some(place)
    }
}

/// What it costs a month, and once.
fn amount(finding: &Finding) -> String {
    let Some(cost) = &finding.cost else { return String::new() };
    let once = cost.one_time_usd;
    let once = if once > Usd::ZERO { format!(", once {}", words::short_usd(once)) } else { String::new() };
    format!("{}{once}", words::amount(cost.monthly_usd))
}

/// The same in a column.
fn at_most(finding: &Finding) -> String {
    let monthly = finding.cost.as_ref().map(|cost| words::amount(cost.monthly_usd)).unwrap_or_default();
    monthly.replace("up to ", "≤ ")
}

fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(text_width(text))))
}

fn severity(finding: &Finding) -> String {
    let word = Paint::of(finding.severity).on(&finding.severity.as_str().to_uppercase());
    if finding.new == Some(true) { format!("{word} {}", Paint::Strong.on("new")) } else { word }
}

/// Facts with a label, as wide as the labels of blocks.
pub(super) fn fact(label: &str, text: &str, width: usize, lines: &mut Lines) {
    for (index, line) in wrapped(text, width.saturating_sub(LABEL)).into_iter().enumerate() {
        lines.labelled(if index == 0 { label } else { "" }, &line);
    }
}
