//! Several inputs at once.

use crate::terraform_support::analyse;
use inspector_audit::rules::{Confidence, Verdict, terraform_rules};
use inspector_audit::terraform::TerraformSettings;

use crate::terraform_support::{CONFLICT, IMPLICIT, LOOP, finding, fixture, found, root, try_run, verdict};

const ENABLER: &str = "resource \"aws_inspector2_enabler\" \"this\" {\n  account_ids = [data.aws_caller_identity.x.account_id]\n  resource_types = [\"ECR\"]\n}\ndata \"aws_caller_identity\" \"x\" {}\n";
const BASIC: &str = "resource \"aws_ecr_registry_scanning_configuration\" \"this\" {\n  scan_type = \"BASIC\"\n}\n";

#[test]
fn two_roots_of_one_account_and_region_are_a_loop_together() {
    let paths = [fixture("hcl/roots/security"), fixture("hcl/roots/registry")];
    let analysis = try_run(&paths, &[]).expect("both can be read");
    assert_eq!(found(&analysis), [(LOOP, "aws_ecr_registry_scanning_configuration.this")]);
    let looped = finding(&analysis, LOOP);
    assert_eq!((looped.account.as_str(), looped.region.as_str()), ("111122223333", "ap-northeast-1"));
    assert_eq!(looped.confidence, Confidence::High);
    assert!(analysis.gaps.is_empty(), "{:?}", analysis.gaps);
}

#[test]
fn two_roots_whose_accounts_are_not_known_are_inconclusive_unless_told_to_be_one() {
    let (security, registry) = (root(&[("main.tf", ENABLER)]), root(&[("main.tf", BASIC)]));
    let paths = [security.path().to_owned(), registry.path().to_owned()];
    let analysis = try_run(&paths, &[]).expect("both can be read");
    assert_eq!(verdict(&analysis, LOOP), Verdict::Inconclusive);
    assert_eq!(verdict(&analysis, IMPLICIT), Verdict::Inconclusive);
    assert!(analysis.findings.is_empty());
    let rules: Vec<_> = terraform_rules().collect();
    let together =
        analyse(&paths, &[], &TerraformSettings { one_account: true, ..TerraformSettings::default() }, &rules)
            .expect("both can be read");
    assert_eq!(finding(&together, LOOP).confidence, Confidence::Medium);
    assert_eq!(verdict(&together, IMPLICIT), Verdict::Clean);
}

#[test]
fn roots_that_each_write_a_registry_are_for_different_places() {
    let enhanced = BASIC.replace("BASIC", "ENHANCED");
    let production = root(&[("main.tf", &format!("{ENABLER}{enhanced}"))]);
    let staging = root(&[("main.tf", BASIC)]);
    let analysis = try_run(&[production.path().to_owned(), staging.path().to_owned()], &[]).expect("both can be read");
    assert_eq!(verdict(&analysis, LOOP), Verdict::Clean, "{:?}", analysis.gaps);
}

#[test]
fn one_root_given_twice_is_one_root() {
    let by_file = fixture("hcl/d-two-enablers/main.tf");
    let paths = [fixture("hcl/d-two-enablers"), by_file, fixture("hcl/../hcl/d-two-enablers")];
    let analysis = try_run(&paths, &[]).expect("it can be read");
    assert_eq!(analysis.inputs.len(), 1);
    assert_eq!((analysis.inputs[0].enablers, analysis.inputs[0].registries), (2, 0));
    assert_eq!(analysis.findings.iter().filter(|finding| finding.rule == CONFLICT).count(), 1);
}

#[test]
fn findings_of_the_same_address_in_two_roots_keep_apart() {
    let paths = [fixture("hcl/b-other-types"), fixture("hcl/c-enhanced-without-ecr")];
    let analysis = try_run(&paths, &[]).expect("both can be read");
    let prints: Vec<_> =
        analysis.findings.iter().filter(|finding| finding.rule == LOOP).map(|finding| &finding.fingerprint).collect();
    assert_eq!(prints.len(), 2);
    assert_ne!(prints[0], prints[1]);
}

#[test]
fn one_bad_input_among_others_is_a_gap_and_alone_an_error() {
    let missing = fixture("hcl/not-there");
    assert!(try_run(std::slice::from_ref(&missing), &[]).is_err());
    let analysis = try_run(&[missing, fixture("hcl/e-coherent")], &[]).expect("one can be read");
    assert_eq!(verdict(&analysis, LOOP), Verdict::Inconclusive);
    assert!(analysis.gaps.iter().any(|gap| gap.message.contains("hcl/not-there") && !gap.rules.is_empty()));
}

#[test]
fn no_path_is_an_error() {
    assert_eq!(
        try_run(&[], &[]).expect_err("nothing to read").to_string(),
        "no input: name a plan or state in JSON, a tfstate file, or a directory with .tf files"
    );
}
