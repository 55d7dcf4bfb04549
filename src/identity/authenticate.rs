//! Who is calling: the middleware that turns a bearer token into a [`Caller`].

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::query::{self, Caution};
use crate::app::App;
use crate::kernel::Problem;
use crate::web::Caller;

/// Puts the [`Caller`] into the request. Without a token nobody is calling; a bad token is 401, also on a public route.
pub async fn authenticate(State(app): State<App>, mut request: Request, next: Next) -> Response {
    match caller(&app, request.headers()).await {
        Ok(None) => next.run(request).await,
        Ok(Some(caller)) => {
            request.extensions_mut().insert(caller);
            private(next.run(request).await)
        }
        Err(problem) => problem.into_response(),
    }
}

async fn caller(app: &App, headers: &HeaderMap) -> Result<Option<Caller>, Problem> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let token = value.to_str().ok().and_then(bearer);
    let (Some(token), None) = (token, values.next()) else {
        return Err(Problem::unauthorized());
    };
    let now = app.now();
    let (user, session) = app.tokens.verify(token, now).map_err(|_| Problem::unauthorized())?;
    // Asked at every request, so that a logout, a block or a lost role holds at once.
    let caution = Caution {
        second_factor_roles: &app.config.auth.second_factor_roles,
        step_up_ttl: chrono::Duration::from_std(app.config.auth.step_up_ttl).unwrap_or_default(),
    };
    let caller = query::caller(app.db.read(), user, session, caution, now).await?;
    caller.map(Some).ok_or_else(Problem::unauthorized)
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
    use super::bearer;

    #[test]
    fn reads_a_bearer_token() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer  abc "), Some("abc"));
        assert_eq!(bearer("Basic abc"), None);
        assert_eq!(bearer("Bearer"), None);
    }
}
