//! Random walks through sales and money, made by the service and by a small model at once: they never differ, and all rules
//! hold at the end. `LAPAK_TEST_SEED` replays a walk, `LAPAK_TEST_STEPS` makes it longer (`tests/heavy/model.sh`).

mod books;
mod walk;

use crate::settlement::books_are_right;
use crate::support::run::RUN;
use crate::support::{TestApp, both};
use walk::Walk;

// Deadlines of shops and buyers have tests of their own; here only the time to pay runs out.
both![the_service_and_the_model_never_differ with
    "orders.accept_days = 3000\norders.ship_days = 3000\norders.complete_days = 3000"];

/// Steps of a walk where nobody says otherwise, on each database; more by `LAPAK_TEST_STEPS`.
const STEPS: usize = 3_000;

async fn the_service_and_the_model_never_differ(app: TestApp) {
    let seed = RUN.seed.unwrap_or_else(rand::random);
    let steps = RUN.steps.unwrap_or(STEPS);
    let mut walk = Walk::begin(&app, seed).await;
    walk.steps(steps, seed).await;
    app.run_jobs().await;
    walk.look().await.unwrap();
    println!("seed {seed}, {steps} steps, orders {:?}", walk.ends());
    assert!(steps < STEPS || walk.went_everywhere(), "seed {seed}: {:?}", walk.ends());
    books_are_right(&app).await;
}
