//! Collects every fault of a request, so that a form is corrected in one go.

use super::problem::{FieldError, Problem, Text};

/// Why one value is refused: a stable code and a sentence.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Stable, kebab-case.
    pub code: &'static str,
    /// What is wrong.
    pub detail: Text,
}

impl Fault {
    /// A fault with its sentence in Indonesian and English.
    pub fn new(
        code: &'static str,
        id: impl Into<std::borrow::Cow<'static, str>>,
        en: impl Into<std::borrow::Cow<'static, str>>,
    ) -> Self {
        Self { code, detail: Text::new(id, en) }
    }

    /// This fault at a place of the request.
    pub fn at(self, pointer: impl Into<String>) -> FieldError {
        FieldError::new(pointer, self.code, self.detail)
    }
}

/// The faults found so far.
#[derive(Debug, Default)]
pub struct Fields(Vec<FieldError>);

impl Fields {
    /// Nothing wrong yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps the value, or remembers the fault at `pointer`.
    pub fn take<T>(&mut self, pointer: &str, parsed: Result<T, Fault>) -> Option<T> {
        parsed.map_err(|fault| self.0.push(fault.at(pointer))).ok()
    }

    /// Like [`Fields::take`] for a field that may be absent; `Some(None)` when it is.
    pub fn take_opt<T>(&mut self, pointer: &str, parsed: Option<Result<T, Fault>>) -> Option<Option<T>> {
        match parsed {
            None => Some(None),
            Some(parsed) => self.take(pointer, parsed).map(Some),
        }
    }

    /// Remembers a fault.
    pub fn push(&mut self, pointer: impl Into<String>, fault: Fault) {
        self.0.push(fault.at(pointer));
    }

    /// True if a fault was found.
    pub fn any(&self) -> bool {
        !self.0.is_empty()
    }

    /// The faults themselves, for reports that are not answers.
    pub fn into_errors(self) -> Vec<FieldError> {
        self.0
    }

    /// The problem that names all faults.
    pub fn into_problem(self) -> Problem {
        Problem::invalid(self.0)
    }

    /// Fails if a fault was found.
    pub fn check(self) -> Result<(), Problem> {
        if self.any() { Err(self.into_problem()) } else { Ok(()) }
    }
}

/// A text of `min..=max` characters, trimmed, without control characters (`\n` and `\t` are fine where `lines` says so).
pub fn text(value: &str, min: usize, max: usize, lines: bool) -> Result<String, Fault> {
    let value = value.trim();
    if value.chars().any(|c| c.is_control() && !(lines && matches!(c, '\n' | '\r' | '\t'))) {
        return Err(Fault::new(
            "characters",
            "Berisi karakter yang tidak boleh dipakai.",
            "Contains characters that are not allowed.",
        ));
    }
    let length = value.chars().count();
    if length < min {
        return Err(match length {
            0 => Fault::new("required", "Wajib diisi.", "Must not be empty."),
            _ => Fault::new(
                "too-short",
                format!("Minimal {min} karakter."),
                format!("At least {min} characters."),
            ),
        });
    }
    if length > max {
        return Err(Fault::new(
            "too-long",
            format!("Maksimal {max} karakter."),
            format!("At most {max} characters."),
        ));
    }
    Ok(value.to_owned())
}

/// A whole number between two bounds.
pub fn number<N: PartialOrd + std::fmt::Display>(value: N, min: N, max: N) -> Result<N, Fault> {
    if value < min || value > max {
        return Err(Fault::new(
            "out-of-range",
            format!("Harus antara {min} dan {max}."),
            format!("Must be between {min} and {max}."),
        ));
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_trimmed_and_bounded() {
        assert_eq!(text("  batik ", 1, 10, false).unwrap(), "batik");
        assert_eq!(text("", 1, 10, false).unwrap_err().code, "required");
        assert_eq!(text("abc", 1, 2, false).unwrap_err().code, "too-long");
        assert_eq!(text("a\0b", 1, 9, true).unwrap_err().code, "characters");
        assert_eq!(text("a\nb", 1, 9, false).unwrap_err().code, "characters");
        assert!(text("a\nb", 1, 9, true).is_ok());
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let mut fields = Fields::new();
        fields.take("/name", text("", 1, 10, false));
        fields.take("/stock", number(-1, 0, 10));
        let problem = fields.into_problem();
        let pointers: Vec<_> = problem.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/name", "/stock"]);
    }
}
