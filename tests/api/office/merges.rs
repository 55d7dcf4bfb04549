//! Two shops become one, with their history.

use lapak::catalog::entity::count;
use lapak::identity::entity::invitation;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::import;
use crate::support::shop::{Shop, list, text};
use crate::support::{Reply, TestApp, both, png};

both![
    the_history_follows,
    what_the_shop_says_goes_along with "vendors.papers_required = true",
    what_cannot_be_one_is_refused,
    a_list_sent_again_tells_of_the_shop_that_stays,
    what_waits_for_the_office_goes_along with "catalog.moderation = \"all\"",
];

async fn merge(app: &TestApp, from: &str, into: &str) -> Reply {
    let path = format!("/v1/admin/vendors/{from}/merge");
    let body = json!({"into": into, "reason": "pemilik yang sama"});
    app.officer().await.post(&path).json(body).send().await
}

async fn sold(app: &TestApp, shop: &Shop, title: &str) -> String {
    let product = shop.product(title).create().await;
    let buyer = app.buyer("pembeli").await;
    let purchase = buyer.buy(&product).await;
    buyer.settle(&purchase).await.expect(200);
    let order = purchase.orders[0].clone();
    for act in ["accept", "ship", "deliver"] {
        shop.moves(&order, act).await.expect(200);
    }
    buyer.moves(&order, "receive").await.expect(200);
    order
}

async fn orders(shop: &Shop) -> Vec<String> {
    let page = shop.owner.get(&shop.path("/orders")).send().await.expect(200).json();
    list(&page["items"]).iter().map(|order| text(&order["id"])).collect()
}

async fn the_history_follows(app: TestApp) {
    let (old, kept) = (app.vendor("Batik Lama").await, app.vendor("Batik Baru").await);
    let (first, second) = (sold(&app, &old, "Batik tulis").await, sold(&app, &kept, "Batik cap").await);
    let merged = merge(&app, &old.id, &kept.id).await.expect(200).json();
    assert_eq!(merged["from_slug"], old.slug.as_str());
    assert_eq!(merged["moved"]["members"], json!([old.owner.id()]));
    assert_eq!(list(&merged["moved"]["products"]).len(), 1);

    for name in [&old.slug, &old.id, &kept.slug] {
        let shown = app.get(&format!("/v1/vendors/{name}")).send().await.expect(200);
        assert_eq!((shown.statements, &shown.json()["id"]), (5, &json!(kept.id)));
    }
    let products = app.get(&format!("/v1/products?vendor={}", kept.id)).send().await.expect(200).json();
    assert_eq!(list(&products["items"]).len(), 2);
    assert_eq!(orders(&kept).await, [second.clone(), first.clone()]);
    let path = kept.path(&format!("/orders/{first}"));
    kept.owner.get(&path).send().await.expect(200);
    // Who worked in the old shop works in the one that stays.
    old.owner.get(&kept.path("/orders")).send().await.expect(200);
    old.owner.get(&old.path("/orders")).send().await.expect(404);

    let third = app.vendor("Batik Akhir").await;
    merge(&app, &kept.id, &third.id).await.expect(200);
    let shown = app.get(&format!("/v1/vendors/{}", old.slug)).send().await.expect(200).json();
    assert_eq!(shown["id"], third.id.as_str());
    assert_eq!(orders(&third).await, [second, first]);
    let sold = third.owner.get(&third.path("/turnover")).send().await.expect(200).json();
    assert_eq!(sold["orders"], 2, "{sold}");
    // What became another shop does not come back beside it.
    let path = format!("/v1/admin/vendors/{}/reinstate", old.id);
    app.officer().await.post(&path).json(json!({})).send().await.expect_problem(409, "vendor-state");
    let merges = app.officer().await.get("/v1/admin/vendor-merges").send().await.expect(200).json();
    let from: Vec<&Value> = list(&merges["items"]).iter().map(|row| &row["from"]).collect();
    assert_eq!(from, [kept.id.as_str(), old.id.as_str()]);
    assert_eq!(app.audited("vendor.merged").await.len(), 2);
}

async fn say(shop: &Shop, path: &str, body: Value) {
    let seen = shop.owner.get(&shop.path("/profile")).send().await.expect(200);
    shop.owner.put(&shop.path(path)).if_match(&seen).json(body).send().await.expect(200);
}

async fn what_the_shop_says_goes_along(app: TestApp) {
    let (old, kept) = (app.vendor("Dapur Lama").await, app.vendor("Dapur Baru").await);
    let officer = app.officer().await;
    let signer = json!({"name": "Siti Aminah", "title": "Ketua"});
    let theirs = json!({"sector": "kuliner", "kbli": ["10794"], "turnover": 9_000_000, "signer": signer});
    say(&old, "/business", theirs).await;
    say(&old, "/storefront", json!({"story": "Sejak 1998."})).await;
    let areas = json!({"items": [{"district_code": "32.16.09", "fee": 5_000}]});
    say(&old, "/delivery-areas", areas).await;
    let logo = old.owner.put(&old.path("/logo")).file("x.png", "image/png", &png(40, 30)).send().await;
    let logo = logo.expect(200).json();
    for kind in ["pirt", "halal"] {
        let exemption = json!({"kind": kind, "reason": "dijual segar"});
        let path = format!("/v1/admin/vendors/{}/exemptions", old.id);
        officer.post(&path).json(exemption).send().await.expect(201);
    }
    // What the shop that stays says is not replaced.
    say(&kept, "/business", json!({"sector": "lainnya"})).await;
    let snack = kept.product("Keripik").with("category", json!("keripik")).create().await;
    let shown = || async { app.get(&format!("/v1/products/{}", snack.id)).send().await };
    shown().await.expect(404);

    let merged = merge(&app, &old.id, &kept.id).await.expect(200).json();
    let facts = json!(["papers", "business", "storefront", "delivery_areas"]);
    assert_eq!(merged["moved"]["facts"], facts);
    let profile = kept.owner.get(&kept.path("/profile")).send().await.expect(200).json();
    let business = &profile["business"];
    assert_eq!((&business["sector"], &business["kbli"]), (&json!("lainnya"), &json!(["10794"])));
    assert_eq!(business["turnover"], 9_000_000);
    let signer = (&business["signer_name"], &business["signer_title"]);
    assert_eq!(signer, (&json!("S*** A***"), &json!("Ketua")));
    let front = kept.owner.get(&kept.path("/storefront")).send().await.expect(200).json();
    assert_eq!((&front["story"], &front["logo"]), (&json!("Sejak 1998."), &logo));
    assert_eq!(list(&front["delivery_areas"]).len(), 1);
    // The papers came too, and what waited for them is for sale.
    shown().await.expect(200);
}

async fn what_cannot_be_one_is_refused(app: TestApp) {
    let reason = |reply: Reply| text(&reply.expect_problem(409, "merge-refused")["reason"]);
    let (one, other) = (app.vendor("Toko Satu").await, app.vendor("Toko Dua").await);
    merge(&app, &one.id, &one.id).await.expect_problem(422, "invalid");
    merge(&app, &one.id, "01900000-0000-7000-8000-00000000dead").await.expect_problem(422, "invalid");
    let draft = app.unverified_vendor("Toko Tiga").await;
    assert_eq!(reason(merge(&app, &draft.id, &other.id).await), "state");

    let product = one.product("Kain").create().await;
    let buyer = app.buyer("pembeli").await;
    let purchase = buyer.buy(&product).await;
    assert_eq!(reason(merge(&app, &one.id, &other.id).await), "orders-under-way");
    buyer.moves(&purchase.orders[0], "cancel").await.expect(200);
    let same = json!([{"price": 1_000, "stock": 1, "sku": "X-1"}]);
    one.product("Tas").with("variants", same.clone()).create().await;
    other.product("Tas").with("variants", same).create().await;
    let refused = merge(&app, &one.id, &other.id).await.expect_problem(409, "merge-refused");
    assert_eq!((&refused["reason"], &refused["skus"]), (&json!("skus"), &json!(["X-1"])));

    let rows = "nama_usaha,nik,nib,npwp,kecamatan,alamat,telepon
Kue Ani,3216105203979843,,,Setu,Jl. Raya 1,081299990001
Kue Budi,3216056203839443,,,Setu,Jl. Raya 2,081299990002
";
    import(&app, "", rows.as_bytes()).await;
    let found = app.officer().await.get("/v1/admin/vendors?status=unclaimed").send().await.expect(200).json();
    let ids: Vec<String> = list(&found["items"]).iter().map(|row| text(&row["id"])).collect();
    assert_eq!(reason(merge(&app, &ids[0], &ids[1]).await), "numbers");
    assert_eq!(reason(merge(&app, &other.id, &ids[1]).await), "direction");
    // A listed shop is taken in by the one that somebody opened, with its number.
    let taken = merge(&app, &ids[0], &other.id).await.expect(200).json();
    assert_eq!(taken["moved"]["facts"], json!(["nik"]));
    assert_eq!(reason(merge(&app, &ids[0], &other.id).await), "merged");
    assert_eq!(reason(merge(&app, &ids[1], &other.id).await), "numbers");
    // The list sent again finds it.
    let again = import(&app, "", rows.as_bytes()).await;
    assert_eq!((&again["counts"]["unchanged"], &again["counts"]["created"]), (&json!(2), &json!(0)));
}

async fn a_list_sent_again_tells_of_the_shop_that_stays(app: TestApp) {
    let kept = app.vendor("Kue Jaya").await;
    let rows = "nama_usaha,nik,nib,npwp,kecamatan,alamat,telepon,omzet_per_bulan,esmart
Kue Ani,3216105203979843,,,Setu,Jl. Raya 1,081299990001,5000000,2024
";
    import(&app, "", rows.as_bytes()).await;
    let found = app.officer().await.get("/v1/admin/vendors?status=unclaimed").send().await.expect(200).json();
    let listed = text(&found["items"][0]["id"]);
    merge(&app, &listed, &kept.id).await.expect(200);
    let rows = rows.replace("5000000", "6000000");
    let again = import(&app, "", rows.as_bytes()).await;
    assert_eq!((&again["counts"]["updated"], &again["counts"]["created"]), (&json!(1), &json!(0)));
    let path = format!("/v1/admin/vendors/{}/surveys", kept.id);
    let said = app.officer().await.get(&path).send().await.expect(200).json();
    assert_eq!(said["items"][0]["turnover"], 6_000_000, "{said}");
    let dead = format!("/v1/admin/vendors/{listed}/surveys");
    let dead = app.officer().await.get(&dead).send().await.expect(200).json();
    assert_eq!(list(&dead["items"]).len(), 1, "nothing is written to the shop that is gone");
    let third = import(&app, "", rows.as_bytes()).await;
    assert_eq!((&third["counts"]["updated"], &third["counts"]["unchanged"]), (&json!(0), &json!(1)));
}

async fn what_waits_for_the_office_goes_along(app: TestApp) {
    let (old, kept) = (app.vendor("Batik Lama").await, app.vendor("Batik Baru").await);
    let officer = app.officer().await;
    let invited = json!({"email": "staf@contoh.id", "role": "staff"});
    old.owner.post(&old.path("/invitations")).json(invited).send().await.expect(201);
    let opened = old.owner.post(&old.path("/stock-counts")).json(json!({})).send().await.expect(201).json();
    merge(&app, &old.id, &kept.id).await.expect(200);
    let path = kept.path(&format!("/stock-counts/{}", text(&opened["id"])));
    kept.owner.get(&path).send().await.expect(404);
    let invitations = invitation::Entity::find().all(app.db.read()).await.unwrap();
    assert!(invitations.len() == 1 && invitations[0].revoked_at.is_some());
    let counts = count::Entity::find().all(app.db.read()).await.unwrap();
    assert_eq!(counts[0].status, count::Status::Cancelled);
    officer.get("/v1/admin/vendor-merges").send().await.expect(200);
}
