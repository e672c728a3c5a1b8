//! When does Terraform flip for ever? The predicate, over what the resources of one account and region write.
//!
//! AWS keeps one bit, "Inspector scans ECR", behind two APIs: enabling Inspector's ECR type sets the registry to
//! ENHANCED, disabling it sets BASIC (Inspector user guide, "Activating" and "Deactivating a scan type", 2026-10);
//! setting the registry switches the type on and off (Inspector user guide, "Amazon ECR integration", 2026-10). An
//! enabler is exclusive besides: it disables every type that it does not list (terraform-provider-aws,
//! `internal/service/inspector2/enabler.go`).

use super::resources::TextSet;
use crate::rules::finding::terraform::Clash;

/// The resource type of Inspector that is the registry's scan type by another name.
pub(crate) const ECR: &str = "ECR";

/// What the enablers of one account and region, taken together, and its registry do to each other.
///
/// `enhanced` is what the registry asks for. `Ok(None)`: they agree, or there is no enabler. [`Undecided`]: it depends on
/// something that is not known.
pub(crate) fn registry_clash(enabled: &[&TextSet], enhanced: Option<bool>) -> Result<Option<Clash>, Undecided> {
    if enabled.is_empty() {
        return Ok(None);
    }
    let lists: Vec<Option<bool>> = enabled.iter().map(|types| types.contains(ECR)).collect();
    let any = if lists.contains(&Some(true)) {
        Some(true)
    } else if lists.contains(&None) {
        None
    } else {
        Some(false)
    };
    match (any, enhanced) {
        (Some(true), Some(false)) => Ok(Some(Clash::BasicAgainstEcr)),
        (Some(false), Some(true)) => Ok(Some(Clash::EnhancedWithoutEcr)),
        (Some(_), Some(_)) => Ok(None),
        _ => Err(Undecided),
    }
}

/// The predicate depends on something that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Undecided;

/// Whether two enablers of one account and region switch each other's types off.
pub(crate) fn enablers_clash(a: &TextSet, b: &TextSet) -> Result<bool, Undecided> {
    a.differs(b).ok_or(Undecided)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPES: [&str; 5] = ["EC2", "ECR", "LAMBDA", "LAMBDA_CODE", "CODE_REPOSITORY"];

    fn set(members: &[&str]) -> TextSet {
        TextSet { known: members.iter().map(|member| (*member).to_owned()).collect(), ..TextSet::default() }
    }

    fn all_sets() -> Vec<TextSet> {
        (1_u32..32)
            .map(|mask| {
                let members: Vec<&str> =
                    TYPES.iter().enumerate().filter(|(bit, _)| mask & (1 << bit) != 0).map(|(_, name)| *name).collect();
                set(&members)
            })
            .collect()
    }

    #[test]
    fn the_scenarios_of_the_model() {
        use Clash::{BasicAgainstEcr, EnhancedWithoutEcr};
        let cases: [(&[&str], bool, Option<Clash>); 6] = [
            (&["ECR"], false, Some(BasicAgainstEcr)),
            (&["EC2", "ECR"], false, Some(BasicAgainstEcr)),
            (&["EC2"], true, Some(EnhancedWithoutEcr)),
            (&["ECR"], true, None),
            (&["EC2", "ECR", "LAMBDA"], true, None),
            (&["EC2"], false, None),
        ];
        for (types, enhanced, expected) in cases {
            assert_eq!(registry_clash(&[&set(types)], Some(enhanced)), Ok(expected), "{types:?} {enhanced}");
        }
        assert_eq!(registry_clash(&[], Some(false)), Ok(None));
        assert_eq!(registry_clash(&[], Some(true)), Ok(None));
    }

    #[test]
    fn the_registry_clashes_exactly_when_the_two_bits_differ_whatever_the_order() {
        for a in &all_sets() {
            for b in &all_sets() {
                for enhanced in [false, true] {
                    let ecr = a.known.contains(ECR) || b.known.contains(ECR);
                    let forth = registry_clash(&[a, b], Some(enhanced)).expect("all is known");
                    let back = registry_clash(&[b, a], Some(enhanced)).expect("all is known");
                    assert_eq!(forth.is_some(), ecr != enhanced);
                    assert_eq!(forth, back);
                }
                assert_eq!(enablers_clash(a, b), Ok(a != b));
            }
        }
    }

    #[test]
    fn nothing_unknown_is_ever_safe() {
        let open = TextSet { open: ["var.types".to_owned()].into(), ..TextSet::default() };
        assert_eq!(registry_clash(&[&open], Some(true)), Err(Undecided));
        assert_eq!(registry_clash(&[&open], Some(false)), Err(Undecided));
        assert_eq!(registry_clash(&[&set(&["ECR"])], None), Err(Undecided));
        assert_eq!(registry_clash(&[&set(&["EC2"])], None), Err(Undecided));
        assert_eq!(enablers_clash(&open, &set(&["EC2"])), Err(Undecided));
    }

    #[test]
    fn what_is_known_decides_where_it_can() {
        let mut partly = set(&["ECR"]);
        partly.open.insert("var.more".to_owned());
        assert_eq!(registry_clash(&[&partly], Some(false)), Ok(Some(Clash::BasicAgainstEcr)));
        assert_eq!(enablers_clash(&partly, &set(&["EC2"])), Ok(true));
        assert_eq!(enablers_clash(&partly, &partly), Ok(false));
    }
}
