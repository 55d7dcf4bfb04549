//! Attributes of categories: managed by officers, inherited, checked before publishing, and narrowing lists.

use lapak::platform::jobs::entity::{Column, Entity, State};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use super::{edit, faults, own};
use crate::support::shop::{list, text};
use crate::support::{Person, TestApp, both};

both![
    categories_tell_what_products_say,
    officers_manage_attributes,
    what_is_defined_is_checked_before_publishing,
    lists_are_narrowed_by_attributes,
    every_way_out_is_checked with "catalog.moderation = 'new'",
    what_was_required_later_does_not_hold_up_a_price,
    values_are_found_by_what_they_are,
];

async fn category(app: &TestApp, slug: &str) -> Value {
    app.get(&format!("/v1/categories/{slug}")).send().await.expect(200).json()
}

fn attribute<'a>(category: &'a Value, key: &str) -> Option<&'a Value> {
    list(&category["attributes"]).iter().find(|one| one["key"] == key)
}

async fn define(app: &TestApp, officer: &Person, slug: &str, body: Value) -> Value {
    let id = text(&category(app, slug).await["id"]);
    let path = format!("/v1/admin/categories/{id}/attributes");
    officer.post(&path).json(body).send().await.expect(201).json()
}

async fn categories_tell_what_products_say(app: TestApp) {
    let shoes = category(&app, "sepatu-kerja-safety").await;
    let colour = attribute(&shoes, "warna").unwrap();
    assert_eq!((&colour["kind"], &colour["defined_by"]), (&json!("multi_choice"), &json!("sepatu-kulit")));
    assert_eq!(attribute(&shoes, "sni").unwrap()["defined_by"], "sepatu-kerja-safety");
    let chips = category(&app, "keripik").await;
    assert_eq!(attribute(&chips, "berat").unwrap()["unit"], "gram");
    assert_eq!(attribute(&chips, "masa_simpan").unwrap()["kind"], "number");
    assert_eq!(chips["account_codes"], json!(["5.1.02.01.01.0052", "5.1.02.01.01.0053"]));
    assert_eq!(
        (&chips["tax_class"], &chips["required_papers"]),
        (&json!("ppn_standard"), &json!(["pirt", "halal"]))
    );
    let paper = category(&app, "kertas").await;
    for key in ["merek", "ukuran", "gramatur", "lembar"] {
        assert!(attribute(&paper, key).is_some(), "{key}");
    }
    let by_id = category(&app, &text(&paper["id"])).await;
    assert_eq!(by_id["slug"], "kertas");
    app.get("/v1/categories/tidak-ada").send().await.expect_problem(404, "not-found");
    let few = app.get("/v1/categories").send().await.expect(200);
    assert_eq!(few.statements, 2);
    assert_eq!(app.get("/v1/categories/kertas").send().await.statements, 2);
}

async fn officers_manage_attributes(app: TestApp) {
    let officer = app.officer().await;
    let body = json!({"key": "aroma", "name_id": "Aroma", "name_en": "Scent", "kind": "choice",
        "choices": ["melati", "cendana"], "filterable": true});
    let made = define(&app, &officer, "kerajinan", body.clone()).await;
    assert_eq!((&made["version"], &made["choices"]), (&json!(1), &json!(["melati", "cendana"])));
    assert_eq!(attribute(&category(&app, "anyaman").await, "aroma").unwrap()["defined_by"], "kerajinan");
    let id = text(&category(&app, "kerajinan").await["id"]);
    let again =
        officer.post(&format!("/v1/admin/categories/{id}/attributes")).json(body.clone()).send().await;
    again.expect_problem(409, "attribute-taken");
    // A branch may say more about what it inherits.
    let mut nearer = body;
    nearer["choices"] = json!(["pandan"]);
    define(&app, &officer, "anyaman", nearer).await;
    let woven = category(&app, "anyaman").await;
    assert_eq!(attribute(&woven, "aroma").unwrap()["choices"], json!(["pandan"]));

    let path = format!("/v1/admin/category-attributes/{}", text(&made["id"]));
    officer
        .patch(&path)
        .json(json!({"required": true}))
        .send()
        .await
        .expect_problem(428, "if-match-required");
    let change = |version: &str, body| officer.patch(&path).header("if-match", version).json(body);
    let changed =
        change("\"1\"", json!({"required": true, "choices": ["melati"]})).send().await.expect(200).json();
    assert_eq!((&changed["required"], &changed["version"]), (&json!(true), &json!(2)));
    change("\"1\"", json!({"name_id": "Wangi"})).send().await.expect_problem(412, "stale");
    let wrong = change("\"2\"", json!({"choices": []})).send().await.expect_problem(422, "invalid");
    assert_eq!(faults(&wrong), ["/choices required"]);
    officer.delete(&path).header("if-match", "\"1\"").send().await.expect_problem(412, "stale");
    officer.delete(&path).header("if-match", "\"2\"").send().await.expect(204);
    officer.delete(&path).header("if-match", "\"2\"").send().await.expect_problem(404, "not-found");
    assert!(attribute(&category(&app, "kayu").await, "aroma").is_none());
    // However much was said, one job makes anew what lists find products by.
    let refresh = Entity::find().filter(Column::Kind.eq("catalog.refresh_products"));
    let waiting = refresh.filter(Column::State.eq(State::Queued)).count(app.db.read()).await.unwrap();
    assert_eq!(waiting, 1);
}

async fn what_is_defined_is_checked_before_publishing(app: TestApp) {
    let officer = app.officer().await;
    let required = json!({"key": "ukuran_besi", "name_id": "Ukuran besi", "name_en": "Toe cap", "kind": "number",
        "unit": "mm", "required": true});
    define(&app, &officer, "sepatu-kerja-safety", required).await;
    let shop = app.vendor("Bengkel Sepatu").await;
    let body = json!({"warna": "hitam kelabu", "bahan": "kulit", "kata_bebas": "apa saja"});
    let shoe = shop.product("Sepatu proyek").with("category", json!("sepatu-kerja-safety"));
    let shoe = shoe.with("attributes", body).draft().create().await;
    let publish = format!("{}/publish", own(&shop, &shoe));
    let refused = shop.owner.post(&publish).send().await.expect_problem(422, "invalid");
    let mut found = faults(&refused);
    found.sort_unstable();
    assert_eq!(found, ["/attributes/ukuran_besi required", "/attributes/warna not-a-choice"]);
    let good = json!({"warna": "hitam|Cokelat", "ukuran_besi": "2,5", "kata_bebas": "apa saja"});
    edit(&shop, &shoe, json!({"attributes": good})).await.send().await.expect(200);
    shop.owner.post(&publish).send().await.expect(200);
    // What is out stays right.
    let spoiled = edit(&shop, &shoe, json!({"attributes": {"ukuran_besi": "besar"}})).await;
    let refused = spoiled.send().await.expect_problem(422, "invalid");
    assert_eq!(faults(&refused), ["/attributes/ukuran_besi not-a-number"]);
    assert_eq!(super::page(&app, &shoe).await["attributes"]["warna"], "hitam|Cokelat");
}

async fn lists_are_narrowed_by_attributes(app: TestApp) {
    let shop = app.vendor("Toko Tas").await;
    let bag = |title: &str, colour: Value, material: &str| {
        let attributes = json!({"warna": colour, "bahan": material});
        shop.product(title).with("category", json!("tas")).with("attributes", attributes).create()
    };
    bag("Tas hitam", json!("hitam"), "kanvas").await;
    let two = bag("Tas dua warna", json!("hitam, merah"), "kulit sapi").await;
    bag("Tas biru", json!("biru"), "kanvas").await;
    let sizes = json!([{"price": 50_000, "stock": 1, "options": {"ukuran": "42"}}]);
    shop.product("Sandal").with("category", json!("sandal")).with("variants", sizes).create().await;
    let titles = async |query: &str| -> Vec<String> {
        let reply = app.get(&format!("/v1/products?{query}")).send().await.expect(200);
        assert!(reply.statements <= 2, "{query}: {}", reply.statements);
        list(&reply.json()["items"]).iter().map(|item| text(&item["title"])).collect()
    };
    assert_eq!(titles("attr.warna=hitam").await, ["Tas dua warna", "Tas hitam"]);
    assert_eq!(titles("attr.warna=HITAM&attr.bahan=kanvas&category=fesyen").await, ["Tas hitam"]);
    assert_eq!(titles("attr.ukuran=42").await, ["Sandal"]);
    assert_eq!(titles("attr.warna=ungu").await.len(), 0);
    let first = app.get("/v1/products?attr.warna=hitam&limit=1").send().await.expect(200).json();
    let next = format!("attr.warna=hitam&limit=1&cursor={}", text(&first["next_cursor"]));
    assert_eq!(titles(&next).await, ["Tas hitam"]);
    edit(&shop, &two, json!({"attributes": {"warna": "merah"}})).await.send().await.expect(200);
    assert_eq!(titles("attr.warna=hitam").await, ["Tas hitam"]);
    for bad in [
        "attr.=x",
        "attr.Warna=x",
        "attr.warna=",
        "warna=hitam",
        "attr.a=1&attr.b=1&attr.c=1&attr.d=1&attr.e=1&attr.f=1",
    ] {
        app.get(&format!("/v1/products?{bad}")).send().await.expect_problem(422, "invalid");
    }
}

/// A shoe size in centimetres, which every shoe must tell.
fn foot_length() -> Value {
    json!({"key": "panjang", "name_id": "Panjang kaki", "name_en": "Foot length", "kind": "number", "unit": "CM",
        "required": true, "filterable": true})
}

async fn every_way_out_is_checked(app: TestApp) {
    let officer = app.officer().await;
    let shop = app.vendor("Bengkel Sepatu").await;
    let act = async |product: &crate::support::Product, act: &str, body: Value| {
        shop.owner.post(&format!("{}/{act}", own(&shop, product))).json(body).send().await
    };
    let at = json!({"publish_at": (app.now() + chrono::Duration::hours(2)).to_rfc3339()});
    let shoe = |title: &str| shop.product(title).with("category", json!("sepatu-pria")).draft().create();
    let waiting = shoe("Menunggu petugas").await;
    act(&waiting, "schedule", at.clone()).await.expect(200);
    // From here on something is required that none of them says.
    define(&app, &officer, "sepatu-kulit", foot_length()).await;
    let missing = ["/attributes/panjang required"];
    let late = shoe("Terlambat").await;
    assert_eq!(faults(&act(&late, "schedule", at).await.expect_problem(422, "invalid")), missing);
    let early = app.decides(&waiting.id, "approve", json!({})).await;
    assert_eq!(faults(&early.expect_problem(422, "invalid")), missing);
    // An edit in review is looked at as well, in the options, too, and whatever the case of the name.
    let spoiled = json!({"attributes": {"Panjang": "banana"}});
    let refused = edit(&shop, &waiting, spoiled).await.send().await.expect_problem(422, "invalid");
    assert_eq!(faults(&refused), ["/attributes/panjang not-a-number"]);
    let spoiled = json!({"variants": [{"id": waiting.variant(), "options": {"panjang": "banana"}}]});
    let refused = edit(&shop, &waiting, spoiled).await.send().await.expect_problem(422, "invalid");
    assert_eq!(faults(&refused), ["/variants not-a-number"]);
    let good = json!({"attributes": {"Panjang": "26,5 cm"}});
    let edited = edit(&shop, &waiting, good).await.send().await.expect(200).json();
    assert_eq!(edited["attributes"], json!({"panjang": "26,5 cm"}));
    let approved = app.decides(&waiting.id, "approve", json!({})).await.expect(200);
    assert_eq!(approved.json()["status"], "scheduled");
    // The rule changes once more before its time has come: the clock gives it back.
    let other =
        json!({"key": "tinggi", "name_id": "Tinggi", "name_en": "Height", "kind": "text", "required": true});
    define(&app, &officer, "sepatu-kulit", other).await;
    app.advance(chrono::Duration::hours(3));
    app.run_jobs().await;
    assert_eq!(super::seen(&shop, &waiting).await.json()["status"], "draft");
}

async fn what_was_required_later_does_not_hold_up_a_price(app: TestApp) {
    let officer = app.officer().await;
    let shop = app.vendor("Bengkel Sepatu").await;
    let shoe = shop.product("Sepatu kulit").with("category", json!("sepatu-pria")).create().await;
    define(&app, &officer, "sepatu-kulit", foot_length()).await;
    let price = json!({"title": "Sepatu kulit sapi", "variants": [{"id": shoe.variant(), "price": 61_000}]});
    assert_eq!(edit(&shop, &shoe, price).await.send().await.expect(200).json()["price_min"], 61_000);
    let more = json!({"attributes": {"warna": "hitam"}});
    let refused = edit(&shop, &shoe, more).await.send().await.expect_problem(422, "invalid");
    assert_eq!(faults(&refused), ["/attributes/panjang required"]);
}

async fn values_are_found_by_what_they_are(app: TestApp) {
    let officer = app.officer().await;
    let shop = app.vendor("Dapur Bu Siti").await;
    let said = json!({"Berat": "250 Gram", "tkdn": "48,02", "halal": "ID32110002910810323"});
    shop.product("Keripik").with("category", json!("keripik")).with("attributes", said).create().await;
    let found = async |query: &str| {
        let reply = app.get(&format!("/v1/products?{query}")).send().await.expect(200);
        list(&reply.json()["items"]).len()
    };
    for query in
        ["attr.berat=250", "attr.berat=250,0", "attr.berat=250+gram", "attr.berat=250GRAM", "attr.tkdn=48.02"]
    {
        assert_eq!(found(query).await, 1, "{query}");
    }
    for query in ["attr.tkdn=48", "attr.tkdn=02", "attr.berat=25", "attr.halal=ID32110002910810323"] {
        assert_eq!(found(query).await, 0, "{query}");
    }
    let twice = json!({"attributes": {"warna": "hitam", "Warna": "putih"}});
    let product = shop.product("Tas").with("category", json!("tas")).create().await;
    let refused = edit(&shop, &product, twice).await.send().await.expect_problem(422, "invalid");
    assert_eq!(faults(&refused), ["/attributes/warna not-distinct"]);
    // What officers change later holds for products that are there.
    let chips = category(&app, "keripik").await;
    let weight = attribute(&chips, "berat").unwrap();
    let path = format!("/v1/admin/category-attributes/{}", text(&weight["id"]));
    officer
        .patch(&path)
        .header("if-match", "\"1\"")
        .json(json!({"filterable": false}))
        .send()
        .await
        .expect(200);
    app.run_jobs().await;
    assert_eq!(found("attr.berat=250").await, 0);
}
