//! `lapak doctor`: tries everything a start needs and says in plain words what is wrong.

use super::{CliError, keys as sealing, say};
use crate::app::make_data_dir;
use crate::config::{Channel, Config, Environment};
use crate::identity::Tokens;
use crate::kernel::Clock;
use crate::platform::db::Db;
use crate::platform::files::Files;
use crate::platform::messages::Messenger;
use crate::platform::sealed::Sealer;

/// What a check found: fine and in which way, or what is wrong.
type Finding = Result<String, String>;

/// Checks settings, data folder, keys, database, files, search and messages.
pub async fn doctor() -> Result<(), CliError> {
    let config = Config::load()?;
    let findings = [
        ("settings", Ok(settings(&config))),
        ("data", data(&config)),
        ("keys", keys(&config)),
        ("database", database(&config).await),
        ("sealed", sealed(&config).await),
        ("files", files(&config).await),
        ("search", search(&config).await),
        ("messages", messages(&config)),
    ];
    let mut wrong = 0;
    for (name, finding) in findings {
        match finding {
            Ok(text) => say(&format!("ok    {name:<10}{text}"))?,
            Err(text) => {
                wrong += 1;
                say(&format!("WRONG {name:<10}{text}"))?;
            }
        }
    }
    match wrong {
        0 => Ok(()),
        wrong => Err(CliError::Unwell(wrong)),
    }
}

fn settings(config: &Config) -> String {
    match config.environment {
        Environment::Development => "development; not for the public".to_owned(),
        Environment::Test => "test; not for the public".to_owned(),
        Environment::Production => "production".to_owned(),
    }
}

fn data(config: &Config) -> Finding {
    make_data_dir(config).map_err(|error| error.to_string())?;
    let folder = config.data.dir.display();
    let probe = config.data_path(".doctor");
    std::fs::write(&probe, b"lapak")
        .and_then(|()| std::fs::remove_file(&probe))
        .map_err(|error| format!("cannot write into the folder {folder}: {error}"))?;
    Ok(format!("folder {folder}"))
}

fn keys(config: &Config) -> Finding {
    Tokens::load(config).map_err(|error| error.to_string())?;
    Sealer::load(config).map_err(|error| error.to_string())?;
    Ok("tokens can be signed, identity numbers encrypted".to_owned())
}

async fn database(config: &Config) -> Finding {
    let db = Db::connect(&config.database_url(), &config.database)
        .await
        .map_err(|error| format!("cannot be reached: {error}"))?;
    db.ping().await.map_err(|error| format!("does not answer: {error}"))?;
    let pending =
        db.pending_migrations().await.map_err(|error| format!("its version cannot be read: {error}"))?;
    let backend = db.backend();
    db.close().await.map_err(|error| error.to_string())?;
    if pending.is_empty() || config.database.migrate_at_start {
        return Ok(format!("{backend:?}, {} migrations to run at start", pending.len()));
    }
    Err(format!("older than this program; run `lapak migrate` (missing: {})", pending.join(", ")))
}

/// Whether the keys open what was sealed.
async fn sealed(config: &Config) -> Finding {
    let sealer = Sealer::load(config).map_err(|error| error.to_string())?;
    let db =
        Db::connect(&config.database_url(), &config.database).await.map_err(|error| error.to_string())?;
    let pending = db.pending_migrations().await.map_err(|error| error.to_string())?;
    let standing = if pending.is_empty() {
        sealing::standing(&db, &sealer).await.map_err(|error| error.to_string())?
    } else {
        Ok("nothing can be looked at before the migrations have run".to_owned())
    };
    db.close().await.map_err(|error| error.to_string())?;
    standing
}

async fn files(config: &Config) -> Finding {
    let files = Files::open(config).map_err(|error| error.to_string())?;
    files.check().await.map_err(|error| error.to_string())?;
    Ok("a file was written, read and removed".to_owned())
}

async fn search(config: &Config) -> Finding {
    let search = crate::search::of(config, Clock::System);
    if search.is_per_process() {
        return Ok("in this process, under the data folder".to_owned());
    }
    let engine = search.engine().await.map_err(|error| error.to_string())?;
    engine.health().await.map_err(|error| error.to_string())?;
    Ok(format!("Meilisearch at {} answers", config.search.meilisearch_url))
}

/// Nothing is sent: a test message to nobody would only teach servers to distrust this one.
fn messages(config: &Config) -> Finding {
    Messenger::new(&config.messages).map_err(|error| error.to_string())?;
    let word = |channel| match channel {
        Channel::Live => "live",
        Channel::Log => "kept here for operators, sent to nobody",
        Channel::Off => "off; codes and links reach nobody",
    };
    Ok(format!("mail {}; phone {}", word(config.messages.mail), word(config.messages.phone)))
}
