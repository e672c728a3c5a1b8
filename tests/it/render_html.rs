//! The HTML report: offline, marked up, drawn, and read by a real browser.

use std::process::Command;

use inspector_audit::render::{Format, Style, write};
use inspector_audit::report::Report;
use inspector_audit::rules::{ConditionState, RULES, StorageHistory, Suppressed};
use sha2::Digest as _;

use crate::support::audit::Audit;
use crate::support::sample_exposure::exposed;
use crate::support::sample_report::{HOSTILE, compared, empty, many, sample};

fn html_of(report: &Report) -> String {
    let mut out = Vec::new();
    write(Format::Html, report, &RULES, &Style::default(), &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn html_runs_its_own_script_and_asks_no_network() {
    let page = html_of(&sample());
    assert_eq!(page.matches("<script").count(), 1);
    assert!(!page.contains("<img") && !page.contains(" style=") && !page.contains(" onerror=alert(2)>&amp;\""));
    for attribute in [" src=\"", " href=\""] {
        for value in page.split(attribute).skip(1) {
            assert!(value.starts_with('#') || value.starts_with("data:,\""), "{attribute}{}", &value[..40]);
        }
    }
    assert!(page.contains("default-src 'none'"));
    for (open, close, directive) in [("<style>", "</style>", "style-src"), ("<script>", "</script>", "script-src")] {
        let body = page.split_once(open).and_then(|(_, rest)| rest.split_once(close)).expect("the element").0;
        assert!(!body.contains("url(") && !body.contains("@import") && !body.contains("fetch("));
        let hash = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, sha2::Sha256::digest(body));
        assert!(page.contains(&format!("{directive} 'sha256-{hash}'")), "{directive}");
    }
}

#[test]
fn html_draws_what_a_finding_has_and_says_it_in_words() {
    let page = html_of(&sample());
    for words in [
        "Cold data began to move on 2026-10-28: 5,000 GiB.",
        "data moved from 2026-10-28",
        "IA from 9,000 GiB to 4,000 GiB",
        "Exclude the instances <span class=\"badge good\">recommended</span>",
        "in a scan path",
        "seen 2026-11-21 02:04 UTC",
    ] {
        assert!(page.contains(words), "{words}");
    }
    // A picture is hidden from screen readers, and its figure says the same in words.
    assert_eq!(page.matches("<svg ").count(), page.matches("<svg aria-hidden=\"true\"").count());
    assert_eq!(page.matches("<svg ").count(), page.matches(" role=\"img\" aria-label=\"").count());
    assert!(!page.contains(" style="));
}

#[test]
fn html_draws_a_bounded_number_of_charts() {
    let mut report = many(300);
    let StorageHistory { points, .. } = exposed().history.expect("a history");
    for finding in &mut report.findings {
        finding.ways_out = exposed().ways_out;
        finding.history = Some(StorageHistory { points: points.clone(), moved_at: None, moved_bytes: None });
    }
    let page = html_of(&report);
    assert!(page.matches("<svg ").count() <= 60, "{}", page.matches("<svg ").count());
    // Without a chart the words are still there.
    assert!(page.matches("No move of cold data to Standard shows.").count() >= 300);
}

#[test]
fn html_marks_what_is_suppressed_and_what_is_new() {
    let mut report = sample();
    report.findings.truncate(2);
    report.findings[0].suppressed = Some(Suppressed { reason: HOSTILE[2].to_owned(), expires: None, comment: None });
    report.findings[1].new = Some(true);
    let page = html_of(&report);
    for words in ["data-state=\"suppressed\"", "data-state=\"new\"", "Suppressed: &lt;script&gt;", "id=\"state\""] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!html_of(&many(2)).contains("id=\"state\""));
}

#[test]
fn html_says_what_became_of_suppressions_and_of_the_baseline() {
    let page = html_of(&sample());
    assert!(!sample().run.suppressions.is_empty());
    for suppression in sample().run.suppressions {
        assert!(page.contains(&suppression.state.as_str().replace('_', " ")), "{suppression:?}");
        assert!(page.contains(&suppression.scope()), "{suppression:?}");
    }
    assert!(html_of(&compared()).contains("Against the baseline of "));
    assert!(!html_of(&empty()).contains("id=\"suppressions\""));
}

#[test]
fn html_tells_every_finding_once_and_every_gap() {
    let report = sample();
    let page = html_of(&report);
    assert_eq!(page.matches("<article").count(), report.findings.len());
    for gap in &report.gaps {
        assert!(page.contains(gap.section.as_str()));
    }
    let nothing = html_of(&empty());
    assert!(nothing.contains("No findings.") && nothing.contains("1 file system, 0 repositories"));
}

#[test]
fn html_of_thousands_of_findings_stays_a_page() {
    let mut report = many(5_000);
    let model = exposed();
    for finding in &mut report.findings {
        let (id, fingerprint) = (finding.resource.id.clone(), finding.fingerprint.clone());
        *finding = model.clone();
        finding.resource.id = id;
        finding.fingerprint = fingerprint;
    }
    let page = html_of(&report);
    assert!(page.len() < 15_000_000, "{} bytes", page.len());
    assert!(page.contains("The first 500 findings are told in full here, all of them in the JSON report."));
    let last = page.rsplit("<article").next().expect("a last finding");
    // What a filter looks for is in every card.
    let finding = report.findings.last().expect("a last finding");
    assert!(last.contains(&finding.fingerprint));
    for instance in &finding.instances {
        assert!(last.contains(&instance.id), "{}", instance.id);
    }
}

#[test]
fn html_says_once_what_findings_share() {
    const ASSUMED: &str = "Every file of the file system is read once a month.";
    let mut report = many(40);
    let mut ways = exposed().ways_out;
    for way in ways.iter_mut().filter(|way| way.available) {
        way.assumptions = vec![ASSUMED.to_owned()];
    }
    for finding in &mut report.findings {
        finding.ways_out = ways.clone();
    }
    let page = html_of(&report);
    assert_eq!(page.matches(ASSUMED).count(), 1);
    assert!(page.contains("<h2 id=\"notes\">") && page.matches("<a href=\"#n1\">note 1</a>").count() >= 40);
    // Alone, a finding says it itself.
    report.findings.truncate(1);
    let page = html_of(&report);
    assert!(page.contains(ASSUMED) && !page.contains("id=\"notes\""));
}

#[test]
fn html_has_one_row_of_conditions_where_rules_agree() {
    let mut report = many(2);
    let model = exposed();
    for (finding, rule) in report.findings.iter_mut().zip(["efs-tier-recall", "efs-tiering-pinned"]) {
        *finding = model.clone();
        finding.rule = rule.to_owned();
    }
    let rows = |report: &Report| {
        let page = html_of(report);
        let matrix = page.split_once("<h2 id=\"conditions\">").expect("the matrix").1;
        let matrix = matrix.split_once("</table>").expect("its end").0.to_owned();
        (matrix.matches("<tr>").count() - 1, matrix)
    };
    for finding in &mut report.findings {
        finding.conditions[0].state = ConditionState::Unknown;
    }
    let (number, matrix) = rows(&report);
    assert!(number == 1 && !matrix.contains("sees it"), "{number}");
    // Where all are met, a sentence says so.
    let mut met = report.clone();
    met.findings.iter_mut().flat_map(|finding| &mut finding.conditions).for_each(|one| one.state = ConditionState::Met);
    assert!(html_of(&met).contains("All of them are met on 1 file system: "));
    let condition = report.findings[1].conditions.last_mut().expect("conditions");
    condition.state = match condition.state {
        ConditionState::Unknown => ConditionState::Met,
        _ => ConditionState::Unknown,
    };
    let (number, matrix) = rows(&report);
    assert!(number == 2 && matrix.contains("<bdi>efs-tiering-pinned</bdi> sees it"), "{number}");
}

#[test]
fn html_says_that_a_total_without_prices_is_a_least_one() {
    let mut report = many(2);
    assert!(!html_of(&report).contains("at least </span>"));
    report.findings[0].cost = None;
    report.findings[0].no_figure = Some("no price of the region".to_owned());
    let page = html_of(&report);
    assert!(page.contains("at least </span>") && page.contains("1 finding without a price"));
}

#[test]
fn html_says_a_shared_remedy_once() {
    let report = many(12);
    let page = html_of(&report);
    assert_eq!((page.matches("<section class=\"block ").count(), page.matches("<article").count()), (1, 12));
    assert_eq!(page.matches("<p class=\"step\">").count(), 1);
    // Alone, a finding has it itself.
    assert!(!html_of(&many(1)).contains("<section"));
}

#[test]
fn html_draws_bars_only_where_they_say_something() {
    let drawn = |report: &Report| html_of(report).contains("Where the money is");
    // Alike, and few.
    assert!(!drawn(&many(12)));
    let mut report = many(3);
    let differ = |report: &mut Report| {
        for (finding, amount) in report.findings.iter_mut().zip(1_u32..) {
            let cost = finding.cost.as_mut().expect("a cost");
            cost.monthly_usd.high = inspector_audit::price::Usd(amount.into());
        }
    };
    differ(&mut report);
    assert!(!drawn(&report));
    let mut report = many(4);
    differ(&mut report);
    assert!(drawn(&report));
}

#[test]
fn html_says_what_switching_the_scan_on_would_cost() {
    let snapshot = include_str!("../../fixtures/snapshots/inspector-off.json");
    let audit = Audit::new().file("off.json", snapshot).args("scan --snapshot off.json --format html");
    let page = audit.run().expect(0).stdout;
    let banner = page.split_once("With EC2 scanning on, 2 file systems would be exposed, ").expect("the banner").1;
    assert!(banner.starts_with("up to $15,009 a month at risk (now too"), "{}", &banner[..80]);
}

/// What a browser makes of a page after its script has run; `None` where there is no browser.
fn in_a_browser(page: &str, anchor: &str) -> Option<String> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let browser = names.into_iter().find(|name| Command::new(name).arg("--version").output().is_ok())?;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("report.html");
    std::fs::write(&file, page).expect("written");
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"])
        .args(["--disable-component-update", "--disable-sync", "--virtual-time-budget=2000"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .args(["--dump-dom", &format!("file://{}#{anchor}", file.display())])
        .output()
        .expect("the browser runs");
    Some(String::from_utf8(output.stdout).expect("UTF-8"))
}

#[test]
fn a_browser_runs_the_script_and_nothing_that_a_name_smuggles_in() {
    let report = sample();
    let Some(dom) = in_a_browser(&html_of(&report), "f3") else { return };
    // The policy's hashes let the page's own style and script through, and the script has counted and opened.
    assert!(dom.contains("<html lang=\"en\" class=\"scripted\">"), "{}", &dom[..dom.len().min(300)]);
    assert!(dom.contains(&format!("All {} findings", report.findings.len())));
    let third =
        dom.split_once("id=\"f3\"").and_then(|(_, rest)| rest.split("</article>").next()).expect("a third finding");
    assert!(third.contains("<details open=\"\"><summary>Why"), "the finding in the address is open");
    assert_eq!(
        (dom.matches("<script").count(), dom.matches("<img").count(), dom.matches("<iframe").count()),
        (1, 0, 0)
    );
    assert_eq!(dom.matches("<article").count(), report.findings.len());
}

#[test]
fn a_browser_shows_a_hundred_findings_at_once_and_the_one_that_the_address_names() {
    let Some(dom) = in_a_browser(&html_of(&many(300)), "f250") else { return };
    assert!(dom.contains("All 300 findings, the first 100 shown"), "{}", &dom[dom.len() - 500..]);
    let hidden =
        dom.split("<article").skip(1).filter(|card| card.split('>').next().is_some_and(|tag| tag.contains(" hidden")));
    assert_eq!(hidden.count(), 199);
    assert!(dom.contains("Show 100 more"));
}

#[test]
fn a_browser_filters_by_what_lies_behind_the_fold() {
    let report = sample();
    let page = html_of(&report);
    let instance = &exposed().instances[0].id;
    // Typed as an operator would, from a script that the policy of this copy lets through.
    let typed = format!(
        "<script>addEventListener('load', () => {{ const query = document.getElementById('query'); query.value = '{instance}'; \
         query.dispatchEvent(new Event('input')); }});</script></body>"
    );
    let policy = page.find("<meta http-equiv=").expect("a policy");
    let end = policy + page[policy..].find('>').expect("its end") + 1;
    let page = format!("{}{}", &page[..policy], &page[end..]).replace("</body>", &typed);
    let Some(dom) = in_a_browser(&page, "") else { return };
    let with = report.findings.iter().filter(|finding| finding.instances.iter().any(|one| one.id == *instance)).count();
    assert!(with > 0 && with < report.findings.len());
    assert!(dom.contains(&format!("{with} of {} findings", report.findings.len())), "{with}");
}
