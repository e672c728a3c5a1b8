//! The same: expressions, values and variables.

use std::fmt::Write as _;

use inspector_audit::rules::Verdict;
use inspector_audit::terraform::TerraformSettings;

use crate::terraform_support::{
    CONDITIONAL, IMPLICIT, INVALID, LOOP, both, decided, enabler, fixture, loops, loops_when, registry, root,
    run_files, safe, told, try_run_with, verdict,
};

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
fn the_last_value_of_a_key_that_is_written_twice_holds() {
    loops(&both("locals {\n  scan = { type = \"ENHANCED\", type = \"BASIC\" }\n}", "[\"ECR\"]", "local.scan.type"));
    safe(&both(
        "locals {\n  scan = {\n    type = \"BASIC\"\n    type = \"ENHANCED\"\n  }\n}",
        "[\"ECR\"]",
        "local.scan.type",
    ));
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
