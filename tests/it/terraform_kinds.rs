//! The kinds of configuration that people have, each with the answer it has to get: resources, files, modules, plans.

use inspector_audit::rules::{Verdict, terraform_rules};
use inspector_audit::terraform::TerraformSettings;

use crate::terraform_support::{
    CONDITIONAL, CONFLICT, DESTROY, IMPLICIT, INVALID, LOOP, OFF, WRITERS, both, decided, enabler, finding, fixture,
    registry, root, run_files, safe, told, try_run, try_run_with, verdict,
};

#[test]
fn several_writers_of_one_registry() {
    let two = format!(
        "{}resource \"aws_ecr_registry_scanning_configuration\" \"second\" {{\n  scan_type = \"BASIC\"\n}}\n",
        registry("\"ENHANCED\"")
    );
    decided(&[("main.tf", &two)], &[(WRITERS, "high")]);
    let same = format!("{}{}", registry("\"ENHANCED\""), registry("\"ENHANCED\"").replace("\"main\"", "\"again\""));
    decided(&[("main.tf", &same)], &[(WRITERS, "medium")]);
    let per_repository =
        registry("\"ENHANCED\"").replace("  scan_type", "  for_each  = toset([\"shop\", \"stock\"])\n  scan_type");
    decided(&[("main.tf", &per_repository)], &[(WRITERS, "medium")]);
    decided(&[("main.tf", &per_repository.replace("\"*\"", "each.key"))], &[(WRITERS, "high")]);
    let module = registry("\"ENHANCED\"").replace("\"*\"", "var.repository") + "variable \"repository\" {}\n";
    let calls = "module \"shop\" {\n  source     = \"./scan\"\n  repository = \"shop\"\n}\nmodule \"stock\" {\n  source     = \
                 \"./scan\"\n  repository = \"stock\"\n}\n";
    decided(&[("main.tf", calls), ("scan/main.tf", &module)], &[(WRITERS, "high")]);
    // One per region is as it should be.
    let regions = per_repository
        .replace("  scan_type", "  region    = each.key\n  scan_type")
        .replace("[\"shop\", \"stock\"]", "[\"eu-west-1\", \"eu-north-1\"]");
    safe(&regions);
    let open = per_repository.replace("toset([\"shop\", \"stock\"])", "var.repositories")
        + "variable \"repositories\" { type = set(string) }\n";
    let analysis = decided(&[("main.tf", &open)], &[(WRITERS, "low")]);
    assert!(analysis.findings[0].message.contains("length(var.repositories) >= 2"), "{}", analysis.findings[0].message);
}

#[test]
fn several_roots_write_one_registry() {
    let roots = [registry("\"BASIC\""), registry("\"ENHANCED\""), enabler("[\"EC2\", \"ECR\"]")];
    let dirs: Vec<_> = roots.iter().map(|text| root(&[("main.tf", text)])).collect();
    let paths: Vec<_> = dirs.iter().map(|dir| dir.path().to_owned()).collect();
    let one = TerraformSettings { one_account: true, ..TerraformSettings::default() };
    let analysis = try_run_with(&paths, &one).expect("they can be read");
    assert!(told(&analysis).contains(&(WRITERS.to_owned(), "high".to_owned())), "{:?}", told(&analysis));
    let apart = try_run(&paths, &[]).expect("they can be read");
    assert_eq!(verdict(&apart, WRITERS), Verdict::Clean, "without a word they are taken for different places");
}

#[test]
fn a_downloaded_module_that_matters_not_opens_nothing() {
    let main = both(
        "module \"label\" {\n  source  = \"example/label/null\"\n  version = \"2.0.0\"\n  name    = \"web\"\n}",
        "[\"EC2\", \"ECR\"]",
        "\"BASIC\"",
    );
    let manifest = r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"label","Source":"registry.terraform.io/example/label/null","Version":"2.0.0","Dir":".terraform/modules/label"}]}"#;
    let label = "variable \"name\" {}\nlocals {\n  id = { for k in [var.name] : k => k != \"\" ? lower(k) :\n    \"none\" }\n}\noutput \"id\" { value = local.id }\n";
    decided(
        &[
            ("main.tf", &main),
            (".terraform/modules/modules.json", manifest),
            (".terraform/modules/label/main.tf", label),
        ],
        &[(LOOP, "high")],
    );
}

#[test]
fn a_broken_file_hides_nothing_that_another_one_says() {
    let broken = "locals {\n  x = [\n}\n";
    let analysis = run_files(&[("main.tf", &both("", "[\"ECR\"]", "\"BASIC\"")), ("z.tf", broken)]);
    assert_eq!(verdict(&analysis, LOOP), Verdict::Findings);
    assert_eq!(verdict(&analysis, CONFLICT), Verdict::Inconclusive);
    let gap = &analysis.gaps[0];
    assert!(gap.resource.as_ref().is_some_and(|place| place.ends_with("z.tf:3")), "{gap:?}");
}

#[test]
fn enablers_for_other_accounts_do_not_meet_the_callers_registry() {
    let members = |types: &str| {
        format!(
            "locals {{\n  others = {{ shop = \"111122223333\", stock = \"444455556666\" }}\n}}\nresource \
             \"aws_inspector2_enabler\" \"others\" {{\n  for_each       = local.others\n  account_ids    = [each.value]\n  \
             resource_types = {types}\n}}\n"
        )
    };
    safe(&format!("{}{}", members("[\"EC2\"]"), registry("\"ENHANCED\"")));
    let own = enabler("[\"EC2\"]");
    let analysis =
        run_files(&[("main.tf", &format!("{}{own}{}", members("[\"EC2\", \"ECR\"]"), registry("\"BASIC\"")))]);
    for rule in [LOOP, CONDITIONAL, CONFLICT] {
        assert_eq!(verdict(&analysis, rule), Verdict::Clean, "{rule}: {:?}", analysis.gaps);
    }
    let elsewhere = format!(
        "provider \"aws\" {{\n  region = \"eu-west-1\"\n}}\nprovider \"aws\" {{\n  alias   = \"shop\"\n  region  = \
         \"eu-west-1\"\n  profile = \"shop\"\n}}\ndata \"aws_caller_identity\" \"shop\" {{\n  provider = aws.shop\n}}\nresource \
         \"aws_inspector2_enabler\" \"shop\" {{\n  account_ids    = [data.aws_caller_identity.shop.account_id]\n  \
         resource_types = [\"EC2\"]\n}}\n{}",
        registry("\"ENHANCED\"")
    );
    safe(&elsewhere);
    let open = format!(
        "variable \"others\" {{\n  type = set(string)\n}}\nresource \"aws_inspector2_enabler\" \"others\" {{\n  for_each       = \
         var.others\n  account_ids    = [each.key]\n  resource_types = [\"EC2\"]\n}}\n{}",
        registry("\"ENHANCED\"")
    );
    safe(&open);
}

#[test]
fn override_files_are_merged() {
    let main = both("", "[\"EC2\", \"ECR\"]", "\"BASIC\"");
    let over = |text: &str| [("main.tf".to_owned(), main.clone()), ("ci_override.tf".to_owned(), text.to_owned())];
    let check = |text: &str, expected: &[(&str, &str)]| {
        let files = over(text);
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        decided(&files, expected);
    };
    check("resource \"aws_ecr_registry_scanning_configuration\" \"main\" {\n  scan_type = \"ENHANCED\"\n}\n", &[]);
    check(
        "provider \"aws\" {\n  skip_credentials_validation = true\n  endpoints {\n    ecr = \"http://localhost:4566\"\n  }\n}\n",
        &[(LOOP, "high")],
    );
    check(
        "resource \"aws_inspector2_enabler\" \"scan\" {\n  lifecycle {\n    ignore_changes = [resource_types]\n  }\n}\n",
        &[("terraform-coupling-loop-hidden", "high")],
    );
    let variable = both("variable \"scan\" {\n  default = \"BASIC\"\n}", "[\"ECR\"]", "var.scan");
    decided(&[("main.tf", &variable), ("override.tf", "variable \"scan\" {\n  default = \"ENHANCED\"\n}\n")], &[]);
    decided(
        &[
            ("main.tf", &both("locals {\n  scan = \"BASIC\"\n}", "[\"ECR\"]", "local.scan")),
            ("override.tf", "locals {\n  scan = \"ENHANCED\"\n}\n"),
        ],
        &[],
    );
}

#[test]
fn opentofu_reads_its_own_files_and_several_providers_of_one_name() {
    let text = "variable \"places\" {\n  default = [\"eu-west-1\", \"eu-north-1\"]\n}\nprovider \"aws\" {\n  alias    = \"in\"\n  for_each = toset(var.places)\n  region   = each.key\n}\n";
    let at = |enabler: &str, registry: &str| {
        format!(
            "{text}resource \"aws_inspector2_enabler\" \"scan\" {{\n  provider       = aws.in[\"{enabler}\"]\n  account_ids    = \
             [\"111122223333\"]\n  resource_types = [\"EC2\", \"ECR\"]\n}}\nresource \
             \"aws_ecr_registry_scanning_configuration\" \"main\" {{\n  provider  = aws.in[\"{registry}\"]\n  scan_type = \"BASIC\"\n}}\n"
        )
    };
    decided(&[("main.tofu", &at("eu-west-1", "eu-north-1"))], &[(IMPLICIT, "medium")]);
    let analysis = decided(&[("main.tofu", &at("eu-west-1", "eu-west-1"))], &[(LOOP, "high")]);
    assert_eq!(analysis.findings[0].region, "eu-west-1");
    decided(&[("main.tofu", &registry("\"BASIC\"")), ("main.tf", "locals {\n")], &[]);
}

#[test]
fn a_repositorys_own_name_is_a_filter() {
    let repository = "resource \"aws_ecr_repository\" \"shop\" {\n  name = \"shop/web\"\n}\n";
    safe(&format!("{repository}{}", registry("\"ENHANCED\"").replace("\"*\"", "aws_ecr_repository.shop.name")));
    let several = "resource \"aws_ecr_repository\" \"all\" {\n  for_each = toset([\"shop\", \"stock\"])\n  name     = \"team/${each.key}\"\n}\n";
    let dynamic = "resource \"aws_ecr_registry_scanning_configuration\" \"main\" {\n  scan_type = \"ENHANCED\"\n  rule {\n    scan_frequency = \"SCAN_ON_PUSH\"\n    dynamic \"repository_filter\" {\n      for_each = FILTERS\n      content {\n        filter      = repository_filter.value\n        filter_type = \"WILDCARD\"\n      }\n    }\n  }\n}\n";
    for filters in [
        "[for r in aws_ecr_repository.all : r.name]",
        "values(aws_ecr_repository.all)[*].name",
        "toset([aws_ecr_repository.all[\"shop\"].name])",
    ] {
        safe(&format!("{several}{}", dynamic.replace("FILTERS", filters)));
    }
}

#[test]
fn a_removed_module_destroys_what_nobody_can_see() {
    for lifecycle in ["", "lifecycle {\n    destroy = true\n  }\n"] {
        let analysis = run_files(&[("main.tf", &format!("removed {{\n  from = module.scan\n  {lifecycle}}}\n"))]);
        assert_eq!(verdict(&analysis, DESTROY), Verdict::Inconclusive);
    }
    let kept =
        run_files(&[("main.tf", "removed {\n  from = module.scan\n  lifecycle {\n    destroy = false\n  }\n}\n")]);
    assert_eq!(verdict(&kept, DESTROY), Verdict::Clean);
}

#[test]
fn the_cloud_control_provider_writes_the_same_registry() {
    let with = |scan: &str| {
        format!(
            "{}resource \"awscc_ecr_registry_scanning_configuration\" \"main\" {{\n  scan_type = \"{scan}\"\n  rules = [{{\n    \
             scan_frequency = \"SCAN_ON_PUSH\"\n    repository_filters = [{{ filter = \"*\", filter_type = \"WILDCARD\" }}]\n  }}]\n}}\n",
            enabler("[\"ECR\"]")
        )
    };
    let analysis = decided(&[("main.tf", &with("BASIC"))], &[(LOOP, "high")]);
    assert_eq!(analysis.findings[0].resource.kind, "awscc_ecr_registry_scanning_configuration");
    safe(&with("ENHANCED"));
    decided(&[("main.tf", &with("ENHANCED").replace("SCAN_ON_PUSH", "MANUAL"))], &[(INVALID, "medium")]);
    let both_providers = format!("{}{}", with("ENHANCED"), registry("\"ENHANCED\""));
    decided(&[("main.tf", &both_providers)], &[(WRITERS, "medium")]);
}

#[test]
fn a_plan_that_switches_off_by_update_is_told() {
    for (name, part) in [
        ("plans/switch-to-basic.json", "ENHANCED to BASIC"),
        ("plans/narrow-enabler.json", "no longer lists ECR, LAMBDA"),
    ] {
        let analysis = try_run(&[fixture(name)], &[]).expect("it can be read");
        assert_eq!(told(&analysis), [(OFF.to_owned(), "high".to_owned())], "{name}");
        assert!(analysis.findings[0].message.contains(part), "{}", analysis.findings[0].message);
        assert_eq!(analysis.findings[0].account, "123456789012");
    }
    assert_eq!(verdict(&run_files(&[("main.tf", &registry("\"BASIC\""))]), OFF), Verdict::NotApplicable);
}

#[test]
fn misspelt_types_and_arguments_are_what_apply_rejects() {
    let analysis = decided(&[("main.tf", &enabler("[\"EC2\", \"Lambda\"]"))], &[(INVALID, "medium")]);
    assert!(
        analysis.findings[0].message.contains("\"Lambda\"; LAMBDA may be meant"),
        "{}",
        analysis.findings[0].message
    );
    let analysis =
        run_files(&[("main.tf", &both("", "[\"ECR\"]", "\"BASIC\"").replace("resource_types", "resource_type"))]);
    assert_eq!(verdict(&analysis, INVALID), Verdict::Findings);
    assert_eq!(verdict(&analysis, LOOP), Verdict::Findings, "what is meant is a loop");
    let rules = registry("\"ENHANCED\"").replace("  rule {", "  rules {");
    let analysis = run_files(&[("main.tf", &rules)]);
    let invalid = analysis.findings.iter().find(|finding| finding.rule == INVALID).expect("it is rejected");
    assert!(invalid.message.contains("there is no block \"rules\"; rule may be meant"), "{}", invalid.message);
    let place = |region: &str| {
        format!("provider \"aws\" {{\n  region = \"{region}\"\n}}\n{}", enabler("[\"LAMBDA\", \"LAMBDA_CODE\"]"))
    };
    decided(&[("main.tf", &place("eu-west-3"))], &[(INVALID, "medium")]);
    safe(&place("eu-west-1"));
    let analysis = run_files(&[("main.tf", &both("", "[\"ecr\"]", "\"ENHANCED\""))]);
    assert_eq!(verdict(&analysis, LOOP), Verdict::Inconclusive, "it is no contradiction, only a mistake");
}

#[test]
fn the_rules_of_this_file_exist() {
    for rule in [WRITERS, OFF] {
        assert!(terraform_rules().any(|known| known.id == rule), "{rule}");
    }
}

/// What to write instead has the filters that are written now, and followed it leaves nothing to find.
#[test]
fn what_to_write_instead_has_the_filters_that_are_there() {
    let writer = |name: &str, frequency: &str, filter: &str| {
        format!(
            "resource \"aws_ecr_registry_scanning_configuration\" \"{name}\" {{\n  scan_type = \"ENHANCED\"\n  rule {{\n    \
             scan_frequency = \"{frequency}\"\n    repository_filter {{\n      filter      = \"{filter}\"\n      filter_type \
             = \"WILDCARD\"\n    }}\n  }}\n}}\n"
        )
    };
    let two = format!("{}{}", writer("a", "SCAN_ON_PUSH", "shop/*"), writer("b", "CONTINUOUS_SCAN", "live/*"));
    let analysis = decided(&[("main.tf", &two)], &[(WRITERS, "high")]);
    let [kept, dropped] = finding(&analysis, WRITERS).remediation.configuration.as_slice() else {
        panic!("two pieces")
    };
    assert!(kept.what.contains("aws_ecr_registry_scanning_configuration.a"), "{kept:?}");
    for part in ["\"CONTINUOUS_SCAN\"", "toset([\"live/*\"])", "\"SCAN_ON_PUSH\"", "toset([\"shop/*\"])"] {
        assert!(kept.hcl.contains(part), "{kept:?}");
    }
    assert!(dropped.hcl.contains("from = aws_ecr_registry_scanning_configuration.b"), "{dropped:?}");
    let mended = format!(
        "resource \"aws_ecr_registry_scanning_configuration\" \"a\" {{\n  scan_type = \"ENHANCED\"\n{}\n}}\n{}\n",
        kept.hcl, dropped.hcl
    );
    decided(&[("main.tf", &mended)], &[]);

    // Three rules of one frequency become one.
    let rule =
        |filter: &str| writer("x", "SCAN_ON_PUSH", filter).lines().skip(2).take(7).collect::<Vec<_>>().join("\n");
    let three = format!(
        "resource \"aws_ecr_registry_scanning_configuration\" \"a\" {{\n  scan_type = \"ENHANCED\"\n{}\n{}\n{}\n}}\n",
        rule("a/*"),
        rule("b/*"),
        rule("c/*")
    );
    let analysis = decided(&[("main.tf", &three)], &[(INVALID, "medium")]);
    let configuration = &finding(&analysis, INVALID).remediation.configuration;
    assert!(configuration[0].hcl.contains("toset([\"a/*\", \"b/*\", \"c/*\"])"), "{configuration:?}");
    // A filter that the API refuses is not written again.
    let analysis = decided(&[("main.tf", &three.replace("c/*", "C/*"))], &[(INVALID, "medium")]);
    let configuration = &finding(&analysis, INVALID).remediation.configuration;
    assert!(configuration[0].hcl.contains("# examples: your filters"), "{configuration:?}");
}
