//! Steps of the gateway: it takes money, and talks about it, truly and untruly, late and more than once.

use chrono::Duration;
use lapak::checkout::jobs::reconcile;
use lapak::kernel::PaymentId;
use lapak::payments::entity::charge;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::books::Way;
use super::walk::Walk;
use crate::support::gateway::{Mood, signed};

impl Walk {
    /// The charge of a purchase is made; sometimes the answer is lost.
    pub(super) async fn charge(&mut self) -> Result<(), String> {
        if self.dice.below(6) == 0 {
            self.gateway.moods(&[Mood::Page]);
        }
        self.app.run_jobs().await;
        Ok(())
    }

    async fn reference(&self, purchase: usize) -> String {
        let id: PaymentId = self.bought[purchase].1.payment_id.parse().unwrap();
        let of_payment = charge::Entity::find().filter(charge::Column::PaymentId.eq(id));
        let all = of_payment.all(self.app.db.read()).await.unwrap();
        assert_eq!(all.len(), 1, "charges of one payment");
        all[0].id.to_string()
    }

    pub(super) async fn message(&mut self, purchase: usize) -> Result<(), String> {
        // What was called off is called off at the gateway, too.
        self.app.run_jobs().await;
        let reference = self.reference(purchase).await;
        let is_open = self.books.is_open(purchase);
        let said: &[&'static str] = match self.dice.below(12) {
            0 => return self.lie(&reference).await,
            1 if !self.books.purchases[purchase].at_gateway => {
                // Not true: what it says then is no news any more when it is true.
                self.note("untrue message");
                &["settlement"]
            }
            2 => &["expire"],
            3 => &["pending", "deny", "pending"],
            dice => {
                let said: &[&'static str] = match dice {
                    // Its message comes later, or never.
                    4 | 5 => &[],
                    6 => &["pending", "settlement", "expire", "settlement"],
                    7 => &["settlement", "settlement", "settlement"],
                    _ => &["settlement"],
                };
                // Which of two late ones gets the last piece is nobody's business here: one waits at a time. And what is
                // paid at a charge that was called off is found by its message only.
                let another_waits = self.books.waiting().is_some_and(|waiting| waiting != purchase);
                let row = &self.books.purchases[purchase];
                let is_news = said.iter().any(|status| !row.heard.contains(status));
                if another_waits || !(is_open || is_news) {
                    return Ok(());
                }
                self.gateway.pay(&reference);
                self.books.reach_gateway(purchase);
                said
            }
        };
        for status in said {
            self.app.webhook(&self.gateway.message(&reference, status)).await.expect(200);
            self.books.hear(purchase, status);
        }
        self.note(if said.is_empty() { "late message" } else { "message" });
        self.app.run_jobs().await;
        Ok(())
    }

    /// A signed lie: it waits for a person, and moves nothing.
    async fn lie(&mut self, reference: &str) -> Result<(), String> {
        let mut message = self.gateway.message(reference, "settlement");
        message["gross_amount"] = format!("{}.00", self.dice.upto(2_000)).into();
        self.app.webhook(&signed(message)).await.expect(200);
        self.note("wrong amount");
        self.app.run_jobs().await;
        Ok(())
    }

    /// Once everything unknown has been asked back, the gateway has sent back what is owed to the buyers, once and no more.
    pub async fn the_gateway_agrees(&mut self) {
        for _ in 0..3 {
            self.app.advance(Duration::minutes(30));
            self.app.run_jobs().await;
            reconcile(self.app.clone_app()).await.unwrap();
        }
        self.app.run_jobs().await;
        self.books.look_after();
        let mut sent = 0;
        for (at, purchase) in self.books.purchases.iter().enumerate() {
            if purchase.way != Way::Gateway {
                continue;
            }
            let owed: i64 = purchase.orders.iter().map(|order| self.books.orders[*order].back()).sum();
            let reference = self.reference(at).await;
            let back: i64 = self.gateway.refunds(&reference).iter().map(|(_, amount)| amount).sum();
            assert_eq!(back, owed, "purchase {at} of which the money came: {}", purchase.came);
            sent += back;
        }
        assert!(sent > 0 || self.books.purchases.len() < 500);
    }
}
