//! Budgets of work units.

use futures_util::future::join_all;
use lapak::procurement::entity::budget_line::{self, Column};
use lapak::web::Role;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::{line, serving, unit};
use crate::support::shop::text;
use crate::support::{TestApp, both, list};

both![
    a_unit_keeps_its_budget,
    a_line_is_there_once,
    lines_are_checked,
    a_ceiling_is_never_below_what_is_in_use,
];

async fn a_unit_keeps_its_budget(app: TestApp) {
    let (here, there) = (unit(&app, "1.02.01", "skpd").await, unit(&app, "1.02.02", "skpd").await);
    let treasurer = serving(&app, &here, "Bendahara", Role::Treasurer).await;
    let receiver = serving(&app, &here, "Penerima", Role::Receiver).await;
    let path = format!("/v1/work-units/{here}/budget-lines");
    let made = treasurer.post(&path).json(line(2026, 50_000_000)).send().await.expect(201).json();
    assert_eq!((&made["ceiling"], &made["available"]), (&json!(50_000_000), &json!(50_000_000)));
    assert_eq!((&made["reserved"], &made["committed"], &made["spent"]), (&json!(0), &json!(0), &json!(0)));
    let mut next = line(2027, 0);
    next["rup_code"] = json!(null);
    let next = treasurer.post(&path).json(next).send().await.expect(201).json();
    assert_eq!(next["rup_code"], json!(null));

    // All who serve the unit read it, those who keep the money write it, others do not see it.
    let read = receiver.get(&path).send().await.expect(200).json();
    assert_eq!(list(&read["items"]).len(), 2);
    let read = receiver.get(&format!("{path}?year=2026&limit=1")).send().await.expect(200).json();
    assert_eq!((&read["items"][0]["id"], &read["next_cursor"]), (&made["id"], &json!(null)));
    let one = format!("{path}/{}", text(&made["id"]));
    assert_eq!(receiver.get(&one).send().await.expect(200).json(), made);
    let refused = receiver.post(&path).json(line(2028, 1)).send().await;
    refused.expect_problem(403, "role-missing");
    let elsewhere = format!("/v1/work-units/{there}/budget-lines");
    treasurer.post(&elsewhere).json(line(2026, 1)).send().await.expect(404);
    let stray = format!("{elsewhere}/{}", text(&made["id"]));
    app.operator().await.get(&stray).send().await.expect(404);
}

async fn a_line_is_there_once(app: TestApp) {
    let unit = unit(&app, "1.02.01", "skpd").await;
    let treasurer = serving(&app, &unit, "Bendahara", Role::Treasurer).await;
    let path = format!("/v1/work-units/{unit}/budget-lines");
    let mut body = line(2026, 1_000);
    body["rup_code"] = json!(null);
    let sent = join_all((0..5).map(|_| treasurer.post(&path).json(body.clone()).send())).await;
    let mut statuses: Vec<u16> = sent.iter().map(|reply| reply.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409]);
    treasurer.post(&path).json(body).send().await.expect_problem(409, "budget-line-exists");
    treasurer.post(&path).json(line(2026, 1_000)).send().await.expect(201);
}

async fn lines_are_checked(app: TestApp) {
    let unit = unit(&app, "1.02.01", "skpd").await;
    let officer = serving(&app, &unit, "PPK", Role::CommitmentOfficer).await;
    let path = format!("/v1/work-units/{unit}/budget-lines");
    let body = json!({
        "year": 1999, "sub_activity": "", "title": "", "account_code": "5.1.2", "fund_source": "bos", "rup_code": "",
        "ceiling": -1,
    });
    let problem = officer.post(&path).json(body).send().await.expect_problem(422, "invalid");
    assert_eq!(list(&problem["errors"]).len(), 6, "{problem}");
    let mut other = line(2026, 1);
    other["reserved"] = json!(5);
    officer.post(&path).json(other).send().await.expect(422);
}

async fn a_ceiling_is_never_below_what_is_in_use(app: TestApp) {
    let unit = unit(&app, "1.02.01", "skpd").await;
    let treasurer = serving(&app, &unit, "Bendahara", Role::Treasurer).await;
    let path = format!("/v1/work-units/{unit}/budget-lines");
    let made = treasurer.post(&path).json(line(2026, 1_000)).send().await.expect(201).json();
    let one = format!("{path}/{}", text(&made["id"]));
    let change = |ceiling: i64, seen: i32| {
        let body = json!({"ceiling": ceiling, "reason": "perubahan anggaran"});
        treasurer.patch(&one).header("if-match", &format!("\"{seen}\"")).json(body).send()
    };
    let changed = change(900, 1).await.expect(200).json();
    assert_eq!((&changed["ceiling"], &changed["version"]), (&json!(900), &json!(2)));
    change(800, 1).await.expect_problem(412, "stale");

    // What orders will do; the database itself refuses more than the ceiling.
    let id: Uuid = text(&made["id"]).parse().unwrap();
    let set = async |part: Column, amount: i64| {
        let txn = app.db.begin().await.unwrap();
        let update = budget_line::Entity::update_many().col_expr(part, Expr::value(amount));
        let done = update.filter(Column::Id.eq(id)).exec(&txn).await;
        txn.commit().await.unwrap();
        done.is_ok()
    };
    assert!(
        set(Column::Reserved, 300).await
            && set(Column::Committed, 200).await
            && set(Column::Spent, 100).await
    );
    for (part, amount) in
        [(Column::Reserved, 601), (Column::Committed, 501), (Column::Spent, 401), (Column::Spent, -1)]
    {
        assert!(!set(part, amount).await, "{amount}");
    }
    change(599, 2).await.expect_problem(409, "ceiling-in-use");
    let least = change(600, 2).await.expect(200).json();
    assert_eq!((&least["available"], &least["version"]), (&json!(0), &json!(3)));

    // Of many changes at once from the same version one counts.
    let sent = join_all((0..5).map(|more| change(700 + more, 3))).await;
    assert_eq!(sent.iter().filter(|reply| reply.status == 200).count(), 1);
}
