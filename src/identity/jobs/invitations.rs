//! Sends an invitation with its secret.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::identity::entity::invitation;
use crate::identity::service::invitations::open;
use crate::kernel::InvitationId;
use crate::kernel::clock::business_date;
use crate::platform::jobs::{Job, JobError};
use crate::platform::messages::{Address, Message};
use crate::platform::random;
use crate::web::Role;
use crate::web::authz::Scope;

/// Sends one invitation. The secret is drawn here, so that no table and no job ever holds it.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendInvitation {
    /// Which one.
    pub invitation_id: InvitationId,
}

impl Job<App> for SendInvitation {
    const KIND: &'static str = "identity.invite";

    async fn run(self, app: App) -> Result<(), JobError> {
        let now = app.now();
        let secret = random::secret();
        let txn = app.db.begin().await?;
        // A message that is sent again carries a new secret, and the one before is void.
        let rows = invitation::Entity::update_many()
            .col_expr(invitation::Column::Hash, Expr::value(random::digest(&secret)))
            .filter(invitation::Column::Id.eq(self.invitation_id))
            .filter(invitation::Column::ExpiresAt.gt(now))
            .filter(open())
            .exec_with_returning(&txn)
            .await?;
        txn.commit().await?;
        let Some(row) = rows.into_iter().next() else {
            return Ok(());
        };
        let Some(to) = Address::of(row.email.as_deref(), row.phone.as_deref()) else {
            return Ok(());
        };
        let message = Message {
            to,
            subject: "Undangan Lapak / Invitation to Lapak".to_owned(),
            text: text(&row, &secret),
        };
        app.messenger.send(message, now).await.map_err(JobError::new)
    }
}

fn text(row: &invitation::Model, secret: &str) -> String {
    let role = Scope::parse(&row.scope).and_then(|scope| Role::parse(scope, &row.role));
    let role = role.map_or_else(|| row.role.clone(), Role::label);
    let until = business_date(row.expires_at);
    format!(
        "Lapak: Anda diundang sebagai {role}. Masuk ke akun Anda, lalu pakai kode undangan ini sebelum {until}: {secret}\n\
         You are invited as {role}. Sign in and use this invitation code before {until}."
    )
}
