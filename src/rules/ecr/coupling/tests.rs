//! Each row of the table as a step, the scenarios, and the proof of the predicate by enumeration.

use crate::rules::finding::coupling::{Grade, Limits, TRANSITIONS};

use super::terraform::*;
use super::*;

fn types(names: &[&str]) -> BTreeSet<ResourceType> {
    names.iter().map(|name| ResourceType::parse(name)).collect()
}

fn state(on: &[&str], setting: Setting) -> State {
    let rules = if setting == Setting::Enhanced { Rules::Written } else { Rules::Absent };
    State { types: types(on), setting, rules, ..State::untouched() }
}

fn step(state: &State, event: &Event) -> (State, Vec<&'static str>) {
    let (next, rows) = state.apply(event);
    (next, rows.into_iter().map(|row| row.id).collect())
}

#[test]
fn t1_enabling_ecr_makes_the_registry_enhanced_and_continuous() {
    let (next, rows) = step(&State::untouched(), &Event::Enable(types(&["ECR"])));
    assert_eq!((next.setting, next.rules), (Setting::Enhanced, Rules::ContinuousAll));
    assert_eq!(next.types, types(&["ECR"]));
    assert_eq!(rows, ["T1", "T1r", "T11", "T12"]);
}

#[test]
fn t2_enabling_other_types_leaves_the_registry_alone() {
    let (next, rows) = step(&State::untouched(), &Event::Enable(types(&["EC2"])));
    assert_eq!(next, state(&["EC2"], Setting::Basic));
    assert_eq!(rows, ["T2"]);
}

#[test]
fn t3_the_console_switches_three_types_on_the_first_time_only() {
    let (next, rows) = step(&State::untouched(), &Event::ConsoleActivation);
    assert_eq!(next.types, types(&["EC2", "ECR", "LAMBDA"]));
    assert_eq!(next.setting, Setting::Enhanced);
    assert_eq!(rows.first(), Some(&"T3"));
    let busy = state(&["EC2"], Setting::Basic);
    assert_eq!(step(&busy, &Event::ConsoleActivation), (busy.clone(), vec![]));
}

#[test]
fn t4_enhanced_switches_on_ecr_and_nothing_else() {
    let (next, rows) = step(&state(&["EC2"], Setting::Basic), &Event::PutEnhanced(Rules::Written));
    assert_eq!(next, state(&["EC2", "ECR"], Setting::Enhanced));
    assert_eq!(rows, ["T4", "T4o", "T11", "T12"]);
}

#[test]
fn t5_enhanced_again_replaces_the_rules_only() {
    let (next, rows) = step(&state(&["ECR"], Setting::Enhanced), &Event::PutEnhanced(Rules::Absent));
    assert_eq!(next, State { rules: Rules::Absent, ..state(&["ECR"], Setting::Enhanced) });
    assert_eq!(rows, ["T5"]);
}

#[test]
fn t6_basic_switches_ecr_off_later_and_the_last_type_takes_inspector_with_it() {
    let (next, rows) = step(&state(&["ECR"], Setting::Enhanced), &Event::PutBasic(Rules::Absent));
    assert!(next.pending_disable && next.scans_ecr());
    assert_eq!(rows, ["T6", "T12"]);
    let (settled, rows) = step(&next, &Event::Settle);
    assert_eq!(settled, state(&[], Setting::Basic));
    assert_eq!(rows, ["T6", "T6d", "T7", "T10"]);
}

#[test]
fn t6_other_types_stay_on() {
    let (next, _) = step(&state(&["EC2", "ECR"], Setting::Enhanced), &Event::PutBasic(Rules::Absent));
    let (settled, rows) = step(&next, &Event::Settle);
    assert_eq!(settled, state(&["EC2"], Setting::Basic));
    assert_eq!(rows, ["T6", "T6d"]);
}

#[test]
fn t8_disabling_ecr_makes_the_registry_basic() {
    let (next, rows) = step(&state(&["EC2", "ECR"], Setting::Enhanced), &Event::Disable(types(&["ECR"])));
    assert_eq!(next, state(&["EC2"], Setting::Basic));
    assert_eq!(rows, ["T8", "T8r", "T12"]);
}

#[test]
fn t9_disabling_lambda_takes_its_code_scanning_along() {
    let (next, rows) = step(&state(&["LAMBDA", "LAMBDA_CODE"], Setting::Basic), &Event::Disable(types(&["LAMBDA"])));
    assert_eq!(next, State::untouched());
    assert_eq!(rows, ["T9", "T7", "T10"]);
}

#[test]
fn t13_a_member_may_switch_on_and_t14_may_not_switch_off() {
    let member = |mut state: State| {
        state.limits.member = true;
        state
    };
    let (next, rows) = step(&member(State::untouched()), &Event::PutEnhanced(Rules::Written));
    assert_eq!(next, member(state(&["ECR"], Setting::Enhanced)));
    assert_eq!(rows[0], "T13");
    assert_eq!(step(&next, &Event::PutBasic(Rules::Absent)), (next.clone(), vec!["T14"]));
    let half = member(state(&["ECR"], Setting::Basic));
    assert_eq!(step(&half, &Event::Settle), (half.clone(), vec!["T14"]));
}

#[test]
fn t15_and_t16_refuse_every_change_of_the_ecr_side() {
    for (policy, row) in [(true, "T15"), (false, "T16")] {
        let limits = Limits { organization_policy: policy, registry_policy: !policy, member: false };
        let off = State { limits, ..State::untouched() };
        let on = State { limits, ..state(&["EC2", "ECR"], Setting::Enhanced) };
        for (start, event) in [
            (&off, Event::Enable(types(&["ECR"]))),
            (&off, Event::PutEnhanced(Rules::Written)),
            (&on, Event::Disable(types(&["ECR"]))),
            (&on, Event::PutBasic(Rules::Absent)),
        ] {
            assert_eq!(step(start, &event), (start.clone(), vec![row]), "{event:?}");
        }
        let (next, _) = step(&on, &Event::Disable(types(&["EC2"])));
        assert_eq!(next.types, types(&["ECR"]));
    }
}

#[test]
fn a_policy_refuses_what_changes_the_ecr_side_and_nothing_else() {
    let limits = Limits { organization_policy: true, ..Limits::default() };
    let under = |on: &[&str], setting| State { limits, ..state(on, setting) };
    let halves = [under(&["ECR"], Setting::Basic), under(&[], Setting::Enhanced)];
    for half in &halves {
        for event in
            [Event::Enable(types(&["ECR"])), Event::PutEnhanced(Rules::Written), Event::PutBasic(Rules::Absent)]
        {
            assert_eq!(step(half, &event), (half.clone(), vec!["T15"]), "{event:?}");
        }
    }
    let (on, off) = (under(&["ECR"], Setting::Enhanced), under(&[], Setting::Basic));
    assert_eq!(step(&on, &Event::Enable(types(&["ECR"]))), (on.clone(), vec!["T1"]));
    assert_eq!(step(&on, &Event::PutEnhanced(Rules::Written)).1, ["T5"]);
    assert_eq!(step(&off, &Event::PutBasic(Rules::Absent)), (off.clone(), vec![]));
}

#[test]
fn code_scanning_stays_where_lambda_stays() {
    let start = state(&["EC2", "LAMBDA", "LAMBDA_CODE"], Setting::Basic);
    let (next, rows) = step(&start, &Event::Disable(types(&["EC2"])));
    assert_eq!((next, rows), (state(&["LAMBDA", "LAMBDA_CODE"], Setting::Basic), vec![]));
    let (_, rows) = step(&state(&["EC2", "LAMBDA"], Setting::Basic), &Event::Disable(types(&["LAMBDA"])));
    assert_eq!(rows, [] as [&str; 0], "there was no code scanning");
}

#[test]
fn what_changes_nothing_is_no_step_of_a_prediction() {
    let start = state(&["ECR"], Setting::Enhanced);
    let prediction = predict(&start, &[Event::Settle, Event::PutBasic(Rules::Absent)]);
    assert_eq!(prediction.steps.iter().map(|step| &step.event).collect::<Vec<_>>(), [&Event::PutBasic(Rules::Absent)]);
}

#[test]
fn t17_destroying_the_configuration_is_a_change_to_basic() {
    let (next, rows) = step(&state(&["ECR"], Setting::Enhanced), &Event::DestroyConfiguration);
    assert_eq!((next.setting, next.rules, next.pending_disable), (Setting::Basic, Rules::Absent, true));
    assert_eq!(rows, ["T17", "T6", "T12"]);
}

#[test]
fn every_row_is_listed_once_and_used_by_a_step() {
    let mut used = BTreeSet::new();
    let names = ENABLER_TYPES.map(ResourceType::as_str);
    for start in every_state() {
        for subset in subsets(&names) {
            for event in [Event::Enable(types(&subset)), Event::Disable(types(&subset))] {
                used.extend(start.apply(&event).1.into_iter().map(|row| row.id));
            }
        }
        for event in [
            Event::ConsoleActivation,
            Event::PutEnhanced(Rules::Written),
            Event::PutBasic(Rules::Written),
            Event::DestroyConfiguration,
            Event::Settle,
        ] {
            used.extend(start.apply(&event).1.into_iter().map(|row| row.id));
        }
    }
    let listed: BTreeSet<_> = TRANSITIONS.iter().map(|row| row.id).collect();
    assert_eq!(listed.len(), TRANSITIONS.len());
    assert_eq!(used, listed);
    for number in 1..=17 {
        assert!(listed.contains(format!("T{number}").as_str()), "T{number}");
    }
}

fn subsets<'a>(names: &[&'a str]) -> Vec<Vec<&'a str>> {
    (0..1_usize << names.len())
        .map(|mask| names.iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1).map(|(_, name)| *name).collect())
        .collect()
}

fn every_state() -> Vec<State> {
    let mut states = Vec::new();
    for on in subsets(&ENABLER_TYPES.map(ResourceType::as_str)) {
        for setting in [Setting::Basic, Setting::Enhanced] {
            for limit in 0..4 {
                let limits =
                    Limits { member: limit == 1, organization_policy: limit == 2, registry_policy: limit == 3 };
                states.push(State { limits, ..state(&on, setting) });
            }
        }
    }
    states
}

#[test]
fn settling_makes_every_basic_registry_coherent_and_changes_nothing_else() {
    let is_coherent = |state: &State| state.scans_ecr() == (state.setting == Setting::Enhanced);
    for start in every_state().into_iter().filter(|start| start.limits == Limits::default()) {
        let (settled, rows) = start.apply(&Event::Settle);
        if is_coherent(&start) || start.setting == Setting::Enhanced {
            assert_eq!((settled, rows), (start, vec![]));
        } else {
            assert!(is_coherent(&settled), "{start:?}");
        }
    }
}

#[test]
fn the_prediction_for_basic_with_ecr_alone_flips_for_ever_on_the_word_of_an_article() {
    let prediction = predict_reapplied(&state(&["ECR"], Setting::Basic));
    assert!(prediction.repeats);
    assert_eq!(prediction.grade(), Some(Grade::ArticleOnly));
}

#[test]
fn the_prediction_for_enhanced_without_inspector_waits_for_somebody() {
    let start = state(&[], Setting::Enhanced);
    assert_eq!(predict(&start, &[Event::Settle]).grade(), None);
    let prediction = predict(&start, &[Event::Settle, Event::Enable(types(&["ECR"]))]);
    assert_eq!(prediction.grade(), Some(Grade::Documented));
    assert!(!prediction.repeats);
}

#[test]
fn a_member_stays_where_it_is() {
    let mut start = state(&["ECR"], Setting::Basic);
    start.limits.member = true;
    let prediction = predict(&start, &[Event::Settle]);
    let [step] = prediction.steps.as_slice() else { panic!("one step") };
    assert_eq!((&step.state, step.rows[0].id), (&start, "T14"));
}

fn intents() -> [Option<RegistryIntent>; 5] {
    let intent = |setting, rules| Some(RegistryIntent { setting, rules });
    [
        None,
        intent(Setting::Basic, false),
        intent(Setting::Basic, true),
        intent(Setting::Enhanced, false),
        intent(Setting::Enhanced, true),
    ]
}

#[test]
fn the_scenarios_flip_or_rest_as_told() {
    let basic = Some(RegistryIntent { setting: Setting::Basic, rules: true });
    let enhanced = Some(RegistryIntent { setting: Setting::Enhanced, rules: true });
    let ecr = types(&["ECR"]);
    let ec2 = types(&["EC2"]);
    let both = types(&["EC2", "ECR"]);
    let cases: [(&str, Vec<Types>, Option<RegistryIntent>, usize); 8] = [
        ("A", vec![ecr.clone()], basic, 2),
        ("B", vec![both], basic, 2),
        ("C", vec![ec2.clone()], enhanced, 2),
        ("D", vec![ec2, ecr.clone()], None, 2),
        ("E", vec![ecr.clone()], enhanced, 1),
        ("F", vec![], basic, 1),
        ("F2", vec![], enhanced, 1),
        ("G", vec![ecr], None, 1),
    ];
    for (name, enablers, registry, period) in cases {
        for order in [Order::EnablersFirst, Order::RegistryFirst] {
            assert_eq!(simulate(&enablers, registry, order).period(), period, "{name} {order:?}");
        }
    }
    let alone = simulate(&[types(&["ECR"])], None, Order::EnablersFirst);
    assert_eq!(alone.cycle()[0].rules, Rules::ContinuousAll);
}

#[test]
fn applies_flip_if_and_only_if_the_predicate_says_so() {
    let names = ENABLER_TYPES.map(ResourceType::as_str);
    let sets: Vec<Types> = subsets(&names).iter().filter(|set| !set.is_empty()).map(|set| types(set)).collect();
    let mut configurations: Vec<Vec<Types>> = vec![vec![]];
    configurations.extend(sets.iter().map(|one| vec![one.clone()]));
    configurations.extend(sets.iter().flat_map(|one| sets.iter().map(move |other| vec![one.clone(), other.clone()])));
    let console = State::untouched().apply(&Event::ConsoleActivation).0;
    let mut cases = 0;
    for enablers in &configurations {
        for registry in intents() {
            let flips = !loop_causes(enablers, registry).is_empty();
            for order in [Order::EnablersFirst, Order::RegistryFirst] {
                for start in [&State::untouched(), &console] {
                    let simulation = simulate_from(start, enablers, registry, order);
                    assert_eq!(
                        simulation.period() > 1,
                        flips,
                        "{enablers:?} {registry:?} {order:?} from {start:?}: {simulation:?}"
                    );
                    cases += 1;
                }
            }
        }
    }
    assert_eq!(cases, 993 * 5 * 2 * 2);
}
