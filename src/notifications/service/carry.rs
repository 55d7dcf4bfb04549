//! From news to people: who works where, who wants to hear of what, and by which way.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::NotSet;
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, Set};
use uuid::Uuid;

use crate::app::App;
use crate::documents::jobs::IssueDocuments;
use crate::identity::entity::{membership, user};
use crate::kernel::{JobId, NewsId, NotificationId, OrderId, UserId};
use crate::notifications::entity::{choice, notification};
use crate::notifications::jobs::SendNotice;
use crate::notifications::model::{Channel, Topic, by_default};
use crate::notifications::texts;
use crate::platform::jobs::{self, NewJob};
use crate::platform::news::{self, Audience, entity as told};
use crate::web::authz::{Area, Role, Scope};

/// Rows of one statement.
const AT_ONCE: usize = 200;

/// Somebody who is told, and in which part; nothing: as oneself.
#[derive(Clone, Copy, Debug)]
struct Hearer {
    user_id: UserId,
    role: Option<Role>,
}

/// Turns the news of one telling into notifications and mails; whoever was told before is not told again.
pub async fn carry(app: &App, job_id: JobId) -> Result<(), DbErr> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let news = news::of_job(&txn, job_id).await?;
    let hearers = Hearers::of(&txn, &news, now).await?;
    let choices = choices(&txn, &hearers).await?;
    let already = already_told(&txn, &news).await?;
    let (mut rows, mut mails) = (Vec::new(), Vec::new());
    for (piece, hearer) in hearers.of_each(&news) {
        if !already.contains(&(piece.id, hearer.user_id)) {
            let row = notification_for(piece, hearer, &choices);
            if choices.wants(piece, hearer, Channel::Mail) {
                mails.push(NewJob::now::<App, _>(now, &SendNotice { notification_id: *row.id.as_ref() })?);
            }
            rows.push(row);
        }
    }
    for rows in rows.chunks(AT_ONCE) {
        notification::Entity::insert_many(rows.to_vec()).exec_without_returning(&txn).await?;
    }
    mails.extend(papers(app, &news, now)?);
    jobs::enqueue(&txn, mails).await?;
    app.commit(txn).await?;
    app.live.wake();
    Ok(())
}

/// The papers that follow from what happened to orders, once for each.
fn papers(app: &App, news: &[told::Model], now: DateTime<Utc>) -> Result<Vec<NewJob>, DbErr> {
    if !app.config.documents.automatic {
        return Ok(Vec::new());
    }
    let of_buyers = news.iter().filter(|news| news.audience == Audience::USER && news.object_kind == "order");
    let due = of_buyers.filter_map(|news| {
        let data: serde_json::Value = serde_json::from_str(&news.data).unwrap_or_default();
        IssueDocuments::due(&news.kind, OrderId(news.object_id), data["payment_method"] == "cod")
    });
    due.map(|papers| NewJob::now::<App, _>(now, &papers)).collect()
}

fn notification_for(news: &told::Model, hearer: Hearer, choices: &Choices) -> notification::ActiveModel {
    notification::ActiveModel {
        seq: NotSet,
        xid: NotSet,
        id: Set(NotificationId::generate()),
        news_id: Set(news.id),
        user_id: Set(hearer.user_id),
        kind: Set(news.kind.clone()),
        audience: Set(news.audience.clone()),
        audience_id: Set(news.audience_id),
        object_kind: Set(news.object_kind.clone()),
        object_id: Set(news.object_id),
        data: Set(news.data.clone()),
        listed: Set(choices.wants(news, hearer, Channel::InApp)),
        read_at: Set(None),
        created_at: Set(news.created_at),
    }
}

/// Who hears of what.
struct Hearers {
    /// Members of shops, by shop.
    members: HashMap<Uuid, Vec<membership::Model>>,
    /// People with a role on the platform, by the role's name.
    office: HashMap<String, Vec<membership::Model>>,
    /// Those of them, and of the people who are told as themselves, who may sign in.
    active: HashSet<UserId>,
}

impl Hearers {
    async fn of(
        conn: &impl ConnectionTrait,
        news: &[told::Model],
        now: DateTime<Utc>,
    ) -> Result<Self, DbErr> {
        let ids = |audience: &str| -> HashSet<Uuid> {
            news.iter().filter(|news| news.audience == audience).map(|news| news.audience_id).collect()
        };
        let (people, shops) = (ids(Audience::USER), ids(Audience::VENDOR));
        let roles: HashSet<&str> = news
            .iter()
            .map(|news| news.audience.as_str())
            .filter(|audience| ![Audience::USER, Audience::VENDOR].contains(audience))
            .collect();
        let (mut members, mut office) = (HashMap::<_, Vec<_>>::new(), HashMap::<_, Vec<_>>::new());
        let mut candidates: HashSet<UserId> = people.into_iter().map(UserId).collect();
        for row in memberships(conn, &shops, &roles, now).await? {
            candidates.insert(row.user_id);
            if row.scope == Scope::Platform.name() {
                office.entry(row.role.clone()).or_default().push(row);
            } else {
                members.entry(row.scope_id).or_default().push(row);
            }
        }
        Ok(Self { members, office, active: active(conn, &candidates).await? })
    }

    /// Each piece of news with each person who is to hear of it, once.
    fn of_each<'a>(
        &'a self,
        news: &'a [told::Model],
    ) -> impl Iterator<Item = (&'a told::Model, Hearer)> + use<'a> {
        news.iter().filter(|news| texts::exists(&news.kind, &news.audience)).flat_map(move |news| {
            let mut seen = HashSet::new();
            let hearers = self.hear(news).into_iter();
            hearers
                .filter(move |hearer| self.active.contains(&hearer.user_id) && seen.insert(hearer.user_id))
                .map(move |hearer| (news, hearer))
        })
    }

    fn hear(&self, news: &told::Model) -> Vec<Hearer> {
        let topic = Topic::of(&news.kind);
        let none = Vec::new();
        let (rows, scope) = match news.audience.as_str() {
            Audience::USER => return vec![Hearer { user_id: UserId(news.audience_id), role: None }],
            Audience::VENDOR => (self.members.get(&news.audience_id).unwrap_or(&none), Scope::Vendor),
            role => (self.office.get(role).unwrap_or(&none), Scope::Platform),
        };
        let heard = rows.iter().filter_map(|row| {
            let role = Role::parse(scope, &row.role)?;
            let may = topic.is_for(role) && works_on_orders(row);
            may.then_some(Hearer { user_id: row.user_id, role: Some(role) })
        });
        heard.collect()
    }

    fn everybody(&self) -> impl Iterator<Item = UserId> {
        self.active.iter().copied()
    }
}

/// Staff may be limited to some areas; what shops are told is about orders.
fn works_on_orders(row: &membership::Model) -> bool {
    let orders = Area::Orders.name();
    row.permissions.as_ref().is_none_or(|areas| areas.split_whitespace().any(|area| area == orders))
}

async fn memberships(
    conn: &impl ConnectionTrait,
    shops: &HashSet<Uuid>,
    roles: &HashSet<&str>,
    now: DateTime<Utc>,
) -> Result<Vec<membership::Model>, DbErr> {
    use membership::Column;
    if shops.is_empty() && roles.is_empty() {
        return Ok(Vec::new());
    }
    let of_shops = Column::Scope.eq(Scope::Vendor.name()).and(Column::ScopeId.is_in(shops.iter().copied()));
    let of_office = Column::Scope.eq(Scope::Platform.name()).and(Column::Role.is_in(roles.iter().copied()));
    membership::Entity::find()
        .filter(Condition::any().add(of_shops).add(of_office))
        .filter(Column::ValidFrom.is_null().or(Column::ValidFrom.lte(now)))
        .filter(Column::ValidTo.is_null().or(Column::ValidTo.gt(now)))
        .all(conn)
        .await
}

async fn active(conn: &impl ConnectionTrait, ids: &HashSet<UserId>) -> Result<HashSet<UserId>, DbErr> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let rows: Vec<UserId> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(user::Column::Id.is_in(ids.iter().copied()))
        .filter(user::Column::Status.eq(user::Status::Active))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().collect())
}

/// What people said about topics and channels.
struct Choices(HashMap<(UserId, Topic, Channel), bool>);

impl Choices {
    fn wants(&self, news: &told::Model, hearer: Hearer, channel: Channel) -> bool {
        let said = self.0.get(&(hearer.user_id, Topic::of(&news.kind), channel));
        said.copied().unwrap_or_else(|| by_default(channel, hearer.role))
    }
}

async fn choices(conn: &impl ConnectionTrait, hearers: &Hearers) -> Result<Choices, DbErr> {
    let people: Vec<UserId> = hearers.everybody().collect();
    let rows = choice::Entity::find().filter(choice::Column::UserId.is_in(people)).all(conn).await?;
    Ok(Choices(rows.into_iter().map(|row| ((row.user_id, row.topic, row.channel), row.wanted)).collect()))
}

/// A job may run twice; the constraint on (news, person) is the wall behind this.
async fn already_told(
    conn: &impl ConnectionTrait,
    news: &[told::Model],
) -> Result<HashSet<(NewsId, UserId)>, DbErr> {
    use notification::Column;
    let rows: Vec<(NewsId, UserId)> = notification::Entity::find()
        .select_only()
        .columns([Column::NewsId, Column::UserId])
        .filter(Column::NewsId.is_in(news.iter().map(|news| news.id)))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().collect())
}
