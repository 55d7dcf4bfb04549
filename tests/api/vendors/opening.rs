//! Opening a shop, by its owner or from the list of the office.

use lapak::kernel::{Phone, RegionCode};
use lapak::vendors::entity::vendor::{self, LegalForm, Status};
use lapak::vendors::model::{Address, Facts, Nib, Papers};
use lapak::vendors::service::{Imported, Outcome, create_imported};
use lapak::vendors::{VendorError, query};
use sea_orm::EntityTrait;
use serde_json::json;

use super::{NIK, open, profile, shop};
use crate::support::shop::{list, text};
use crate::support::{TestApp, both};

both![
    a_shop_is_opened_by_its_owner,
    all_faults_are_named,
    numbers_are_hidden_and_unique,
    two_shops_may_have_one_name,
    a_list_of_the_office_is_imported_once
];

async fn a_shop_is_opened_by_its_owner(app: TestApp) {
    let siti = app.buyer("Siti").await;
    let reply = siti.post("/v1/vendors").json(shop("Dapur Bu Siti")).send().await.expect(201);
    assert_eq!(reply.header("etag"), "\"1\"");
    let made = reply.json();
    assert_eq!(made["slug"], "dapur-bu-siti");
    assert_eq!(made["status"], "draft");
    assert_eq!(made["phone"], "+6281290001234");
    assert_eq!(made["address"]["district"], "Cikarang Utara");
    assert_eq!(made["allowed_actions"], json!(["submit", "withdraw"]));

    let me = siti.get("/v1/me").send().await.expect(200).json();
    let mine = json!([{"id": made["id"], "slug": "dapur-bu-siti", "name": "Dapur Bu Siti", "role": "owner"}]);
    assert_eq!(me["vendors"], mine);
    assert_eq!(me["work_units"], json!([]));

    let seen = profile(&siti, &text(&made["id"])).await.expect(200);
    assert_eq!(seen.header("etag"), "\"1\"");
    assert_eq!(seen.json()["reviews"], json!([]));
    app.post("/v1/vendors").json(shop("X")).send().await.expect_problem(401, "unauthorized");
}

async fn all_faults_are_named(app: TestApp) {
    let siti = app.buyer("Siti").await;
    let body = json!({
        "name": "", "legal_form": "person", "phone": "021",
        "address": {"line": "", "district_code": "32.75.01", "post_code": "1"},
        "nib": "1", "npwp": "015397103413000", "nik": "3216013102900001",
    });
    let problem = siti.post("/v1/vendors").json(body).send().await.expect_problem(422, "invalid");
    let pointers: Vec<String> =
        list(&problem["errors"]).iter().map(|fault| text(&fault["pointer"])).collect();
    assert_eq!(
        pointers,
        [
            "/name",
            "/phone",
            "/address/line",
            "/address/district_code",
            "/address/post_code",
            "/nib",
            "/npwp",
            "/nik"
        ]
    );
    for (member, value) in [("status", json!("active")), ("slug", json!("x")), ("verified_at", json!(null))] {
        let mut body = shop("Dapur");
        body[member] = value;
        siti.post("/v1/vendors").json(body).send().await.expect_problem(422, "invalid");
    }
}

async fn numbers_are_hidden_and_unique(app: TestApp) {
    let siti = app.buyer("Siti").await;
    let mut body = shop("Dapur Bu Siti");
    body["nik"] = json!(NIK);
    body["npwp"] = json!(NIK);
    body["nib"] = json!("9941308099781");
    let made = open(&siti, body.clone()).await;
    assert_eq!(made["nik"], "3216********0001");
    assert_eq!(made["npwp"], "3216********0001");
    assert_eq!(made["nib"], "9941308099781");

    let id = text(&made["id"]);
    let officer = app.officer().await;
    let path = format!("/v1/admin/vendors/{id}");
    for reply in [
        profile(&siti, &id).await,
        officer.get(&path).send().await,
        officer.get("/v1/admin/vendors").send().await,
    ] {
        assert!(!reply.expect(200).text().contains(NIK));
    }
    let stored = vendor::Entity::find().one(app.db.read()).await.unwrap().unwrap();
    assert!(!format!("{stored:?}").contains(NIK));

    let budi = app.buyer("Budi").await;
    let taken = budi.post("/v1/vendors").json(body.clone()).send().await.expect_problem(409, "nib-taken");
    assert_eq!(taken["errors"][0]["pointer"], "/nib");
    body["nib"] = json!(null);
    budi.post("/v1/vendors").json(body.clone()).send().await.expect_problem(409, "nik-taken");

    body["nik"] = json!("3216014101900002");
    let two = budi.post("/v1/vendors").json(body).send().await.expect_problem(422, "invalid");
    assert_eq!(two["errors"][0]["code"], "npwp-nik");
}

async fn two_shops_may_have_one_name(app: TestApp) {
    let siti = app.buyer("Siti").await;
    let (one, two) = (open(&siti, shop("Toko Batik")).await, open(&siti, shop("Toko Batik")).await);
    assert_eq!(one["slug"], "toko-batik");
    assert!(text(&two["slug"]).starts_with("toko-batik-"));
}

fn imported(key: &str, name: &str, nib: Option<&str>) -> Imported {
    let address = Address {
        line: "Jl. Raya 1".into(),
        district: RegionCode::district("32.16.09").unwrap(),
        village: None,
        post_code: None,
    };
    let facts = Facts {
        legal_form: LegalForm::of_name(name),
        name: name.into(),
        phone: Phone::parse("081290001234").unwrap(),
        address,
        description: String::new(),
        papers: Papers { nib: nib.map(|nib| Nib::parse(nib).unwrap()), ..Papers::default() },
    };
    Imported { facts, status: Status::Unclaimed, source_key: key.into() }
}

async fn a_list_of_the_office_is_imported_once(app: TestApp) {
    let txn = app.db.begin().await.unwrap();
    let row = async |key: &str, name: &str, nib: Option<&str>| {
        create_imported(&txn, &app.sealer, imported(key, name, nib), app.now()).await
    };
    let Ok(Outcome::Created(first)) = row("1", "CV Patriot", Some("9941308099781")).await else {
        panic!("a clean row is a new shop");
    };
    assert_eq!(row("1", "CV Patriot", None).await.unwrap(), Outcome::Known(first));
    let taken = row("2", "Lain", Some("9941308099781")).await;
    assert!(matches!(taken, Err(VendorError::NibTaken)));
    assert!(matches!(row("3", "CV Patriot", None).await, Ok(Outcome::Created(_))));
    txn.commit().await.unwrap();

    let shop = query::find(app.db.read(), first).await.unwrap().unwrap();
    assert_eq!(shop.legal_form, LegalForm::Company);
    let seen = app.get("/v1/vendors/cv-patriot").send().await.expect(200).json();
    assert_eq!(seen["status"], "unclaimed");
}
