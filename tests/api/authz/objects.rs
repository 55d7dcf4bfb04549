//! One object of each kind that paths name: of the shop under test, and of somebody else.

use lapak::identity::entity::{membership, work_unit};
use lapak::kernel::WorkUnitId;
use lapak::web::Role;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use super::money::Money;
use super::office::Office;
use crate::support::shop::{Product, Purchase, Shop, address, list, text};
use crate::support::{Person, TestApp};

/// Nothing has this id.
pub const ABSENT: &str = "01900000-0000-7000-8000-00000000dead";

/// The first word of the list that every installation starts with.
const BANNED_WORD: &str = "019ab30d-d800-7000-8000-000000010001";

/// The first holiday that every installation starts with.
const HOLIDAY: &str = "019ab30d-d800-7000-8000-000000020001";

/// A shop with a product, a buyer with a purchase and a cart, and a second shop with the same.
pub struct Objects {
    one: Side,
    other: Side,
    unit: Uuid,
    appointment: Uuid,
    budget_line: String,
    category: String,
    attribute: String,
    office: Office,
    bank_line: String,
    money: Money,
}

struct Side {
    shop: Shop,
    product: Product,
    image: String,
    buyer: Person,
    cart: String,
    purchase: Purchase,
    session: String,
    api_key: String,
    staff: Person,
    invitation: String,
    address: String,
    paper: String,
    stock_count: String,
    manual_order: String,
    import: String,
    notification: String,
    claims: Claims,
    document: String,
    code: String,
}

impl Objects {
    pub async fn make(app: &TestApp) -> Self {
        let unit = WorkUnitId::generate();
        let row = work_unit::ActiveModel {
            id: Set(unit),
            code: Set("1.02.01".to_owned()),
            name: Set("Dinas Perindustrian".to_owned()),
            kind: Set(work_unit::Kind::Skpd),
            created_at: Set(app.now()),
        };
        let txn = app.db.begin().await.unwrap();
        work_unit::Entity::insert(row).exec_without_returning(&txn).await.unwrap();
        txn.commit().await.unwrap();
        let category = app.get("/v1/categories/batik").send().await.expect(200).json();
        Self {
            category: text(&category["id"]),
            attribute: text(&category["attributes"][0]["id"]),
            one: Side::make(app, "Toko Satu").await,
            other: Side::make(app, "Toko Dua").await,
            unit: unit.0,
            appointment: appoint(app, unit).await,
            budget_line: budget_line(app, unit).await,
            office: Office::make(app).await,
            bank_line: bank_line(app).await,
            money: Money::make(app).await,
        }
    }

    pub fn shop(&self) -> Uuid {
        self.one.shop.id.parse().unwrap()
    }

    /// Who owns the shop under test.
    pub fn owner(&self) -> &Person {
        &self.one.shop.owner
    }

    pub fn other_shop(&self) -> Uuid {
        self.other.shop.id.parse().unwrap()
    }

    pub fn unit(&self) -> Uuid {
        self.unit
    }

    /// Who bought in the shop under test.
    pub fn buyer(&self) -> &Person {
        &self.one.buyer
    }

    /// An id for a path parameter, by the segment before it; absent if the kind is not known.
    pub fn own(&self, before: &str, name: &str) -> String {
        self.find(&self.one, before, name)
    }

    /// The same of the other shop and the other buyer.
    pub fn foreign(&self, before: &str, name: &str) -> String {
        self.find(&self.other, before, name)
    }

    fn find(&self, side: &Side, before: &str, name: &str) -> String {
        match (before, name) {
            ("vendors", _) => side.shop.id.clone(),
            ("categories", _) => self.category.clone(),
            ("category-attributes", _) => self.attribute.clone(),
            ("products", _) => side.product.id.clone(),
            ("images", _) => side.image.clone(),
            ("variants" | "lines", _) => side.product.variant().to_owned(),
            ("carts", _) => side.cart.clone(),
            ("orders", _) => side.purchase.orders[0].clone(),
            ("purchases", _) => side.purchase.id.clone(),
            ("payments", _) => side.purchase.payment_id.clone(),
            ("sessions", _) => side.session.clone(),
            ("api-keys", _) => side.api_key.clone(),
            ("members" | "users", "user_id") => side.staff.id().to_string(),
            ("members", "membership_id") => self.appointment.to_string(),
            ("invitations", _) => side.invitation.clone(),
            ("roles", _) => "auditor".to_owned(),
            ("papers", _) => side.paper.clone(),
            ("addresses", _) => side.address.clone(),
            ("stock-counts", _) => side.stock_count.clone(),
            ("manual-orders", _) => side.manual_order.clone(),
            ("product-imports", _) => side.import.clone(),
            ("documents", _) => side.document.clone(),
            ("verify", _) => side.code.clone(),
            ("notifications", _) => side.notification.clone(),
            ("shipments", _) => side.claims.shipment.clone(),
            ("files", _) => side.claims.file.clone(),
            ("returns", _) => side.claims.claim.clone(),
            ("disputes", _) => side.claims.dispute.clone(),
            ("conversations", _) => side.claims.conversation.clone(),
            ("holidays", _) => HOLIDAY.to_owned(),
            ("banned-words", _) => BANNED_WORD.to_owned(),
            ("consents", _) => "terms".to_owned(),
            ("webhooks", _) => "sandbox".to_owned(),
            ("bank-lines", _) => self.bank_line.clone(),
            ("budget-lines", _) => self.budget_line.clone(),
            ("units" | "work-units", _) => self.unit.to_string(),
            _ => {
                let kept = self.office.id(before).or_else(|| self.money.id(before));
                kept.unwrap_or_else(|| ABSENT.to_owned())
            }
        }
    }
}

/// A line of a bank statement that finance brought.
async fn bank_line(app: &TestApp) -> String {
    let finance = app.finance().await;
    let statement = b"Tanggal;Keterangan;Kredit\n24/11/2026;SETORAN;1.000\n";
    let sent =
        finance.post("/v1/admin/bank-statements").key("kunci-mutasi").file("m.csv", "text/csv", statement);
    sent.send().await.expect(201);
    let lines = finance.get("/v1/admin/bank-lines").send().await.expect(200).json();
    text(&lines["items"][0]["id"])
}

/// Somebody who serves the work unit.
async fn appoint(app: &TestApp, unit: WorkUnitId) -> Uuid {
    let receiver = app.buyer("penerima").await;
    receiver.grant(Role::Receiver, unit.0).await;
    let row = membership::Entity::find().filter(membership::Column::UserId.eq(receiver.id()));
    row.one(app.db.read()).await.unwrap().unwrap().id.0
}

/// A line of the budget of the work unit.
async fn budget_line(app: &TestApp, unit: WorkUnitId) -> String {
    let treasurer = app.buyer("bendahara").await;
    treasurer.grant(Role::Treasurer, unit.0).await;
    let line = crate::procurement::line(2026, 1_000_000);
    let made = treasurer.post(&format!("/v1/work-units/{unit}/budget-lines")).json(line).send().await;
    text(&made.expect(201).json()["id"])
}

/// Not the session that sends the requests.
async fn another_session(buyer: &Person) -> String {
    buyer.sign_in().await;
    let sessions = buyer.get("/v1/me/sessions").send().await.expect(200).json();
    let session = list(&sessions["items"]).iter().find(|row| row["current"] == false).unwrap();
    text(&session["id"])
}

/// A sale that the shop entered.
async fn sell_by_hand(shop: &Shop, product: &Product) -> String {
    let line = serde_json::json!({"variant_id": product.variant(), "quantity": 1});
    let sale = serde_json::json!({"channel": "phone", "lines": [line]});
    let entered = shop.owner.post(&shop.path("/manual-orders")).key("kunci-penjualan").json(sale);
    text(&entered.send().await.expect(201).json()["id"])
}

/// A list that the shop sent.
async fn import(shop: &Shop) -> String {
    let list = b"sku,judul,kategori,harga\n";
    let sent = shop.owner.post(&shop.path("/product-imports")).file("produk.csv", "text/csv", list);
    text(&sent.send().await.expect(202).json()["id"])
}

/// What happened around another order of the same buyer.
struct Claims {
    shipment: String,
    file: String,
    claim: String,
    dispute: String,
    conversation: String,
}

impl Claims {
    async fn make(shop: &Shop, buyer: &Person, product: &Product) -> Self {
        let purchase = buyer.buy(product).await;
        buyer.settle(&purchase).await.expect(200);
        let order = purchase.orders[0].as_str();
        for act in ["accept", "ship", "deliver"] {
            shop.moves(order, act).await.expect(200);
        }
        let read = buyer.get(&format!("/v1/orders/{order}")).send().await.expect(200).json();
        let line = text(&read["lines"][0]["id"]);
        let sent = buyer.post(&format!("/v1/orders/{order}/files"));
        let sent = sent.file("x.png", "image/png", &crate::support::png(20, 20)).send().await;
        let body = serde_json::json!({"lines": [{"line_id": line, "quantity": 1, "reason": "damaged"}]});
        let claim = buyer.post(&format!("/v1/orders/{order}/returns")).json(body).send().await;
        let body = serde_json::json!({"reason": "damaged", "text": "sobek"});
        let dispute = buyer.post(&format!("/v1/orders/{order}/disputes")).json(body).send().await;
        let body = serde_json::json!({"text": "Halo"});
        let message = buyer.post(&format!("/v1/orders/{order}/messages")).json(body).send().await;
        Self {
            shipment: text(&read["shipments"][0]["id"]),
            file: text(&sent.expect(201).json()["id"]),
            claim: text(&claim.expect(201).json()["id"]),
            dispute: text(&dispute.expect(201).json()["id"]),
            conversation: text(&message.expect(201).json()["conversation_id"]),
        }
    }
}

impl Side {
    async fn make(app: &TestApp, name: &str) -> Self {
        let shop = app.vendor(name).await;
        let product = shop.product("Batik tulis").create().await;
        let image = shop.picture(&product).await;
        let buyer = app.buyer(&format!("pembeli {name}")).await;
        let purchase = buyer.buy(&product).await;
        let cart = filled_cart(&buyer, &product).await;
        let session = another_session(&buyer).await;
        let api_key = text(&buyer.api_key(&["orders:read"]).await["id"]);
        let staff = app.buyer(&format!("staf {name}")).await;
        staff.grant(Role::VendorStaff, shop.id.parse().unwrap()).await;
        let invite = shop.owner.post(&shop.path("/invitations")).json(serde_json::json!({"role": "staff"}));
        let invitation = text(&invite.send().await.expect(201).json()["id"]);
        let mut saved = address();
        saved["label"] = "Rumah".into();
        let saved = buyer.post("/v1/me/addresses").json(saved).send().await.expect(201).json();
        let address = text(&saved["id"]);
        let count = shop.owner.post(&shop.path("/stock-counts")).json(serde_json::json!({}));
        let stock_count = text(&count.send().await.expect(201).json()["id"]);
        let manual_order = sell_by_hand(&shop, &product).await;
        let import = import(&shop).await;
        let claims = Claims::make(&shop, &buyer, &product).await;
        let body = serde_json::json!({"kind": "pirt", "number": "2063216010001-28"});
        let paper = shop.owner.post(&shop.path("/papers")).json(body).send().await.expect(201).json();
        let paper = text(&paper["id"]);
        let (notification, document) = told_and_issued(app, &buyer, &purchase).await;
        Self {
            shop,
            notification,
            document: text(&document["id"]),
            code: text(&document["code"]),
            paper,
            product,
            image,
            buyer,
            cart,
            purchase,
            session,
            api_key,
            staff,
            invitation,
            address,
            stock_count,
            manual_order,
            import,
            claims,
        }
    }
}

/// A cart with something in it.
async fn filled_cart(buyer: &Person, product: &Product) -> String {
    let cart = buyer.post("/v1/carts").send().await.expect(201).json();
    let cart = text(&cart["id"]);
    let path = format!("/v1/carts/{cart}/lines/{}", product.variant());
    let filled = buyer.put(&path).json(serde_json::json!({"quantity": 1})).send().await;
    assert!(!list(&filled.expect(200).json()["lines"]).is_empty());
    cart
}

/// What the buyer was told, and a paper of the purchase.
async fn told_and_issued(app: &TestApp, buyer: &Person, purchase: &Purchase) -> (String, serde_json::Value) {
    app.run_jobs().await;
    let told = buyer.get("/v1/me/notifications").send().await.expect(200).json();
    let path = format!("/v1/orders/{}/documents", purchase.orders[0]);
    let document = buyer.post(&path).json(serde_json::json!({"kind": "invoice"})).send().await;
    (text(&told["items"][0]["id"]), document.expect(201).json())
}
