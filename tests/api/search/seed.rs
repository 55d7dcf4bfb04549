//! A small catalogue written straight into the tables: search follows whoever writes them.

use lapak::app::App;
use lapak::catalog::changes;
use lapak::catalog::entity::category::TaxClass;
use lapak::catalog::entity::{category, movement, product, stock, variant};
use lapak::kernel::{CategoryId, MovementId, ProductId, Rupiah, VariantId, VendorId};
use lapak::vendors::entity::vendor;
use sea_orm::{ActiveModelTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, Set};

/// Two shops and two categories below a third.
pub struct Seed {
    pub snacks: CategoryId,
    pub batik: CategoryId,
    pub cibitung: VendorId,
    pub tambun: VendorId,
}

/// One product to be.
pub struct Goods<'a> {
    pub title: &'a str,
    pub price: i64,
    pub stock: i32,
    pub facts: &'a str,
}

impl<'a> Goods<'a> {
    pub fn named(title: &'a str) -> Self {
        Self { title, price: 15_000, stock: 5, facts: "{}" }
    }

    pub fn chips() -> Self {
        Self::named("Keripik Singkong 250 gr")
    }

    pub fn price(self, price: i64) -> Self {
        Self { price, ..self }
    }

    pub fn stock(self, stock: i32) -> Self {
        Self { stock, ..self }
    }

    pub fn facts(self, facts: &'a str) -> Self {
        Self { facts, ..self }
    }
}

impl Seed {
    pub async fn plant(app: &App) -> Self {
        let txn = app.db.begin().await.unwrap();
        let food = branch(&txn, "makanan-minuman", "Makanan & Minuman", None).await;
        let seed = Self {
            snacks: branch(&txn, "keripik", "Keripik", Some(food)).await,
            batik: branch(&txn, "batik", "Batik", None).await,
            cibitung: shop(app, &txn, "Dapur Bu Ida", "32.16.07").await,
            tambun: shop(app, &txn, "Batik Lina", "32.16.06").await,
        };
        app.commit(txn).await.unwrap();
        seed
    }

    /// A published snack of the shop in Cibitung.
    pub async fn snack(&self, app: &App, goods: Goods<'_>) -> ProductId {
        let txn = app.db.begin().await.unwrap();
        let id = put(app, &txn, (self.cibitung, self.snacks), goods).await;
        app.commit(txn).await.unwrap();
        id
    }

    /// A published piece of the shop in Tambun Selatan.
    pub async fn cloth(&self, app: &App, goods: Goods<'_>) -> ProductId {
        let txn = app.db.begin().await.unwrap();
        let id = put(app, &txn, (self.tambun, self.batik), goods).await;
        app.commit(txn).await.unwrap();
        id
    }
}

async fn branch(txn: &DatabaseTransaction, slug: &str, name: &str, parent: Option<CategoryId>) -> CategoryId {
    let id = CategoryId::generate();
    let model = category::Model {
        id,
        slug: format!("uji-{slug}"),
        name_id: name.to_owned(),
        name_en: String::new(),
        parent_id: parent,
        tax_class: TaxClass::PpnStandard,
        account_codes: String::new(),
        required_papers: String::new(),
        position: 0,
    };
    category::Entity::insert(model.into_active_model()).exec_without_returning(txn).await.unwrap();
    id
}

async fn shop(app: &App, txn: &DatabaseTransaction, name: &str, district: &str) -> VendorId {
    let id = VendorId::generate();
    let model = vendor::Model {
        id,
        slug: name.to_lowercase().replace(' ', "-"),
        name: name.to_owned(),
        legal_form: vendor::LegalForm::Person,
        status: vendor::Status::Active,
        phone: "+6281290001234".to_owned(),
        address_line: "Jl. Raya 1".to_owned(),
        district_code: district.to_owned(),
        village_code: None,
        post_code: None,
        description: String::new(),
        nib: None,
        npwp_sealed: None,
        nik_sealed: None,
        nik_index: None,
        source_key: None,
        version: 1,
        created_at: app.now(),
        updated_at: app.now(),
        submitted_at: None,
        verified_at: None,
    };
    vendor::Entity::insert(model.into_active_model()).exec_without_returning(txn).await.unwrap();
    id
}

/// Writes a product with one variant and its change, in the caller's transaction.
pub async fn put(
    app: &App,
    txn: &DatabaseTransaction,
    (vendor_id, category_id): (VendorId, CategoryId),
    goods: Goods<'_>,
) -> ProductId {
    let (id, price) = (ProductId::generate(), Rupiah::new(goods.price).unwrap());
    let model = product::Model {
        id,
        vendor_id,
        category_id,
        slug: id.to_string(),
        title: goods.title.to_owned(),
        description: format!("{} buatan sendiri", goods.title),
        status: product::Status::Published,
        attributes: goods.facts.to_owned(),
        unit: "bungkus".to_owned(),
        min_order: 1,
        lead_time_days: 0,
        stock_mode: product::StockMode::Tracked,
        tax_class: TaxClass::PpnStandard,
        price_min: price,
        price_max: price,
        rating: 0,
        version: 1,
        created_at: app.now(),
        updated_at: app.now(),
        published_at: Some(app.now()),
        quantity_step: 1,
        personalisation: String::new(),
        unit_price: None,
        unit_price_per: None,
        needs_review: false,
    };
    product::Entity::insert(model.into_active_model()).exec_without_returning(txn).await.unwrap();
    let variant_id = article(app, txn, (id, vendor_id), price).await;
    shelve(app, txn, variant_id, goods.stock).await;
    changes::touched(txn, [id], app.now()).await.unwrap();
    id
}

async fn article(
    app: &App,
    txn: &DatabaseTransaction,
    (product_id, vendor_id): (ProductId, VendorId),
    price: Rupiah,
) -> VariantId {
    let model = variant::Model {
        id: VariantId::generate(),
        product_id,
        vendor_id,
        sku: product_id.to_string(),
        price,
        tiers: "[]".to_owned(),
        options: "{}".to_owned(),
        weight_g: None,
        position: 0,
        created_at: app.now(),
        content_amount: None,
        content_unit: None,
        sale_price: None,
        sale_from: None,
        sale_to: None,
        sale_before: None,
        is_bundle: false,
    };
    let id = model.id;
    variant::Entity::insert(model.into_active_model()).exec_without_returning(txn).await.unwrap();
    id
}

async fn shelve(app: &App, txn: &DatabaseTransaction, variant_id: VariantId, pieces: i32) {
    let model = stock::Model { variant_id, on_hand: pieces, reserved: 0 };
    stock::Entity::insert(model.into_active_model()).exec_without_returning(txn).await.unwrap();
    if pieces == 0 {
        return;
    }
    let model = movement::Model {
        id: MovementId::generate(),
        variant_id,
        delta: pieces,
        reason: movement::Reason::Initial,
        order_id: None,
        actor_id: None,
        created_at: app.now(),
    };
    movement::Entity::insert(model.into_active_model()).exec_without_returning(txn).await.unwrap();
}

/// Takes a product off the public's eyes, with or without telling the index.
pub async fn archive(app: &App, id: ProductId, tell: bool) {
    let txn = app.db.begin().await.unwrap();
    let row =
        product::ActiveModel { id: Set(id), status: Set(product::Status::Archived), ..Default::default() };
    row.update(&txn).await.unwrap();
    if tell {
        changes::touched(&txn, [id], app.now()).await.unwrap();
    }
    app.commit(txn).await.unwrap();
}

/// Changes a price without telling the index.
pub async fn reprice(app: &App, id: ProductId, price: i64) {
    let txn = app.db.begin().await.unwrap();
    let price = Rupiah::new(price).unwrap();
    let row = product::ActiveModel {
        id: Set(id),
        price_min: Set(price),
        price_max: Set(price),
        ..Default::default()
    };
    row.update(&txn).await.unwrap();
    app.commit(txn).await.unwrap();
}
