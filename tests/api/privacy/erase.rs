//! Being forgotten: who it was goes, orders and books stay.

use lapak::admin::{seal_new, verify_seals};
use lapak::identity::entity::user;
use lapak::payments::entity::payment::Entity as Payments;
use lapak::platform::audit::entity::Model as Deed;
use lapak::platform::files::FileKey;
use lapak::platform::jobs::entity::{Column as JobColumn, Entity as Jobs};
use lapak::platform::news::{self, Audience, News};
use lapak::platform::person;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use super::deeds;
use crate::payments::trade;
use crate::support::people::PASSWORD;
use crate::support::shop::{Product, Purchase, Shop, text};
use crate::support::{Person, Reply, TestApp, both, png, state};

both![
    nothing_personal_is_left with "server.trusted_proxies = [\"127.0.0.0/8\"]",
    an_erased_person_is_out_and_the_address_is_free,
    orders_and_ledger_stay_whole,
    nobody_writes_to_an_erased_person,
    an_operator_can_do_it_for_somebody,
    proofs_and_waiting_messages_go_too,
];

/// What must not be found anywhere afterwards.
const PERSONAL: [&str; 11] = [
    "Ani Rahasia",
    "ani_rahasia@contoh.id",
    "81277776666",
    "Jl. Kenanga 77",
    "203.0.113.77",
    "Peramban Rahasia",
    "rumah cat hijau",
    "tolong bungkus rapi",
    "Penerima Rahasia",
    "dekat jendela",
    "tetangga saya bilang palsu",
];

pub async fn erase(who: &Person, password: &str) -> Reply {
    who.post("/v1/me/erase").json(json!({"password": password})).send().await
}

/// Somebody who left traces everywhere, and has received what she bought.
async fn ani(app: &TestApp) -> (Person, Shop, Purchase) {
    let shop = app.vendor("Dapur").await;
    let product = shop.product("Keripik").create().await;
    let body = json!({"name": PERSONAL[0], "email": PERSONAL[1], "phone": "081277776666", "password": PASSWORD,
        "consents": ["terms"]});
    let made = app.post("/v1/auth/register").json(body).send().await.expect(201).json();
    let ani = app.person(text(&made["id"]).parse().unwrap(), PERSONAL[1].to_owned());
    let login = json!({"login": PERSONAL[1], "password": PASSWORD});
    let traces = app.post("/v1/auth/login").header("x-forwarded-for", PERSONAL[4]);
    traces.header("user-agent", PERSONAL[5]).json(login).send().await.expect(200);
    let mut home = address();
    home["label"] = "Rumah".into();
    ani.post("/v1/me/addresses").json(home).send().await.expect(201);
    ani.post("/v1/me/export").header("x-forwarded-for", PERSONAL[4]).send().await.expect(200);
    let purchase = buy(&ani, &product).await;
    receive(&ani, &shop, &purchase).await;
    let said = json!({"reason": "counterfeit", "text": PERSONAL[10]});
    ani.post(&format!("/v1/products/{}/report", product.id)).json(said).send().await.expect(201);
    // And a cart that she left.
    let cart = ani.post("/v1/carts").send().await.expect(201).json();
    let line = format!("/v1/carts/{}/lines/{}", text(&cart["id"]), product.variant());
    let wanted = json!({"quantity": 1, "note": PERSONAL[9]});
    ani.put(&line).json(wanted).send().await.expect(200);
    (ani, shop, purchase)
}

fn address() -> Value {
    json!({"recipient": PERSONAL[8], "phone": "0812-7777-6666", "line": PERSONAL[3], "district_code": "32.16.09",
        "village_code": "32.16.09.2001", "post_code": "17530", "note": PERSONAL[6]})
}

async fn buy(who: &Person, product: &Product) -> Purchase {
    let checkout = who.checkout().line(&product.shop_id, product.variant(), 2, Some(PERSONAL[7]));
    let mut body = checkout.body().await;
    body["shipping_address"] = address();
    body["deliveries"][0]["window"] = PERSONAL[9].into();
    who.post("/v1/checkouts").key("kunci-penghapusan").json(body).send().await.into()
}

async fn receive(who: &Person, shop: &Shop, purchase: &Purchase) {
    who.settle(purchase).await.expect(200);
    receive_paid(who, shop, purchase).await;
}

async fn receive_paid(who: &Person, shop: &Shop, purchase: &Purchase) {
    let order = purchase.order_of(shop);
    for act in ["accept", "ship", "deliver"] {
        shop.moves(order, act).await.expect(200);
    }
    who.moves(order, "receive").await.expect(200);
    who.app().run_jobs().await;
}

async fn found(app: &TestApp) -> Vec<String> {
    let mut found = Vec::new();
    for (table, rows) in state::everything(app).await {
        for personal in PERSONAL {
            if rows.iter().any(|row| row.contains(personal)) {
                found.push(format!("{personal} in {table}"));
            }
        }
    }
    found
}

async fn nothing_personal_is_left(app: TestApp) {
    let (ani, shop, purchase) = ani(&app).await;
    let seen = found(&app).await;
    for table in [
        "users",
        "sessions",
        "addresses",
        "purchases",
        "order_lines",
        "orders",
        "cart_lines",
        "content_reports",
    ] {
        assert!(seen.iter().any(|place| place.ends_with(&format!(" in {table}"))), "nothing in {table}");
    }
    let exported = deeds(&app, "person.exported").await.remove(0);
    assert!(reads(&app, &exported).await);
    erase(&ani, PASSWORD).await.expect(204);
    assert_eq!(found(&app).await, Vec::<String>::new());
    assert!(!reads(&app, &exported).await);

    // What the shop and the books need is there, without the person.
    let path = shop.path(&format!("/orders/{}", purchase.order_of(&shop)));
    let order = shop.owner.get(&path).send().await.expect(200).json();
    assert_eq!(order["status"], "completed");
    let text = order.to_string();
    assert!(text.contains("32.16.09") && !text.contains("32.16.09.2001"), "{text}");
    assert!(text.contains("Pengguna terhapus"), "{text}");

    let row = user::Entity::find_by_id(ani.id()).one(app.db.read()).await.unwrap().unwrap();
    assert_eq!((row.status, row.phone), (user::Status::Erased, None));
    assert_eq!(row.erased_at, Some(app.now()));
    let written = deeds(&app, "person.erased").await.remove(0);
    assert_eq!((written.actor_id, written.object_id), (Some(ani.id()), ani.id().0));
    let detail: Value = serde_json::from_str(&written.detail).unwrap();
    assert_eq!((text_len(&detail["email"]), text_len(&detail["phone"])), (43, 43));
}

fn text_len(value: &Value) -> usize {
    value.as_str().unwrap_or_default().len()
}

/// True if the address of an audit row can still be read.
async fn reads(app: &TestApp, deed: &Deed) -> bool {
    let sealed = deed.address_sealed.as_deref().unwrap();
    let key = person::find(app.db.read(), &app.sealer, deed.actor_id.unwrap()).await.unwrap();
    let place = lapak::platform::audit::address_place(deed.id);
    key.is_some_and(|key| key.open(&place, sealed).is_ok_and(|address| address == PERSONAL[4]))
}

async fn an_erased_person_is_out_and_the_address_is_free(app: TestApp) {
    let (ani, ..) = ani(&app).await;
    let session = ani.sign_in().await;
    let token = ani.token().await;
    erase(&ani, PASSWORD).await.expect(204);
    for path in ["/v1/me", "/v1/me/addresses", "/v1/orders"] {
        app.get(path).bearer(&token).send().await.expect_problem(401, "unauthorized");
    }
    app.post("/v1/me/export").bearer(&token).send().await.expect_problem(401, "unauthorized");
    let refresh = json!({"refresh_token": session["refresh_token"]});
    app.post("/v1/auth/refresh").json(refresh).send().await.expect_problem(401, "refresh-refused");
    for login in [PERSONAL[1], "081277776666", &format!("erased-{}@erased.invalid", ani.id())] {
        let body = json!({"login": login, "password": PASSWORD});
        app.post("/v1/auth/login").json(body).send().await.expect_problem(401, "login-failed");
    }
    let body = json!({"name": "Ani", "email": PERSONAL[1], "phone": "081277776666", "password": PASSWORD});
    let again = app.post("/v1/auth/register").json(body).send().await.expect(201).json();
    assert_ne!(again["id"], ani.id().to_string());
    let new = app.person(text(&again["id"]).parse().unwrap(), PERSONAL[1].to_owned());
    assert_eq!(new.get("/v1/orders").send().await.expect(200).json()["items"], json!([]));
    assert_eq!(new.get("/v1/me/addresses").send().await.expect(200).json()["items"], json!([]));
}

async fn orders_and_ledger_stay_whole(app: TestApp) {
    let (ani, ..) = ani(&app).await;
    seal_new((*app).clone()).await.unwrap();
    let sealed = verify_seals(&app).await.unwrap();
    assert!(sealed.broken.is_none() && sealed.rows > 0);
    let before = state::dump(&app).await;
    erase(&ani, PASSWORD).await.expect(204);
    let after = state::dump(&app).await;
    for table in [
        "ledger_transfers",
        "ledger_accounts",
        "order_events",
        "payments",
        "refunds",
        "stock",
        "stock_movements",
        "consents",
    ] {
        assert_eq!(before[table], after[table], "{table}");
    }
    for table in ["users", "purchases", "orders", "order_lines", "audit_events"] {
        let added = usize::from(table == "audit_events");
        assert_eq!(before[table].len() + added, after[table].len(), "{table}");
    }
    // What was sealed about her is the same row still.
    seal_new((*app).clone()).await.unwrap();
    let verdict = verify_seals(&app).await.unwrap();
    assert_eq!((verdict.broken, verdict.waiting, verdict.rows), (None, 0, sealed.rows + 1));
    // The harness checks the invariants; here an operator asks for them.
    let operator = app.operator().await;
    let rules = operator.get("/v1/admin/invariants").send().await.expect(200).json();
    for rule in rules["items"].as_array().unwrap() {
        assert!(rule["violations"] == 0 || rule["rule"] == "10 index-count", "{rule}");
    }
}

async fn nobody_writes_to_an_erased_person(app: TestApp) {
    let (ani, _, purchase) = ani(&app).await;
    erase(&ani, PASSWORD).await.expect(204);
    let told = app.messenger.kept().len();
    let news = News {
        to: Audience::User(ani.id()),
        kind: "order.expired",
        object: ("order", purchase.orders[0].parse().unwrap()),
        data: json!({"number": "LPK-1"}),
    };
    let txn = app.db.begin().await.unwrap();
    news::tell(&txn, &[news], app.now()).await.unwrap();
    txn.commit().await.unwrap();
    app.run_jobs().await;
    let kept = app.messenger.kept();
    let to_her = |kept: &&lapak::platform::messages::Kept| {
        kept.message.to.as_str().contains("invalid") || kept.message.to.as_str() == PERSONAL[1]
    };
    assert_eq!(kept[told..].iter().filter(to_her).count(), 0, "{kept:?}");
}

async fn an_operator_can_do_it_for_somebody(app: TestApp) {
    let (ani, ..) = ani(&app).await;
    let (operator, officer) = (app.operator().await, app.officer().await);
    let path = format!("/v1/admin/users/{}/erase", ani.id());
    let body = json!({"reason": "permintaan tertulis 12/2026"});
    officer.post(&path).json(body.clone()).send().await.expect_problem(403, "role-missing");
    let problem =
        operator.post(&path).json(json!({"reason": ""})).send().await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], "/reason");
    operator.post(&path).json(body.clone()).send().await.expect(204);
    assert_eq!(found(&app).await, Vec::<String>::new());
    // Nobody is erased twice, and who never was is the same.
    operator.post(&path).json(body.clone()).send().await.expect_problem(404, "not-found");
    let absent = "/v1/admin/users/01900000-0000-7000-8000-00000000dead/erase";
    operator.post(absent).json(body).send().await.expect_problem(404, "not-found");
    let written = deeds(&app, "person.erased").await;
    assert_eq!(written.len(), 1);
    assert_eq!((written[0].actor_id, written[0].acting_as.as_str()), (Some(operator.id()), "operator"));
    assert!(written[0].detail.contains("12/2026"), "{}", written[0].detail);
}

async fn proofs_and_waiting_messages_go_too(app: TestApp) {
    let (trade, finance) = (trade(&app, "manual_transfer").await, app.finance().await);
    let payment = trade.purchase.payment_id.as_str();
    let proof = format!("/v1/payments/{payment}/proof");
    trade.buyer.post(&proof).file("bukti", "image/png", &png(8, 8)).send().await.expect(200);
    let confirm = format!("/v1/admin/payments/{payment}/confirm");
    let said = json!({"note": "dari Ani Rahasia"});
    finance.post(&confirm).key("kunci-bukti-1").json(said).send().await.expect(200);
    receive_paid(&trade.buyer, &trade.shop, &trade.purchase).await;
    let stored = async || Payments::find().one(app.db.read()).await.unwrap().unwrap();
    let kept = FileKey::parse(&stored().await.proof_key.unwrap()).unwrap();
    assert!(app.files.get(&kept).await.unwrap().is_some());
    // A link that nobody has sent yet: its job holds the address, sealed under the key of the service.
    let forgot = json!({"login": trade.buyer.login()});
    app.post("/v1/auth/password/forgot").json(forgot).send().await.expect(202);
    let waiting = async || {
        let jobs = Jobs::find().filter(JobColumn::Kind.eq("identity.send_requested"));
        jobs.count(app.db.read()).await.unwrap()
    };
    assert_eq!(waiting().await, 1);

    erase(&trade.buyer, PASSWORD).await.expect(204);
    assert_eq!(waiting().await, 0);
    let row = stored().await;
    assert_eq!((row.proof_key, row.note), (None, None));
    app.run_jobs().await;
    assert!(app.files.get(&kept).await.unwrap().is_none());
}
