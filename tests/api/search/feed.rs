//! The feed that keeps the index in step with the catalogue.

use chrono::Duration;
use lapak::platform::feed::forget;
use lapak::search::feed::{self, verify};
use lapak::search::query;

use super::seed::{Goods, Seed, archive, put};
use super::{found, ids};
use crate::support::{Backend, TestApp, both};

both![
    a_late_commit_is_not_skipped,
    a_new_feed_builds_the_index_afresh,
    an_index_behind_the_kept_changes_is_built_afresh,
    the_index_can_be_compared_with_the_database,
];

async fn a_late_commit_is_not_skipped(app: TestApp) {
    // SQLite has one writer: there is no later one that could commit first.
    if app.backend() == Backend::Sqlite {
        return;
    }
    let seed = Seed::plant(&app).await;
    app.sync_search().await;
    let place = (seed.cibitung, seed.snacks);
    let slow = app.db.begin().await.unwrap();
    let late = put(&app, &slow, place, Goods::chips()).await;
    let early = seed.snack(&app, Goods::chips()).await;

    app.sync_search().await;
    assert!(!ids(&found(&app, "q=keripik").await).contains(&late));
    app.commit(slow).await.unwrap();
    app.sync_search().await;
    let both = ids(&found(&app, "q=keripik").await);
    assert!(both.contains(&late) && both.contains(&early));
}

async fn a_new_feed_builds_the_index_afresh(app: TestApp) {
    let seed = Seed::plant(&app).await;
    let first = seed.snack(&app, Goods::chips()).await;
    app.sync_search().await;
    // Behind the feed's back, so that only a new index can know of it.
    archive(&app, first, false).await;
    let second = seed.snack(&app, Goods::named("Keripik Pisang")).await;
    app.sync_search().await;
    assert_eq!(app.search.engine().await.unwrap().doc_count().await.unwrap(), 2);

    feed::begin_new_feed(&app).await.unwrap();
    app.sync_search().await;
    let engine = app.search.engine().await.unwrap();
    assert_eq!(engine.doc_count().await.unwrap(), query::public_count(app.db.read()).await.unwrap());
    assert_eq!(ids(&found(&app, "q=keripik").await), [second]);
}

async fn an_index_behind_the_kept_changes_is_built_afresh(app: TestApp) {
    let seed = Seed::plant(&app).await;
    app.sync_search().await;
    let missed = seed.snack(&app, Goods::chips()).await;
    app.advance(Duration::days(8));
    assert!(forget(&app.db, app.now() - Duration::days(7)).await.unwrap() >= 1);
    app.sync_search().await;
    assert_eq!(ids(&found(&app, "q=keripik").await), [missed]);
    // What follows comes by the feed again.
    let later = seed.snack(&app, Goods::named("Kerupuk Udang")).await;
    app.sync_search().await;
    assert_eq!(ids(&found(&app, "q=krupuk").await), [later]);
    archive(&app, later, true).await;
    app.sync_search().await;
    assert!(ids(&found(&app, "q=krupuk").await).is_empty());
}

async fn the_index_can_be_compared_with_the_database(app: TestApp) {
    let seed = Seed::plant(&app).await;
    let id = seed.snack(&app, Goods::chips()).await;
    app.sync_search().await;
    let compared = verify::verify(&app).await.unwrap();
    assert!(compared.len() == 1 && compared[0].agrees() && compared[0].expected == 1, "{compared:?}");
    archive(&app, id, false).await;
    let compared = verify::verify(&app).await.unwrap();
    assert_eq!(compared[0].surplus.iter().copied().collect::<Vec<_>>(), [id.0]);
}
