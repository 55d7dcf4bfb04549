//! How far an import is: a bar on a terminal, a line now and then otherwise.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

/// Lines without a terminal are this many rows apart.
const STEP: u64 = 1000;

/// Shows how far it is.
pub struct Progress {
    bar: Option<ProgressBar>,
    quiet: bool,
    done: u64,
    total: u64,
}

impl Progress {
    /// For `total` rows.
    pub fn new(total: usize) -> Self {
        let total = total as u64;
        let bar = std::io::stderr().is_terminal().then(|| ProgressBar::new(total));
        if let Some(bar) = &bar
            && let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} {eta}")
        {
            bar.set_style(style);
        }
        Self { bar, quiet: false, done: 0, total }
    }

    /// Shows nothing.
    pub fn silent() -> Self {
        Self { bar: None, quiet: true, done: 0, total: 0 }
    }

    /// Some more rows are done.
    pub fn advance(&mut self, rows: usize) {
        let before = self.done;
        self.done += rows as u64;
        match &self.bar {
            Some(bar) => bar.set_position(self.done),
            None if !self.quiet && before / STEP < self.done / STEP => {
                eprintln!("{}/{} rows", self.done, self.total);
            }
            None => {}
        }
    }

    /// All is done.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
