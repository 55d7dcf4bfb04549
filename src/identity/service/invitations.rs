//! Invitations: a role that waits for whoever holds the secret.
//!
//! Members are locked before the invitation, everywhere in the same order.

use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::members;
use super::roles::{self, Appointment};
use super::throttle::{self, Counter};
use crate::app::App;
use crate::identity::entity::{invitation, membership, user};
use crate::identity::error::{IdentityError, MemberError};
use crate::identity::jobs::SendInvitation;
use crate::identity::model::{Term, may_make};
use crate::identity::service::units;
use crate::kernel::{InvitationId, UserId, WorkUnitId};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::jobs::{self, NewJob};
use crate::platform::messages::Address;
use crate::platform::random;
use crate::web::Role;
use crate::web::authz::Scope;

/// Invitations that one person may write in a day.
const A_DAY: u64 = 100;
/// How long one that ran out stays in the lists.
const KEPT: Duration = Duration::days(30);

/// A role that is offered.
#[derive(Clone, Debug)]
pub struct Invite {
    /// In which shop or work unit; the nil id on the platform.
    pub scope_id: Uuid,
    /// What.
    pub role: Role,
    /// Areas that staff of a shop is limited to.
    pub permissions: Option<String>,
    /// The decree that appoints.
    pub decree: Option<String>,
    /// When it holds.
    pub term: Term,
    /// Who gets it; nobody: a secret to hand over.
    pub to: Option<Address>,
}

/// Offers a role. The secret is told only where it is not sent.
pub async fn invite(
    app: &App,
    who: &Who,
    invite: Invite,
) -> Result<(invitation::Model, Option<String>), IdentityError> {
    let now = app.now();
    let inviter = who.actor.ok_or(MemberError::NotPermitted)?;
    if let Some(to) = &invite.to {
        throttle::pass(app, &[Counter::invitations(app, to.as_str())]).await?;
    }
    let txn = app.db.begin().await?;
    if !may_invite(&txn, inviter, (invite.role, invite.scope_id), now).await? {
        return Err(MemberError::NotPermitted.into());
    }
    if invite.role.scope() == Scope::Unit {
        units::exists(&txn, WorkUnitId(invite.scope_id)).await?;
    }
    let (row, secret) = offer(app, &txn, who, &invite).await?;
    app.commit(txn).await?;
    // What is sent is another secret, drawn when it is sent.
    Ok((row, invite.to.is_none().then_some(secret)))
}

/// Writes an offer and the job that sends it. The caller has seen that `who` may make it.
pub async fn offer(
    app: &App,
    txn: &DatabaseTransaction,
    who: &Who,
    invite: &Invite,
) -> Result<(invitation::Model, String), MemberError> {
    let now = app.now();
    let inviter = who.actor.ok_or(MemberError::NotPermitted)?;
    not_too_many(txn, inviter, now).await?;
    let secret = random::secret();
    let ttl = Duration::from_std(app.config.auth.invitation_ttl).unwrap_or(Duration::days(7));
    let row = row_of(invite, inviter, &secret, (now, ttl));
    invitation::Entity::insert(invitation::ActiveModel::from(row.clone()))
        .exec_without_returning(txn)
        .await?;
    if invite.to.is_some() {
        let job = SendInvitation { invitation_id: row.id };
        jobs::enqueue(txn, vec![NewJob::now::<App, _>(now, &job)?]).await?;
    }
    record(app, txn, who, ("invitation.created", &row), now).await?;
    Ok((row, secret))
}

/// Takes an offer back.
pub async fn revoke(
    app: &App,
    who: &Who,
    (scope, scope_id): (Scope, Uuid),
    id: InvitationId,
) -> Result<(), MemberError> {
    let now = app.now();
    let inviter = who.actor.ok_or(MemberError::NotPermitted)?;
    let txn = app.db.begin().await?;
    let found = invitation::Entity::find_by_id(id)
        .filter(invitation::Column::Scope.eq(scope.name()))
        .filter(invitation::Column::ScopeId.eq(scope_id))
        .one(&txn)
        .await?
        .ok_or(MemberError::NotFound)?;
    let role = Role::parse(scope, &found.role).ok_or(MemberError::NotFound)?;
    if !may_invite(&txn, inviter, (role, scope_id), now).await? {
        return Err(MemberError::NotPermitted);
    }
    let revoked = invitation::Entity::update_many()
        .col_expr(invitation::Column::RevokedAt, Expr::value(now))
        .filter(invitation::Column::Id.eq(id))
        .filter(open())
        .exec(&txn)
        .await?;
    if revoked.rows_affected != 1 {
        return Err(MemberError::InvitationClosed);
    }
    record(app, &txn, who, ("invitation.revoked", &found), now).await?;
    app.commit(txn).await?;
    Ok(())
}

/// Takes what is offered: once, in time, by the account it was sent to, and while the inviter may still offer it.
pub async fn accept(
    app: &App,
    who: &Who,
    user_id: UserId,
    secret: &str,
) -> Result<invitation::Model, MemberError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let found = find_open(&txn, secret, now).await?.ok_or(MemberError::InvitationRefused)?;
    let account = user::Entity::find_by_id(user_id).one(&txn).await?;
    let role = Scope::parse(&found.scope).and_then(|scope| Role::parse(scope, &found.role));
    let (Some(account), Some(role)) = (account, role) else {
        return Err(MemberError::InvitationRefused);
    };
    let inviter_may = may_invite(&txn, found.invited_by, (role, found.scope_id), now).await?;
    if !is_for(&found, &account) || !inviter_may || !can_sign_in(&txn, found.invited_by).await? {
        return Err(MemberError::InvitationRefused);
    }
    let taken = invitation::Entity::update_many()
        .col_expr(invitation::Column::AcceptedAt, Expr::value(now))
        .col_expr(invitation::Column::AcceptedBy, Expr::value(user_id))
        .filter(invitation::Column::Id.eq(found.id))
        .filter(open())
        .exec(&txn)
        .await?;
    if taken.rows_affected != 1 {
        return Err(MemberError::InvitationRefused);
    }
    join(&txn, &found, role, user_id, now).await?;
    record(app, &txn, who, ("invitation.accepted", &found), now).await?;
    app.commit(txn).await?;
    Ok(found)
}

/// Forgets invitations that ran out a while ago, with the addresses in them; the audit trail knows that they were. Tells
/// how many went.
pub async fn forget(app: &App) -> Result<u64, DbErr> {
    let txn = app.db.begin().await?;
    let gone = invitation::Entity::delete_many()
        .filter(invitation::Column::ExpiresAt.lt(app.now() - KEPT))
        .exec(&txn)
        .await?;
    txn.commit().await?;
    Ok(gone.rows_affected)
}

fn row_of(
    invite: &Invite,
    inviter: UserId,
    secret: &str,
    (now, ttl): (DateTime<Utc>, Duration),
) -> invitation::Model {
    let (email, phone) = match &invite.to {
        Some(Address::Email(email)) => (Some(email.as_str().to_owned()), None),
        Some(Address::Phone(phone)) => (None, Some(phone.as_str().to_owned())),
        None => (None, None),
    };
    invitation::Model {
        id: InvitationId::generate(),
        scope: invite.role.scope().name().to_owned(),
        scope_id: invite.scope_id,
        role: invite.role.name().to_owned(),
        permissions: invite.permissions.clone(),
        decree: invite.decree.clone(),
        valid_from: invite.term.from,
        valid_to: invite.term.to,
        email,
        phone,
        hash: random::digest(secret),
        invited_by: inviter,
        created_at: now,
        expires_at: now + ttl,
        accepted_at: None,
        accepted_by: None,
        revoked_at: None,
    }
}

/// True if the person may give this role there now. Locks those who decide.
async fn may_invite(
    txn: &DatabaseTransaction,
    inviter: UserId,
    (role, scope_id): (Role, Uuid),
    now: DateTime<Utc>,
) -> Result<bool, MemberError> {
    if role.scope() == Scope::Vendor {
        let rows = members::locked(txn, Scope::Vendor, scope_id, now).await?;
        if rows.is_empty() && role == Role::VendorOwner {
            // The office invites the first.
            return holds(txn, inviter, Role::Officer, now).await;
        }
        return Ok(members::held_by(&rows, inviter).is_some_and(|by| may_make(by, None, Some(role))));
    }
    holds(txn, inviter, Role::Operator, now).await
}

async fn holds(
    txn: &DatabaseTransaction,
    user_id: UserId,
    role: Role,
    now: DateTime<Utc>,
) -> Result<bool, MemberError> {
    let rows = members::locked(txn, Scope::Platform, Uuid::nil(), now).await?;
    Ok(rows.iter().any(|row| row.user_id == user_id && row.role == role.name()))
}

async fn can_sign_in(txn: &DatabaseTransaction, user_id: UserId) -> Result<bool, MemberError> {
    let user = user::Entity::find_by_id(user_id).one(txn).await?;
    Ok(user.is_some_and(|user| user.status == user::Status::Active))
}

async fn not_too_many(
    txn: &DatabaseTransaction,
    inviter: UserId,
    now: DateTime<Utc>,
) -> Result<(), MemberError> {
    let today = invitation::Entity::find()
        .filter(invitation::Column::InvitedBy.eq(inviter))
        .filter(invitation::Column::CreatedAt.gt(now - Duration::days(1)))
        .count(txn)
        .await?;
    if today < A_DAY { Ok(()) } else { Err(MemberError::TooManyInvitations) }
}

/// Neither used nor taken back.
pub(in crate::identity) fn open() -> Condition {
    Condition::all()
        .add(invitation::Column::AcceptedAt.is_null())
        .add(invitation::Column::RevokedAt.is_null())
}

async fn find_open(
    txn: &DatabaseTransaction,
    secret: &str,
    now: DateTime<Utc>,
) -> Result<Option<invitation::Model>, MemberError> {
    let found = invitation::Entity::find()
        .filter(invitation::Column::Hash.eq(random::digest(secret)))
        .filter(invitation::Column::ExpiresAt.gt(now))
        .filter(open())
        .one(txn)
        .await?;
    Ok(found)
}

/// A link is for anybody; what was sent is for the account of that address.
fn is_for(found: &invitation::Model, account: &user::Model) -> bool {
    match (&found.email, &found.phone) {
        (None, None) => true,
        (Some(email), _) => account.email.as_ref() == Some(email),
        (None, Some(phone)) => account.phone.as_ref() == Some(phone),
    }
}

async fn join(
    txn: &DatabaseTransaction,
    found: &invitation::Model,
    role: Role,
    user_id: UserId,
    now: DateTime<Utc>,
) -> Result<(), MemberError> {
    if role.scope() == Scope::Vendor && works_in(txn, found.scope_id, user_id).await? {
        return Err(MemberError::AlreadyMember);
    }
    let appointment = Appointment {
        user_id,
        role,
        scope_id: found.scope_id,
        permissions: found.permissions.clone(),
        decree: found.decree.clone(),
        term: Term { from: found.valid_from, to: found.valid_to },
    };
    roles::appoint(txn, appointment, now).await?.map(drop).ok_or(MemberError::AlreadyMember)
}

/// Read after the members are locked, so that of two invitations to one person one is too late.
async fn works_in(txn: &DatabaseTransaction, vendor: Uuid, user_id: UserId) -> Result<bool, MemberError> {
    let row = membership::Entity::find()
        .filter(membership::Column::UserId.eq(user_id))
        .filter(membership::Column::Scope.eq(Scope::Vendor.name()))
        .filter(membership::Column::ScopeId.eq(vendor))
        .one(txn)
        .await?;
    Ok(row.is_some())
}

async fn record(
    app: &App,
    txn: &DatabaseTransaction,
    who: &Who,
    (action, row): (&'static str, &invitation::Model),
    now: DateTime<Utc>,
) -> Result<(), MemberError> {
    let by = match (&row.email, &row.phone) {
        (Some(_), _) => "email",
        (None, Some(_)) => "phone",
        (None, None) => "link",
    };
    let detail = json!({
        "scope": row.scope,
        "scope_id": row.scope_id,
        "role": row.role,
        "permissions": row.permissions,
        "decree": row.decree,
        "by": by,
        "invited_by": row.invited_by,
    });
    let deed = Deed { action, object: ("invitation", row.id.into()), detail };
    Ok(audit::record(txn, &app.sealer, who, deed, now).await?)
}
