//! `kill -9` in the middle of payments, refunds and payouts, while the gateway does what it is asked and never answers: nothing is
//! charged, sent back or paid out twice, and once the service is there again everything unknown is settled.

use std::time::Duration;

use chrono::Duration as Span;
use futures_util::future::join_all;
use lapak::checkout::jobs::reconcile;
use lapak::kernel::Clock;
use lapak::orders::entity::{order, purchase};
use lapak::payments::entity::{account, charge, payment, repayment, transfer};
use lapak::platform::db::Db;
use lapak::settlement::entity::payout;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use super::Log;
use super::client::Client;
use super::process::Process;
use crate::settlement::{books_are_right, completed, paid_shop};
use crate::support::database::{Place, settings};
use crate::support::gateway::{FakeGateway, KEY, Mood};
use crate::support::run::with_database;
use crate::support::shop::Product;
use crate::support::{Backend, TestApp, invariants, list, text};

const CLIENTS: usize = 6;
const ORDERS: usize = 7;
/// Shops that are to be paid out.
const SHOPS: i64 = 8;

mod no_money_moves_twice {
    use super::*;

    #[test]
    fn sqlite() {
        with_database(Backend::Sqlite, module_path!(), |place| crash(place, Backend::Sqlite));
    }

    #[test]
    fn postgres() {
        with_database(Backend::Postgres, module_path!(), |place| crash(place, Backend::Postgres));
    }
}

/// The program, its gateway, and how often it was killed.
struct Scene {
    place: Place,
    gateway: FakeGateway,
    process: Option<Process>,
    kills: usize,
}

impl Scene {
    /// SIGKILL, and up again.
    async fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill();
        self.process = Some(process.restart(&self.place).await);
        self.kills += 1;
    }

    fn base(&self) -> String {
        self.process.as_ref().unwrap().base()
    }

    /// Kills it each time that so many more calls have reached the gateway, which answers none of them.
    async fn kill_in_calls(&mut self, what: &str, times: usize) {
        for _ in 0..times {
            let (before, mut waited) = (self.gateway.calls(what), 0);
            while self.gateway.calls(what) < before + 3 {
                assert!(waited < 15_000, "{what}: no calls for half a minute");
                waited += 1;
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            self.kill().await;
        }
        self.gateway.calm();
    }

    /// Waits until the database says so, up to half a minute.
    async fn until(&self, what: &str, mut holds: impl AsyncFnMut(&Db) -> bool) {
        let db = Db::connect(&self.place.url, &settings(&self.place, "").database).await.unwrap();
        let mut waited = 0;
        while !holds(&db).await {
            assert!(waited < 15_000, "{what}: not after half a minute");
            waited += 1;
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        db.close().await.unwrap();
    }
}

/// What the program and the tests' own instances are told.
fn changes(gateway: &FakeGateway) -> Vec<(&'static str, String)> {
    vec![
        ("payments.midtrans_url", gateway.url.clone()),
        ("payments.midtrans_server_key", KEY.to_owned()),
        ("payments.qris", "midtrans".to_owned()),
        ("payments.gateway_timeout", "2s".to_owned()),
        ("settlement.disburser", "sandbox".to_owned()),
        // It pays, and its answer is lost.
        ("settlement.sandbox_outcome", "timeout".to_owned()),
        ("vendors.bank_account_wait", "0s".to_owned()),
    ]
}

fn as_text(changes: &[(&str, String)]) -> String {
    changes.iter().map(|(name, value)| format!("{name} = '{value}'\n")).collect()
}

fn as_environment(changes: &[(&str, String)]) -> Vec<(String, String)> {
    let name = |name: &str| format!("LAPAK__{}", name.replace('.', "__").to_uppercase());
    changes.iter().map(|(known, value)| (name(known), value.clone())).collect()
}

async fn crash(place: Place, backend: Backend) {
    let gateway = FakeGateway::start().await;
    let changes = changes(&gateway);
    let app = TestApp::start_at(&place, backend, &as_text(&changes), Clock::System.now()).await;
    let people = prepare(&app).await;
    app.close().await;
    let process = Process::start_with(&place, as_environment(&changes)).await;
    let mut scene =
        Scene { place: place.clone(), gateway: gateway.clone(), process: Some(process), kills: 0 };
    let clients = buy(&mut scene, &people).await;
    messages(&mut scene).await;
    call_off(&mut scene, &clients).await;
    pay_out(&mut scene, &people).await;
    assert_eq!(scene.kills, 9);
    scene.process.take().unwrap().kill();

    // An hour later somebody starts it again.
    let later = Clock::System.now() + Span::hours(1);
    let app = TestApp::start_at(&place, backend, &as_text(&changes), later).await;
    for minutes in [0, 10, 30, 60, 25 * 60, 60] {
        app.advance(Span::minutes(minutes));
        app.run_jobs().await;
        reconcile(app.clone_app()).await.unwrap();
        app.run_jobs().await;
    }
    nothing_is_unknown(&app).await;
    every_purchase_came_to_one_end(&app, &gateway).await;
    every_shop_was_paid_once(&app).await;
    invariants::check(&app).await;
    books_are_right(&app).await;
    app.close().await;
}

/// Who takes part.
struct People {
    buyers: Vec<String>,
    finance: String,
    products: Vec<Product>,
}

/// Shops that have earned something, and one whose goods are bought through the gateway.
async fn prepare(app: &TestApp) -> People {
    let ani = app.buyer("ani").await;
    for number in 0..SHOPS {
        let (shop, coffee) = paid_shop(app, &format!("Toko Kopi {number}"), 20_000 + number).await;
        completed(&ani, &shop, &coffee, 2).await;
    }
    let shop = app.vendor("Toko Gerbang").await;
    let mut products = Vec::new();
    for number in 0..3 {
        let product = shop.product(&format!("Piring {number}")).price(32_500).stock(1_000);
        products.push(product.create().await);
    }
    let mut buyers = Vec::new();
    for _ in 0..CLIENTS {
        buyers.push(app.buyer("pembeli").await.login().to_owned());
    }
    let finance = app.finance().await.login().to_owned();
    app.run_jobs().await;
    People { buyers, finance, products }
}

/// Everybody orders; the program is killed while the gateway makes the charges and says nothing.
async fn buy(scene: &mut Scene, people: &People) -> Vec<Client> {
    scene.gateway.moods(&[Mood::Silent; 500]);
    let log: Log = Log::default();
    let mut clients = Vec::new();
    for login in &people.buyers {
        clients.push(Client::new(scene.base(), login.clone()).paying("qris").signed_in().await);
    }
    let ordering = clients.iter().map(|client| {
        tokio::spawn(client.clone().order_until_done(people.products.clone(), log.clone(), ORDERS))
    });
    let ordering: Vec<_> = ordering.collect();
    scene.kill_in_calls("charge", 3).await;
    for client in join_all(ordering).await {
        client.unwrap();
    }
    // Those that nobody has in hand are made now.
    scene.until("charges", async |db: &Db| made(db).await >= CLIENTS * ORDERS / 3).await;
    clients
}

async fn made(db: &Db) -> usize {
    let made = charge::Column::Status.eq(charge::Status::Open);
    usize::try_from(charge::Entity::find().filter(made).count(db.read()).await.unwrap()).unwrap()
}

/// All buyers pay, and the gateway says so twice; the program is killed in the middle of the messages.
async fn messages(scene: &mut Scene) {
    let url = format!("{}/v1/webhooks/midtrans", scene.base());
    let http = reqwest::Client::new();
    let mut telling = Vec::new();
    for reference in scene.gateway.references() {
        scene.gateway.pay(&reference);
        let message = scene.gateway.message(&reference, "settlement");
        for _ in 0..2 {
            telling.push(tokio::spawn(tell(http.clone(), url.clone(), message.clone())));
        }
    }
    for count in [2, 6] {
        scene.until("payments", async |db: &Db| paid(db).await >= count).await;
        scene.kill().await;
    }
    for told in join_all(telling).await {
        told.unwrap();
    }
    scene.until("payments", async |db: &Db| paid(db).await >= 16).await;
}

async fn tell(http: reqwest::Client, url: String, message: Value) {
    loop {
        match http.post(&url).json(&message).send().await {
            Ok(reply) if reply.status().is_success() => return,
            Ok(reply) => assert_eq!(reply.status().as_u16(), 503),
            Err(_) => {}
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn paid(db: &Db) -> u64 {
    let paid = payment::Column::Status.eq(payment::Status::Paid);
    // The shops' own sales were paid before.
    payment::Entity::find().filter(paid).count(db.read()).await.unwrap() - u64::try_from(SHOPS).unwrap()
}

/// Most purchases are called off; the program is killed while the gateway sends the money back and says nothing.
async fn call_off(scene: &mut Scene, clients: &[Client]) {
    scene.gateway.moods(&[Mood::Silent; 500]);
    let mut cancelling = Vec::new();
    for client in clients {
        let mine = client.get("/v1/orders?limit=50").await;
        for (turn, row) in list(&mine["items"]).iter().enumerate() {
            let is_kept = if row["status"] == "paid" { turn % 4 == 0 } else { turn % 4 != 1 };
            if is_kept {
                continue;
            }
            let (client, order) = (client.clone(), text(&row["id"]));
            cancelling.push(tokio::spawn(async move {
                let path = format!("/v1/orders/{order}/cancel");
                client.until_answered(&path, &format!("batal-{order}"), &json!({})).await.0
            }));
        }
    }
    scene.kill_in_calls("refund", 2).await;
    for status in join_all(cancelling).await {
        // Called off by a request of which the answer was lost: the next one finds it so.
        assert!(matches!(status.unwrap(), 200 | 409));
    }
}

/// Batches are opened; the program is killed while shops are added and payouts are handed over.
async fn pay_out(scene: &mut Scene, people: &People) {
    let finance = Client::new(scene.base(), people.finance.clone()).signed_in().await;
    for (round, count) in [3, 6].into_iter().enumerate() {
        let key = format!("kumpulan-{round}");
        let (status, _) = finance.until_answered("/v1/admin/payout-batches", &key, &json!({})).await;
        assert_eq!(status, 201);
        let claimed = async |db: &Db| payout::Entity::find().count(db.read()).await.unwrap() >= count;
        scene.until("payouts", claimed).await;
        scene.kill().await;
    }
    let (status, _) = finance.until_answered("/v1/admin/payout-batches", "kumpulan-akhir", &json!({})).await;
    assert_eq!(status, 201);
}

async fn nothing_is_unknown(app: &TestApp) {
    let charges = charge::Entity::find().all(app.db.read()).await.unwrap();
    let unknown = |charge: &&charge::Model| {
        matches!(charge.status, charge::Status::Creating | charge::Status::Closing | charge::Status::Open)
    };
    assert_eq!(charges.iter().find(unknown), None);
    let due = repayment::Entity::find().filter(repayment::Column::Status.eq(repayment::Status::Due));
    assert_eq!(due.one(app.db.read()).await.unwrap(), None);
    let payouts = payout::Entity::find().filter(payout::Column::Status.ne(payout::Status::Paid));
    assert_eq!(payouts.one(app.db.read()).await.unwrap(), None);
}

/// Charged once, and what was called off or came too late went back once and whole.
async fn every_purchase_came_to_one_end(app: &TestApp, gateway: &FakeGateway) {
    let payments = payment::Entity::find().filter(payment::Column::Method.eq(purchase::PaymentMethod::Qris));
    let payments = payments.all(app.db.read()).await.unwrap();
    assert_eq!(payments.len(), CLIENTS * ORDERS);
    let known = gateway.references();
    let (mut kept, mut returned) = (0, 0);
    for payment in payments {
        let of_payment = charge::Entity::find().filter(charge::Column::PaymentId.eq(payment.id));
        let charges = of_payment.all(app.db.read()).await.unwrap();
        assert_eq!(charges.len(), 1, "{payment:?}");
        let reference = charges[0].id.to_string();
        let orders = order::Entity::find().filter(order::Column::PurchaseId.eq(payment.purchase_id));
        let order = orders.one(app.db.read()).await.unwrap().unwrap();
        let took = known.contains(&reference)
            && matches!(gateway.status_of(&reference).as_str(), "settlement" | "partial_refund");
        let back: Vec<i64> = match known.contains(&reference) {
            true => gateway.refunds(&reference).iter().map(|(_, amount)| *amount).collect(),
            false => Vec::new(),
        };
        let amount = payment.amount.get();
        match (payment.status, order.status) {
            (payment::Status::Paid, order::Status::Paid) => {
                assert!(took && back.is_empty(), "{back:?}");
                kept += 1;
            }
            (
                payment::Status::Refunded,
                order::Status::Cancelled | order::Status::Expired | order::Status::Declined,
            ) => {
                assert_eq!((took, back), (true, vec![amount]));
                returned += 1;
            }
            (payment::Status::Cancelled | payment::Status::Expired, _) => {
                assert!(!took && back.is_empty(), "{back:?}");
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(kept > 0 && returned > 4, "{kept} kept and {returned} returned");
}

/// What the shops had earned is paid out, each payout once.
async fn every_shop_was_paid_once(app: &TestApp) {
    let payouts = payout::Entity::find().all(app.db.read()).await.unwrap();
    assert_eq!(payouts.len(), usize::try_from(SHOPS).unwrap());
    assert!(payouts.iter().all(|payout| payout.attempts == 1), "{payouts:?}");
    let paid: i64 = payouts.iter().map(|payout| payout.amount.get()).sum();
    assert_eq!(paid, (0..SHOPS).map(|number| 2 * (20_000 + number)).sum::<i64>());
    let booked = transfer::Entity::find().filter(transfer::Column::Kind.eq(transfer::Kind::PayoutPaid));
    assert_eq!(booked.count(app.db.read()).await.unwrap(), u64::try_from(SHOPS).unwrap());
    assert_eq!(app.balance(account::Kind::VendorPayable, None).await, 0);
}
