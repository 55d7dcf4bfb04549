//! The shape of the code: dependencies point one way, files are small, and a reader can predict where things are.
//!
//! Each rule is a function from text to faults, and is shown to find a bad sample.

mod arrows;
mod layout;
mod transactions;

use std::fs;
use std::path::{Path, PathBuf};

/// A source file: its path from the root of the repository, with `/`, and its text.
pub struct Source {
    pub path: String,
    pub text: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// The part before the tests inside the file.
    fn without_tests(&self) -> &str {
        self.text.split_once("#[cfg(test)]\nmod ").map_or(self.text.as_str(), |(code, _)| code)
    }

    /// Numbered lines that are code, not comment, without the tests.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.without_tests().lines()).filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

/// All Rust files under some folders of the repository.
pub fn sources(folders: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in folders {
        collect(&root.join(folder), &mut files);
    }
    files.sort();
    files
        .iter()
        .map(|file| {
            let path = file.strip_prefix(root).unwrap();
            Source::new(&path.to_str().unwrap().replace('\\', "/"), &fs::read_to_string(file).unwrap())
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Stops the test and names every fault.
fn none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}
