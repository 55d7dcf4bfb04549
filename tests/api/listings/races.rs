//! Edits, decisions and moves of one product at the same moment: each sees what the one before it left.

use serde_json::{Value, json};

use super::revisions::{edit, public_title, published, revision};
use crate::race::all_at_once;
use crate::support::shop::list;
use crate::support::{Product, Shop, TestApp, both};

both![
    an_edit_and_a_decision with "catalog.moderation = 'all'",
    an_edit_and_a_publication,
    an_addition_and_an_approval with "catalog.moderation = 'all'",
    reports_of_one_person,
];

const ROUNDS: usize = 12;

fn own(shop: &Shop, product: &Product) -> String {
    shop.path(&format!("/products/{}", product.id))
}

/// What is published is what was looked at.
async fn an_edit_and_a_decision(app: TestApp) {
    let (shop, officer) = (app.vendor("Toko Balap").await, app.officer().await);
    let server = app.serve().await;
    for round in 0..ROUNDS {
        let cloth = shop.product(&format!("Batik {round}")).create().await;
        let seen = shop.owner.get(&own(&shop, &cloth)).send().await.expect(200);
        let path = format!("/v1/admin/products/{}/approve", cloth.id);
        let change = json!({"title": "Tidak pernah dilihat"});
        let edit = server.patch(&own(&shop, &cloth)).by(&shop.owner).if_match(&seen).json(change);
        let approve = server.post(&path).by(&officer).json(json!({"version": 1}));
        let replies = all_at_once(vec![edit, approve]).await;
        let approved = replies[1].status == 200;
        assert!(approved || replies[1].status == 412, "{}", replies[1].text());
        if approved {
            assert_eq!(public_title(&app, &cloth).await, format!("Batik {round}"));
        }
    }
}

/// A word that a draft may carry does not come before the public with it.
async fn an_edit_and_a_publication(app: TestApp) {
    let shop = app.vendor("Toko Balap").await;
    let server = app.serve().await;
    for round in 0..ROUNDS {
        let cloth = shop.product(&format!("Batik {round}")).draft().create().await;
        let path = own(&shop, &cloth);
        let seen = shop.owner.get(&path).send().await.expect(200);
        let change = json!({"description": "jual narkoba"});
        let edit = server.patch(&path).by(&shop.owner).if_match(&seen).json(change);
        let publish = server.post(&format!("{path}/publish")).by(&shop.owner);
        let replies = all_at_once(vec![edit, publish]).await;
        let done = replies.iter().filter(|reply| reply.status == 200).count();
        assert_eq!(done, 1, "{} {}", replies[0].text(), replies[1].text());
    }
}

/// What is added to an edit is either approved knowingly or waits.
async fn an_addition_and_an_approval(app: TestApp) {
    let (shop, officer) = (app.vendor("Toko Balap").await, app.officer().await);
    let server = app.serve().await;
    for round in 0..ROUNDS {
        let cloth = published(&app, &shop, &format!("Batik {round}")).await;
        edit(&shop, &cloth, json!({"title": "Batik cap"})).await.expect(200);
        let waiting = officer.get(&revision(&cloth, "")).send().await.expect(200).json();
        let seen = shop.owner.get(&own(&shop, &cloth)).send().await.expect(200);
        let more = json!({"title": "Tidak pernah dilihat"});
        let add = server.patch(&own(&shop, &cloth)).by(&shop.owner).if_match(&seen).json(more);
        let body = json!({"id": waiting["id"], "version": waiting["version"]});
        let approve = server.post(&revision(&cloth, "/approve")).by(&officer).json(body);
        let replies = all_at_once(vec![add, approve]).await;
        let outcomes = (replies[0].status.as_u16(), replies[1].status.as_u16());
        assert!([(200, 412), (412, 200)].contains(&outcomes), "{outcomes:?}");
        assert_ne!(public_title(&app, &cloth).await, "Tidak pernah dilihat");
    }
}

/// The last report of a day is written once.
async fn reports_of_one_person(app: TestApp) {
    let shop = app.vendor("Toko Dibanjiri").await;
    let ani = app.buyer("ani").await;
    let server = app.serve().await;
    let said = || json!({"reason": "other"});
    let mut paths = Vec::new();
    for number in 0..26 {
        let product = shop.product(&format!("Opak {number}")).create().await;
        paths.push(format!("/v1/products/{}/report", product.id));
    }
    for path in &paths[..18] {
        ani.post(path).json(said()).send().await.expect(201);
    }
    let requests = paths[18..].iter().map(|path| server.post(path).by(&ani).json(said()));
    let replies = all_at_once(requests.collect()).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 2);
    let queue: Value = app.officer().await.get("/v1/admin/content-reports?limit=100").send().await.json();
    assert_eq!(list(&queue["items"]).len(), 20);
}
