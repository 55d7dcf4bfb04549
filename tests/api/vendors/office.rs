//! What the office decides, and who may.

use lapak::kernel::VendorId;
use lapak::vendors::entity::review;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::json;

use super::{act, open, profile, shop, submit};
use crate::support::shop::text;
use crate::support::{TestApp, both};

both![the_office_decides, only_the_office_decides, decisions_are_made_once];

async fn the_office_decides(app: TestApp) {
    let (siti, officer) = (app.buyer("Siti").await, app.officer().await);
    let id = text(&open(&siti, shop("Dapur Bu Siti")).await["id"]);
    assert_eq!(submit(&siti, &id).await.expect(200).json()["status"], "submitted");

    let waiting = officer.get("/v1/admin/vendors?status=submitted").send().await.expect(200).json();
    assert_eq!(waiting["items"][0]["allowed_actions"], json!(["review", "verify", "needs_fix", "reject"]));
    act(&officer, &id, "reject", json!({})).await.expect_problem(422, "invalid");
    let sent_back = act(&officer, &id, "reject", json!({"note": "Foto toko belum ada."})).await;
    assert_eq!(sent_back.expect(200).json()["status"], "draft");
    let seen = profile(&siti, &id).await.expect(200).json();
    assert_eq!(seen["reviews"][0]["note"], "Foto toko belum ada.");
    assert_eq!(seen["reviews"][0]["to_status"], "draft");

    submit(&siti, &id).await.expect(200);
    let path = format!("/v1/admin/vendors/{id}/verify");
    let verified = officer.post(&path).send().await.expect(200).json();
    assert_eq!(verified["status"], "active");
    assert_eq!(verified["allowed_actions"], json!(["suspend"]));
    assert!(verified["verified_at"].is_string());

    act(&officer, &id, "suspend", json!({"note": "Laporan pembeli."})).await.expect(200);
    app.get(&format!("/v1/vendors/{id}")).send().await.expect(404);
    let back = act(&officer, &id, "reinstate", json!({})).await.expect(200).json();
    assert_eq!(back["status"], "active");

    let moves = review::Entity::find().order_by_asc(review::Column::Id).all(app.db.read()).await.unwrap();
    assert_eq!(moves.len(), 6);
    assert!(moves.iter().all(|row| row.from_status.may_become(row.to_status)));
    assert!(moves.windows(2).all(|pair| pair[0].to_status == pair[1].from_status));
}

async fn only_the_office_decides(app: TestApp) {
    let (siti, officer) = (app.buyer("Siti").await, app.officer().await);
    let id = text(&open(&siti, shop("Dapur Bu Siti")).await["id"]);
    for (name, body) in [
        ("verify", json!({})),
        ("reject", json!({"note": "Tidak."})),
        ("suspend", json!({"note": "Tidak."})),
        ("reinstate", json!({})),
    ] {
        act(&siti, &id, name, body.clone()).await.expect_problem(403, "role-missing");
        act(&officer, &id, name, body.clone()).await.expect_problem(409, "vendor-state");
        let absent = VendorId::generate().to_string();
        act(&officer, &absent, name, body.clone()).await.expect_problem(404, "not-found");
        act(&officer, "x", name, body).await.expect_problem(404, "not-found");
    }
    // An officer who has a shop too is an owner like any other.
    let own = text(&open(&officer, shop("Toko Pegawai")).await["id"]);
    submit(&officer, &own).await.expect(200);
    act(&officer, &own, "verify", json!({})).await.expect_problem(403, "not-permitted");
    let colleague = app.platform("officer").await;
    act(&colleague, &own, "verify", json!({})).await.expect(200);
}

async fn decisions_are_made_once(app: TestApp) {
    let (siti, officer) = (app.buyer("Siti").await, app.officer().await);
    let id = text(&open(&siti, shop("Dapur Bu Siti")).await["id"]);
    submit(&siti, &id).await.expect(200);
    submit(&siti, &id).await.expect_problem(409, "vendor-state");
    let (yes, no) = tokio::join!(
        act(&officer, &id, "verify", json!({})),
        act(&officer, &id, "reject", json!({"note": "Belum lengkap."})),
    );
    let mut statuses = [yes.status.as_u16(), no.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}
