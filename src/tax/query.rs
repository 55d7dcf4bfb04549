//! Reading rules, and the facts about shops that taxes depend on.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter,
    QueryOrder, QueryResult, QuerySelect, RelationDef, Select,
};

use super::entity::{letter, order_tax, profile, rule, year};
use super::model::{Rate, Rule, Rules, Seller};
use crate::kernel::{OrderId, VendorId};
use crate::vendors::entity::profile as business;
use crate::vendors::entity::vendor::{self, LegalForm};

/// All rules there are.
pub async fn rules(db: &impl ConnectionTrait) -> Result<Rules, DbErr> {
    Ok(Rules(rule_rows(db).await?.into_iter().filter_map(parsed).collect()))
}

/// The rules that hold on a day; days as stored compare like days.
pub async fn rules_on(db: &impl ConnectionTrait, day: NaiveDate) -> Result<Rules, DbErr> {
    use rule::Column;
    let day = day.to_string();
    let rows = rule::Entity::find()
        .filter(Column::ValidFrom.lte(day.as_str()))
        .filter(Column::ValidTo.is_null().or(Column::ValidTo.gte(day.as_str())))
        .all(db)
        .await?;
    Ok(Rules(rows.into_iter().filter_map(parsed).collect()))
}

/// All rules as stored, by code and day.
pub async fn rule_rows(db: &impl ConnectionTrait) -> Result<Vec<rule::Model>, DbErr> {
    rule::Entity::find().order_by_asc(rule::Column::Code).order_by_asc(rule::Column::ValidFrom).all(db).await
}

fn parsed(row: rule::Model) -> Option<Rule> {
    Some(Rule {
        id: row.id,
        code: row.code,
        scheme: row.scheme,
        kind: row.kind,
        tax_class: row.tax_class,
        rate: Rate { base: (row.base_num, row.base_den), tax: (row.rate_num, row.rate_den) },
        flat: row.flat,
        threshold: row.threshold,
        no_npwp_factor: row.no_npwp_factor.into(),
        valid_from: row.valid_from.parse().ok()?,
        valid_to: row.valid_to.map(|day| day.parse()).transpose().ok()?,
    })
}

/// What is known of a shop on a day: one row for each letter that holds then.
#[derive(FromQueryResult)]
struct Fact {
    id: VendorId,
    legal_form: LegalForm,
    npwp_sealed: Option<String>,
    nik_sealed: Option<String>,
    is_pkp: Option<bool>,
    owes_pbjt: Option<bool>,
    turnover: Option<i64>,
    letter: Option<letter::Kind>,
}

/// Selects what matters of shops on a day, so that a sale reads more of them in the same statement.
pub fn select_sellers(shops: &[VendorId], day: NaiveDate) -> Select<vendor::Entity> {
    vendor::Entity::find()
        .select_only()
        .columns([vendor::Column::Id, vendor::Column::LegalForm])
        .columns([vendor::Column::NpwpSealed, vendor::Column::NikSealed])
        .column(business::Column::IsPkp)
        .column(profile::Column::OwesPbjt)
        .column(year::Column::Turnover)
        .column_as(letter::Column::Kind, "letter")
        .join(JoinType::LeftJoin, of_shop(business::Entity, business::Column::VendorId))
        .join(JoinType::LeftJoin, of_shop(profile::Entity, profile::Column::VendorId))
        .join(JoinType::LeftJoin, year_of(day))
        .join(JoinType::LeftJoin, letters_on(day))
        .filter(vendor::Column::Id.is_in(shops.iter().copied()))
}

/// What the rows of [`select_sellers`] say. `monthly` is the turnover above which a caterer owes PBJT.
pub fn sellers_of(
    rows: &[QueryResult],
    shops: &[VendorId],
    (day, monthly): (NaiveDate, i64),
) -> Result<HashMap<VendorId, Seller>, DbErr> {
    let facts: Vec<Fact> =
        rows.iter().map(|row| Fact::from_query_result(row, "")).collect::<Result<_, _>>()?;
    let seller = |id: &VendorId| {
        let rows: Vec<&Fact> = facts.iter().filter(|row| row.id == *id).collect();
        let first = rows.first()?;
        let turnover = first.turnover.unwrap_or(0);
        let average = turnover / i64::from(day.month());
        let has = |kind| rows.iter().any(|row| row.letter == Some(kind));
        let is_person = first.legal_form == LegalForm::Person;
        let seller = Seller {
            is_person,
            is_pkp: first.is_pkp.unwrap_or(false),
            has_npwp: first.npwp_sealed.is_some() || (is_person && first.nik_sealed.is_some()),
            owes_pbjt: first.owes_pbjt.unwrap_or(average > monthly),
            final_tax: has(letter::Kind::FinalTax),
            exempt: has(letter::Kind::Exempt),
            low_turnover_stated: has(letter::Kind::LowTurnover) && !has(letter::Kind::Crossed),
            turnover,
        };
        Some((*id, seller))
    };
    Ok(shops.iter().filter_map(seller).collect())
}

fn of_shop<E: EntityTrait>(entity: E, column: E::Column) -> RelationDef {
    vendor::Entity::belongs_to(entity).from(vendor::Column::Id).to(column).into()
}

fn year_of(day: NaiveDate) -> RelationDef {
    of_shop(year::Entity, year::Column::VendorId).on_condition(move |_, years| {
        Condition::all().add(Expr::col((years, year::Column::Year)).eq(day.year()))
    })
}

fn letters_on(day: NaiveDate) -> RelationDef {
    of_shop(letter::Entity, letter::Column::VendorId).on_condition(move |_, letters| {
        let day = day.to_string();
        Condition::all()
            .add(Expr::col((letters.clone(), letter::Column::ValidFrom)).lte(day.as_str()))
            .add(Expr::col((letters, letter::Column::ValidTo)).gte(day.as_str()))
    })
}

/// What a shop says about its taxes.
pub async fn profile(db: &impl ConnectionTrait, id: VendorId) -> Result<Option<profile::Model>, DbErr> {
    profile::Entity::find_by_id(id).one(db).await
}

/// The letters of a shop, the newest first.
pub async fn letters(db: &impl ConnectionTrait, id: VendorId) -> Result<Vec<letter::Model>, DbErr> {
    letter::Entity::find()
        .filter(letter::Column::VendorId.eq(id))
        .order_by_desc(letter::Column::Id)
        .all(db)
        .await
}

/// What a shop turned over in a year.
pub async fn year(db: &impl ConnectionTrait, id: VendorId, year: i32) -> Result<Option<year::Model>, DbErr> {
    year::Entity::find_by_id((id, year)).one(db).await
}

/// The taxes of orders as they were frozen.
pub async fn of_orders(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = OrderId>,
) -> Result<Vec<order_tax::Model>, DbErr> {
    order_tax::Entity::find()
        .filter(order_tax::Column::OrderId.is_in(ids))
        .order_by_asc(order_tax::Column::Id)
        .all(db)
        .await
}

/// The rules that every installation starts with, as the migration writes them.
#[cfg(test)]
pub fn seeded() -> Rules {
    use crate::kernel::{Rupiah, TaxRuleId};
    use sea_orm::ActiveEnum;
    let mut reader = csv::Reader::from_reader(include_str!("../../config/data/tax_rules.csv").as_bytes());
    let number = |text: &str| text.parse::<i64>().unwrap();
    let rule = |(index, row): (u128, csv::StringRecord)| Rule {
        id: TaxRuleId(uuid::Uuid::from_u128(0x019a_b30d_d800_7000_8000_0000_0002_0000 + index)),
        code: row[0].to_owned(),
        scheme: super::model::Scheme::try_from_value(&row[1].to_owned()).unwrap(),
        kind: super::model::Kind::try_from_value(&row[2].to_owned()).unwrap(),
        tax_class: (!row[3].is_empty())
            .then(|| crate::catalog::entity::category::TaxClass::try_from_value(&row[3].to_owned()).unwrap()),
        rate: Rate { base: (number(&row[4]), number(&row[5])), tax: (number(&row[6]), number(&row[7])) },
        flat: Rupiah::new(number(&row[8])).unwrap(),
        threshold: (!row[9].is_empty()).then(|| Rupiah::new(number(&row[9])).unwrap()),
        no_npwp_factor: number(&row[10]),
        valid_from: row[11].parse().unwrap(),
        valid_to: (!row[12].is_empty()).then(|| row[12].parse().unwrap()),
    };
    Rules((1_u128..).zip(reader.records().map(Result::unwrap)).map(rule).collect())
}
