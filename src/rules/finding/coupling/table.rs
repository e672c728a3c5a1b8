//! The transitions that documents, code and one article tell of, each with how well it is known.
//!
//! This is the one place that says what AWS does when; the state machine and the page of `explain ecr-coupling` read it.
//! Its texts are that page, a document; a prediction names rows and grades.

use serde::Serialize;

/// How well a step is known. The order is from strong to weak: a sequence is as sure as its weakest step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// AWS's documents or API model say so.
    Documented,
    /// It follows from permissions, source code or public incident reports; no AWS document says it.
    Indirect,
    /// One public article observed it; nothing contradicts it.
    ArticleOnly,
    /// Nobody has said; the state machine assumes something and says so.
    Unknown,
}

/// One row of the table: what happens, when, to what effect, and how that is known.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Transition {
    /// `T1` to `T17`; a letter marks a part of a row that is known otherwise than the row itself.
    pub id: &'static str,
    /// What happens.
    #[serde(skip)]
    pub event: &'static str,
    /// When the row holds; empty: always.
    #[serde(skip)]
    pub guard: &'static str,
    /// What follows.
    #[serde(skip)]
    pub effect: &'static str,
    /// How well that is known.
    pub grade: Grade,
    /// The document, code or article, with its date.
    #[serde(skip)]
    pub source: &'static str,
}

macro_rules! transitions {
    ($($name:ident: $id:literal, $event:literal, $guard:literal, $effect:literal, $grade:ident, $source:literal;)+) => {
        $(
            #[doc = concat!("Row ", $id, " of the table.")]
            pub(crate) static $name: Transition = Transition {
                id: $id,
                event: $event,
                guard: $guard,
                effect: $effect,
                grade: Grade::$grade,
                source: $source,
            };
        )+

        /// Every row, in the table's order.
        pub static TRANSITIONS: &[&Transition] = &[$(&$name),+];
    };
}

transitions! {
    T1: "T1", "Inspector Enable with ECR among the types", "registry not managed by an organization policy",
        "types on, account on; registry BASIC becomes ENHANCED",
        Documented, "Inspector user guide, activating a scan type, 2026-10";
    T1R: "T1r", "(the registry's rules after T1)", "",
        "CONTINUOUS_SCAN for every repository",
        Indirect, "ECR user guide, enhanced scanning, 2026-10 (says it of ENHANCED without rules, not of this path)";
    T2: "T2", "Inspector Enable without ECR", "",
        "types on, account on; the registry stays as it is",
        Indirect, "Inspector API reference, Enable, 2026-10";
    T3: "T3", "first activation in the console", "account off",
        "EC2, ECR and LAMBDA on, so T1 as well; LAMBDA_CODE and CODE_REPOSITORY stay off",
        Documented, "Inspector user guide, scan types, 2026-10";
    T4: "T4", "registry set to ENHANCED", "Inspector's ECR type off",
        "ECR type on, account on",
        Documented, "Inspector user guide, Amazon ECR integration, 2026-10; ECR user guide, IAM for enhanced scanning, 2026-10";
    T4O: "T4o", "(the other types in T4)", "",
        "unchanged: only the ECR type comes on",
        ArticleOnly, "article at zhenjia.org, 2025-03-13";
    T5: "T5", "registry set to ENHANCED", "Inspector's ECR type on",
        "the registry's rules are replaced, nothing else",
        Documented, "ECR API reference, PutRegistryScanningConfiguration, 2026-10";
    T6: "T6", "registry set to BASIC", "Inspector's ECR type on",
        "the ECR type goes off; the other types stay",
        Indirect, "aws-for-fluent-bit #1105, 2026-04-13; CloudFormation roadmap #2516, 2026-05-29; ECR user guide, IAM for enhanced scanning, 2026-10";
    T6D: "T6d", "(the delay in T6)", "",
        "not at once but after a while; no duration is published",
        ArticleOnly, "article at zhenjia.org, 2025-03-13";
    T7: "T7", "the last scan type goes off", "",
        "Inspector is deactivated for the account in this region",
        Documented, "Inspector user guide, deactivating, 2026-10; API reference, Disable, 2026-10";
    T8: "T8", "Inspector Disable with ECR among the types", "",
        "ECR type off; registry ENHANCED becomes BASIC",
        Documented, "Inspector user guide, deactivating a scan type, 2026-10";
    T8R: "T8r", "(the registry's rules after T8)", "",
        "not published; taken as none",
        Unknown, "no source";
    T9: "T9", "Inspector Disable with LAMBDA among the types", "",
        "LAMBDA and LAMBDA_CODE off",
        Documented, "Inspector user guide, deactivating a scan type, 2026-10";
    T10: "T10", "the account goes off", "",
        "findings, filters and suppression rules are deleted; charges end",
        Documented, "Inspector user guide, deactivating, 2026-10";
    T11: "T11", "Inspector's ECR type comes on again", "",
        "all eligible images are scanned again; whether as first scans or re-scans is not published",
        Documented, "Inspector user guide, scanning Amazon ECR images, 2026-10";
    T12: "T12", "registry changes between BASIC and ENHANCED", "",
        "the other type's results are hidden until it is changed back",
        Documented, "ECR user guide, image scanning, 2026-10";
    T13: "T13", "member account sets its registry to ENHANCED", "",
        "allowed, as T4",
        Documented, "Inspector user guide, Amazon ECR integration, 2026-10";
    T14: "T14", "member account sets its registry to BASIC", "a delegated administrator exists",
        "not effective: only the delegated administrator can switch it off (error or silence: not published)",
        Documented, "Inspector user guide, Amazon ECR integration, 2026-10";
    T15: "T15", "any change of the ECR type or the scan type", "an organization policy manages it",
        "refused: BlockedByOrganizationPolicyException, BLOCKED_BY_ORGANIZATION_POLICY",
        Documented, "ECR and Inspector API references, 2026-10";
    T16: "T16", "any change of the ECR type or the scan type", "the registry's policy denies ecr:*",
        "fails",
        Documented, "Inspector user guide, scanning Amazon ECR images, 2026-10";
    T17: "T17", "the registry's configuration is destroyed (Terraform) or its stack deleted (CloudFormation)", "",
        "as T6: the registry is set to BASIC without rules",
        Indirect, "terraform-provider-aws source, 2024; CloudFormation roadmap #2516, 2026-05-29";
}
