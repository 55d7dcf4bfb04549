//! Random walks through sales and money, made by the service and by a small model at once: they never differ, and all rules
//! hold at the end. A step is one operation: an article into a cart, a quote, a checkout, money that comes by hand or by the
//! gateway with all its messages, a move of an order, a refund, a return, a quarrel, a payout, the passing of time.
//!
//! `LAPAK_TEST_SEED` replays a walk, `LAPAK_TEST_STEPS` makes it longer (`tests/heavy/model.sh`).

mod books;
mod claims;
mod gateway;
mod quarrels;
mod trade;
mod walk;

use std::time::Duration;

use crate::settlement::books_are_right;
use crate::support::gateway::FakeGateway;
use crate::support::run::RUN;
use crate::support::{TestApp, both};
use walk::Walk;

// Deadlines of shops and buyers have tests of their own; here only the time to pay runs out. Finished jobs stay: a rule asks
// for them.
both![the_service_and_the_model_never_differ with
    "orders.accept_days = 400\norders.ship_days = 400\norders.complete_days = 400\norders.dispute_days = 400\norders.return_decide_days = 400\norders.return_ship_days = 400\njobs.keep_done = '3000days'"];

/// Steps of a walk where nobody says otherwise, on each database; more by `LAPAK_TEST_STEPS`.
const STEPS: usize = 10_500;

async fn the_service_and_the_model_never_differ(app: TestApp) {
    let seed = RUN.seed.unwrap_or_else(rand::random);
    let steps = RUN.steps.unwrap_or(STEPS);
    let gateway = FakeGateway::start().await;
    let service = app.another_instance_with(|config| {
        gateway.serve(config);
        // It never stalls here, and a busy machine is no reason to ask it later.
        config.payments.gateway_timeout = Duration::from_secs(30);
        // The law allows a week; how long that is has a test of its own.
        config.orders.return_days = 400;
    });
    let service = service.await;
    let mut walk = Walk::begin(&service, gateway, seed).await;
    walk.steps(steps, seed).await;
    service.run_jobs().await;
    walk.look().await.unwrap();
    walk.the_gateway_agrees().await;
    println!("seed {seed}, {steps} steps, orders {:?}, done and refused {:?}", walk.ends(), walk.counts());
    assert!(steps < STEPS || walk.went_everywhere(), "seed {seed}: {:?} {:?}", walk.ends(), walk.counts());
    books_are_right(&service).await;
    service.close().await;
}
