//! Who is calling: the middleware that turns a bearer token, or the key of a program, into a [`Caller`].

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::model::KEY_MARK;
use super::query::{self, Caution};
use super::service::{api_keys, assistance};
use crate::app::App;
use crate::kernel::{Problem, VendorId};
use crate::web::Caller;
use crate::web::authz::Witness;
use crate::web::edge::{KeyLimits, KeyPass};

/// What the middleware works with.
#[derive(Clone)]
pub struct Door {
    app: App,
    limits: KeyLimits,
}

impl Door {
    /// The door of a process, where each key has its limit.
    pub fn new(app: &App) -> Self {
        Self { app: app.clone(), limits: KeyLimits::new(&app.config.rate_limit) }
    }
}

/// Puts the [`Caller`] into the request. Without a token nobody is calling; a bad token is 401, also on a public route.
pub async fn authenticate(State(door): State<Door>, mut request: Request, next: Next) -> Response {
    let shop = shop_of(request.uri().path());
    let pass = match enter(&door, request.headers(), shop).await {
        Ok(None) => return next.run(request).await,
        Ok(Some((caller, pass))) => {
            if caller.assisting.is_some() {
                request.extensions_mut().insert(witness(&door.app));
            }
            request.extensions_mut().insert(caller);
            pass
        }
        Err(problem) => return problem.into_response(),
    };
    let mut response = match &pass {
        Some(pass) if !pass.allowed() => pass.too_many().into_response(),
        _ => next.run(request).await,
    };
    if let Some(pass) = pass {
        pass.write(&mut response);
    }
    private(response)
}

async fn enter(
    door: &Door,
    headers: &HeaderMap,
    shop: Option<VendorId>,
) -> Result<Option<(Caller, Option<KeyPass>)>, Problem> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let token = value.to_str().ok().and_then(bearer);
    let (Some(token), None) = (token, values.next()) else {
        return Err(Problem::unauthorized());
    };
    if token.starts_with(KEY_MARK) {
        by_key(door, token).await.map(Some)
    } else {
        by_session(&door.app, token, shop).await.map(|caller| Some((caller, None)))
    }
}

/// Asked at every request, so that a logout, a block or a lost role holds at once.
async fn by_session(app: &App, token: &str, shop: Option<VendorId>) -> Result<Caller, Problem> {
    let now = app.now();
    let (user, session) = app.tokens.verify(token, now).map_err(|_| Problem::unauthorized())?;
    let caller = query::caller(app.db.read(), user, (session, shop), caution(app), now).await?;
    caller.ok_or_else(Problem::unauthorized)
}

/// The shop that a path works in; the office's own paths name it elsewhere.
fn shop_of(path: &str) -> Option<VendorId> {
    let (id, _) = path.strip_prefix("/v1/vendors/")?.split_once('/')?;
    id.parse().ok()
}

/// Writes down what an officer does in the place of an owner.
fn witness(app: &App) -> Witness {
    let app = app.clone();
    Witness::new(move |act| {
        let app = app.clone();
        async move { assistance::write_down(&app, act).await.map_err(Problem::from) }
    })
}

async fn by_key(door: &Door, key: &str) -> Result<(Caller, Option<KeyPass>), Problem> {
    let app = &door.app;
    let program = query::program(app.db.read(), key, caution(app), app.now()).await?;
    let program = program.ok_or_else(Problem::unauthorized)?;
    let pass = door.limits.enter(program.key_id, program.per_minute);
    if pass.as_ref().is_none_or(KeyPass::allowed) {
        // Knowing when it was used is worth less than using it.
        let noted = api_keys::note_use(app, program.key_id, program.last_used_at).await;
        noted.inspect_err(|error| tracing::warn!(%error, "the use of a key is not noted")).ok();
    }
    Ok((program.caller, pass))
}

fn caution(app: &App) -> Caution<'_> {
    Caution {
        second_factor_roles: &app.config.auth.second_factor_roles,
        step_up_ttl: chrono::Duration::from_std(app.config.auth.step_up_ttl).unwrap_or_default(),
    }
}

fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// What one person was told is not kept for another one.
fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.append(VARY, HeaderValue::from_static("Authorization"));
    response
}

#[cfg(test)]
mod tests {
    use super::{bearer, shop_of};

    #[test]
    fn only_the_paths_of_a_shop_name_it() {
        let id = "01900000-0000-7000-8000-00000000dead";
        assert!(shop_of(&format!("/v1/vendors/{id}/products")).is_some());
        for path in
            [format!("/v1/vendors/{id}"), format!("/v1/admin/vendors/{id}/verify"), "/v1/vendors/x/y".into()]
        {
            assert!(shop_of(&path).is_none(), "{path}");
        }
    }

    #[test]
    fn reads_a_bearer_token() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer  abc "), Some("abc"));
        assert_eq!(bearer("Basic abc"), None);
        assert_eq!(bearer("Bearer"), None);
    }
}
