//! How long Terraform inputs take: a plan of 50 MB, and a root module of 1,000 files.

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{Criterion, criterion_group, criterion_main};
use inspector_audit::rules::terraform_rules;
use inspector_audit::terraform::{TerraformSettings, analyse};

const PLAN_BYTES: usize = 50 << 20;
const FILES: usize = 1_000;

/// Fails loudly where the analysis no longer finds what it is measured at finding.
fn judge(path: &Path) {
    let selected: Vec<_> = terraform_rules().collect();
    let paths: Vec<PathBuf> = vec![path.to_owned()];
    let analysis = analyse(&paths, &[], &TerraformSettings::default(), &selected).expect("the input can be read");
    assert!(analysis.evaluation.findings.iter().any(|finding| finding.rule == "terraform-coupling-loop"));
    black_box(analysis);
}

/// One resource of a type that does not matter, about 2 KiB long as in real plans.
fn instance(index: usize) -> String {
    let tags: Vec<String> = (0..40).map(|tag| format!("\"tag-{tag}\": \"value {tag} of instance {index}\"")).collect();
    format!(
        "{{\"address\":\"aws_instance.web[{index}]\",\"mode\":\"managed\",\"type\":\"aws_instance\",\"name\":\"web\",\
         \"index\":{index},\"provider_name\":\"registry.terraform.io/hashicorp/aws\",\"schema_version\":1,\
         \"values\":{{\"ami\":\"ami-0123456789abcdef0\",\"cpu_core_count\":4,\"ebs_optimized\":false,\"tags\":{{{}}}}}}}",
        tags.join(",")
    )
}

fn plan() -> String {
    let mut resources = String::new();
    let mut index = 0;
    while resources.len() < PLAN_BYTES {
        write!(resources, "{},", instance(index)).expect("a string");
        index += 1;
    }
    let enabler = "{\"address\":\"aws_inspector2_enabler.this\",\"mode\":\"managed\",\"type\":\"aws_inspector2_enabler\",\
                   \"name\":\"this\",\"values\":{\"account_ids\":[\"111122223333\"],\"resource_types\":[\"ECR\"]}}";
    let registry = "{\"address\":\"aws_ecr_registry_scanning_configuration.this\",\"mode\":\"managed\",\
                    \"type\":\"aws_ecr_registry_scanning_configuration\",\"name\":\"this\",\
                    \"values\":{\"scan_type\":\"BASIC\",\"rule\":[],\"id\":\"111122223333\"}}";
    format!(
        "{{\"format_version\":\"1.2\",\"planned_values\":{{\"root_module\":{{\"resources\":[{resources}{enabler},{registry}]}}}}}}"
    )
}

fn files(dir: &Path) {
    for file in 0..FILES {
        let mut text = String::new();
        for block in 0..10 {
            write!(
                text,
                "variable \"v{file}_{block}\" {{\n  type    = string\n  default = \"x\"\n}}\n\n\
                 locals {{\n  l{file}_{block} = [for name in [\"a\", \"b\"] : \"${{var.v{file}_{block}}}-${{name}}\"]\n}}\n\n\
                 resource \"aws_s3_bucket\" \"b{block}\" {{\n  for_each = toset(local.l{file}_{block})\n  bucket   = each.value\n\
                 \n  tags = {{\n    Name = each.key\n    Team = \"platform\"\n  }}\n}}\n\n"
            )
            .expect("a string");
        }
        std::fs::write(dir.join(format!("f{file:04}.tf")), text).expect("a file");
    }
    let main = "data \"aws_caller_identity\" \"x\" {}\nvariable \"enhanced\" {\n  default = false\n}\n\
                resource \"aws_inspector2_enabler\" \"this\" {\n  account_ids = [data.aws_caller_identity.x.account_id]\n\
                resource_types = [\"ECR\"]\n}\nresource \"aws_ecr_registry_scanning_configuration\" \"this\" {\n\
                scan_type = var.enhanced ? \"ENHANCED\" : \"BASIC\"\n}\n";
    std::fs::write(dir.join("main.tf"), main).expect("a file");
}

fn terraform(criterion: &mut Criterion) {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("plan.json");
    std::fs::write(&file, plan()).expect("a file");
    let root = dir.path().join("root");
    std::fs::create_dir(&root).expect("a directory");
    files(&root);
    let mut group = criterion.benchmark_group("terraform");
    group.sample_size(10);
    group.bench_function("plan of 50 MB", |bencher| bencher.iter(|| judge(&file)));
    group.bench_function("root of 1,000 files", |bencher| bencher.iter(|| judge(&root)));
    group.finish();
}

criterion_group!(benches, terraform);
criterion_main!(benches);
