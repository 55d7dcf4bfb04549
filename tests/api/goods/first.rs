//! How short the way to the first sale is.

use serde_json::json;

use crate::support::shop::text;
use crate::support::{TestApp, both, png};

both![a_fresh_account_shows_a_product_with_a_picture_in_six_requests];

/// From an account that has just signed in, with the officer's one verification between.
async fn a_fresh_account_shows_a_product_with_a_picture_in_six_requests(app: TestApp) {
    let siti = app.buyer("Siti").await;
    siti.token().await;
    let mut requests = 0;
    let mut sent = |request: crate::support::Request| {
        requests += 1;
        request.send()
    };
    let shop = json!({"name": "Warung Siti", "legal_form": "person", "phone": "081234567890",
        "address": {"line": "Kp. Sempu RT 003/RW 05", "district_code": "32.16.09"}});
    let shop = text(&sent(siti.post("/v1/vendors").json(shop)).await.expect(201).json()["id"]);
    sent(siti.post(&format!("/v1/vendors/{shop}/submit"))).await.expect(200);
    let product = json!({"title": "Keripik tempe", "description": "Renyah.", "category": "keripik",
        "options": [{"name": "rasa", "values": ["asin", "pedas"]}],
        "variants": [{"price": 18_000, "stock": 10, "content": {"amount": 250, "unit": "gram"}}]});
    let product =
        sent(siti.post(&format!("/v1/vendors/{shop}/products")).json(product)).await.expect(201).json();
    let own = format!("/v1/vendors/{shop}/products/{}", text(&product["id"]));
    sent(siti.post(&format!("{own}/images")).file("keripik.png", "image/png", &png(64, 48)))
        .await
        .expect(201);
    // The officer looks at the shop meanwhile; that is no request of the account.
    let verify = format!("/v1/admin/vendors/{shop}/verify");
    app.officer().await.post(&verify).json(json!({})).send().await.expect(200);
    sent(siti.post(&format!("{own}/publish"))).await.expect(200);
    assert!(requests <= 6, "{requests} requests");
    let page = app.get(&format!("/v1/products/{}", text(&product["slug"]))).send().await.expect(200).json();
    assert_eq!((&page["images"][0]["width"], &page["unit_price"]["price"]), (&json!(64), &json!(72_000)));
}
