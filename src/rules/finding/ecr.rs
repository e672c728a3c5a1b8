//! What the rules of R2 say, in data.

mod evidence;
mod money;
mod open;
mod reason;

pub use evidence::{Evidence, Frequency, RepositoryFact};
pub use money::{Assumed, Assumption, Figure, InspectorBilling, Item, ListPrice, NoFigure, Price, Priced};
pub use open::OpenQuestion;
pub use reason::{LongDuration, Reason, Scope, WindowStart};
