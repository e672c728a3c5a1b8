//! Collection: the only room that names the AWS SDK, tokio, the clock and the environment.
