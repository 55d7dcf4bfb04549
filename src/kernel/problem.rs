//! What went wrong, as RFC 9457 problem details in Indonesian and English.

use std::borrow::Cow;
use std::time::Duration;

use axum::http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};

/// A language the service speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Bahasa Indonesia, the default.
    #[default]
    Id,
    /// English.
    En,
}

impl Lang {
    /// Picks the language of an `Accept-Language` header (RFC 9110, 12.5.4); Indonesian unless English weighs more.
    pub fn negotiate(header: Option<&str>) -> Self {
        let mut best = (Self::Id, 0.0_f32);
        for range in header.unwrap_or_default().split(',') {
            let mut parts = range.trim().split(';');
            let lang = match parts.next().unwrap_or_default().to_ascii_lowercase() {
                tag if tag == "en" || tag.starts_with("en-") => Self::En,
                tag if tag == "id" || tag.starts_with("id-") => Self::Id,
                _ => continue,
            };
            let weight = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
            if weight > best.1 {
                best = (lang, weight);
            }
        }
        best.0
    }
}

/// The same sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Bahasa Indonesia.
    pub id: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

impl Text {
    /// A sentence in Indonesian and in English.
    pub fn new(id: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self { id: id.into(), en: en.into() }
    }

    /// The sentence in one language.
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::Id => &self.id,
            Lang::En => &self.en,
        }
    }
}

/// One fault of one field of the request.
#[derive(Clone, Debug)]
pub struct FieldError {
    /// JSON pointer (RFC 6901) into the body, or `?name` for a query parameter.
    pub pointer: String,
    /// Stable, kebab-case.
    pub code: &'static str,
    /// What is wrong with it.
    pub detail: Text,
}

/// A refusal in the words of the business; rendered once, at the edge.
#[derive(Clone, Debug)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// Stable, kebab-case; what clients switch on.
    pub code: &'static str,
    /// What happened.
    pub detail: Text,
    /// Faults of single fields.
    pub errors: Vec<FieldError>,
    /// Further members, e.g. the variants that are out of stock.
    pub extra: Map<String, Value>,
    /// When to try again.
    pub retry_after: Option<Duration>,
    /// The limit that was reached.
    pub limit: Option<Limit>,
}

/// So many in a time, and no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Its name in the headers.
    pub name: &'static str,
    /// How many.
    pub quota: u32,
    /// In which time.
    pub window: Duration,
}

impl Problem {
    /// A problem with a status, a stable code and its sentence in Indonesian and English.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        id: impl Into<Cow<'static, str>>,
        en: impl Into<Cow<'static, str>>,
    ) -> Self {
        let detail = Text::new(id, en);
        Self { status, code, detail, errors: Vec::new(), extra: Map::new(), retry_after: None, limit: None }
    }

    /// Adds a member to the body.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        self.extra.insert(name.to_owned(), serde_json::to_value(value).unwrap_or(Value::Null));
        self
    }

    /// Tells the client when to try again.
    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// Names the limit that was reached, in the `RateLimit` headers.
    #[must_use]
    pub fn limit(mut self, limit: Limit) -> Self {
        self.limit = Some(limit);
        self
    }

    /// 404: it does not exist, or it is not yours; nobody can tell which.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Tidak ditemukan.", "Not found.")
    }

    /// 401: who are you?
    pub fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "Silakan masuk terlebih dahulu.",
            "Please sign in first.",
        )
    }

    /// 422 for one field.
    pub fn field(error: FieldError) -> Self {
        Self::invalid(vec![error])
    }

    /// 422 naming every faulty field at once.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let mut problem = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "Isian belum benar.",
            "The request is not valid.",
        );
        problem.errors = errors;
        problem
    }

    /// 412: somebody else changed it in between.
    pub fn stale() -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "stale",
            "Data sudah diubah orang lain; muat ulang dahulu.",
            "Somebody changed this in between; load it again first.",
        )
    }

    /// 500: our fault. The cause is logged here, once, and never sent.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(error = %cause, "request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Terjadi kesalahan di sistem kami.",
            "Something went wrong on our side.",
        )
    }

    /// 503: not now.
    pub fn unavailable(cause: impl std::fmt::Display) -> Self {
        tracing::warn!(error = %cause, "dependency unavailable");
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "Layanan sedang sibuk; coba lagi sebentar.",
            "The service is busy; try again shortly.",
        )
        .retry_after(Duration::from_secs(1))
    }

    /// The body of the answer.
    pub fn body(&self, lang: Lang, request_id: Option<&str>) -> Value {
        let mut body = Map::new();
        body.insert("type".into(), format!("/problems/{}", self.code).into());
        body.insert("title".into(), self.status.canonical_reason().unwrap_or("Error").into());
        body.insert("status".into(), self.status.as_u16().into());
        body.insert("detail".into(), self.detail.in_lang(lang).into());
        body.insert("code".into(), self.code.into());
        if !self.errors.is_empty() {
            let errors: Vec<Value> = self.errors.iter().map(|error| error.body(lang)).collect();
            body.insert("errors".into(), errors.into());
        }
        for (name, value) in &self.extra {
            // What the standard defines means what the standard says.
            body.entry(name.clone()).or_insert_with(|| value.clone());
        }
        if let Some(request_id) = request_id {
            body.insert("request_id".into(), request_id.into());
        }
        Value::Object(body)
    }
}

impl FieldError {
    /// A fault of one field.
    pub fn new(pointer: impl Into<String>, code: &'static str, detail: Text) -> Self {
        Self { pointer: pointer.into(), code, detail }
    }

    fn body(&self, lang: Lang) -> Value {
        serde_json::json!({
            "pointer": self.pointer,
            "code": self.code,
            "detail": self.detail.in_lang(lang),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_indonesian_unless_english_weighs_more() {
        assert_eq!(Lang::negotiate(None), Lang::Id);
        assert_eq!(Lang::negotiate(Some("*")), Lang::Id);
        assert_eq!(Lang::negotiate(Some("en-GB,id;q=0.5")), Lang::En);
        assert_eq!(Lang::negotiate(Some("en;q=0.4, id;q=0.8")), Lang::Id);
        assert_eq!(Lang::negotiate(Some("fr, en;q=0.1")), Lang::En);
    }
}
