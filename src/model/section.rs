//! A section: one part of a snapshot, and which of four things it is.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::{Gap, GapReason};

/// One part of a target: all of it, or which kind of nothing.
///
/// It is never half there. A listing that broke off after two pages is missing, because rules must never take the
/// absence of a row for the absence of a thing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", from = "Document<T>")]
pub enum Section<T> {
    /// Everything AWS had to say.
    Complete(T),
    /// The service does not exist here, or is not enabled, and that is how AWS said so: nothing is hidden.
    Absent(Gap),
    /// Nobody asked, or the snapshot is of a version that did not know the section.
    #[default]
    NotAsked,
    /// It could not be seen, and why: anything may be hidden.
    Missing(Gap),
}

/// A section as documents have it. The first edition wrote `missing` for everything that is not complete: what it meant
/// is told by the gap's reason, and by its operation, which is empty where nobody asked.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Document<T> {
    Complete(T),
    Absent(Gap),
    NotAsked,
    Missing(Gap),
}

impl<T> From<Document<T>> for Section<T> {
    fn from(document: Document<T>) -> Self {
        match document {
            Document::Complete(data) => Self::Complete(data),
            Document::Absent(gap) => Self::Absent(gap),
            Document::NotAsked => Self::NotAsked,
            Document::Missing(gap) if gap.reason == GapReason::Other && gap.operation.is_empty() => Self::NotAsked,
            Document::Missing(gap) => Self::from(gap),
        }
    }
}

impl<T> From<Gap> for Section<T> {
    /// Absent where the gap's reason says that there is nothing to see, else missing.
    fn from(gap: Gap) -> Self {
        if gap.reason.is_absence() { Self::Absent(gap) } else { Self::Missing(gap) }
    }
}

impl<T> Section<T> {
    /// The data, if it is there.
    pub fn complete(&self) -> Option<&T> {
        match self {
            Self::Complete(data) => Some(data),
            Self::Absent(_) | Self::NotAsked | Self::Missing(_) => None,
        }
    }

    /// What AWS said, if the data is not there though somebody asked.
    pub fn gap(&self) -> Option<&Gap> {
        match self {
            Self::Complete(_) | Self::NotAsked => None,
            Self::Absent(gap) | Self::Missing(gap) => Some(gap),
        }
    }

    /// Whether the data is there.
    pub fn is_complete(&self) -> bool {
        matches!(self, Self::Complete(_))
    }

    /// Whether the service does not exist here or is not enabled.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent(_))
    }

    /// The same state without the data.
    pub fn state(&self) -> SectionState<'_> {
        match self {
            Self::Complete(_) => SectionState::Complete,
            Self::Absent(gap) => SectionState::Absent(gap),
            Self::NotAsked => SectionState::NotAsked,
            Self::Missing(gap) => SectionState::Missing(gap),
        }
    }
}

/// Which of the four things a section is, whatever its data would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SectionState<'a> {
    /// See [`Section::Complete`].
    Complete,
    /// See [`Section::Absent`].
    Absent(&'a Gap),
    /// See [`Section::NotAsked`].
    NotAsked,
    /// See [`Section::Missing`].
    Missing(&'a Gap),
}

/// What a snapshot says of a section that it does not have, though every scan that needs it collects it.
pub(super) static NOT_IN_SNAPSHOT: LazyLock<Gap> = LazyLock::new(|| Gap {
    reason: GapReason::Other,
    operation: String::new(),
    message: "not in this snapshot: collect again without --rule/--skip-rule, or with a newer version".to_owned(),
    request_id: None,
});

#[cfg(test)]
mod tests {
    use super::*;

    fn read(document: &str) -> Section<u8> {
        serde_json::from_str(document).expect("a section")
    }

    fn gap(reason: GapReason, operation: &str) -> Gap {
        Gap { reason, operation: operation.to_owned(), message: "why".to_owned(), request_id: None }
    }

    #[test]
    fn a_section_is_read_as_what_it_was_written() {
        let gap = || gap(GapReason::Unsupported, "ecr:DescribeRepositories");
        for section in [Section::Complete(7), Section::Absent(gap()), Section::NotAsked] {
            assert_eq!(read(&serde_json::to_string(&section).expect("JSON")), section);
        }
        let denied = Section::Missing(Gap { reason: GapReason::AccessDenied, ..gap() });
        assert_eq!(read(&serde_json::to_string(&denied).expect("JSON")), denied);
    }

    #[test]
    fn what_the_first_edition_wrote_is_read_as_what_it_meant() {
        let old = |reason, operation| {
            read(&format!("{{\"missing\":{}}}", serde_json::to_string(&gap(reason, operation)).expect("JSON")))
        };
        let call = "inspector2:ListCoverage";
        for reason in [GapReason::NotEnabled, GapReason::Unsupported] {
            assert_eq!(old(reason, call), Section::Absent(gap(reason, call)));
        }
        assert_eq!(old(GapReason::Other, ""), Section::NotAsked);
        for (reason, operation) in
            [(GapReason::Other, call), (GapReason::AccessDenied, call), (GapReason::NoCredentials, "")]
        {
            assert_eq!(old(reason, operation), Section::Missing(gap(reason, operation)));
        }
    }
}
