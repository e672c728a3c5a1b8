//! A second, simple reading of R1: the six conditions, exclusion, severity and the arithmetic of recall, of charges and of
//! what is pinned, worked out from seeded worlds pair by pair, and compared whole with what the tool says.

use std::collections::{BTreeMap, BTreeSet};

use inspector_audit::report::v1::Evaluation;
use inspector_audit::rules::{Confidence, Severity, Verdict};
use rust_decimal::Decimal;

use crate::oracle_worlds::{Machine, Schedule, Store, World};
use crate::rules_laws::judge;

/// How many worlds are looked at.
const WORLDS: u64 = 400;
const RECALL: &str = "efs-tier-recall";
const CHARGES: &str = "efs-cold-read-charges";
const PINNED: &str = "efs-tiering-pinned";
const RULES: [&str; 3] = [RECALL, CHARGES, PINNED];
const VM: &str = "EC2_INSPECTOR_AGENT_BASED";

fn number(text: &str) -> Decimal {
    text.parse().expect("a number")
}

/// Yes, no, or not known.
type Known = Option<bool>;

/// All of them: one that does not hold decides.
fn all(conditions: &[Known]) -> Known {
    if conditions.contains(&Some(false)) {
        return Some(false);
    }
    conditions.iter().all(|one| *one == Some(true)).then_some(true)
}

fn not(condition: Known) -> Known {
    condition.map(|holds| !holds)
}

fn status(text: &str) -> Known {
    match text {
        "ENABLED" | "ENABLING" => Some(true),
        "DISABLED" => Some(false),
        _ => None,
    }
}

impl World {
    fn inspector(&self) -> Known {
        self.account.and_then(|(account, _)| status(account))
    }

    fn ec2(&self) -> Known {
        self.account.and_then(|(_, ec2)| status(ec2))
    }

    fn is_off(&self) -> bool {
        self.inspector() == Some(false) || self.ec2() == Some(false)
    }

    fn vm_scanner(&self, machine: &Machine) -> Known {
        match (self.coverage, machine.mode) {
            (false, _) | (true, Some("EC2_DREAM")) => None,
            (true, mode) => Some(mode == Some(VM)),
        }
    }

    /// Whether a fact of SSM holds for the instance, or the VM Scanner does without.
    fn by_ssm(&self, machine: &Machine, holds: impl Fn(Option<&str>) -> bool) -> Known {
        let ssm = self.nodes.then(|| holds(machine.ping));
        not(all(&[not(ssm), not(self.vm_scanner(machine))]))
    }

    /// Conditions 1 to 4. An instance that is excluded in full has the VM Scanner alone.
    fn scanned(&self, machine: &Machine) -> Known {
        let vm_scanner = self.vm_scanner(machine);
        if machine.tagged && machine.metadata_tags {
            return all(&[self.inspector(), self.ec2(), vm_scanner]);
        }
        let deep = self.deep_inspection.map(|deep| deep != "DEACTIVATED");
        let agent_scans = not(all(&[not(deep), not(vm_scanner)]));
        let installed = self.by_ssm(machine, |ping| ping.is_some());
        let managed = self.by_ssm(machine, |ping| ping == Some("Online"));
        all(&[installed, managed, self.inspector(), self.ec2(), agent_scans])
    }

    /// Condition 5, and whether it is confirmed.
    fn mounted(&self, machine: usize, store: usize) -> (Known, bool) {
        let (one, share) = (&self.machines[machine], &self.stores[store]);
        if self.mount_targets && share.mount_target != Some("available") {
            return (Some(false), false);
        }
        if self.tasks.contains(&(machine, store)) {
            return (Some(true), true);
        }
        if !self.mount_targets {
            return (None, false);
        }
        let connected = if one.vpc == "vpc-1" { Some(true) } else { self.peered };
        let admitted = self.security_groups.then(|| share.admits.contains(&one.group));
        (all(&[connected, admitted]), false)
    }
}

impl Store {
    fn cold(&self) -> Known {
        let cold = self.size.map(|[_, ia, archive]| ia + archive > 0)?;
        if cold { self.policy.map(|_| true) } else { Some(false) }
    }

    fn returns(&self) -> Known {
        self.policy.map(|(_, returns)| returns)
    }

    fn pinned(&self) -> Known {
        let due = self.policy.map(|(tiers, _)| tiers && self.age > 30);
        let warm = self.size.map(|[_, ia, archive]| ia + archive == 0);
        all(&[due, warm, self.size.map(|[standard, ..]| standard >= 1)])
    }

    /// What a rule asks of the storage.
    fn shows(&self, rule: &str) -> Known {
        match rule {
            RECALL => all(&[self.cold(), self.returns()]),
            CHARGES => all(&[self.cold(), not(self.returns())]),
            _ => self.pinned(),
        }
    }

    fn is_elastic(&self) -> bool {
        self.throughput == "elastic"
    }

    /// GiB by class, and what each would cost less than Standard in Tokyo.
    fn gib(&self) -> [Decimal; 3] {
        self.size.expect("a size").map(Decimal::from)
    }

    fn saved(&self) -> [Decimal; 2] {
        let ia = if self.is_elastic() { number("0.02") } else { number("0.0272") };
        [number("0.36") - ia, number("0.36") - number("0.01")]
    }

    /// What everything cold costs more in Standard, a month and once.
    fn recall(&self) -> (Decimal, Decimal) {
        let ([_, ia, archive], [of_ia, of_archive]) = (self.gib(), self.saved());
        let once = ia * number("0.024") + archive * number("0.072");
        let elastic = if self.is_elastic() { (ia + archive) * number("0.04") } else { Decimal::ZERO };
        (ia * of_ia + archive * of_archive, once + elastic)
    }

    /// What the month's scans pay at most; each scanner with how often it comes.
    fn charges(&self, scans: &[Scans]) -> Decimal {
        let [standard, ia, archive] = self.gib();
        let cold = ia + archive;
        let tebibytes = (standard / number("1024")).max(Decimal::ONE);
        let earned = (standard * number("150") / number("1024")).max(number("3"));
        let provisioned = self.provisioned.map(|mibps| Decimal::from(mibps * 3)).filter(|reads| *reads >= earned);
        let (rate, sustained) = match (self.throughput, provisioned) {
            ("elastic", _) => (number("1500"), None),
            (_, Some(reads)) => (reads.min(number("500")), Some(reads * number("2531.25"))),
            // How much is provisioned is not known: what one client reads.
            ("provisioned", None) if self.provisioned.is_none() => (number("500"), None),
            _ => {
                let credits = number("6451.2") * tebibytes;
                ((number("300") * tebibytes).min(number("500")), Some(earned * number("2531.25") + credits))
            }
        };
        let each = |times: u32, seconds: u32| {
            let most = (rate * Decimal::from(seconds) / number("1024")).min(cold);
            Decimal::from(times) * most
        };
        let of = |scans: &Scans| {
            let (plugin, vm_scanner) = (each(scans.plugin, 900), each(240, 10_800));
            scans.vm_scanner.map_or(plugin.max(vm_scanner), |yes| if yes { vm_scanner } else { plugin })
        };
        let read: Decimal = scans.iter().map(of).sum();
        let read = sustained.map_or(read, |most| read.min(most));
        let elastic = if self.is_elastic() { number("0.04") } else { Decimal::ZERO };
        read * (ia / cold * number("0.012") + archive / cold * number("0.036") + elastic)
    }
}

/// How an instance is scanned.
struct Scans {
    plugin: u32,
    vm_scanner: Known,
}

/// What a finding has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Expected {
    monthly: Decimal,
    once: Decimal,
    severity: Severity,
    confidence: Confidence,
    instances: BTreeSet<String>,
    confirmed: u64,
}

#[derive(Debug, Default)]
struct Answer {
    findings: BTreeMap<(&'static str, String), Expected>,
    open: BTreeSet<&'static str>,
    /// The companions' findings, by rule and instance.
    companions: BTreeMap<(&'static str, String), Severity>,
}

fn severity(usd: Decimal) -> Severity {
    let from = [("1000", Severity::Critical), ("100", Severity::High), ("10", Severity::Medium)];
    from.iter().find(|(least, _)| usd >= number(least)).map_or(Severity::Low, |(_, severity)| *severity)
}

fn lower(severity: Severity) -> Severity {
    match severity {
        Severity::Critical => Severity::High,
        Severity::High => Severity::Medium,
        _ => Severity::Low,
    }
}

fn answer(world: &World) -> Answer {
    let mut answer = Answer::default();
    if !world.file_systems {
        answer.open.extend(RULES.iter().filter(|_| !world.is_off()));
        return answer;
    }
    // By instance: how bad what it is exposed to is, advice at least.
    let mut at_stake: BTreeMap<usize, Vec<Severity>> = BTreeMap::new();
    for (share, store) in world.stores.iter().enumerate().filter(|(_, store)| store.state == "available") {
        let mut exposed: Vec<(usize, bool)> = Vec::new();
        let mut undecided = false;
        for (number, machine) in world.machines.iter().enumerate().filter(|_| world.instances) {
            let (mounted, confirmed) = world.mounted(number, share);
            let out = machine.state != "running" || machine.windows;
            match all(&[Some(!out), world.scanned(machine), mounted]) {
                Some(true) => exposed.push((number, confirmed)),
                Some(false) => {}
                None => undecided = true,
            }
        }
        let reached = !world.mount_targets || store.mount_target == Some("available");
        if !world.instances && !world.is_off() && reached {
            let named = world.tasks.iter().any(|(_, named)| *named == share);
            undecided = named || !world.mount_targets || !world.security_groups || !store.admits.is_empty();
        }
        let mut stake = Severity::Info;
        for rule in RULES {
            let shows = store.shows(rule);
            if shows == Some(false) || exposed.is_empty() && !undecided {
                continue;
            }
            if exposed.is_empty() || shows.is_none() {
                answer.open.insert(rule);
                continue;
            }
            let expected = finding(world, store, rule, &exposed);
            let plugin = exposed.iter().any(|(number, _)| world.vm_scanner(&world.machines[*number]) != Some(true));
            // Its figure adds up instances: one more that may be scanned makes it larger.
            if rule == CHARGES && (undecided || matches!(world.schedule, Schedule::Denied) && plugin) {
                answer.open.insert(rule);
            }
            stake = expected.severity;
            answer.findings.insert((rule, store.id.clone()), expected);
        }
        for (number, _) in &exposed {
            at_stake.entry(*number).or_default().push(stake);
        }
    }
    for (number, stakes) in at_stake {
        let machine = &world.machines[number];
        let worst = stakes.into_iter().max().expect("one");
        let id = machine.id.clone();
        match (machine.tagged, machine.metadata_tags) {
            (true, false) if worst == Severity::Info => {
                answer.companions.insert(("exclusion-tag-ineffective", id), Severity::Info);
            }
            (true, false) => {
                answer.companions.insert(("exclusion-tag-ineffective", id), worst.max(Severity::Medium));
            }
            (false, true) if worst != Severity::Info => {
                answer.companions.insert(("exclusion-metadata-only", id), Severity::Info);
            }
            _ => {}
        }
    }
    answer
}

fn finding(world: &World, store: &Store, rule: &str, exposed: &[(usize, bool)]) -> Expected {
    let machine = |number: usize| &world.machines[number];
    let known = exposed.iter().any(|(_, confirmed)| *confirmed);
    let counted = exposed.iter().filter(|(_, confirmed)| *confirmed || !known);
    let plugin = if let Schedule::Runs(_, runs) = world.schedule { runs } else { 120 };
    let scans: Vec<Scans> =
        counted.map(|(number, _)| Scans { plugin, vm_scanner: world.vm_scanner(machine(*number)) }).collect();
    let (monthly, once) = match rule {
        RECALL => store.recall(),
        CHARGES => (store.charges(&scans), Decimal::ZERO),
        _ => (store.gib()[0] * store.saved()[0], Decimal::ZERO),
    };
    // The mount proves nothing of an instance that only the VM Scanner could scan, nor of what keeps files warm.
    let proves = |number: usize| !(machine(number).tagged && machine(number).metadata_tags);
    let is_proven = rule != PINNED && exposed.iter().any(|(number, confirmed)| *confirmed && proves(*number));
    Expected {
        monthly,
        once,
        severity: if is_proven { severity(monthly) } else { lower(severity(monthly)) },
        confidence: if is_proven { Confidence::Medium } else { Confidence::Low },
        instances: exposed.iter().map(|(number, _)| machine(*number).id.clone()).collect(),
        confirmed: u64::try_from(exposed.iter().filter(|(_, confirmed)| *confirmed).count()).expect("few"),
    }
}

/// What the tool says, in the same terms.
fn said(evaluation: &Evaluation) -> Answer {
    let mut answer = Answer::default();
    for finding in &evaluation.findings {
        let id = finding.resource.id.clone();
        if let Some(rule) = RULES.into_iter().find(|rule| *rule == finding.rule) {
            let cost = finding.cost.as_ref().expect("a price");
            assert_eq!((cost.monthly_usd.low.0, cost.monthly_usd.likely), (Decimal::ZERO, None));
            let expected = Expected {
                monthly: cost.monthly_usd.high.0,
                once: cost.one_time_usd.0,
                severity: finding.severity,
                confidence: finding.confidence,
                instances: finding.instances.iter().map(|one| one.id.clone()).collect(),
                confirmed: finding.instance_counts.confirmed,
            };
            answer.findings.insert((rule, id), expected);
        } else if let Some(rule) =
            ["exclusion-tag-ineffective", "exclusion-metadata-only"].into_iter().find(|rule| *rule == finding.rule)
        {
            answer.companions.insert((rule, id), finding.severity);
        }
    }
    for gap in &evaluation.gaps {
        answer.open.extend(RULES.iter().filter(|rule| gap.rules.iter().any(|named| named == **rule)));
    }
    answer
}

#[test]
fn a_simple_reading_of_the_same_worlds_agrees_whole() {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut features: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for seed in 0..WORLDS {
        let world = World::seeded(seed);
        let evaluation = judge(&world.target());
        let (mut expected, mut said) = (answer(&world), said(&evaluation));
        // Amounts are rounded line by line: a cent, or a millionth.
        for (key, one) in &mut said.findings {
            let Some(other) = expected.findings.get_mut(key) else { continue };
            for (a, b) in [(&mut one.monthly, &mut other.monthly), (&mut one.once, &mut other.once)] {
                if (*a - *b).abs() <= number("0.01").max(*b * number("0.000001")) {
                    *a = *b;
                }
            }
        }
        for rule in RULES {
            let findings = expected.findings.keys().any(|(of, _)| *of == rule);
            let verdict = match (findings, expected.open.contains(rule)) {
                (true, _) => Verdict::Findings,
                (false, true) => Verdict::Inconclusive,
                (false, false) => Verdict::Clean,
            };
            let given = evaluation.verdicts.iter().find(|one| one.rule == rule).expect("judged").verdict;
            *seen.entry(format!("{verdict:?}")).or_default() += 1;
            if given != verdict {
                wrong.push(format!("{seed}: {rule} is {given:?}, expected {verdict:?}\n{world:#?}"));
            }
        }
        for (what, differs) in [
            ("findings", expected.findings != said.findings),
            ("open", expected.open != said.open),
            ("companions", expected.companions != said.companions),
        ] {
            if differs {
                wrong.push(format!("{seed}: {what}: expected {expected:#?}\nsaid {said:#?}\n{world:#?}"));
            }
        }
        *seen.entry("companions".to_owned()).or_default() += expected.companions.len();
        *seen.entry("worlds that fire".to_owned()).or_default() += usize::from(!expected.findings.is_empty());
        for feature in world.features() {
            *features.entry(feature).or_default() += 1;
        }
        for (rule, _) in expected.findings.keys() {
            *seen.entry((*rule).to_owned()).or_default() += 1;
        }
    }
    assert!(wrong.is_empty(), "{} differences; the first: {}", wrong.len(), wrong[0]);
    // Not vacuous: every rule, every verdict and everything that worlds are made of comes up.
    for (what, least) in [
        ("worlds that fire", 80),
        (RECALL, 40),
        (CHARGES, 40),
        (PINNED, 5),
        ("Findings", 80),
        ("Inconclusive", 100),
        ("Clean", 100),
        ("companions", 80),
    ] {
        assert!(seen.get(what).is_some_and(|count| *count >= least), "{what}: {seen:?}");
    }
    let rare: Vec<_> = features.iter().filter(|(_, count)| **count < 4).collect();
    assert!(rare.is_empty() && features.len() >= 55, "{} features, of these too few: {rare:?}", features.len());
}
