//! Banned words stop a publication, however they are written; people report what slips through.

use serde_json::{Value, json};

use super::life::act;
use crate::support::shop::{list, text};
use crate::support::{TestApp, both};

both![
    a_banned_word_stops_a_publication,
    officers_keep_the_list,
    people_report_once,
    nobody_reports_without_end,
];

async fn a_banned_word_stops_a_publication(app: TestApp) {
    let shop = app.vendor("Toko Gelap").await;
    let product = shop.product("Jual N4RK0B4 murah").draft().create().await;
    let problem = act(&shop, &product, "publish").send().await.expect_problem(422, "banned-words");
    // The description of a sample repeats its title.
    let named = json!([{"field": "title", "word": "narkoba"}, {"field": "description", "word": "narkoba"}]);
    assert_eq!(problem["words"], named);
    let at = json!({"publish_at": "2026-11-25T03:00:00Z"});
    act(&shop, &product, "schedule").json(at).send().await.expect_problem(422, "banned-words");
    // A draft may be put right step by step, a published product may not go wrong.
    let path = shop.path(&format!("/products/{}", product.id));
    let seen = shop.owner.get(&path).send().await;
    let better = json!({"title": "Ganjaran juara", "description": "Piala lomba"});
    shop.owner.patch(&path).if_match(&seen).json(better).send().await.expect(200);
    act(&shop, &product, "publish").send().await.expect(200);
    for (field, value) in [
        ("title", json!("Piala t.o.g.e.l")),
        ("description", json!("hadiah uang  p4lsu")),
        ("attributes", json!({"isi": "Heroin"})),
        ("variants", json!([{"price": 5, "options": {"rasa": "ko-kain"}}])),
    ] {
        let seen = shop.owner.get(&path).send().await;
        let edit = shop.owner.patch(&path).if_match(&seen).json(json!({field: value}));
        let problem = edit.send().await.expect_problem(422, "banned-words");
        assert!(
            text(&problem["words"][0]["field"]).starts_with(field.trim_start_matches("variants")),
            "{problem}"
        );
    }
}

async fn officers_keep_the_list(app: TestApp) {
    let shop = app.vendor("Toko Kata").await;
    let officer = app.officer().await;
    let product = shop.product("Obat kuat super").draft().create().await;
    let add = |word: &str| officer.post("/v1/admin/banned-words").json(json!({"word": word})).send();
    let added = add("obat kuat").await.expect(201).json();
    add("OBAT  KU4T").await.expect_problem(409, "word-known");
    add("a1").await.expect_problem(422, "invalid");
    add("2026 2027").await.expect_problem(422, "invalid");
    act(&shop, &product, "publish").send().await.expect_problem(422, "banned-words");
    let path = format!("/v1/admin/banned-words/{}", text(&added["id"]));
    officer.delete(&path).send().await.expect(204);
    officer.delete(&path).send().await.expect_problem(404, "not-found");
    act(&shop, &product, "publish").send().await.expect(200);
    let (mut words, mut cursor) = (Vec::new(), String::new());
    loop {
        let page =
            officer.get(&format!("/v1/admin/banned-words?limit=20{cursor}")).send().await.expect(200).json();
        words.extend(list(&page["items"]).iter().map(|row| text(&row["word"])));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert!(words.len() > 20 && words.contains(&"narkoba".to_owned()), "{words:?}");
}

fn said(reason: &str) -> Value {
    json!({"reason": reason, "text": "Fotonya bukan barang aslinya."})
}

async fn people_report_once(app: TestApp) {
    let shop = app.vendor("Toko Dilaporkan").await;
    let (officer, ani, budi) = (app.officer().await, app.buyer("ani").await, app.buyer("budi").await);
    let cloth = shop.product("Batik tulis").create().await;
    let draft = shop.product("Belum tayang").draft().create().await;
    let product = format!("/v1/products/{}/report", cloth.id);
    let (one, two) = tokio::join!(
        ani.post(&product).json(said("counterfeit")).send(),
        ani.post(&product).json(said("other")).send()
    );
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    budi.post(&product).json(said("misleading")).send().await.expect(201);
    ani.post(&shop.path("/report")).json(json!({"reason": "fraud"})).send().await.expect(201);
    let hidden = ani.post(&format!("/v1/products/{}/report", draft.id)).json(said("other"));
    hidden.send().await.expect_problem(404, "not-found");
    app.post(&product).json(said("other")).send().await.expect_problem(401, "unauthorized");

    let queue = officer.get("/v1/admin/content-reports?kind=product").send().await.expect(200).json();
    assert_eq!(list(&queue["items"]).len(), 2);
    assert_eq!(queue["items"][0]["object_id"], cloth.id.as_str());
    let close = format!("/v1/admin/content-reports/{}/close", text(&queue["items"][0]["id"]));
    let found = json!({"outcome": "upheld", "note": "Foto diganti."});
    let closed = officer.post(&close).json(found.clone()).send().await.expect(200).json();
    assert_eq!((&closed["status"], &closed["outcome"]), (&json!("closed"), &json!("upheld")));
    officer.post(&close).json(found).send().await.expect_problem(409, "report-closed");
    let left = officer.get("/v1/admin/content-reports").send().await.expect(200).json();
    assert_eq!(list(&left["items"]).len(), 2);
}

async fn nobody_reports_without_end(app: TestApp) {
    let shop = app.vendor("Toko Dibanjiri").await;
    let ani = app.buyer("ani").await;
    for number in 0..21 {
        let product = shop.product(&format!("Opak {number}")).create().await;
        let path = format!("/v1/products/{}/report", product.id);
        let reply = ani.post(&path).json(said("other")).send().await;
        match number {
            20 => drop(reply.expect_problem(429, "too-many-reports")),
            _ => drop(reply.expect(201)),
        }
    }
}
