//! What was typed wins over the file, and the file over the defaults: where AWS is asked, and as whom.

use std::path::Path;

use clap::Parser as _;

use super::config::Config;
use super::scan::ScanSettings;
use super::source::{Live, Source};
use crate::cli::{Cli, Command};
use crate::model::SectionName;

const FILE: &str = "[targets]\nregions = [\"eu-west-1\"]\nprofiles = [\"of-file\"]\nexternal_id = \"of-file\"\n\
                    role_arns = [\"arn:aws:iam::444455556666:role/of-file\"]";

/// The settings of a scan with those options, beside a file with that text.
fn scan(typed: &str, file: &str) -> ScanSettings {
    let line = format!("inspector-audit scan {typed}");
    let cli = Cli::try_parse_from(line.split_whitespace()).expect("a command line");
    let Command::Scan(args) = cli.command else { panic!("it is a scan") };
    let config = Config::parse(file, Path::new("inspector-audit.toml")).expect("a configuration");
    ScanSettings::resolved(&args, &cli.global, &config).expect("settings")
}

fn live(settings: &ScanSettings) -> &Live {
    let Source::Aws(live) = &settings.source else { panic!("no snapshot was given") };
    live
}

#[test]
fn a_profile_that_was_typed_wins_over_the_files() {
    let typed = scan("--profile typed --profile second", FILE);
    assert_eq!(live(&typed).identities.profiles, ["typed", "second"]);
    assert_eq!(typed.prices.asker.profile.as_deref(), Some("typed"), "prices are asked as the same");
    let untyped = scan("", FILE);
    assert_eq!(live(&untyped).identities.profiles, ["of-file"]);
    assert_eq!(untyped.prices.asker.profile.as_deref(), Some("of-file"));
    assert!(live(&scan("", "")).identities.profiles.is_empty());
}

#[test]
fn roles_and_their_external_id_too() {
    let typed = "--role-arn arn:aws:iam::111122223333:role/typed --external-id typed";
    let identities = live(&scan(typed, FILE)).identities.clone();
    assert_eq!(identities.role_arns, ["arn:aws:iam::111122223333:role/typed"]);
    assert_eq!(identities.external_id.as_deref(), Some("typed"));
    let identities = live(&scan("", FILE)).identities.clone();
    assert_eq!(identities.role_arns, ["arn:aws:iam::444455556666:role/of-file"]);
    assert_eq!(identities.external_id.as_deref(), Some("of-file"));
}

#[test]
fn regions_by_name_and_all_of_them_replace_each_other() {
    let everywhere = "[targets]\nall_regions = true";
    for (typed, file, regions, all_regions) in [
        ("--region us-east-1", FILE, &["us-east-1"][..], false),
        ("--region us-east-1", everywhere, &["us-east-1"], false),
        ("--all-regions", FILE, &[], true),
        ("", FILE, &["eu-west-1"], false),
        ("", everywhere, &[], true),
        ("", "", &[], false),
    ] {
        let identities = live(&scan(typed, file)).identities.clone();
        assert_eq!(identities.regions, regions, "{typed}");
        assert_eq!(identities.all_regions, all_regions, "{typed}");
    }
}

#[test]
fn printed_commands_repeat_what_decides_the_findings() {
    let repeated = |typed: &str| scan(typed, "").repeated.map(|words| words.join(" "));
    let beside = "--mount-map m.csv --mount-table i-0a11111111111111a=t.txt --prices p.json --discount 5 --read-fraction 0.2 --no-config";
    assert_eq!(repeated(&format!("--snapshot a.json {beside}")).as_deref(), Some(beside));
    assert_eq!(repeated("--config c.toml --region us-east-1").as_deref(), Some("--config c.toml"));
    // What is asked of AWS is asked again only where there is no snapshot.
    let asked = "--rule inspector-free-trial --history 60 --ecr-usage --no-metrics --no-mount-evidence --cloudtrail";
    assert_eq!(repeated(asked).as_deref(), Some(asked));
    assert_eq!(repeated(&format!("{asked} --save-snapshot a.json")).as_deref(), Some(""));
    assert_eq!(repeated("--snapshot a.json --rule efs-tier-recall").as_deref(), Some(""));
    // Neither what runs on hosts nor what is billed by the request.
    assert_eq!(repeated("--probe-mounts --yes --cost-explorer").as_deref(), Some(""));
    for gone in ["--snapshot -", "--snapshot a.json --mount-map -", "--snapshot a.json --prices -"] {
        assert_eq!(repeated(gone), None, "{gone}");
    }
    assert!(repeated("--snapshot a.json --baseline -").is_some(), "a baseline is no part of a plan");
}

#[test]
fn a_rule_that_is_named_has_its_optional_sections_collected() {
    let collects = |typed, file| live(&scan(typed, file)).sections.contains(&SectionName::InspectorFreeTrial);
    assert!(!collects("", ""));
    assert!(!collects("--rule efs-tier-recall", ""));
    assert!(collects("--rule inspector-free-trial", ""));
    assert!(collects("", "rules = [\"inspector-free-trial\"]"));
    assert!(collects("--ecr-usage", ""));
}
