//! Papers as PDF, typeset by typst from templates that an office can replace.
//!
//! A template reads its data from `/data.json`; what people wrote is data and never becomes a part of a template. The same
//! data and template give the same bytes, so that a hash stands for a paper.

mod world;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde_json::Value;
use tokio::sync::Semaphore;
use typst::comemo;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use world::{Fonts, Sheet};

/// How long a paper waits for its turn.
const WAIT: Duration = Duration::from_secs(20);
/// Papers after which typst forgets what it remembered of one.
const REMEMBER: usize = 5;

/// A template that is part of the program: its name, and its text.
pub type Template = (&'static str, &'static str);

/// Why a paper was not made.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The folder of the templates cannot be read.
    #[error("documents.templates: {0}")]
    Folder(String),
    /// A template is wrong; the text says where and why.
    #[error("the template {0} cannot be used: {1}")]
    Template(String, String),
    /// Too many papers are waiting.
    #[error("no time for the paper")]
    Busy,
}

/// What is put on paper.
#[derive(Clone, Debug)]
pub struct Paper {
    /// The template, e.g. `invoice.typ`.
    pub template: &'static str,
    /// What the template shows.
    pub data: Value,
    /// Names the paper for ever.
    pub ident: String,
    /// When it was issued; a template that asks for the day is told this one.
    pub at: DateTime<Utc>,
}

/// Makes papers, a few at a time.
#[derive(Clone)]
pub struct Pdf {
    fonts: Arc<Fonts>,
    folder: Option<PathBuf>,
    templates: &'static [Template],
    gate: Arc<Semaphore>,
}

impl Pdf {
    /// Templates are those of the program, unless `folder` has one of the same name; fonts there are added. At most `parallel`
    /// papers are made at once.
    pub fn new(folder: &Path, parallel: usize, templates: &'static [Template]) -> Result<Self, PdfError> {
        let folder = (!folder.as_os_str().is_empty()).then(|| folder.to_owned());
        let fonts = Fonts::load(folder.as_deref())?;
        Ok(Self {
            fonts: Arc::new(fonts),
            folder,
            templates,
            gate: Arc::new(Semaphore::new(parallel.max(1))),
        })
    }

    /// Typesets a paper, off the request threads.
    pub async fn render(&self, paper: Paper) -> Result<Vec<u8>, PdfError> {
        let turn = tokio::time::timeout(WAIT, self.gate.clone().acquire_owned())
            .await
            .map_err(|_| PdfError::Busy)?
            .map_err(|_| PdfError::Busy)?;
        let this = self.clone();
        let work = tokio::task::spawn_blocking(move || {
            // The turn ends with the work, not with whoever asked for it.
            let _turn = turn;
            let made = this.make(&paper);
            comemo::evict(REMEMBER);
            made
        });
        work.await.map_err(|panic| PdfError::Template("?".to_owned(), panic.to_string()))?
    }

    fn make(&self, paper: &Paper) -> Result<Vec<u8>, PdfError> {
        let wrong = |why: String| PdfError::Template(paper.template.to_owned(), why);
        let moment = moment(paper.at).ok_or_else(|| wrong("the date cannot be written".to_owned()))?;
        let today = day(paper.at).ok_or_else(|| wrong("the date cannot be written".to_owned()))?;
        let sheet = Sheet::new(&self.fonts, (self.folder.as_deref(), self.templates), paper, today)?;
        let typeset = typst::compile::<PagedDocument>(&sheet);
        let document = typeset.output.map_err(|faults| wrong(said(&faults)))?;
        // For the shelf: PDF/A keeps fonts and colours inside.
        let standards =
            PdfStandards::new(&[PdfStandard::A_2b]).map_err(|fault| wrong(format!("{fault:?}")))?;
        let options = PdfOptions {
            ident: Smart::Custom(paper.ident.clone()),
            creator: Smart::Custom(Some("Lapak".to_owned())),
            timestamp: Some(Timestamp::new_utc(moment)),
            standards,
            ..PdfOptions::default()
        };
        typst_pdf::pdf(&document, &options).map_err(|faults| wrong(said(&faults)))
    }
}

/// The day in Jakarta, for templates that ask for it.
fn day(at: DateTime<Utc>) -> Option<Datetime> {
    let date = crate::kernel::clock::business_date(at);
    Datetime::from_ymd(date.year(), u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?)
}

fn moment(at: DateTime<Utc>) -> Option<Datetime> {
    let small = |number: u32| u8::try_from(number).ok();
    Datetime::from_ymd_hms(
        at.year(),
        small(at.month())?,
        small(at.day())?,
        small(at.hour())?,
        small(at.minute())?,
        small(at.second())?,
    )
}

/// What typst complains about; templates hold no personal values, and neither do its complaints about them.
fn said(faults: &[SourceDiagnostic]) -> String {
    faults.iter().map(|fault| fault.message.to_string()).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests;
