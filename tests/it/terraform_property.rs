//! A law: the evaluator says of a small configuration what a slow and plain one says, which tries every value of every
//! open variable.

use std::fmt::Write as _;

use inspector_audit::rules::Verdict;
use proptest::prelude::*;

use crate::terraform_support::{CONDITIONAL, LOOP, run_files, verdict};

/// A condition.
#[derive(Debug, Clone)]
enum Test {
    Switch(usize),
    StageIs(&'static str),
    StageIn,
    Lists(&'static str),
    More(i64),
    Not(Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
}

/// A list of types.
#[derive(Debug, Clone)]
enum Types {
    Written(Vec<&'static str>),
    Variable,
    Choice(Box<Test>, Box<Self>, Box<Self>),
    Joined(Box<Self>, Box<Self>),
    Kept(Vec<&'static str>, Box<Test>),
    Field(Box<Self>),
}

/// A scan type.
#[derive(Debug, Clone)]
enum Scan {
    Written(bool),
    Choice(Box<Test>, Box<Self>, Box<Self>),
    ByStage(bool, bool, bool),
    Template(Box<Test>),
}

/// How often the enabler is there.
#[derive(Debug, Clone)]
enum Number {
    Always,
    Count(Test),
    Each(Test),
    Variable,
}

#[derive(Debug, Clone)]
struct Configuration {
    types: Types,
    scan: Scan,
    number: Number,
    through_module: bool,
}

/// The values of all variables.
#[derive(Debug, Clone)]
struct Values {
    switches: [bool; 2],
    stage: &'static str,
    types: Vec<&'static str>,
    number: i64,
}

/// Which variables nobody sets: the switches, the stage, the types, the number.
type Open = [bool; 5];

impl Test {
    fn text(&self) -> String {
        match self {
            Self::Switch(index) => format!("var.s{index}"),
            Self::StageIs(stage) => format!("var.stage == \"{stage}\""),
            Self::StageIn => "contains([\"dev\", \"test\"], var.stage)".to_owned(),
            Self::Lists(name) => format!("contains(var.types, \"{name}\")"),
            Self::More(number) => format!("var.n > {number}"),
            Self::Not(test) => format!("!({})", test.text()),
            Self::And(a, b) => format!("({} && {})", a.text(), b.text()),
            Self::Or(a, b) => format!("({} || {})", a.text(), b.text()),
        }
    }

    fn holds(&self, values: &Values) -> bool {
        match self {
            Self::Switch(index) => values.switches[*index],
            Self::StageIs(stage) => values.stage == *stage,
            Self::StageIn => ["dev", "test"].contains(&values.stage),
            Self::Lists(name) => values.types.contains(name),
            Self::More(number) => values.number > *number,
            Self::Not(test) => !test.holds(values),
            Self::And(a, b) => a.holds(values) && b.holds(values),
            Self::Or(a, b) => a.holds(values) || b.holds(values),
        }
    }
}

fn list(names: &[&str]) -> String {
    format!("[{}]", names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", "))
}

impl Types {
    fn text(&self) -> String {
        match self {
            Self::Written(names) => list(names),
            Self::Variable => "var.types".to_owned(),
            Self::Choice(test, a, b) => format!("({} ? {} : {})", test.text(), a.text(), b.text()),
            Self::Joined(a, b) => format!("concat({}, {})", a.text(), b.text()),
            Self::Kept(names, test) => {
                format!("[for t in toset({}) : t if t != \"ECR\" || {}]", list(names), test.text())
            }
            Self::Field(types) => format!("{{ other = var.unrelated ? 1 : 2, types = {} }}.types", types.text()),
        }
    }

    fn ecr(&self, values: &Values) -> bool {
        match self {
            Self::Written(names) => names.contains(&"ECR"),
            Self::Variable => values.types.contains(&"ECR"),
            Self::Choice(test, a, b) => {
                if test.holds(values) {
                    a.ecr(values)
                } else {
                    b.ecr(values)
                }
            }
            Self::Joined(a, b) => a.ecr(values) || b.ecr(values),
            Self::Kept(names, test) => names.contains(&"ECR") && test.holds(values),
            Self::Field(types) => types.ecr(values),
        }
    }
}

fn scan_type(enhanced: bool) -> &'static str {
    if enhanced { "ENHANCED" } else { "BASIC" }
}

impl Scan {
    fn text(&self) -> String {
        match self {
            Self::Written(enhanced) => format!("\"{}\"", scan_type(*enhanced)),
            Self::Choice(test, a, b) => format!("{} ? {} : {}", test.text(), a.text(), b.text()),
            Self::ByStage(dev, live, other) => format!(
                "lookup({{ dev = \"{}\", live = \"{}\" }}, var.stage, \"{}\")",
                scan_type(*dev),
                scan_type(*live),
                scan_type(*other)
            ),
            Self::Template(test) => format!("\"%{{ if {} }}ENHANCED%{{ else }}BASIC%{{ endif }}\"", test.text()),
        }
    }

    fn enhanced(&self, values: &Values) -> bool {
        match self {
            Self::Written(enhanced) => *enhanced,
            Self::Choice(test, a, b) => {
                if test.holds(values) {
                    a.enhanced(values)
                } else {
                    b.enhanced(values)
                }
            }
            Self::ByStage(dev, live, other) => match values.stage {
                "dev" => *dev,
                "live" => *live,
                _ => *other,
            },
            Self::Template(test) => test.holds(values),
        }
    }
}

impl Configuration {
    /// Whether it is a loop, with these values.
    fn loops(&self, values: &Values) -> bool {
        let there = match &self.number {
            Number::Always => true,
            Number::Count(test) | Number::Each(test) => test.holds(values),
            Number::Variable => values.number > 0,
        };
        there && self.types.ecr(values) != self.scan.enhanced(values)
    }

    /// As files, with values for the variables that are not open.
    fn files(&self, values: &Values, open: Open) -> Vec<(&'static str, String)> {
        let variables = "variable \"s0\" { type = bool }\nvariable \"s1\" { type = bool }\nvariable \"stage\" { type = string }\n\
                         variable \"types\" { type = list(string) }\nvariable \"n\" { type = number }\nvariable \"unrelated\" { type = bool }\n";
        let number = match &self.number {
            Number::Always => String::new(),
            Number::Count(test) => format!("  count = {} ? 1 : 0\n", test.text()),
            Number::Each(test) => format!("  for_each = toset({} ? [\"one\"] : [])\n", test.text()),
            Number::Variable => "  count = var.n\n".to_owned(),
        };
        let resources = format!(
            "locals {{\n  types = {}\n  scan = {}\n}}\ndata \"aws_caller_identity\" \"me\" {{}}\n\
             resource \"aws_inspector2_enabler\" \"e\" {{\n{number}  account_ids = [data.aws_caller_identity.me.account_id]\n  \
             resource_types = local.types\n}}\nresource \"aws_ecr_registry_scanning_configuration\" \"r\" {{\n  scan_type = local.scan\n}}\n",
            self.types.text(),
            self.scan.text()
        );
        let mut given = String::new();
        let mut set = |index: usize, line: String| {
            if !open[index] {
                writeln!(given, "{line}").expect("a string");
            }
        };
        set(0, format!("s0 = {}", values.switches[0]));
        set(1, format!("s1 = \"{}\"", values.switches[1]));
        set(2, format!("stage = \"{}\"", values.stage));
        set(3, format!("types = {}", list(&values.types)));
        set(4, format!("n = {}", values.number));
        if self.through_module {
            let call = "module \"m\" {\n  source = \"./m\"\n  s0 = var.s0\n  s1 = var.s1\n  stage = var.stage\n  types = var.types\n  n = var.n\n  unrelated = var.unrelated\n}\n";
            vec![
                ("main.tf", format!("{variables}{call}")),
                ("m/main.tf", format!("{variables}{resources}")),
                ("terraform.tfvars", given),
            ]
        } else {
            vec![("main.tf", format!("{variables}{resources}")), ("terraform.tfvars", given)]
        }
    }

    /// What is so with every value of what is open.
    fn outcomes(&self, values: &Values, open: Open) -> Vec<bool> {
        let mut outcomes = Vec::new();
        let either = |index: usize, own: bool| if open[index] { vec![true, false] } else { vec![own] };
        let stages = if open[2] { vec!["dev", "test", "live", "x"] } else { vec![values.stage] };
        let lists = vec![vec![], vec!["EC2"], vec!["ECR"], vec!["EC2", "ECR"]];
        let lists = if open[3] { lists } else { vec![values.types.clone()] };
        let numbers = if open[4] { vec![0, 1, 2, 3] } else { vec![values.number] };
        for s0 in either(0, values.switches[0]) {
            for s1 in either(1, values.switches[1]) {
                for stage in &stages {
                    for types in &lists {
                        for number in &numbers {
                            let values = Values { switches: [s0, s1], stage, types: types.clone(), number: *number };
                            outcomes.push(self.loops(&values));
                        }
                    }
                }
            }
        }
        outcomes
    }
}

fn test() -> impl Strategy<Value = Test> {
    let leaf = prop_oneof![
        (0_usize..2).prop_map(Test::Switch),
        prop::sample::select(vec!["dev", "live"]).prop_map(Test::StageIs),
        Just(Test::StageIn),
        prop::sample::select(vec!["ECR", "EC2"]).prop_map(Test::Lists),
        (0_i64..3).prop_map(Test::More),
    ];
    leaf.prop_recursive(2, 4, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|test| Test::Not(Box::new(test))),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Test::And(Box::new(a), Box::new(b))),
            (inner.clone(), inner).prop_map(|(a, b)| Test::Or(Box::new(a), Box::new(b))),
        ]
    })
}

fn written() -> impl Strategy<Value = Vec<&'static str>> {
    prop::sample::select(vec![vec!["ECR"], vec!["EC2"], vec!["EC2", "ECR"]])
}

fn types() -> impl Strategy<Value = Types> {
    let leaf = prop_oneof![
        written().prop_map(Types::Written),
        Just(Types::Variable),
        (written(), test()).prop_map(|(names, test)| Types::Kept(names, Box::new(test))),
    ];
    leaf.prop_recursive(2, 4, 2, |inner| {
        prop_oneof![
            (test(), inner.clone(), inner.clone()).prop_map(|(test, a, b)| Types::Choice(
                Box::new(test),
                Box::new(a),
                Box::new(b)
            )),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Types::Joined(Box::new(a), Box::new(b))),
            inner.prop_map(|types| Types::Field(Box::new(types))),
        ]
    })
}

fn scan() -> impl Strategy<Value = Scan> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Scan::Written),
        any::<(bool, bool, bool)>().prop_map(|(a, b, c)| Scan::ByStage(a, b, c)),
        test().prop_map(|test| Scan::Template(Box::new(test))),
    ];
    leaf.prop_recursive(2, 4, 2, |inner| {
        (test(), inner.clone(), inner).prop_map(|(test, a, b)| Scan::Choice(Box::new(test), Box::new(a), Box::new(b)))
    })
}

fn configuration() -> impl Strategy<Value = Configuration> {
    let number = prop_oneof![
        Just(Number::Always),
        test().prop_map(Number::Count),
        test().prop_map(Number::Each),
        Just(Number::Variable),
    ];
    (types(), scan(), number, any::<bool>()).prop_map(|(types, scan, number, through_module)| Configuration {
        types,
        scan,
        number,
        through_module,
    })
}

fn values() -> impl Strategy<Value = Values> {
    let stage = prop::sample::select(vec!["dev", "test", "live", "x"]);
    let types = prop::sample::select(vec![vec![], vec!["EC2"], vec!["ECR"], vec!["EC2", "ECR"]]);
    (any::<[bool; 2]>(), stage, types, 0_i64..4).prop_map(|(switches, stage, types, number)| Values {
        switches,
        stage,
        types,
        number,
    })
}

/// What our evaluator says.
fn said(files: &[(&'static str, String)]) -> (Verdict, Verdict) {
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let analysis = run_files(&files);
    (verdict(&analysis, LOOP), verdict(&analysis, CONDITIONAL))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn with_all_values_given_both_evaluators_agree(configuration in configuration(), values in values()) {
        let files = configuration.files(&values, [false; 5]);
        let expected = if configuration.loops(&values) { Verdict::Findings } else { Verdict::Clean };
        prop_assert_eq!(said(&files), (expected, Verdict::Clean), "{:#?}", files);
    }

    #[test]
    fn what_is_open_is_looked_at_in_every_way(configuration in configuration(), values in values(), open in any::<Open>()) {
        let files = configuration.files(&values, open);
        let outcomes = configuration.outcomes(&values, open);
        let expected = match (outcomes.contains(&true), outcomes.contains(&false)) {
            (true, false) => (Verdict::Findings, Verdict::Clean),
            (true, true) => (Verdict::Clean, Verdict::Findings),
            _ => (Verdict::Clean, Verdict::Clean),
        };
        prop_assert_eq!(said(&files), expected, "{:#?}", files);
    }
}
