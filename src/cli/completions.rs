//! The options of `completions`.

use clap::Args;
use clap_complete::Shell;

pub(super) const EXAMPLES: &str = "\
Examples:
  inspector-audit completions bash > ~/.local/share/bash-completion/completions/inspector-audit
  inspector-audit completions zsh > ~/.zfunc/_inspector-audit
  inspector-audit completions fish > ~/.config/fish/completions/inspector-audit.fish";

/// `completions`.
#[derive(Debug, Clone, Copy, Args)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: Shell,
}
