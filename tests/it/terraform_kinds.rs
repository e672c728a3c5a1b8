//! The kinds of configuration that people have, each with the answer it has to get.

use std::fmt::Write as _;

use inspector_audit::rules::{Verdict, terraform_rules};
use inspector_audit::terraform::TerraformSettings;

use crate::terraform_support::{
    Analysis, CONDITIONAL, CONFLICT, DESTROY, IMPLICIT, INVALID, LOOP, fixture, root, run_files, try_run, try_run_with,
    verdict,
};

const WRITERS: &str = "terraform-registry-several-writers";
const OFF: &str = "terraform-scanning-switched-off";

const CALLER: &str = "data \"aws_caller_identity\" \"here\" {}\n";

/// An enabler of the caller's account for these types, with whatever else stands in its block.
fn enabler(types: &str) -> String {
    format!(
        "{CALLER}resource \"aws_inspector2_enabler\" \"scan\" {{\n  account_ids    = [data.aws_caller_identity.here.account_id]\n  \
         resource_types = {types}\n}}\n"
    )
}

/// A registry of this scan type that scans everything on push.
fn registry(scan_type: &str) -> String {
    format!(
        "resource \"aws_ecr_registry_scanning_configuration\" \"main\" {{\n  scan_type = {scan_type}\n  rule {{\n    \
         scan_frequency = \"SCAN_ON_PUSH\"\n    repository_filter {{\n      filter      = \"*\"\n      filter_type = \
         \"WILDCARD\"\n    }}\n  }}\n}}\n"
    )
}

/// Both, behind some text of their own.
fn both(before: &str, types: &str, scan_type: &str) -> String {
    format!("{before}\n{}{}", enabler(types), registry(scan_type))
}

/// The rules that found something, with their severity, each once.
fn told(analysis: &Analysis) -> Vec<(String, String)> {
    let severity = |severity| format!("{severity:?}").to_lowercase();
    let mut told: Vec<_> =
        analysis.findings.iter().map(|finding| (finding.rule.clone(), severity(finding.severity))).collect();
    told.sort();
    told.dedup();
    told
}

/// Nothing but this is found, and nothing is left open.
#[track_caller]
fn decided(files: &[(&str, &str)], expected: &[(&str, &str)]) -> Analysis {
    let analysis = run_files(files);
    let expected: Vec<(String, String)> =
        expected.iter().map(|(rule, severity)| ((*rule).to_owned(), (*severity).to_owned())).collect();
    assert_eq!(told(&analysis), expected, "{:#?}\n{:?}", files, analysis.gaps);
    assert!(analysis.gaps.is_empty(), "{files:#?}\n{:?}", analysis.gaps);
    analysis
}

#[track_caller]
fn loops(text: &str) {
    decided(&[("main.tf", text)], &[(LOOP, "high")]);
}

#[track_caller]
fn safe(text: &str) {
    decided(&[("main.tf", text)], &[]);
}

/// A conditional loop that is so under this condition.
#[track_caller]
fn loops_when(text: &str, condition: &str) {
    let analysis = decided(&[("main.tf", text)], &[(CONDITIONAL, "medium")]);
    let message = &analysis.findings[0].message;
    assert!(message.ends_with(&format!("This is so when {condition}.")), "{message}");
}

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
fn newlines_where_terraform_takes_them() {
    let shapes = [
        "{ for k in [\"a\"] : k => true ? k :\n    upper(k) }",
        "{ for k in [\"a\"] : k => 1 +\n    2 }",
        "{ for k in [\"a\"] : k => true\n    ? 1\n    : 2 }",
        "[for k in [\"a\"] :\n  # why\n  k\n  if k != \"\" ]",
        "(\n  true\n  && false\n)",
        "merge({ a = 1 },\n  { b = 2 }\n)",
        "[\n  1, 2,\n]",
        "{\n  a = 1, b = 2\n\n  \"c\" : 3\n  (\"d\") = 4,\n}",
    ];
    for shape in shapes {
        loops(&both(&format!("locals {{\n  shape = {shape}\n}}"), "[\"ECR\"]", "\"BASIC\""));
    }
    let used = both(
        "locals {\n  on = { for k in [\"ECR\"] : k => false ? \"\" :\n    k }\n}",
        "values(local.on)",
        "\"BASIC\"",
    );
    loops(&used);
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
fn the_last_value_of_a_key_that_is_written_twice_holds() {
    loops(&both("locals {\n  scan = { type = \"ENHANCED\", type = \"BASIC\" }\n}", "[\"ECR\"]", "local.scan.type"));
    safe(&both(
        "locals {\n  scan = {\n    type = \"BASIC\"\n    type = \"ENHANCED\"\n  }\n}",
        "[\"ECR\"]",
        "local.scan.type",
    ));
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
fn elements_of_sets_are_their_own_keys() {
    loops(&both(
        "locals {\n  on = { for k, v in toset([\"EC2\", \"ECR\"]) : k => v }\n}",
        "keys(local.on)",
        "\"BASIC\"",
    ));
    let rules = "resource \"aws_ecr_registry_scanning_configuration\" \"main\" {\n  scan_type = \"ENHANCED\"\n  dynamic \"rule\" {\n    for_each = toset([\"CONTINUOUS_SCAN\", \"SCAN_ON_PUSH\"])\n    content {\n      scan_frequency = rule.key\n      repository_filter {\n        filter      = rule.key == \"CONTINUOUS_SCAN\" ? \"live/*\" : \"test/*\"\n        filter_type = \"WILDCARD\"\n      }\n    }\n  }\n}\n";
    safe(rules);
    decided(
        &[(
            "main.tf",
            &rules.replace("toset([\"CONTINUOUS_SCAN\", \"SCAN_ON_PUSH\"])", "[\"CONTINUOUS_SCAN\", \"SCAN_ON_PUSH\"]"),
        )],
        &[(INVALID, "medium")],
    );
}

#[test]
fn switches_that_touch_neither_resource_decide_nothing() {
    for default in ["default = false", "type = bool"] {
        let mut text = String::from("variable \"scan\" {\n  default = true\n}\n");
        let mut inputs = String::new();
        for index in 0..12 {
            write!(
                text,
                "variable \"t{index}\" {{\n  {default}\n}}\nmodule \"m{index}\" {{\n  source = \"./net\"\n  count  = \
                 var.t{index} ? 1 : 0\n}}\n"
            )
            .expect("a string");
            writeln!(inputs, "  a{index} = var.t{index} ? 1 : 2").expect("a string");
        }
        write!(text, "module \"all\" {{\n  source = \"./net\"\n{inputs}}}\n").expect("a string");
        text.push_str(&enabler("[\"ECR\"]").replace("  account_ids", "  count = var.scan ? 1 : 0\n  account_ids"));
        text.push_str(&registry("\"ENHANCED\"").replace("  scan_type", "  count = var.scan ? 1 : 0\n  scan_type"));
        decided(&[("main.tf", &text), ("net/main.tf", "resource \"aws_vpc\" \"this\" {}\n")], &[]);
    }
}

#[test]
fn types_fill_in_what_is_left_out() {
    let typed = |scan: &str| {
        format!(
            "variable \"scan\" {{\n  type = object({{\n    on    = optional(bool, true)\n    types = optional(list(string), \
             [\"ECR\"])\n    kind  = optional(string, \"{scan}\")\n  }})\n  default = {{}}\n}}"
        )
    };
    let one = |text: String| text.replace("  account_ids", "  count = var.scan.on ? 1 : 0\n  account_ids");
    loops(&one(both(&typed("BASIC"), "var.scan.types", "var.scan.kind")));
    safe(&one(both(&typed("ENHANCED"), "var.scan.types", "var.scan.kind")));
    let module = |input: &str, variable: &str, value: &str| {
        let main = format!("module \"ecr\" {{\n  source = \"./ecr\"\n  {input}\n}}\n{}", enabler("[\"ECR\"]"));
        let inner = format!("{variable}\n{}", registry(value));
        decided(&[("main.tf", &main), ("ecr/main.tf", &inner)], &[(LOOP, "high")]);
    };
    module(
        "scan = { filters = [\"*\"] }",
        "variable \"scan\" {\n  type = object({\n    filters = list(string)\n    kind    = optional(string, \"BASIC\")\n  })\n}",
        "var.scan.kind",
    );
    module("kind = null", "variable \"kind\" {\n  default  = \"BASIC\"\n  nullable = false\n}", "var.kind");
    module("", "variable \"kind\" {\n  default = \"BASIC\"\n}", "var.kind");
    module(
        "list = [{}]",
        "variable \"list\" {\n  type = list(object({ kind = optional(string, \"BASIC\") }))\n}",
        "var.list[0].kind",
    );
}

#[test]
fn try_passes_over_what_is_missing() {
    let text = "variable \"scan\" {\n  default = { name = \"x\" }\n}";
    loops(&both(text, "try(var.scan.types, [\"EC2\", \"ECR\"])", "try(var.scan.kind, \"BASIC\")"));
    safe(&both(
        text,
        "can(var.scan.types) ? [\"EC2\"] : [\"ECR\"]",
        "try(var.scan.deep.kind, var.scan.kind, \"ENHANCED\")",
    ));
    loops_when(
        &both(
            "locals {\n  scan = { dev = \"ENHANCED\" }\n}",
            "[\"ECR\"]",
            "try(local.scan[terraform.workspace], \"BASIC\")",
        ),
        "terraform.workspace is not \"dev\"",
    );
}

#[test]
fn an_open_value_can_only_be_one_of_a_known_set() {
    let validated = "variable \"scan\" {\n  type = string\n  validation {\n    condition     = contains([\"ENHANCED\", \"BASIC\"], var.scan)\n    error_message = \"no\"\n  }\n}";
    loops_when(&both(validated, "[\"ECR\"]", "var.scan"), "var.scan = \"BASIC\"");
    loops_when(&both("variable \"scan\" {}", "[\"ECR\"]", "var.scan"), "var.scan = \"BASIC\"");
    let map = "variable \"stage\" {}\nlocals {\n  scan = { dev = \"BASIC\", test = \"BASIC\", live = \"ENHANCED\" }\n}";
    loops_when(&both(map, "[\"ECR\"]", "local.scan[var.stage]"), "var.stage = \"dev\" or \"test\"");
    loops_when(
        &both(map, "[\"ECR\"]", "lookup(local.scan, var.stage, \"ENHANCED\")"),
        "var.stage = \"dev\" or \"test\"",
    );
    let deep = "locals {\n  stages = {\n    dev  = { size = 1, scan = \"BASIC\" }\n    live = { size = 9, scan = \"ENHANCED\" }\n  }\n}";
    loops_when(&both(deep, "[\"ECR\"]", "local.stages[terraform.workspace].scan"), "terraform.workspace = \"dev\"");
    loops_when(
        &both("variable \"on\" { type = bool }", "[\"ECR\"]", "var.on ? \"ENHANCED\" : \"BASIC\""),
        "var.on = false",
    );
    safe(&both(
        "variable \"stage\" {}",
        "var.stage == \"live\" ? [\"ECR\"] : [\"EC2\"]",
        "var.stage != \"live\" ? \"BASIC\" : \"ENHANCED\"",
    ));
}

#[test]
fn several_assumptions_about_one_value_are_told_as_one() {
    let workspace = "locals {\n  stage = terraform.workspace == \"default\" ? \"dev\" : terraform.workspace\n  scan  = { dev = \"BASIC\", live = \"ENHANCED\" }\n}";
    loops_when(
        &both(workspace, "[\"ECR\"]", "local.scan[local.stage]"),
        "terraform.workspace = \"default\" or \"dev\"",
    );
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
fn outputs_of_modules_are_known() {
    let outputs = "output \"types\" {\n  value = [\"EC2\", \"ECR\"]\n}\noutput \"kind\" {\n  value = \"BASIC\"\n}\n";
    let call = "module \"settings\" {\n  source = \"./settings\"\n}";
    decided(
        &[("main.tf", &both(call, "module.settings.types", "module.settings.kind")), ("settings/main.tf", outputs)],
        &[(LOOP, "high")],
    );
    let each = "module \"settings\" {\n  source   = \"./settings\"\n  for_each = toset([\"a\"])\n}";
    decided(
        &[
            ("main.tf", &both(each, "module.settings[\"a\"].types", "one(values(module.settings)).kind")),
            ("settings/main.tf", outputs),
        ],
        &[(LOOP, "high")],
    );
}

#[test]
fn functions_and_files() {
    let cases = [
        (
            "variable \"t\" {\n  default = []\n}",
            "coalescelist(var.t, [\"ECR\"])",
            "upper(replace(\"basic-scan\", \"-scan\", \"\"))",
        ),
        (
            "locals {\n  on = zipmap([\"ec2\", \"ecr\"], [false, true])\n}",
            "[for k, v in local.on : upper(k) if v]",
            "element([\"BASIC\"], 3)",
        ),
        ("", "split(\",\", \"EC2,ECR\")", "trimprefix(\"x-BASIC\", \"x-\")"),
        ("", "setsubtract([\"EC2\", \"ECR\"], [\"EC2\"])", "coalesce(null, \"\", \"BASIC\")"),
        ("", "setunion([\"EC2\"], [\"ECR\"])", "format(\"%s%s\", \"BA\", \"SIC\")"),
        (
            "variable \"on\" {\n  default = true\n  type = string\n}",
            "[\"ECR\"]",
            "\"%{ if var.on }BASIC%{ else }ENHANCED%{ endif }\"",
        ),
        ("locals {\n  text = <<-EOT\n    BASIC\n  EOT\n}", "[\"ECR\"]", "trimspace(local.text)"),
        ("", "flatten([[\"EC2\"], [[\"ECR\"]]])", "lookup({ a = \"BASIC\" }, \"a\", \"ENHANCED\")"),
        (
            "locals {\n  a = { b = { c = \"BASIC\" } }\n}",
            "distinct(concat([\"ECR\"], [\"ECR\"]))",
            "merge(local.a, { x = 1 }).b[\"c\"]",
        ),
        ("locals {\n  x = true ? \"BASIC\" : false ? \"ENHANCED\" : \"ENHANCED\"\n}", "[\"ECR\"]", "local.x"),
        (
            "locals {\n  arn = provider::aws::arn_parse(\"arn:aws:iam::111122223333:role/x\")\n}",
            "[\"ECR\"]",
            "\"BASIC\"",
        ),
        ("", "[\"ECR\"]", "\"${substr(\"BASICALLY\", 0, 5)}\""),
        ("", "tolist([\"ECR\"])", "jsondecode(\"{\\\"k\\\": \\\"BASIC\\\"}\").k"),
    ];
    for (before, types, scan_type) in cases {
        loops(&both(before, types, scan_type));
    }
    let files = [
        ("jsondecode(file(\"scan.json\"))", "scan.json", "{\"types\": [\"ECR\"], \"kind\": \"BASIC\"}"),
        (
            "yamldecode(file(\"${path.module}/scan.yml\"))",
            "scan.yml",
            "# scan\ntypes: [EC2, ECR]\nkind: BASIC\nmore:\n  - a: 1\n",
        ),
        (
            "yamldecode(templatefile(\"scan.tpl\", { kind = \"BASIC\" }))",
            "scan.tpl",
            "types:\n  - ECR\nkind: \"${kind}\"\n",
        ),
    ];
    for (read, name, content) in files {
        let main = both(&format!("locals {{\n  scan = {read}\n}}"), "local.scan.types", "local.scan.kind");
        decided(&[("main.tf", &main), (name, content)], &[(LOOP, "high")]);
    }
    let bomb = "a: &a [x, x]\nb: &b [*a, *a]\nkind: BASIC\n";
    let main = both("locals {\n  scan = yamldecode(file(\"scan.yml\"))\n}", "[\"ECR\"]", "local.scan.kind");
    assert_eq!(verdict(&run_files(&[("main.tf", &main), ("scan.yml", bomb)]), LOOP), Verdict::Inconclusive);
}

#[test]
fn values_are_converted_to_the_types_of_their_variables() {
    let text = both(
        "variable \"on\" {\n  type    = bool\n  default = false\n}",
        "[\"ECR\"]",
        "var.on == true ? \"ENHANCED\" : \"BASIC\"",
    );
    decided(&[("main.tf", &text), ("terraform.tfvars", "on = \"true\"\n")], &[]);
    decided(&[("main.tf", &text), ("terraform.tfvars", "on = \"false\"\n")], &[(LOOP, "high")]);
    let count = both(
        "variable \"n\" {\n  type    = number\n  default = \"1\"\n}",
        "[\"ECR\"]",
        "var.n == 1 ? \"BASIC\" : \"ENHANCED\"",
    );
    loops_unless_overridden(&count);
}

#[track_caller]
fn loops_unless_overridden(text: &str) {
    let analysis = decided(&[("main.tf", text)], &[(LOOP, "high")]);
    assert!(
        analysis.findings[0]
            .evidence
            .iter()
            .any(|evidence| evidence.detail.starts_with("it does not hold when var.n is not 1"))
    );
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
fn named_variable_files_win_over_automatic_ones_and_the_last_one_wins() {
    let main = both("variable \"scan\" {}", "[\"ECR\"]", "var.scan");
    let dir = root(&[
        ("main.tf", &main),
        ("a.auto.tfvars", "scan = \"ENHANCED\"\n"),
        ("stages/dev.tfvars", "scan = \"BASIC\"\nunused = 1\n"),
        ("stages/live.tfvars.json", "{\"scan\": \"ENHANCED\"}"),
    ]);
    let with = |names: &[&str]| {
        let var_files = names.iter().map(|name| dir.path().join(name)).collect();
        try_run_with(&[dir.path().to_owned()], &TerraformSettings { var_files, ..TerraformSettings::default() })
    };
    let verdict_with = |names: &[&str]| verdict(&with(names).expect("it can be read"), LOOP);
    assert_eq!(verdict_with(&[]), Verdict::Clean);
    assert_eq!(verdict_with(&["stages/dev.tfvars"]), Verdict::Findings);
    assert_eq!(verdict_with(&["stages/dev.tfvars", "stages/live.tfvars.json"]), Verdict::Clean);
    assert_eq!(verdict_with(&["stages/live.tfvars.json", "stages/dev.tfvars"]), Verdict::Findings);
    assert!(with(&["stages/none.tfvars"]).is_err());
    let only_a_plan =
        TerraformSettings { var_files: vec![dir.path().join("stages/dev.tfvars")], ..TerraformSettings::default() };
    let error = try_run_with(&[fixture("plans/e-coherent.json")], &only_a_plan).expect_err("it would do nothing");
    assert!(error.to_string().contains("name a directory beside it"), "{error}");
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
fn the_types_of_several_accounts_are_one_open_value() {
    let text = "variable \"others\" {\n  type = list(string)\n}\nvariable \"types\" {\n  type = list(string)\n}\nresource \"aws_inspector2_enabler\" \"others\" {\n  for_each       = toset(var.others)\n  account_ids    = [each.key]\n  resource_types = var.types\n}\n";
    let analysis = decided(&[("main.tf", text)], &[(IMPLICIT, "low")]);
    assert!(analysis.findings[0].message.contains("var.types contains \"ECR\""), "{}", analysis.findings[0].message);
}

#[test]
fn one_variable_in_two_places_is_one_value() {
    let types = "variable \"types\" {\n  type = list(string)\n}";
    safe(&both(types, "var.types", "contains(var.types, \"ECR\") ? \"ENHANCED\" : \"BASIC\""));
    safe(&both(
        types,
        "contains(var.types, \"ECR\") ? var.types : [\"EC2\"]",
        "contains(var.types, \"ECR\") ? \"ENHANCED\" : \"BASIC\"",
    ));
    loops(&both(types, "concat([\"ECR\"], var.types)", "\"BASIC\""));
    loops_when(&both(types, "concat([\"EC2\"], var.types)", "\"BASIC\""), "var.types contains \"ECR\"");
    safe(&both(
        types,
        "distinct(concat(var.types, [\"ECR\"]))",
        "contains(concat([\"ECR\"], var.types), \"ECR\") ? \"ENHANCED\" : \"BASIC\"",
    ));
    let number = |compare: &str| {
        both(
            "variable \"n\" {\n  type = number\n}",
            "[\"ECR\"]",
            &format!("var.n {compare} ? \"ENHANCED\" : \"BASIC\""),
        )
        .replace("  account_ids", "  count = var.n\n  account_ids")
    };
    for compare in ["> 0", ">= 1", "!= 0"] {
        safe(&number(compare));
    }
    loops_when(&number("> 1"), "var.n = 1");
}

#[test]
fn what_is_made_of_an_open_value_in_a_way_that_is_not_followed_is_not_guessed_apart_from_it() {
    let flags = "variable \"on\" {\n  type = map(bool)\n}";
    let text = both(flags, "[for k, v in var.on : upper(k) if v]", "var.on[\"ecr\"] ? \"ENHANCED\" : \"BASIC\"");
    let analysis = run_files(&[("main.tf", &text)]);
    assert!(analysis.findings.is_empty(), "{:?}", told(&analysis));
    assert_eq!(verdict(&analysis, CONDITIONAL), Verdict::Inconclusive);
}

#[test]
fn what_another_resource_writes_is_known() {
    safe(&both(
        "",
        "aws_ecr_registry_scanning_configuration.main.scan_type == \"ENHANCED\" ? [\"ECR\"] : [\"EC2\"]",
        "\"BASIC\"",
    ));
    loops(&both(
        "",
        "contains([\"BASIC\"], aws_ecr_registry_scanning_configuration.main.scan_type) ? [\"ECR\"] : [\"EC2\"]",
        "\"BASIC\"",
    ));
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
