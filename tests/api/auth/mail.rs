//! What was sent to somebody, and the code or token in it.

use lapak::identity::entity::{one_time_token, throttle};
use lapak::platform::audit::entity as event;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::support::{Reply, TestApp};

/// The texts that went to an address, the oldest first.
pub fn all(app: &TestApp, to: &str) -> Vec<String> {
    let kept = app.messenger.kept().into_iter().map(|kept| kept.message);
    kept.filter(|message| message.to.as_str() == to).map(|message| message.text).collect()
}

/// The secret in the last message to an address: the token of a link, or six digits.
#[track_caller]
pub fn secret(app: &TestApp, to: &str) -> String {
    let text = all(app, to).pop().unwrap_or_else(|| panic!("nothing was sent to {to}"));
    if let Some((_, rest)) = text.split_once("#token=") {
        return rest.split_whitespace().next().unwrap().to_owned();
    }
    let mut digits = text.split(|c: char| !c.is_ascii_digit());
    digits.find(|digits| digits.len() == 6).unwrap_or_else(|| panic!("no secret in {text}")).to_owned()
}

/// A request of somebody who is not signed in.
pub async fn ask(app: &TestApp, path: &str, body: Value) -> Reply {
    app.post(path).json(body).send().await
}

/// Asks for a message, lets it go out, and reads the secret in it.
pub async fn asked(app: &TestApp, path: &str, to: &str) -> String {
    let member = if path.ends_with("/codes") { "phone" } else { "login" };
    // What was sent before has arrived before.
    app.run_jobs().await;
    ask(app, path, json!({member: to})).await.expect(202);
    app.run_jobs().await;
    secret(app, to)
}

/// How often an act is in the audit trail.
pub async fn audited(app: &TestApp, action: &str) -> Vec<event::Model> {
    event::Entity::find().filter(event::Column::Action.eq(action)).all(app.db.read()).await.unwrap()
}

/// Everything that is counted.
pub async fn throttles(app: &TestApp) -> Vec<throttle::Model> {
    throttle::Entity::find().all(app.db.read()).await.unwrap()
}

/// Every code and link.
pub async fn secrets(app: &TestApp) -> Vec<one_time_token::Model> {
    one_time_token::Entity::find().all(app.db.read()).await.unwrap()
}
