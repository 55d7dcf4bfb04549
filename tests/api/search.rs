//! Search over HTTP.

mod feed;
mod imitation;
mod meilisearch;
mod seed;

use chrono::Duration;
use lapak::kernel::ProductId;
use serde_json::{Value, json};

use crate::support::{TestApp, both};
use seed::{Goods, Seed, archive, reprice};

both![
    a_published_product_is_found_with_its_facts,
    spelling_typos_and_synonyms_are_forgiven,
    filters_sorts_and_facets_agree,
    a_price_in_the_words_is_a_bound,
    what_the_database_says_is_shown,
    pages_fit_together_while_products_are_published,
    without_an_index_the_database_answers,
    wrong_parameters_are_all_named,
    suggestions_complete_what_is_typed,
];

async fn found(app: &TestApp, query: &str) -> Value {
    let reply = app.get(&format!("/v1/search?{query}")).send().await.expect(200);
    assert!(reply.statements <= 2, "{} statements for {query}", reply.statements);
    reply.json()
}

fn ids(answer: &Value) -> Vec<ProductId> {
    let items = answer["items"].as_array().unwrap();
    items.iter().map(|item| item["product_id"].as_str().unwrap().parse().unwrap()).collect()
}

async fn a_published_product_is_found_with_its_facts(app: TestApp) {
    let seed = Seed::plant(&app).await;
    let id = seed.snack(&app, Goods::chips()).await;
    app.sync_search().await;
    app.advance(Duration::seconds(1));

    let answer = found(&app, "q=keripik+singkong").await;
    assert_eq!(
        answer["items"],
        json!([{
            "product_id": id,
            "slug": id.to_string(),
            "title": "Keripik Singkong 250 gr",
            "vendor": {"id": seed.cibitung, "slug": "dapur-bu-ida", "name": "Dapur Bu Ida"},
            "price_min": 15_000,
            "price_max": 15_000,
            "in_stock": true,
            "image": null,
        }])
    );
    assert_eq!((&answer["total"], &answer["did_you_mean"]), (&json!(1), &Value::Null));
    assert_eq!((&answer["next_cursor"], &answer["degraded"]), (&Value::Null, &json!(false)));
    assert_eq!(answer["fresh_as_of"], "2026-11-24T03:00:00Z");
}

async fn spelling_typos_and_synonyms_are_forgiven(app: TestApp) {
    let seed = Seed::plant(&app).await;
    let chips = seed.snack(&app, Goods::chips().facts(r#"{"pirt":"2153216060502-26"}"#)).await;
    let cloth = seed.cloth(&app, Goods::named("Kain Batik Bekasi").price(150_000)).await;
    app.sync_search().await;
    for query in [
        "kripik",
        "criping",
        "KERIPIK singkng",
        "keripik 250gr",
        "keripik 1/4 kg",
        "keripik pirt",
        "cibitung",
    ] {
        assert_eq!(ids(&found(&app, &format!("q={}", query.replace(' ', "+"))).await), [chips], "{query}");
    }
    for query in ["batik", "batik lina", "tambun selatan"] {
        assert_eq!(ids(&found(&app, &format!("q={}", query.replace(' ', "+"))).await), [cloth], "{query}");
    }
    assert_eq!(found(&app, "q=singkng").await["did_you_mean"], "singkong");
    assert_eq!(found(&app, "q=asdfgh").await["total"], 0);
}

async fn filters_sorts_and_facets_agree(app: TestApp) {
    let seed = Seed::plant(&app).await;
    let cheap = seed.snack(&app, Goods::chips().price(9_000)).await;
    let dear = seed.snack(&app, Goods::chips().price(30_000).stock(0)).await;
    let cloth = seed.cloth(&app, Goods::named("Kain Batik").price(150_000)).await;
    app.sync_search().await;

    assert_eq!(ids(&found(&app, "sort=price_asc").await), [cheap, dear, cloth]);
    assert_eq!(ids(&found(&app, "sort=price_desc").await), [cloth, dear, cheap]);
    assert_eq!(ids(&found(&app, "q=&category=uji-makanan-minuman&in_stock=true").await), [cheap]);
    assert_eq!(ids(&found(&app, "vendor=batik-lina").await), [cloth]);
    assert_eq!(ids(&found(&app, &format!("vendor={}", seed.tambun)).await), [cloth]);
    assert_eq!(ids(&found(&app, "district=32.16.06").await), [cloth]);
    assert_eq!(ids(&found(&app, "price_min=10000&price_max=40000").await), [dear]);

    let answer = found(&app, "category=uji-batik&facets=category,district,price").await;
    assert_eq!(answer["total"], 1);
    // The facet of the filter itself keeps the other choices in sight.
    assert_eq!(
        answer["facets"]["category"],
        json!([
            {"value": "uji-keripik", "name": "Keripik", "count": 2},
            {"value": "uji-makanan-minuman", "name": "Makanan & Minuman", "count": 2},
            {"value": "uji-batik", "name": "Batik", "count": 1},
        ])
    );
    assert_eq!(
        answer["facets"]["district"],
        json!([{"value": "32.16.06", "name": "Tambun Selatan", "count": 1}])
    );
    assert_eq!(answer["facets"]["price"], json!([{"from": 100_000, "below": 250_000, "count": 1}]));
}

async fn a_price_in_the_words_is_a_bound(app: TestApp) {
    let seed = Seed::plant(&app).await;
    let cheap = seed.snack(&app, Goods::chips().price(9_000)).await;
    let dear = seed.snack(&app, Goods::chips().price(30_000)).await;
    app.sync_search().await;
    assert_eq!(ids(&found(&app, "q=keripik+10rb").await), [cheap]);
    assert_eq!(ids(&found(&app, "q=keripik+di+atas+20rb").await), [dear]);
    let told = found(&app, "q=keripik+halal+cibitung+10rb").await;
    assert_eq!(
        told["understood"],
        json!({"price_min": null, "price_max": 10_000, "papers": ["halal"], "districts": ["32.16.07"], "phrases": []})
    );
    let nothing = found(&app, "q=keripik+5rb").await;
    assert_eq!((&nothing["relaxed"], &nothing["total"]), (&json!(true), &json!(2)));
    assert_eq!(found(&app, "q=keripik+10rb").await["relaxed"], false);
    assert_eq!(ids(&found(&app, "q=%22keripik+singkong%22+20rb").await), [cheap]);
    assert_eq!(found(&app, "q=%22singkong+keripik%22").await["total"], 0);
}

async fn what_the_database_says_is_shown(app: TestApp) {
    let seed = Seed::plant(&app).await;
    let repriced = seed.snack(&app, Goods::chips()).await;
    let hidden = seed.snack(&app, Goods::chips()).await;
    app.sync_search().await;
    reprice(&app, repriced, 99_000).await;
    archive(&app, hidden, false).await;

    let answer = found(&app, "q=keripik").await;
    assert_eq!(ids(&answer), [repriced]);
    assert_eq!(answer["items"][0]["price_min"], 99_000);
    assert!(ids(&found(&app, "q=keripik&price_max=20000").await).is_empty());
}

async fn pages_fit_together_while_products_are_published(app: TestApp) {
    let seed = Seed::plant(&app).await;
    let mut expected = Vec::new();
    for number in 0..7 {
        let title = format!("Keripik nomor {number}");
        expected.push(seed.snack(&app, Goods::named(&title)).await);
    }
    app.sync_search().await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = found(&app, &format!("q=keripik&limit=3&cursor={cursor}")).await;
        seen.extend(ids(&page));
        app.advance(Duration::days(1));
        seed.snack(&app, Goods::chips()).await;
        app.sync_search().await;
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = next.to_owned();
    }
    seen.sort_unstable();
    assert_eq!(seen, expected);
}

async fn without_an_index_the_database_answers(app: TestApp) {
    let seed = Seed::plant(&app).await;
    let cheap = seed.snack(&app, Goods::chips().price(9_000)).await;
    let dear = seed.snack(&app, Goods::named("KERIPIK 100% jagung").price(30_000)).await;
    seed.cloth(&app, Goods::named("Kain Batik")).await;

    let answer = found(&app, "q=keripik&sort=price_asc&limit=1").await;
    assert_eq!((&answer["degraded"], &answer["total"]), (&json!(true), &json!(2)));
    assert_eq!(ids(&answer), [cheap]);
    let next = answer["next_cursor"].as_str().unwrap();
    assert_eq!(ids(&found(&app, &format!("q=keripik&sort=price_asc&limit=1&cursor={next}")).await), [dear]);
    assert_eq!(
        ids(&found(&app, "q=dapur&category=uji-makanan-minuman&price_min=10000&in_stock=true").await),
        [dear]
    );
    assert_eq!(ids(&found(&app, "q=keripik+10rb").await), [cheap]);
    assert!(ids(&found(&app, "q=%25").await).len() >= 2, "a percent sign alone is no word");
    assert_eq!(app.get("/v1/search/suggest?q=ker").send().await.expect(200).json(), json!({"items": []}));
}

async fn wrong_parameters_are_all_named(app: TestApp) {
    let problem = app.get("/v1/search?limit=101&sort=best&district=99&price_min=-1&facets=size").send().await;
    assert_eq!(problem.status, 422);
    let unknown = app.get("/v1/search?size=9").send().await;
    assert_eq!(unknown.status, 422);
}

async fn suggestions_complete_what_is_typed(app: TestApp) {
    let seed = Seed::plant(&app).await;
    seed.cloth(&app, Goods::named("Kain Batik Sogan")).await;
    seed.cloth(&app, Goods::named("KAIN BATIK SOGAN")).await;
    app.sync_search().await;
    let reply = app.get("/v1/search/suggest?q=bat").send().await.expect(200).json();
    let texts: Vec<(&str, &str)> = reply["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["kind"].as_str().unwrap(), item["text"].as_str().unwrap()))
        .collect();
    assert_eq!(texts[..2], [("category", "Batik"), ("vendor", "Batik Lina")]);
    assert_eq!(texts.len(), 3, "equal titles are one suggestion: {texts:?}");
}
