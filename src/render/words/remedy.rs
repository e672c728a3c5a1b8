//! What to do about a finding: a summary, and lines to paste.

use std::net::IpAddr;

use super::context::RunContext;
use super::line::{comment, printed};
use super::{advice, terraform, told, ways};
use crate::aws_cli::word::{is_id, word};
use crate::aws_cli::{Command, NotAnId, Place, command};
use crate::render::text::brief;
use crate::report::v1;
use crate::rules::finding::{Action, Choice, Finding, Given, Note, Remedy, Step};
use crate::text::count;

/// The longest name of a file.
const MAX_NAME_COLUMNS: usize = 120;

/// What to do about a finding, said.
pub(super) fn remedy(finding: &Finding, run: &RunContext) -> v1::Remediation {
    match &finding.remedy {
        Remedy::None => v1::Remediation::default(),
        Remedy::Configuration(remedy) => terraform::remedy(remedy),
        Remedy::Steps { advice, actions } => {
            let is_look = |action: &&Action| matches!(action, Action::Verify { .. });
            let typed = |actions: &[Action]| actions.iter().flat_map(|action| lines(action, finding, run)).collect();
            let (looks, changes) = actions.split_at(actions.iter().take_while(is_look).count());
            let (mut commands, changes): (Vec<String>, Vec<String>) = (typed(looks), typed(changes));
            let looks = commands.len();
            commands.extend(changes);
            let summary = advice::summary(advice, || recommended(finding)).into_owned();
            v1::Remediation { summary, commands, looks, configuration: Vec::new() }
        }
    }
}

/// The way out to take, in a line or two; empty where there is none.
fn recommended(finding: &Finding) -> String {
    finding.ways_out.iter().find(|way| way.recommended.is_some()).map(ways::summary).unwrap_or_default()
}

fn lines(action: &Action, finding: &Finding, run: &RunContext) -> Vec<String> {
    let place = Place { region: &finding.region, profile: run.profile.as_deref() };
    let lines = match action {
        Action::Run(step) => command(step, &place).map(|command| vec![command.to_string()]),
        Action::Chain(steps) => {
            let commands: Result<Vec<Command>, NotAnId> = steps.iter().map(|step| command(step, &place)).collect();
            commands.map(|commands| vec![commands.iter().map(ToString::to_string).collect::<Vec<_>>().join(" && ")])
        }
        Action::Verify { file_system, addresses, instance } => {
            let file_system = file_system.as_deref();
            look(instance, file_system, addresses, &place).map(|(lines, show)| {
                let told =
                    come_back(file_system, &[instance.as_str()], &finding.region, run).map(|lines| pasted(&lines));
                let asked = [comment(&where_mounted(file_system, addresses))].into_iter().chain(lines);
                asked.chain([show.to_string()]).chain(told).collect()
            })
        }
        Action::Instead(choice, step) => {
            instead(choice, step, &place).map(|command| vec![format!("{}: {command}", comment(&choice_words(choice)))])
        }
        Action::Note(note) => Ok(note_lines(note, finding, run)),
    };
    lines.unwrap_or_else(|NotAnId(text)| vec![printed(&format!("Left out: {} is no id of AWS.", told::quoted(&text)))])
}

/// The commands that list the mounts of one instance: sent and waited for; and the one that prints how that ended and what
/// was seen.
///
/// # Errors
/// When something in it has to be an id and is none.
pub(crate) fn look(
    instance: &str,
    file_system: Option<&str>,
    addresses: &[IpAddr],
    place: &Place<'_>,
) -> Result<(Vec<String>, Command), NotAnId> {
    let (instance, sent) = (instance.to_owned(), Given::Later("sent".to_owned()));
    let step = Step::ListMounts {
        instance: instance.clone(),
        file_system: file_system.map(str::to_owned),
        addresses: addresses.to_vec(),
    };
    let asked = command(&step, place)?.printing("Command.CommandId");
    let wait = command(&Step::AwaitCommand { command: sent.clone(), instance: instance.clone() }, place)?;
    let show = command(&Step::GetCommandOutput { command: sent, instance }, place)?;
    // The wait fails where the command does, and what is printed says so.
    Ok((vec![format!("sent=$({asked})"), format!("{wait} || true")], show))
}

/// What to look for among the mounts.
pub(crate) fn where_mounted(file_system: Option<&str>, addresses: &[IpAddr]) -> String {
    match file_system.filter(|id| is_id(id)) {
        Some(id) => {
            let known: Vec<String> = addresses.iter().map(ToString::to_string).collect();
            let address = match known.as_slice() {
                [] => "its address".to_owned(),
                known => format!("the address of a mount target, {}", known.join(", ")),
            };
            format!(
                "verify first whether {id} is mounted there: by {address}, by its id, or as 127.0.0.1 with a file named \
                 after it in /run/efs"
            )
        }
        None => "verify first what is mounted there".to_owned(),
    }
}

/// How what was seen on the instances comes back into the judgement: complete commands, on lines of their own. Nothing
/// where the data cannot be judged again.
pub(crate) fn come_back(
    file_system: Option<&str>,
    instances: &[&str],
    region: &str,
    run: &RunContext,
) -> Option<Vec<String>> {
    let file_system = file_system.filter(|id| is_id(id))?;
    let instances: Vec<&str> = instances.iter().copied().filter(|id| is_id(id)).collect();
    let first = instances.first()?;
    let map = match run.mount_map() {
        Some(_) => run.scan_with(region, &[])?,
        None => run.scan_with(region, &["--mount-map", "mounts.csv"])?,
    };
    let table = run.scan_with(region, &["--mount-table", &format!("{first}=mounts.txt")])?;
    let rows: Vec<String> = instances.iter().map(|id| format!(" {id},{file_system}")).collect();
    let rows = rows.concat();
    let those = if instances.len() > 1 { " Keep the rows of those that show it." } else { "" };
    let kept = match run.mount_map() {
        Some(map) => format!("  add to {}:{rows}", brief(map, MAX_NAME_COLUMNS)),
        None => format!("  printf '%s\\n' instance,file_system{rows} > mounts.csv"),
    };
    Some(vec![
        format!(
            "What does not begin with Success says nothing about its host. {file_system} is mounted if a line names it or \
             an address of its mount targets, or 127.0.0.1 while /run/efs lists it. Say so, and judge again.{those}"
        ),
        kept,
        format!("  {map}"),
        "If none does, save the whole table on the host (cat /proc/1/mountinfo > mounts.txt), copy it with its time \
         (scp -p), and judge again:"
            .to_owned(),
        format!("  {table}"),
    ])
}

/// Lines that a pasted command prints.
fn pasted(lines: &[String]) -> String {
    format!("printf '%s\\n' {}", lines.iter().map(|line| word(line)).collect::<Vec<_>>().join(" "))
}

/// The command of a call that is another choice, or somebody else's.
///
/// # Errors
/// When something in it has to be an id and is none.
pub(crate) fn instead(choice: &Choice, step: &Step, place: &Place<'_>) -> Result<Command, NotAnId> {
    // Somebody else's credentials are not those of this run.
    let own = matches!(choice, Choice::ToStop | Choice::ForUnwantedType | Choice::DeployedKept);
    command(step, &if own { *place } else { Place { profile: None, ..*place } })
}

/// Whose call it is, or when it is the one to make.
pub(crate) fn choice_words(choice: &Choice) -> String {
    match choice {
        Choice::ToStop => "To stop instead".to_owned(),
        Choice::ByAdministrator(account) => match account.as_deref().filter(|account| is_id(account)) {
            Some(account) => format!("By the delegated administrator {account}"),
            None => "By the delegated administrator".to_owned(),
        },
        Choice::InManagementAccount => {
            "In the management account of the organization or as its policy administrator".to_owned()
        }
        Choice::ForUnwantedType => "For a type nobody wants".to_owned(),
        Choice::DeployedKept => {
            "Once the filters of what is deployed are out of it, and in a rule CONTINUOUS_SCAN of the same call"
                .to_owned()
        }
    }
}

fn note_lines(note: &Note, finding: &Finding, run: &RunContext) -> Vec<String> {
    match note {
        Note::Plan => plan(finding, run).into_iter().collect(),
        Note::Blocked { .. } => vec![printed(&note_words(note))],
        _ => vec![comment(&note_words(note))],
    }
}

/// Something to know. But for what is blocked, ours alone.
pub(crate) fn note_words(note: &Note) -> String {
    match note {
        Note::Blocked { instance, keys, owned } => {
            let keys: Vec<String> = keys.iter().map(|key| told::quoted(key)).collect();
            let advice = if *owned {
                "needed by their owner, so this way out is not available"
            } else {
                "rename or remove them first"
            };
            let keys = keys.join(", ");
            format!("{instance}: metadata tags cannot be enabled while it has the tag keys {keys} ({advice})")
        }
        Note::Plan => "inspector-audit fix has a plan with checks and a way back".to_owned(),
        Note::Exclude => "exclude: metadata tags first, then the tag".to_owned(),
        Note::ExcludeBlocked => {
            "exclude: first metadata-tags-blocked, since one instance that goes on reading keeps the cost".to_owned()
        }
        Note::MoreInstances(more) => format!("and the same for {}", count(*more, "more instance", "more instances")),
        Note::KeepCold => "files stay cold when they are read, and the call replaces all policies".to_owned(),
        Note::StopTiering => "nothing is tiered any more".to_owned(),
        Note::DeactivateDeepInspection => "deactivate deep inspection for the whole account in this region".to_owned(),
        Note::StopVmScanner => "on each of them as root: systemctl disable --now inspector-vm-scanner.timer".to_owned(),
        Note::AssociationTrap => {
            "update-association clears what is not sent again and runs the scan at once, so it takes a plan".to_owned()
        }
        Note::VmScannerTag => "the VM Scanner scans here too, and no AWS document says that the tag stops it. On the \
                               host this does: sudo systemctl disable --now inspector-vm-scanner.timer"
            .to_owned(),
        Note::SetTagsAgain => "set each tag again under a key that fits, if somebody uses it".to_owned(),
        Note::KeepScanning => "To keep scanning images, by rules of your own, or AWS scans every repository \
                               continuously:"
            .to_owned(),
        Note::TerraformOwner => "Terraform: keep aws_ecr_registry_scanning_configuration alone, and take \
                                 aws_inspector2_enabler.NAME out with terraform state rm"
            .to_owned(),
        Note::AsAdministrator => "As the delegated administrator:".to_owned(),
        Note::ReplacesRules => "Replaces all rules: the present ones, and these repositories on push:".to_owned(),
        Note::OnPushOnly => "Replaces all rules, and ends continuous scanning of every repository that they match: on \
                             push only, with no report of vulnerabilities published after an image was pushed. Edit it \
                             first: which repositories are deployed AWS does not say."
            .to_owned(),
        Note::TooManyFilters => {
            "put-registry-scanning-configuration replaces all rules: send those printed above again, \
                                 with SCAN_ON_PUSH for what need not be scanned continuously"
                .to_owned()
        }
        Note::ShorterWindows => "Shorter windows, and what is 14 days or less stays as it is:".to_owned(),
        Note::PutLifecyclePolicy => "If the preview is right: aws ecr put-lifecycle-policy with the same words, and \
                                     likewise for the other repositories"
            .to_owned(),
    }
}

/// The command that makes a plan of this finding, from the same data.
fn plan(finding: &Finding, run: &RunContext) -> Option<String> {
    let way = finding.ways_out.iter().find(|way| way.recommended.is_some()).map(|way| way.way.name());
    let command = run.fix(&finding.region, &finding.fingerprint, way)?;
    Some(format!("{}: {command}", comment("with checks and a way back")))
}
