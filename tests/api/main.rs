//! The tests of the whole service: HTTP in, HTTP out, on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on should stop right there"
)]

#[expect(dead_code, reason = "the harness offers what the features to come will need")]
mod support;

mod architecture;
mod harness;
mod migrations;
mod openapi;
mod search;
