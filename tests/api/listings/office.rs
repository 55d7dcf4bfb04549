//! The office takes listings down: by itself, because of a report, or because of a word that was banned later.

use serde_json::{Value, json};

use super::life::act;
use crate::support::shop::{list, text};
use crate::support::{Product, Shop, TestApp, both};

both![the_office_takes_a_listing_down, a_report_takes_a_listing_down, what_carries_a_word_is_found,];

async fn is_public(app: &TestApp, product: &Product) -> bool {
    app.get(&format!("/v1/products/{}", product.id)).send().await.status == 200
}

async fn own(shop: &Shop, product: &Product) -> Value {
    shop.owner.get(&shop.path(&format!("/products/{}", product.id))).send().await.expect(200).json()
}

async fn the_office_takes_a_listing_down(app: TestApp) {
    let shop = app.vendor("Toko Tiruan").await;
    let shoes = shop.product("Sepatu bermerek").create().await;
    let officer = app.officer().await;
    let path = format!("/v1/admin/products/{}/unpublish", shoes.id);
    let down = |note: &str| officer.post(&path).json(json!({"note": note})).send();
    down("").await.expect_problem(422, "invalid");
    assert_eq!(down("Barang tiruan.").await.expect(200).json()["status"], "draft");
    down("Lagi.").await.expect_problem(409, "product-state");
    assert!(!is_public(&app, &shoes).await);
    assert_eq!(own(&shop, &shoes).await["review"]["note"], "Barang tiruan.");
    app.run_jobs().await;
    let told = app.messenger.kept();
    let told = told.iter().find(|kept| kept.message.text.contains("was taken down by the office")).unwrap();
    assert_eq!(told.message.to.as_str(), shop.owner.login());
    assert!(told.message.text.contains("diturunkan") && told.message.text.contains("Barang tiruan."));

    // Nothing is moderated here, and yet: an officer looks first, by whatever door it comes back.
    let at = json!({"publish_at": (app.now() + chrono::Duration::hours(1)).to_rfc3339()});
    let scheduled = act(&shop, &shoes, "schedule").json(at).send().await.expect(200);
    assert_eq!(scheduled.json()["status"], "in_review");
    act(&shop, &shoes, "archive").send().await.expect(200);
    let published = act(&shop, &shoes, "publish").send().await.expect(200);
    assert_eq!(published.json()["status"], "in_review");
    let copy = shop.owner.post(&shop.path(&format!("/products/{}/copy", shoes.id))).send().await.expect(201);
    let copy = shop.path(&format!("/products/{}/publish", text(&copy.json()["id"])));
    assert_eq!(shop.owner.post(&copy).send().await.expect(200).json()["status"], "in_review");
    app.decides(&shoes.id, "approve", json!({})).await.expect(200);
    assert!(is_public(&app, &shoes).await);
    act(&shop, &shoes, "unpublish").send().await.expect(200);
    let again = act(&shop, &shoes, "publish").send().await.expect(200);
    assert_eq!(again.json()["status"], "published", "it was looked at");
}

async fn a_report_takes_a_listing_down(app: TestApp) {
    let shop = app.vendor("Toko Lapor").await;
    let (shoes, ani) = (shop.product("Sepatu").create().await, app.buyer("ani").await);
    let officer = app.officer().await;
    let said = json!({"reason": "counterfeit", "text": "Palsu."});
    let path = format!("/v1/products/{}/report", shoes.id);
    let report = || ani.post(&path).json(said.clone()).send();
    let close = |id: &Value, body: Value| {
        officer.post(&format!("/v1/admin/content-reports/{}/close", text(id))).json(body).send()
    };
    let first = report().await.expect(201).json();
    report().await.expect_problem(409, "reported-before");
    let wrong = json!({"outcome": "dismissed", "take_down": "Tiruan."});
    close(&first["id"], wrong).await.expect_problem(422, "invalid");
    close(&first["id"], json!({"outcome": "dismissed"})).await.expect(200);
    // There was nothing to it then; there may be now.
    let second = report().await.expect(201).json();
    let right = json!({"outcome": "upheld", "note": "Diperiksa.", "take_down": "Tiruan."});
    close(&second["id"], right).await.expect(200);
    assert!(!is_public(&app, &shoes).await);
    assert_eq!(own(&shop, &shoes).await["review"]["note"], "Tiruan.");

    let path = format!("/v1/vendors/{}/report", shop.id);
    let of_shop = ani.post(&path).json(said.clone()).send().await.expect(201).json();
    let wrong = json!({"outcome": "upheld", "take_down": "Tiruan."});
    close(&of_shop["id"], wrong).await.expect_problem(422, "invalid");
}

async fn what_carries_a_word_is_found(app: TestApp) {
    let shop = app.vendor("Toko Kata").await;
    let mut carriers = Vec::new();
    for number in 0..3 {
        shop.product(&format!("Jamu {number}")).create().await;
        carriers.push(shop.product(&format!("Obat ku4t {number}")).create().await.id);
    }
    shop.product("Obat kuat rahasia").draft().create().await;
    let officer = app.officer().await;
    let word = officer.post("/v1/admin/banned-words").json(json!({"word": "obat kuat"})).send().await;
    let path = format!("/v1/admin/banned-words/{}/products", text(&word.expect(201).json()["id"]));
    let all = officer.get(&path).send().await.expect(200);
    let found: Vec<String> = list(&all.json()["items"]).iter().map(|row| text(&row["id"])).collect();
    assert_eq!(found, carriers);
    assert_eq!(all.json()["items"][0]["fields"], json!(["title", "description", "slug"]));
    let first = officer.get(&format!("{path}?limit=2")).send().await.expect(200);
    assert_eq!(first.statements, all.statements);
    let cursor = text(&first.json()["next_cursor"]);
    let rest = officer.get(&format!("{path}?limit=2&cursor={cursor}")).send().await.expect(200).json();
    assert_eq!(ids(&first.json()), carriers[..2]);
    assert_eq!((ids(&rest), &rest["next_cursor"]), (vec![carriers[2].clone()], &Value::Null));
}

fn ids(page: &Value) -> Vec<String> {
    list(&page["items"]).iter().map(|row| text(&row["id"])).collect()
}
