//! The fake of AWS that the integration tests use.

#[path = "../it/support/call.rs"]
pub(crate) mod call;
#[path = "../it/support/cbor.rs"]
pub(crate) mod cbor;
#[path = "../it/support/fake.rs"]
pub(crate) mod fake;
#[path = "../it/support/http.rs"]
pub(crate) mod http;
#[path = "../it/support/operations.rs"]
pub(crate) mod operations;
#[path = "../it/support/reply.rs"]
pub(crate) mod reply;
#[path = "../it/support/series.rs"]
pub(crate) mod series;
