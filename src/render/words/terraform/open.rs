//! What a configuration leaves open.

use super::place_of;
use crate::render::words::status::unsettled;
use crate::rules::finding::terraform::{Doubt, Limit, NotEntered, OpenQuestion, Part, Place, TERRAGRUNT_PLAN, Unseen};

/// The message of a gap.
pub(in crate::render::words) fn question(question: &OpenQuestion) -> String {
    match question {
        OpenQuestion::Of(subject, open) => format!("{}: {}", place(subject), doubt(open)),
        OpenQuestion::Unseen(what) => unseen(what),
    }
}

fn place(place: &Place) -> String {
    place_of(&place.address, &place.file, place.line)
}

fn doubt(doubt: &Doubt) -> String {
    match doubt {
        Doubt::DependsOn { what } => format!("it depends on {what}, which is not read here"),
        Doubt::Contradicts { enabler, open } => format!(
            "whether it contradicts {} is not known: that depends on {}",
            enabler.as_ref().map_or_else(|| "an enabler".to_owned(), place),
            parts(open, " and ")
        ),
        Doubt::ContradictsIfOnePlace { enabler } => format!(
            "it contradicts {} if both are for the same account and region, which the configuration does not say",
            place(enabler)
        ),
        Doubt::TypesOfInstances { types } => {
            format!("several instances, each with types of its own ({})", bracketed(types))
        }
        Doubt::ConflictIfOnePlace { other } => format!(
            "it and {} switch each other's types off if both are for the same account and region, which the configuration \
             does not say",
            place(other)
        ),
        Doubt::SameTypes { other, own, others } => format!(
            "whether it lists the same types as {} is not known ({} and {})",
            place(other),
            bracketed(own),
            bracketed(others)
        ),
        Doubt::WritersIfOneRegion { other } => format!(
            "it and {} write the same registry if both are for one region, which the configuration does not say",
            place(other)
        ),
        Doubt::Update { attribute } => {
            format!("whether the update switches scanning off is not known: {attribute} is known after apply")
        }
        Doubt::RemovedModule => {
            "what was in this module is destroyed, and nobody can see here what that was: give the plan".to_owned()
        }
        Doubt::DestroyNotSaid => {
            "this removed block does not say whether to destroy; Terraform does, OpenTofu does not. \
                                  Write lifecycle { destroy = false }"
                .to_owned()
        }
        Doubt::Rules { open } => format!("whether the API takes its rules is not known: {}", parts(open, "; ")),
        Doubt::AnyRule => "whether it has any rule under ENHANCED is not known".to_owned(),
        Doubt::EnablesEcr => "whether it switches ECR scanning on is not known".to_owned(),
        Doubt::RegistryOfPlace => {
            "whether one of the registry configurations is for the same account and region is not known".to_owned()
        }
        Doubt::Live { account, region, status } => format!("in {account} {region}: {}", unsettled(status)),
        Doubt::CoversLive { types } => format!("whether {} covers what is live is not known", bracketed(types)),
        Doubt::MeantFor { account, region } => format!("whether it is for {account} {region} is not known"),
    }
}

fn bracketed(members: &[String]) -> String {
    format!("[{}]", members.join(", "))
}

fn parts(parts: &[Part], between: &str) -> String {
    let said = parts.iter().map(|part| match part {
        Part::Attribute(name, value) => format!("{name} ({value})"),
        Part::Types(types) => format!("resource_types {}", bracketed(types)),
        Part::Filters => "the filters of a rule".to_owned(),
        Part::RulesFor(over) => format!("rules are made for {over}, which is not known"),
    });
    said.collect::<Vec<_>>().join(between)
}

fn unseen(unseen: &Unseen) -> String {
    match unseen {
        Unseen::CutShort(limit) => {
            let why = match limit {
                Limit::Combinations => "too many combinations of open conditions",
                Limit::Work => "too much to evaluate",
                Limit::Conditions => "too many open conditions at once",
                Limit::Resources(most) => {
                    return format!(
                        "more than {most} enablers or registry configurations: the others were not looked at; split the \
                         root, or give its parts one by one"
                    );
                }
            };
            format!("{why}: not everything was looked at; set variables in terraform.tfvars, or give a plan")
        }
        Unseen::NotDownloaded { root, modules } => {
            let (first, more) = modules.split_at(modules.len().min(3));
            let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
            let number =
                if modules.len() == 1 { "1 module is".to_owned() } else { format!("{} modules are", modules.len()) };
            format!(
                "{number} not downloaded ({}{more}): run `terraform init` in {root}, or give the plan in JSON",
                first.join(", ")
            )
        }
        Unseen::Terragrunt => format!(
            "Terragrunt sets the variables of this root and may write files into it: run `{TERRAGRUNT_PLAN}` in it, and give \
             plan.json"
        ),
        Unseen::Instances { address, number, limit } => {
            format!("{address} has {number} instances, of which {limit} were looked at")
        }
        Unseen::Circular { name } => format!("{name} refers to itself"),
        Unseen::File(error) => format!("this file was not read: {error}"),
        Unseen::Input(error) => error.clone(),
        Unseen::Module { address, why } => format!("{address} was not looked into: {}", not_entered(why)),
        Unseen::Dropped => "resources that are too many or too large were not looked at".to_owned(),
        Unseen::PlanFailed => "planning failed: the plan does not show everything".to_owned(),
        Unseen::PlanDefers => "the plan defers some changes: it does not show everything".to_owned(),
        Unseen::NotCompared { roots: [one, other] } => {
            format!("{one} and {other} leave too much open to be compared")
        }
    }
}

fn not_entered(why: &NotEntered) -> String {
    match why {
        NotEntered::Depth(limit) => format!("module calls nest deeper than {limit}"),
        NotEntered::CallsItself(limit) => format!("module calls nest deeper than {limit}, because it calls itself"),
        NotEntered::Source => "its source is not a plain string".to_owned(),
        NotEntered::Modules(limit) => format!("more than {limit} modules"),
        NotEntered::Error(error) => error.clone(),
    }
}
