//! The journey of the office: its list, the products of its shops, a claim by phone, a first sale, the report.
//!
//! Of the products there is one for each shop, so that the test stays short.

use lapak::catalog::entity::{product, variant};
use lapak::catalog::import::{self as catalog, CreateShops, Outcome, ProductOptions, Progress, Sheet};
use lapak::kernel::Rupiah;
use lapak::office::entity::{register, survey};
use lapak::vendors::entity::{profile, vendor};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::json;

use super::reports::{keep, sheet, template};
use super::{LIST, import};
use crate::support::shop::{Product, Shop, text};
use crate::support::{Person, TestApp, both};

both![from_the_list_to_the_report];

const PRODUCTS: &str = include_str!("../../data/products.csv");

async fn from_the_list_to_the_report(app: TestApp) {
    let list = import(&app, "?survey_period=2026-S2", LIST.as_bytes()).await;
    assert_eq!((&list["counts"]["created"], &list["counts"]["refused"]), (&json!(1480), &json!(12)));
    products_find_their_shops(&app).await;
    let (shop, product) = unclaimed_without_mail(&app).await;
    let owner = claimed_by_phone(&app, &shop).await;
    sold_for_the_first_time(&app, &shop, &product, owner).await;
    report_adds_up(&app).await;
}

async fn products_find_their_shops(app: &TestApp) {
    let sheet = Sheet::parse(PRODUCTS.as_bytes()).unwrap();
    assert_eq!(sheet.len(), 636);
    let options = ProductOptions { create_shops: CreateShops::No, draft: false };
    let report = catalog::products(app, &sheet, options, &mut Progress::silent()).await.unwrap();
    let refused: Vec<String> = report.notes().iter().map(ToString::to_string).collect();
    assert_eq!((report.created, report.rows(Outcome::Refused)), (636, 0), "{refused:#?}");
    let again = catalog::products(app, &sheet, options, &mut Progress::silent()).await.unwrap();
    assert_eq!((again.created, again.updated, again.unchanged), (0, 0, 636));
}

/// A shop of the list whose owner gave no e-mail address, with something to sell.
async fn unclaimed_without_mail(app: &TestApp) -> (vendor::Model, Product) {
    let db = app.db.read();
    let silent =
        register::Entity::find().filter(register::Column::EmailSealed.is_null()).all(db).await.unwrap();
    let silent = profile::Entity::find()
        .filter(profile::Column::VendorId.is_in(silent.into_iter().map(|row| row.vendor_id)))
        .filter(profile::Column::Sector.eq("fesyen"))
        .all(db)
        .await
        .unwrap();
    let silent = silent.into_iter().map(|row| row.vendor_id);
    let found = product::Entity::find()
        .filter(product::Column::VendorId.is_in(silent))
        .filter(product::Column::MinOrder.eq(1))
        .order_by_asc(product::Column::Id)
        .all(db)
        .await
        .unwrap();
    let with_stock = |row: &&product::Model| row.lead_time_days == 0;
    let row = found.iter().find(with_stock).or_else(|| found.first()).unwrap();
    let shop = vendor::Entity::find_by_id(row.vendor_id).one(db).await.unwrap().unwrap();
    let variants =
        variant::Entity::find().filter(variant::Column::ProductId.eq(row.id)).all(db).await.unwrap();
    let product = Product {
        id: row.id.to_string(),
        slug: row.slug.clone(),
        shop_id: shop.id.to_string(),
        variants: variants.iter().map(|variant| variant.id.to_string()).collect(),
    };
    (shop, product)
}

async fn claimed_by_phone(app: &TestApp, shop: &vendor::Model) -> Person {
    let owner = app.buyer("pemilik").await;
    owner.post("/v1/claims/codes").json(json!({"vendor": shop.slug})).send().await.expect(202);
    app.run_jobs().await;
    let kept = app.messenger.kept();
    let message = kept.iter().rev().find(|kept| kept.message.to.as_str() == shop.phone).unwrap();
    let mut words = message.message.text.split(|c: char| !c.is_ascii_digit());
    let code = words.find(|word| word.len() == 6).unwrap().to_owned();
    let body = json!({"code": code, "vendor": shop.slug});
    let claimed = owner.post("/v1/claims").json(body).send().await.expect(200).json();
    assert_eq!(claimed["id"], json!(shop.id));
    owner.post(&format!("/v1/vendors/{}/submit", shop.id)).send().await.expect(200);
    let path = format!("/v1/admin/vendors/{}/verify", shop.id);
    app.officer().await.post(&path).json(json!({})).send().await.expect(200);
    owner
}

async fn sold_for_the_first_time(app: &TestApp, row: &vendor::Model, product: &Product, owner: Person) {
    let shop = Shop { id: row.id.to_string(), slug: row.slug.clone(), owner };
    let path = shop.path(&format!("/variants/{}/stock", product.variant()));
    shop.owner.put(&path).json(json!({"on_hand": 20, "reason": "count"})).send().await.expect(200);
    let buyer = app.buyer("pembeli").await;
    let purchase = buyer.buy(product).await;
    buyer.settle(&purchase).await.expect(200);
    for act in ["accept", "ship", "deliver"] {
        shop.moves(&purchase.orders[0], act).await.expect(200);
    }
    buyer.moves(&purchase.orders[0], "receive").await.expect(200);
    let funnel = app.officer().await.get("/v1/admin/claim-funnel").send().await.expect(200).json();
    let steps = ["listed", "codes", "claimed", "signed_in", "with_product", "with_order"];
    let counts: Vec<i64> = steps.iter().map(|step| funnel["total"][*step].as_i64().unwrap()).collect();
    assert_eq!(counts, [1480, 1, 1, 1, 1, 1]);
}

async fn report_adds_up(app: &TestApp) {
    let id = keep(app, &template()).await;
    let path = format!("/v1/admin/reports/{id}?period=2026-S2");
    let file = app.officer().await.get(&path).send().await.expect(200);
    let rows = sheet(&file.body);
    let number = |row: usize, column: usize| rows.get((row, column)).and_then(calamine::DataType::get_float);
    let shops = vendor::Entity::find().count(app.db.read()).await.unwrap();
    let last = usize::try_from(shops).unwrap() + 2;
    assert_eq!(rows.get((last, 0)).map(ToString::to_string), Some("Jumlah".to_owned()));
    let surveys = survey::Entity::find().all(app.db.read()).await.unwrap();
    let turnover: i64 = surveys.iter().filter_map(|row| row.turnover).map(Rupiah::get).sum();
    let women: i64 = surveys.iter().filter_map(|row| row.workers_female).map(i64::from).sum();
    for (column, sum) in [(4, turnover), (5, women)] {
        let written: f64 = (2..last).filter_map(|row| number(row, column)).sum();
        assert_eq!(format!("{written:.0}"), sum.to_string(), "the rows");
        assert_eq!(
            number(last, column).map(|total| format!("{total:.0}")),
            Some(sum.to_string()),
            "the total"
        );
    }
    assert!(text(&json!(rows.get((0, 0)).map(ToString::to_string))).contains("1480 usaha"));
}
