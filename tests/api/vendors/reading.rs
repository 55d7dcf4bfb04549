//! Who sees what of a shop.

use lapak::kernel::VendorId;
use lapak::web::Role;
use serde_json::json;
use uuid::Uuid;

use super::{act, open, profile, shop, submit};
use crate::support::shop::{list, text};
use crate::support::{Person, TestApp, both};

both![
    everybody_sees_open_shops_only,
    lists_are_pages,
    roles_come_before_objects,
    one_statement_finds_the_caller
];

async fn everybody_sees_open_shops_only(app: TestApp) {
    let shop = app.vendor("Toko Batik").await;
    let hidden = app.unverified_vendor("Toko Rahasia").await;
    for which in [&shop.id, &shop.slug] {
        let reply = app.get(&format!("/v1/vendors/{which}")).send().await.expect(200);
        assert_eq!(reply.statements, 5);
        let path = format!("/v1/vendors/{which}");
        let again = app.get(&path).header("if-none-match", reply.header("etag")).send().await;
        assert!(again.expect(304).body.is_empty());
        let seen = reply.json();
        assert_eq!(seen["name"], "Toko Batik");
        for member in ["nik", "npwp", "nib", "reviews", "version", "owner"] {
            assert!(seen.get(member).is_none(), "{member}");
        }
    }
    for which in [&hidden.id, &hidden.slug, "tidak-ada", "%00", &Uuid::nil().to_string()] {
        app.get(&format!("/v1/vendors/{which}")).send().await.expect_problem(404, "not-found");
    }
    let all = app.get("/v1/vendors").send().await.expect(200).json();
    assert_eq!(list(&all["items"]).len(), 1);
    profile(&hidden.owner, &hidden.id).await.expect(200);
}

async fn lists_are_pages(app: TestApp) {
    let owner = app.buyer("Siti").await;
    for name in ["Batik Satu", "Batik Dua", "Kopi 100%", "Batik_Tiga"] {
        let id = text(&open(&owner, shop(name)).await["id"]);
        submit(&owner, &id).await.expect(200);
        act(&app.officer().await, &id, "verify", json!({})).await.expect(200);
    }
    let names = async |path: &str| {
        let page = app.get(path).send().await.expect(200);
        assert_eq!(page.statements, 1);
        let page = page.json();
        let names: Vec<String> = list(&page["items"]).iter().map(|item| text(&item["name"])).collect();
        (names, page["next_cursor"].clone())
    };
    let (first, cursor) = names("/v1/vendors?limit=3").await;
    assert_eq!(first, ["Batik_Tiga", "Kopi 100%", "Batik Dua"]);
    open(&owner, shop("Belum Buka")).await;
    let (second, end) = names(&format!("/v1/vendors?limit=3&cursor={}", text(&cursor))).await;
    assert_eq!(second, ["Batik Satu"]);
    assert!(end.is_null());
    assert_eq!(names("/v1/vendors?q=BATIK").await.0.len(), 3);
    assert_eq!(names("/v1/vendors?q=100%25").await.0, ["Kopi 100%"]);
    assert_eq!(names("/v1/vendors?q=_").await.0, ["Batik_Tiga"]);
    assert_eq!(names("/v1/vendors?district=32.16.09").await.0.len(), 4);
    assert_eq!(names("/v1/vendors?district=32.16.01").await.0.len(), 0);
    for wrong in ["limit=0", "limit=101", "limit=x", "cursor=x", "district=32.75.01", "q=", "page=2"] {
        app.get(&format!("/v1/vendors?{wrong}")).send().await.expect_problem(422, "invalid");
    }
}

async fn roles_come_before_objects(app: TestApp) {
    let shop = app.vendor("Toko Batik").await;
    let other = app.vendor("Toko Lain").await;
    let stranger = app.buyer("Orang").await;
    let staff = app.buyer("Karyawan").await;
    staff.grant(Role::VendorStaff, shop.id.parse().unwrap()).await;
    let path = shop.path("/profile");
    let patch =
        async |who: &Person| who.patch(&path).header("if-match", "\"1\"").json(json!({})).send().await;

    app.get(&path).send().await.expect_problem(401, "unauthorized");
    profile(&stranger, &shop.id).await.expect_problem(403, "role-missing");
    profile(&other.owner, &shop.id).await.expect_problem(404, "not-found");
    profile(&other.owner, &VendorId::generate().to_string()).await.expect_problem(404, "not-found");
    profile(&staff, &shop.id).await.expect(200);
    patch(&stranger).await.expect_problem(403, "role-missing");
    patch(&other.owner).await.expect_problem(404, "not-found");
    patch(&staff).await.expect_problem(403, "role-missing");
    submit(&staff, &shop.id).await.expect_problem(403, "role-missing");
    // A lead elsewhere who is staff here is known here, but may not.
    staff.grant(Role::VendorManager, other.id.parse().unwrap()).await;
    patch(&staff).await.expect_problem(403, "not-permitted");

    let auditor = app.platform("auditor").await;
    auditor.get("/v1/admin/vendors").send().await.expect(200);
    act(&auditor, &shop.id, "suspend", json!({"note": "Tidak."})).await.expect_problem(403, "role-missing");
}

async fn one_statement_finds_the_caller(app: TestApp) {
    let shop = app.vendor("Toko Batik").await;
    let page = app.get("/v1/vendors").send().await.expect(200);
    let by_owner = shop.owner.get("/v1/vendors").send().await.expect(200);
    shop.owner.token().await;
    let by_owner_again = shop.owner.get("/v1/vendors").send().await.expect(200);
    assert_eq!(by_owner_again.statements, page.statements + 1);
    assert!(by_owner.statements >= by_owner_again.statements);
    assert_eq!(shop.owner.get("/v1/me").send().await.expect(200).statements, 5);
    assert_eq!(profile(&shop.owner, &shop.id).await.expect(200).statements, 4);
}
