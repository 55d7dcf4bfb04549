//! An account for every role, with passwords that nobody knows but the file they are written to.

use std::io::Write;
use std::path::PathBuf;

use sea_orm::{EntityTrait, QueryOrder};
use uuid::Uuid;

use crate::app::App;
use crate::catalog::cli::private_file;
use crate::catalog::entity::product;
use crate::catalog::import::ImportError;
use crate::identity::entity::work_unit::Kind;
use crate::identity::model::Registration;
use crate::identity::service::{accounts, roles};
use crate::kernel::{VendorId, WorkUnitId};
use crate::platform::random;
use crate::web::Role;
use crate::web::authz::Scope;

/// Code, name and kind of the work units.
const UNITS: [(&str, &str, Kind); 3] = [
    ("2.17.01", "Dinas Perindustrian (contoh)", Kind::Skpd),
    ("1.01.01", "Dinas Pendidikan (contoh)", Kind::Skpd),
    ("7.01.09", "Kecamatan Cikarang Utara (contoh)", Kind::District),
];

/// Where the roles hold.
struct Places {
    vendor_id: VendorId,
    unit_id: WorkUnitId,
}

/// Makes the accounts and writes `demo.env` into the data folder.
pub async fn create(app: &App) -> Result<PathBuf, ImportError> {
    let vendor_id = product::Entity::find()
        .order_by_asc(product::Column::Id)
        .one(app.db.read())
        .await?
        .map(|product| product.vendor_id)
        .ok_or_else(|| ImportError::Unreadable("the demo data have no product".to_owned()))?;
    let unit_id = create_units(app).await?;
    let places = Places { vendor_id, unit_id };
    let mut lines = vec![
        "# Accounts of the demo data, one for each role.".to_owned(),
        format!("LAPAK_DEMO_VENDOR_ID={vendor_id}"),
        format!("LAPAK_DEMO_UNIT_ID={unit_id}"),
    ];
    for role in Role::ALL {
        let (login, password) = create_one(app, role, &places).await?;
        let name = name(role).to_uppercase();
        lines.push(format!("LAPAK_DEMO_{name}_LOGIN={login}"));
        lines.push(format!("LAPAK_DEMO_{name}_PASSWORD={password}"));
    }
    let path = app.config.data_path("demo.env");
    let mut file = private_file(&path)?;
    writeln!(file, "{}", lines.join("\n"))
        .map_err(|error| ImportError::File(path.display().to_string(), error))?;
    Ok(path)
}

async fn create_units(app: &App) -> Result<WorkUnitId, ImportError> {
    let txn = app.db.begin().await?;
    let mut ids = Vec::with_capacity(UNITS.len());
    for unit in UNITS {
        ids.push(roles::create_unit(&txn, unit, app.now()).await.map_err(account)?);
    }
    app.commit(txn).await?;
    let first = ids.first().copied();
    first.ok_or_else(|| ImportError::Unreadable("there is no work unit".to_owned()))
}

async fn create_one(app: &App, role: Role, places: &Places) -> Result<(String, String), ImportError> {
    let name = name(role);
    let login = format!("{}@demo.example", name.replace('_', "-"));
    let password = random::secret();
    let shown = format!("Demo {}", name.replace('_', " "));
    let form = Registration::parse(&shown, &password, Some(&login), None)
        .map_err(|problem| ImportError::Account(problem.detail.en.into_owned()))?;
    let hash = app.passwords.hash(form.password).await;
    let hash = hash.map_err(|error| ImportError::Account(error.to_string()))?;
    let now = app.now();
    let txn = app.db.begin().await?;
    let user = accounts::create(&txn, form.person, hash, now).await.map_err(account)?;
    let scope_id = match role.scope() {
        Scope::Platform => Uuid::nil(),
        Scope::Vendor => places.vendor_id.into(),
        Scope::Unit => places.unit_id.into(),
    };
    roles::grant(&txn, user.id, role, scope_id, now).await?;
    app.commit(txn).await?;
    Ok((login, password))
}

/// `vendor_owner`, `officer`, `receiver`.
fn name(role: Role) -> String {
    match role.scope() {
        Scope::Vendor => format!("vendor_{}", role.name()),
        _ => role.name().to_owned(),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err asks for")]
fn account(error: crate::identity::IdentityError) -> ImportError {
    ImportError::Account(error.to_string())
}
